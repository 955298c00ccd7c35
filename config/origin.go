package config

import (
	"reflect"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Setting is one value in force, and where it came from.
type Setting struct {
	Key string // "xmpp.jid"

	// Value is a text, number or truth value, or a list or map of them. Times and
	// days are texts. Of a web address that may be a secret only the host is shown.
	Value any

	Line int // of the file; 0: the file does not set it, it is the default
}

// Secret is whether one of the secrets can be read. It does not hold it.
type Secret struct {
	Key  string // "xmpp.password"
	From string // the path of a file or the name of a variable; "": it is not set

	// Problem is why a place that is named cannot be used; nil when there is none.
	Problem error
}

// LoadSettings is Load, and says where each value came from, in the order of the
// types. Of a file that is wrong there are no settings.
func LoadSettings(path string) (*Config, []Setting, error) {
	c, data, err := load(path)
	if err != nil {
		return nil, nil, err
	}
	document, err := parseDocument(data)
	if err != nil {
		return nil, nil, &Error{File: path, Problems: []Problem{{Text: err.Error()}}}
	}
	return c, settings(reflect.ValueOf(c).Elem(), document, ""), nil
}

// Secrets says where the secrets are that roomctl may need. getenv is os.Getenv
// outside of tests.
func (c *Config) Secrets(getenv func(string) string) []Secret {
	var out []Secret
	for _, s := range c.secrets() {
		_, place, err := s.read(getenv)
		out = append(out, Secret{Key: strings.TrimSuffix(s.key, "_file"), From: place, Problem: err})
	}
	return out
}

// settings are the values of one section, and of those below it. mapping is what
// the file says about it, or nil.
func settings(section reflect.Value, mapping *yaml.Node, prefix string) []Setting {
	var out []Setting
	for i := range section.NumField() {
		name := section.Type().Field(i).Tag.Get("yaml")
		field, key := section.Field(i), prefix+name
		line, value := entry(mapping, name)
		if isSection(field.Type()) {
			out = append(out, settings(field, value, key+".")...)
			continue
		}
		setting := Setting{Key: key, Value: plain(field), Line: line}
		if key == "notify.webhook" {
			setting.Value = hostOnly(field.String())
		}
		out = append(out, setting)
	}
	return out
}

// entry finds a key of a mapping. Without a value it sets nothing.
func entry(mapping *yaml.Node, name string) (line int, value *yaml.Node) {
	if mapping == nil {
		return 0, nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key, value := mapping.Content[i], mapping.Content[i+1]
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		if key.Value == name && !isNull(value) {
			return key.Line, value
		}
	}
	return 0, nil
}

// plain is a value as it would stand in the file.
func plain(v reflect.Value) any {
	switch value := v.Interface().(type) {
	case time.Duration:
		return shortDuration(value)
	case time.Time:
		return value.Format(time.DateOnly)
	}
	switch v.Kind() {
	case reflect.String: // of a type of its own, too
		return v.String()
	case reflect.Slice:
		list := []any{}
		for i := range v.Len() {
			list = append(list, plain(v.Index(i)))
		}
		return list
	case reflect.Struct:
		members := map[string]any{}
		for name, field := range fieldsByKey(v) {
			members[name] = plain(field)
		}
		return members
	}
	return v.Interface()
}

// Text is the value on one line, as it would stand in the file. Nothing that a
// configuration can hold makes it fail; if it did, the text would say so.
func (s Setting) Text() string {
	var node yaml.Node
	if err := node.Encode(s.Value); err != nil {
		return err.Error()
	}
	flow(&node)
	text, err := yaml.Marshal(&node)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(text))
}

// flow gives a node, and all below it, the styles that need one line only.
func flow(node *yaml.Node) {
	switch {
	case node.Kind != yaml.ScalarNode:
		node.Style = yaml.FlowStyle
	case strings.Contains(node.Value, "\n"):
		node.Style = yaml.DoubleQuotedStyle
	}
	for _, below := range node.Content {
		flow(below)
	}
}
