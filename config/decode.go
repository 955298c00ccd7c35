package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// decode fills c from a mapping, section by section. It is as strict as
// yaml.Decoder.KnownFields, which names the line of a problem but not the key,
// and which repeats the value, even if it is a password in the wrong place.
func decode(mapping *yaml.Node, c *Config, p *problems) {
	decodeSection(mapping, reflect.ValueOf(c).Elem(), "", p)
}

// decodeSection fills one struct. Keys that are not there, or have no value,
// keep what the struct has: the default.
func decodeSection(mapping *yaml.Node, section reflect.Value, prefix string, p *problems) {
	fields := fieldsByKey(section)
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		name, value := mapping.Content[i], mapping.Content[i+1]
		key := prefix + oneLine(name.Value)
		if _, seen := p.lines[key]; seen {
			p.add(key, "set again in line %d", name.Line)
			continue
		}
		p.lines[key] = name.Line
		field, known := fields[name.Value]
		if !known || name.Kind != yaml.ScalarNode {
			p.add(key, "unknown key; %s", hint(name.Value, section.Type()))
			continue
		}
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		switch {
		case isNull(value):
		case isSection(field.Type()):
			decodeMapping(value, field, key, p)
		case field.Kind() == reflect.Slice && isSection(field.Type().Elem()):
			decodeList(value, field, key, p)
		case field.Type() == typeOfDay:
			decodeDay(value, field, key, p)
		default:
			decodeValue(value, field, key, p)
		}
	}
}

var typeOfDay = reflect.TypeFor[time.Time]()

// isSection says whether values of type t have keys below them.
func isSection(t reflect.Type) bool { return t.Kind() == reflect.Struct && t != typeOfDay }

// decodeMapping fills one struct from what must be a mapping, and says whether
// it is one.
func decodeMapping(value *yaml.Node, section reflect.Value, key string, p *problems) bool {
	if value.Kind != yaml.MappingNode {
		p.add(key, "must hold keys and values")
		return false
	}
	decodeSection(value, section, key+".", p)
	return true
}

// decodeList fills a list of structs, whose keys are told as in
// publish.chat_archive_eras[1].until. The first one has the number 1.
func decodeList(value *yaml.Node, field reflect.Value, key string, p *problems) {
	if value.Kind != yaml.SequenceNode {
		p.add(key, "must be a list")
		return
	}
	list := reflect.MakeSlice(field.Type(), len(value.Content), len(value.Content))
	whole := true
	for i, item := range value.Content {
		each := itemKey(key, i)
		p.lines[each] = item.Line
		if item.Kind == yaml.AliasNode {
			item = item.Alias
		}
		whole = decodeMapping(item, list.Index(i), each, p) && whole
	}
	if whole { // what is missing in an item that is no mapping need not be told
		field.Set(list)
	}
}

// itemKey names the item with that index of a list.
func itemKey(key string, index int) string { return fmt.Sprintf("%s[%d]", key, index+1) }

// decodeValue fills one key that has no keys below it, or leaves it alone. A
// list or map replaces the default as a whole.
func decodeValue(value *yaml.Node, field reflect.Value, key string, p *problems) {
	fresh := reflect.New(field.Type())
	if err := value.Decode(fresh.Interface()); err != nil {
		p.add(key, "must be %s", kindOf(field))
		return
	}
	field.Set(fresh.Elem())
}

// decodeDay fills a field of type time.Time with a day of the calendar, in
// quotes or not. YAML itself would take a time of day too.
func decodeDay(value *yaml.Node, field reflect.Value, key string, p *problems) {
	day, err := time.Parse(time.DateOnly, value.Value)
	if err != nil {
		p.add(key, "must be a date, such as 2022-07-15")
		return
	}
	field.Set(reflect.ValueOf(day))
}

// fieldsByKey are the fields of a struct by their key in the file.
func fieldsByKey(section reflect.Value) map[string]reflect.Value {
	fields := make(map[string]reflect.Value)
	for i := range section.NumField() {
		fields[section.Type().Field(i).Tag.Get("yaml")] = section.Field(i)
	}
	return fields
}

// kindOf says in words what a field takes.
func kindOf(field reflect.Value) string {
	switch field.Interface().(type) {
	case time.Duration:
		return `a time with a unit, such as "20s"`
	case []time.Duration:
		return `a list of times with units, such as "1h"`
	case []string:
		return "a list of texts"
	case map[string]string:
		return "a map from text to text"
	}
	switch field.Kind() {
	case reflect.Int:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "true or false"
	}
	return "a text"
}

// hint says what to write instead of a key that section does not have.
func hint(name string, section reflect.Type) string {
	if name == "password" {
		return "a password does not stand in this file: password_file names the file that holds it"
	}
	known := make([]string, section.NumField())
	for i := range known {
		known[i] = section.Field(i).Tag.Get("yaml")
	}
	return "known here: " + strings.Join(known, ", ")
}

// oneLine makes the text of an unknown key fit for a message of one line.
func oneLine(s string) string { return strings.Trim(strconv.Quote(s), `"`) }
