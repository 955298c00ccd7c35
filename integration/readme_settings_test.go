package integration

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"
	"text/template"

	"go.yaml.in/yaml/v3"
)

// The README's settings are those of the servers that the tests start, less what a server has without roomctl: in the
// templates, what roomctl needs is marked by its name. So the tests against real servers run with just these lines.

// serverSettings renders the template of a server's configuration with the README's names.
func serverSettings(t *testing.T, file string, adminCommands bool) string {
	t.Helper()
	parsed, err := template.ParseFiles("servers/templates/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = parsed.Execute(&out, map[string]any{
		"IP": "192.0.2.1", "C2S": 5222, "DirectTLS": 5223, "HTTP": 5280,
		"Domain": "accounts.example.org", "MUC": "jabber.example.org", "JID": "roomctl@accounts.example.org",
		"AdminCommands": adminCommands,
		"NoLogging":     false, "NoAdmin": false, "OpenCreation": false, "NoTLS": false,
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("http://192.0.2.1:5280", "https://logs.example.org", "/srv/rooms", "/var/www/rooms").Replace(out.String())
}

func TestReadmeSettingsForProsody(t *testing.T) {
	// The lines around the marked ones, without which those would mean nothing.
	around := []string{`modules_enabled = {`, `}`, `VirtualHost "accounts.example.org"`, `Component "jabber.example.org" "muc"`}
	var want []string
	for line := range strings.Lines(serverSettings(t, "prosody.cfg.lua", false)) {
		if setting := luaSetting(line); setting != "" && (strings.Contains(line, "roomctl") || slices.Contains(around, setting)) {
			want = append(want, setting)
		}
	}
	var got []string
	for line := range strings.Lines(readReadme(t).block(t, "The chat server", "lua", 0)) {
		if setting := luaSetting(line); setting != "" {
			got = append(got, setting)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the README has\n%s\nthe server runs with\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// luaSetting is a line without its comment and its indentation.
func luaSetting(line string) string {
	setting, _, _ := strings.Cut(line, "--")
	return strings.TrimSpace(setting)
}

func TestReadmeSettingsForEjabberd(t *testing.T) {
	for name, adminCommands := range map[string]bool{"before 25.03": false, "25.03 and later": true} {
		t.Run(name, func(t *testing.T) {
			var server, told yaml.Node
			decodeYAML(t, serverSettings(t, "ejabberd.yml", adminCommands), &server)
			decodeYAML(t, readReadme(t).block(t, "The chat server", "yaml", 0), &told)
			want, got := marked(t, server.Content[0]), decoded(t, told.Content[0])
			if !adminCommands {
				got = without(t, told.Content[0], "25.03")
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("the README has\n%v\nthe server runs with\n%v", got, want)
			}
		})
	}
}

// marked returns the settings that name roomctl, as their value or in the comment beside them.
func marked(t *testing.T, mapping *yaml.Node) any {
	t.Helper()
	found := make(map[string]any)
	for pair := range slices.Chunk(mapping.Content, 2) {
		name, value := pair[0], pair[1]
		switch {
		case strings.Contains(name.LineComment+value.LineComment, "roomctl"), value.Value == "roomctl":
			found[name.Value] = decoded(t, value)
		case value.Kind == yaml.MappingNode:
			if below := marked(t, value); !reflect.DeepEqual(below, map[string]any{}) {
				found[name.Value] = below
			}
		}
	}
	return found
}

// without returns the settings that do not have the word in the comment beside them.
func without(t *testing.T, mapping *yaml.Node, word string) any {
	t.Helper()
	left := make(map[string]any)
	for pair := range slices.Chunk(mapping.Content, 2) {
		name, value := pair[0], pair[1]
		switch {
		case strings.Contains(name.LineComment+value.LineComment, word):
		case value.Kind == yaml.MappingNode:
			left[name.Value] = without(t, value, word)
		default:
			left[name.Value] = decoded(t, value)
		}
	}
	return left
}

func decoded(t *testing.T, node *yaml.Node) any {
	t.Helper()
	var value any
	if err := node.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}
