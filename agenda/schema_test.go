package agenda

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// compile compiles the schema published at that path, formats included.
func compile(t *testing.T, site Site, path string) *jsonschema.Schema {
	t.Helper()
	published, err := schemas(site)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(fileAt(t, published, path).data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("https://elsewhere.example/"+path, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("https://elsewhere.example/" + path)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func validate(t *testing.T, schema *jsonschema.Schema, doc []byte) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}

func TestWhatIsPublishedFollowsItsSchema(t *testing.T) {
	tree := openTree(t)
	p := house()
	p.Site.BaseURL = ""
	for number := range realMeetings {
		p.Meetings = append(p.Meetings, realMeeting(t, number))
	}
	if _, err := Publish(tree, p); err != nil {
		t.Fatal(err)
	}
	sources := []SourceStatus{{Name: "groups", URL: "https://datatracker.ietf.org/api/v1/group/group/", Outcome: "last good copy", Read: noon.Add(-time.Hour), Changed: noon.Add(-time.Hour), Problem: "503", Meeting: "126"}}
	full := Status{Written: noon, Outcome: "partial", LastPoll: noon, LastSync: noon, Sources: sources, Withheld: []WithheldStatus{{Rule: "freeze", Until: noon}}, Problems: []string{"x"}}
	if err := PutStatus(tree, full); err != nil {
		t.Fatal(err)
	}
	documents := map[string]string{"rooms.json": "rooms.schema.json", "agenda.json": "agenda.schema.json", "status.json": "status.schema.json"}
	for number := range realMeetings {
		documents["meeting/"+number+"/agenda.json"] = "agenda.schema.json"
	}
	for path, schema := range documents {
		published, err := tree.Get(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(t, compile(t, Site{}, schema), published); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := PutStatus(tree, Status{Written: noon, Outcome: "failed"}); err != nil {
		t.Fatal(err)
	}
	first, err := tree.Get(StatusPath)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(t, compile(t, Site{}, "status.schema.json"), first); err != nil {
		t.Errorf("%s of a failed run: %v", StatusPath, err)
	}
}

func TestSchemasRefuse(t *testing.T) {
	const (
		room   = `{"version": 1, "muc": "r.example", "updated": "2026-11-04T12:00:00Z", "rooms": [{"name": "quic", "jid": "quic@r.example", "state": "active", "fit": true}]}`
		status = `{"version": 1, "written": "2026-11-04T12:00:00Z", "outcome": "done", "sources": [], "counts": {"rooms": 0, "fit": 0, "changed": 0, "failed": 0, "not_ours": 0, "sessions": 0, "linked": 0}, "withheld": [], "problems": []}`
		agenda = `{"126": [{"objtype": "location", "chat_room": 7}, {"objtype": "session", "chat_room": "quic", "chat_jid": "quic@r.example", "chat_url": "xmpp:quic@r.example?join"}]}`
	)
	for name, tt := range map[string]struct{ schema, good, old, new string }{
		"a room without a name":          {"rooms", room, `"name": "quic", `, ``},
		"a name that leads elsewhere":    {"rooms", room, `"name": "quic"`, `"name": "../quic"`},
		"an unknown state":               {"rooms", room, `"active"`, `"asleep"`},
		"another version":                {"rooms", room, `"version": 1`, `"version": 2`},
		"a time that is none":            {"rooms", room, `"2026-11-04T12:00:00Z"`, `"noon"`},
		"rooms by name":                  {"rooms", room, `"fit": true`, `"sessions": ["quic"], "fit": true`},
		"a status without counts":        {"status", status, `"linked": 0`, `"links": 0`},
		"problems that are null":         {"status", status, `"problems": []`, `"problems": null`},
		"an unknown outcome":             {"status", status, `"done"`, `"well"`},
		"a source without an address":    {"status", status, `"sources": []`, `"sources": [{"name": "groups", "outcome": "fresh"}]`},
		"a chat room that is a number":   {"agenda", agenda, `"chat_room": "quic"`, `"chat_room": 7`},
		"a chat room in capitals":        {"agenda", agenda, `"chat_room": "quic"`, `"chat_room": "QUIC"`},
		"a link that is not an address":  {"agenda", agenda, `"xmpp:quic@r.example?join"`, `"quic"`},
		"an address with a resource":     {"agenda", agenda, `"quic@r.example"`, `"quic@r.example/x"`},
		"an agenda that is not a object": {"agenda", agenda, agenda, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			schema := compile(t, Site{}, tt.schema+".schema.json")
			if err := validate(t, schema, []byte(tt.good)); err != nil {
				t.Fatalf("the good document: %v", err)
			}
			bad := strings.Replace(tt.good, tt.old, tt.new, 1)
			if err := validate(t, schema, []byte(bad)); err == nil {
				t.Errorf("%s is taken", bad)
			}
		})
	}
}

// Members may be added to documents, so none of the schemas may refuse them.
func TestSchemasTakeMembersOfLaterVersions(t *testing.T) {
	published, err := schemas(Site{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range published {
		if bytes.Contains(f.data, []byte(`"additionalProperties": false`)) || bytes.Contains(f.data, []byte("unevaluatedProperties")) {
			t.Errorf("%s refuses members", f.path)
		}
	}
}

func TestSchemasHaveAnAddressWhereTheTreeHasOne(t *testing.T) {
	for base, want := range map[string]any{"": nil, "https://rooms.example.org/chat": "https://rooms.example.org/chat/rooms.schema.json"} {
		published, err := schemas(Site{BaseURL: base})
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := json.Unmarshal(fileAt(t, published, "rooms.schema.json").data, &doc); err != nil {
			t.Fatal(err)
		}
		if doc["$id"] != want || doc["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
			t.Errorf("with base %q $id is %v and $schema %v", base, doc["$id"], doc["$schema"])
		}
		compile(t, Site{BaseURL: base}, "rooms.schema.json")
	}
}

// Every member that is written is described, and the other way round.
func TestSchemasDescribeEveryMember(t *testing.T) {
	published, err := schemas(Site{})
	if err != nil {
		t.Fatal(err)
	}
	var link []string
	for _, m := range (SessionLink{}).members() {
		link = append(link, m.name)
	}
	for name, tt := range map[string]struct {
		path, def string
		members   []string
	}{
		"rooms.json": {"rooms", "", jsonMembers(roomsDocument{})},
		"room":       {"rooms", "room", slices.DeleteFunc(jsonMembers(Room{}), func(m string) bool { return m == "verified" })}, // not published
		"group":      {"rooms", "group", jsonMembers(Group{})},
		"status":     {"status", "", jsonMembers(Status{})},
		"source":     {"status", "source", jsonMembers(SourceStatus{})},
		"counts":     {"status", "counts", jsonMembers(Counts{})},
		"withheld":   {"status", "withheld", jsonMembers(WithheldStatus{})},
		"session":    {"agenda", "session", link},
	} {
		var doc struct {
			Properties map[string]any
			Defs       map[string]struct{ Properties map[string]any } `json:"$defs"`
		}
		if err := json.Unmarshal(fileAt(t, published, tt.path+".schema.json").data, &doc); err != nil {
			t.Fatal(err)
		}
		properties := doc.Properties
		if tt.def != "" {
			properties = doc.Defs[tt.def].Properties
		}
		described := slices.Sorted(maps.Keys(properties))
		slices.Sort(tt.members)
		if !slices.Equal(described, tt.members) {
			t.Errorf("%s: %q are described, and %q written", name, described, tt.members)
		}
	}
}

// jsonMembers are the names under which encoding/json writes a struct.
func jsonMembers(v any) []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeOf(v)) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "-" {
			names = append(names, name)
		}
	}
	return names
}
