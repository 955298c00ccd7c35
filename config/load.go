package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Load reads and checks a configuration file. What is wrong with the content
// is an *Error with all problems; a file that is not there is one too.
func Load(path string) (*Config, error) {
	c, _, err := load(path)
	return c, err
}

// load returns the text, too.
func load(path string) (c *Config, data []byte, err error) {
	data, err = os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, &Error{File: path, Problems: []Problem{{
			Text: "there is no such file; `roomctl config example` prints one to begin with, --config names another",
		}}}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading the configuration: %w", err)
	}
	c, err = Parse(data)
	var wrong *Error
	if errors.As(err, &wrong) {
		wrong.File = path
	}
	return c, data, err
}

// Parse checks a configuration. The error is always an *Error. An empty text is
// a configuration in which everything that has no default is missing.
func Parse(data []byte) (*Config, error) {
	c := Default()
	p := &problems{lines: map[string]int{}}
	document, err := parseDocument(data)
	if err != nil {
		p.add("", "%v", err)
		return nil, &Error{Problems: p.found}
	}
	if document != nil {
		decode(document, &c, p)
	}
	c.validate(p)
	if len(p.found) > 0 {
		return nil, &Error{Problems: p.found}
	}
	return &c, nil
}

// parseDocument returns the top-level mapping of the only document, or nil if
// the text has none.
func parseDocument(data []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var document, second yaml.Node
	err := dec.Decode(&document)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one YAML document; there must be one")
	}
	top := document.Content[0]
	if isNull(top) {
		return nil, nil
	}
	if top.Kind != yaml.MappingNode {
		return nil, errors.New("not a list of keys and values, such as \"state_dir: /var/lib/roomctl\"")
	}
	return top, nil
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }
