package integration

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"roomctl/config"
)

// The configuration blocks: the smallest file that works, every other key with its default, and rooms by rule.
func TestReadmeConfiguration(t *testing.T) {
	r := readReadme(t)
	smallest, rest := r.block(t, "Configuration", "yaml", 0), r.block(t, "Configuration", "yaml", 1)
	var set, others map[string]any
	decodeYAML(t, smallest, &set)
	decodeYAML(t, rest, &others)

	t.Run("the smallest file means what the example means", func(t *testing.T) {
		if got, want := meaning(t, smallest), meaning(t, config.Example()); got != want {
			t.Errorf("it means\n%s\nthe example of package config means\n%s", got, want)
		}
	})
	t.Run("all the other keys have their defaults", func(t *testing.T) {
		both, err := yaml.Marshal(merged(set, others))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := meaning(t, string(both)), meaning(t, smallest); got != want {
			t.Errorf("with the defaults written out it means\n%s\nwithout them\n%s", got, want)
		}
	})
	t.Run("rooms by rule are a configuration that works", func(t *testing.T) {
		c, err := config.Parse([]byte(smallest + r.block(t, "Configuration", "yaml", 2)))
		if err != nil || len(c.Rooms.Sessions) != 2 {
			t.Errorf("got %+v (%v)", c.Rooms.Sessions, err)
		}
	})
	t.Run("every key is in one of the blocks", func(t *testing.T) {
		for _, key := range keysOf(reflect.TypeFor[config.Config](), "") {
			_, inSmallest := lookUp(set, key)
			value, inRest := lookUp(others, key)
			if inSmallest == inRest {
				t.Errorf("%s is in the first block: %v, in the second: %v", key, inSmallest, inRest)
			}
			if inRest && value == nil {
				t.Errorf("%s has no value", key) // which would mean its default, whatever that is
			}
		}
	})
	t.Run("comments are those of config example", func(t *testing.T) {
		comments := commentsOf(t, smallest)
		maps.Copy(comments, commentsOf(t, rest))
		found := 0
		for _, key := range config.Keys() {
			told := comments[key.Name]
			if told != "" {
				found++
			}
			if !strings.HasPrefix(key.Comment, strings.TrimSuffix(told, " (below)")) { // it may leave out what the text says
				t.Errorf("%s is explained as %q, and by config example as %q", key.Name, told, key.Comment)
			}
		}
		if found < 40 || found != len(comments) {
			t.Errorf("%d comments, %d of them on keys", len(comments), found)
		}
	})
	t.Run("nothing in the smallest file can be left out", func(t *testing.T) {
		for _, key := range keysOf(reflect.TypeFor[config.Config](), "") {
			if _, ok := lookUp(set, key); !ok || key == "xmpp.password_file" { // the password may stand elsewhere
				continue
			}
			last := key[strings.LastIndex(key, ".")+1:] + ":"
			if _, err := config.Parse([]byte(strings.ReplaceAll(smallest, last, last+" #"))); err == nil {
				t.Errorf("without %s the file is complete, too", key)
			}
		}
	})
}

// commentsOf are what stands behind the keys of a block, by key.
func commentsOf(t *testing.T, block string) map[string]string {
	t.Helper()
	comments := make(map[string]string)
	section := ""
	for line := range strings.Lines(block) {
		name, rest, isKey := strings.Cut(line, ":")
		_, comment, commented := strings.Cut(rest, " # ")
		if !isKey {
			t.Fatalf("%q is no key", line)
		}
		key := strings.TrimSpace(name)
		if key == name {
			section = name
		} else {
			key = section + "." + key
		}
		if commented {
			comments[key] = strings.TrimSpace(comment)
		}
	}
	return comments
}

func decodeYAML(t *testing.T, text string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
}

// meaning is a configuration with everything in it, defaults too.
func meaning(t *testing.T, text string) string {
	t.Helper()
	c, err := config.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	out, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// merged is a with the keys of b.
func merged(a, b map[string]any) map[string]any {
	all := maps.Clone(a)
	for key, value := range b {
		below, ok := value.(map[string]any)
		if old, both := all[key].(map[string]any); ok && both {
			value = merged(old, below)
		}
		all[key] = value
	}
	return all
}

// keysOf lists the keys that a configuration can have: "xmpp.jid".
func keysOf(section reflect.Type, prefix string) []string {
	var keys []string
	for i := range section.NumField() {
		field := section.Field(i)
		key := prefix + field.Tag.Get("yaml")
		if field.Type.Kind() == reflect.Struct {
			keys = append(keys, keysOf(field.Type, key+".")...)
		} else {
			keys = append(keys, key)
		}
	}
	return keys
}

// lookUp finds the value of a key.
func lookUp(section map[string]any, key string) (value any, found bool) {
	name, below, deeper := strings.Cut(key, ".")
	value, found = section[name]
	if !deeper {
		return value, found
	}
	next, _ := value.(map[string]any)
	return lookUp(next, below)
}
