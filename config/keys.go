package config

import (
	_ "embed"
	"errors"
	"regexp"
	"strings"
)

// example is where every key is explained: what `roomctl config example` prints
// and the man page are made of it.
//
//go:embed example.yaml
var example string

// Example is a complete configuration file, with comments: the smallest useful
// one, and every other key with its default, commented out.
func Example() string { return example }

// Key is one key of the configuration, explained.
type Key struct {
	Name    string // "xmpp.jid"; of a section, which has keys below it, "xmpp"
	Default string // as it would stand in the file; "" for a section and for a key that must be set
	Example string // of the keys in the smallest useful file, as it would stand there; else ""
	Comment string // one line; "" for some sections
}

// keyLine is a line of the example with a key in it. A # without a space behind
// it, as in sshd_config(5), takes a key out that has its default.
var keyLine = regexp.MustCompile(`^( *)(#?)([a-z_]+):(?: ([^ ].*?))??(?: +# (.*))?$`)

// Keys are all keys, sections too, in the order of the example.
func Keys() []Key {
	var keys []Key
	section := ""
	for line := range strings.Lines(example) {
		m := keyLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			continue
		}
		indent, out, name, value, comment := m[1], m[2], m[3], m[4], m[5]
		if indent == "" {
			section = name
		} else {
			name = section + "." + name
		}
		key := Key{Name: name, Comment: comment}
		switch {
		case out != "":
			key.Default = value
		case value != "":
			key.Example = value
			if !mustBeSet(name) {
				key.Default = `""`
			}
		}
		keys = append(keys, key)
	}
	return keys
}

// mustBeSet says whether a key has no default.
func mustBeSet(key string) bool {
	_, err := Parse(nil)
	var missing *Error
	if errors.As(err, &missing) {
		for _, p := range missing.Problems {
			if p.Key == key {
				return true
			}
		}
	}
	return false
}
