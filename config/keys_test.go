package config

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// leaves are the keys that a configuration can have.
func leaves(section reflect.Type, prefix string) []string {
	var keys []string
	for i := range section.NumField() {
		field := section.Field(i)
		key := prefix + field.Tag.Get("yaml")
		if isSection(field.Type) {
			keys = append(keys, leaves(field.Type, key+".")...)
		} else {
			keys = append(keys, key)
		}
	}
	return keys
}

// uncommented is the example with every key in force.
func uncommented() string {
	return regexp.MustCompile(`(?m)^( *)#([a-z_]+:)`).ReplaceAllString(Example(), "$1$2")
}

func TestTheExampleHasEveryKey(t *testing.T) {
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(uncommented()), &document); err != nil {
		t.Fatal(err)
	}
	for _, key := range leaves(reflect.TypeFor[Config](), "") {
		value := document.Content[0]
		for name := range strings.SplitSeq(key, ".") {
			_, value = entry(value, name)
		}
		if value == nil {
			t.Errorf("the example has no %s, or no value for it", key)
		}
	}
}

func TestTheExampleUncommentedMeansTheSame(t *testing.T) {
	if got, want := meaning(t, uncommented()), meaning(t, Example()); got != want {
		t.Errorf("with its defaults the example means\n%s\nwithout them\n%s", got, want)
	}
}

// meaning is a configuration with everything in it, defaults too.
func meaning(t *testing.T, text string) string {
	t.Helper()
	c, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	out, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestEveryKeyIsExplained(t *testing.T) {
	keys := Keys()
	if len(keys) < 60 {
		t.Fatalf("%d keys, want all of them", len(keys))
	}
	for _, key := range keys {
		section := key.Default == "" && key.Example == ""
		if key.Comment == "" && !section {
			t.Errorf("%s is not explained", key.Name)
		}
	}
}

func TestKeys(t *testing.T) {
	for _, want := range []Key{
		{Name: "xmpp.jid", Example: "roomctl@accounts.example.org", Comment: "on an ordinary host of the server, not on the MUC service"},
		{Name: "xmpp.password_file", Default: `""`, Example: "/etc/roomctl/xmpp-password", Comment: "chmod 600; empty: $CREDENTIALS_DIRECTORY/xmpp-password, ROOMCTL_XMPP_PASSWORD"},
		{Name: "state_dir", Example: "/var/lib/roomctl", Comment: "registry and cache, for one MUC service and one Datatracker"},
		{Name: "rooms.fixed", Default: "[hallway, plenary, wgchairs]", Comment: "standing rooms of no group"},
		{Name: "guards.retire", Default: "{count: 10, percent: 10}", Comment: "rooms that would go out of service"},
		{Name: "schedule", Comment: "of `serve`: cron expressions, or @hourly, @every 10m"},
		{Name: "schedule.sync", Default: `"*/15 * * * *"`, Comment: "quick runs"},
	} {
		if !slices.Contains(Keys(), want) {
			t.Errorf("there is no %+v", want)
		}
	}
}
