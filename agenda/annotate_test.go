package agenda

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var rats = SessionLink{
	Room:       "rats",
	JID:        "rats@jabber.example.org",
	URL:        "xmpp:rats@jabber.example.org?join",
	ArchiveURL: "https://logs.example.org/rats/",
}

func TestAnnotate(t *testing.T) {
	links := map[int]SessionLink{7: {Room: "dime", JID: "dime@r.example", URL: "xmpp:dime@r.example?join", WebURL: "https://w.example/dime", ArchiveURL: "https://l.example/dime"}}
	short := map[int]SessionLink{7: {Room: "dime"}}
	tests := map[string]struct {
		upstream string
		links    map[int]SessionLink
		want     string
	}{
		"a compact document stays compact, in the published order": {
			`{"1":[{"objtype":"session","session_id":7}]}`, links,
			`{"1":[{"chat_room":"dime","chat_jid":"dime@r.example","chat_url":"xmpp:dime@r.example?join","chat_web_url":"https://w.example/dime","chat_archive_url":"https://l.example/dime","objtype":"session","session_id":7}]}`,
		},
		"indentation is followed and empty members are left out": {
			"{\n \"1\": [\n  {\n   \"objtype\": \"session\",\n   \"session_id\": 7\n  }\n ]\n}", short,
			"{\n \"1\": [\n  {\n   \"chat_room\": \"dime\",\n   \"objtype\": \"session\",\n   \"session_id\": 7\n  }\n ]\n}",
		},
		"carriage returns are followed": {
			"{\"1\":[{\r\n\t\"objtype\" :\t\"session\",\r\n\t\"session_id\": 7}]}", short,
			"{\"1\":[{\r\n\t\"chat_room\" :\t\"dime\",\r\n\t\"objtype\" :\t\"session\",\r\n\t\"session_id\": 7}]}",
		},
		"what upstream says itself stays upstream's": {
			`{"1":[{"objtype":"session","session_id":7,"chat_room":null}]}`, short,
			`{"1":[{"objtype":"session","session_id":7,"chat_room":null}]}`,
		},
		"a session that stands twice is linked twice": {
			`{"1":[{"session_id":7,"objtype":"session"},{"session_id":7,"objtype":"session"}]}`, short,
			`{"1":[{"chat_room":"dime","session_id":7,"objtype":"session"},{"chat_room":"dime","session_id":7,"objtype":"session"}]}`,
		},
		"other sessions and other kinds of objects are left alone": {
			`{"1":[{"objtype":"session","session_id":8},{"objtype":"location","session_id":7},{"session_id":7}]}`, short,
			`{"1":[{"objtype":"session","session_id":8},{"objtype":"location","session_id":7},{"session_id":7}]}`,
		},
		"members of the wrong type join with nothing": {
			`{"1":[{"objtype":"session","session_id":"7"},{"objtype":["session"],"session_id":7},{"objtype":"session","session_id":7.0},null,7]}`, short,
			`{"1":[{"objtype":"session","session_id":"7"},{"objtype":["session"],"session_id":7},{"objtype":"session","session_id":7.0},null,7]}`,
		},
		"an object inside a session is not a session": {
			`{"1":[{"objtype":"session","session_id":8,"also":{"objtype":"session","session_id":7}}]}`, short,
			`{"1":[{"objtype":"session","session_id":8,"also":{"objtype":"session","session_id":7}}]}`,
		},
		"every list of the document is searched, whatever stands between": {
			`{"a":3,"b":[],"c":{"x":[{"objtype":"session","session_id":7}]},"d":[{"objtype":"session","session_id":7}]}`, short,
			`{"a":3,"b":[],"c":{"x":[{"objtype":"session","session_id":7}]},"d":[{"chat_room":"dime","objtype":"session","session_id":7}]}`,
		},
		"text from outside is inert": {
			`{"1":[{"objtype":"session","session_id":7}]}`,
			map[int]SessionLink{7: {Room: "</script>\"&\\\n\u2028\xff"}},
			`{"1":[{"chat_room":"\u003c/script\u003e\"\u0026\\\n\u2028\ufffd","objtype":"session","session_id":7}]}`,
		},
		"an empty agenda is published as it is": {
			`{"126": []}`, short, `{"126": []}`,
		},
		"a document of another shape is published as it is": {
			`[{"objtype":"session","session_id":7}]`, short, `[{"objtype":"session","session_id":7}]`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := annotate([]byte(tt.upstream), tt.links)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestAnnotateRefusesWhatIsNotJSON(t *testing.T) {
	for name, doc := range map[string]string{
		"nothing":             "",
		"an error page":       "<html><body>Just a moment…</body></html>",
		"a cut document":      `{"113": [{"objtype": "session", "session_id": 7}`,
		"two documents":       `{"113": []} {"113": []}`,
		"a trailing comma":    `{"113": [{"objtype": "session", "session_id": 7},]}`,
		"too deep to be true": strings.Repeat("[", 20000) + strings.Repeat("]", 20000),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := annotate([]byte(doc), map[int]SessionLink{7: rats}); !errors.Is(err, ErrNotJSON) {
				t.Errorf("got %q, %v; want ErrNotJSON", got, err)
			}
		})
	}
}

// TestAnnotateRealAgenda cuts with a pattern over lines, as a person with sed
// would: the whole annotated file minus those lines is the upstream file.
func TestAnnotateRealAgenda(t *testing.T) {
	upstream, err := os.ReadFile("testdata/agenda-113.json")
	if err != nil {
		t.Fatal(err)
	}
	links := map[int]SessionLink{
		29425: rats,
		29285: {Room: "dprive", JID: "dprive@jabber.example.org", URL: "xmpp:dprive@jabber.example.org?join"},
	}
	got, err := annotate(upstream, links)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/agenda-113.annotated.json", got)
	added := regexp.MustCompile(`(?m)^ +"chat_[a-z_]+": ".*",\n`)
	if n := len(added.FindAll(got, -1)); n != 7 {
		t.Errorf("%d members were added, want 7", n)
	}
	if cut := added.ReplaceAll(got, nil); !bytes.Equal(cut, upstream) {
		t.Errorf("cutting the added members does not give upstream's bytes:\n%s", cut)
	}
}

// FuzzAnnotate holds for every JSON document: the result is JSON, it has exactly
// the members that were to be added, and cutting them gives the document back.
func FuzzAnnotate(f *testing.F) {
	real, err := os.ReadFile("testdata/agenda-113.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(real, 29425, "rats", "xmpp:rats@jabber.example.org?join")
	f.Add([]byte(`{"1":[{"objtype":"session","session_id":7,"chat_url":"x"}]}`), 7, "</script>", "\xff")
	f.Add([]byte("{\"1\" : [ {\r\n\"session_id\"\t:\n7,\"objtype\":\"session\"},null,[{}]],\"\":{\"a\":1e9999}}"), 7, "a", "")
	f.Add([]byte(`[1,2]`), 1, "a", "b")
	f.Add([]byte(`"chat_room"`), 1, "a", "b")
	f.Fuzz(func(t *testing.T, upstream []byte, id int, room, url string) {
		before := bytes.Clone(upstream)
		link := SessionLink{Room: room, URL: url}
		got, err := annotate(upstream, map[int]SessionLink{id: link})
		if !bytes.Equal(before, upstream) {
			t.Fatal("upstream was modified")
		}
		if err != nil {
			if json.Valid(upstream) {
				t.Fatalf("valid JSON refused: %v", err)
			}
			return
		}
		if !json.Valid(got) {
			t.Fatalf("the result is not JSON:\n%s", got)
		}
		if cut := cutAdded(t, got, upstream, id, link); !bytes.Equal(cut, upstream) {
			t.Fatalf("cutting gives\n%s\nwant\n%s", cut, upstream)
		}
	})
}

// cutAdded cuts what Annotate was to add to the session of that id, and fails
// the test where it is not exactly that.
func cutAdded(t *testing.T, annotated, upstream []byte, id int, link SessionLink) []byte {
	t.Helper()
	was, is := scan(t, upstream), scan(t, annotated)
	if len(was) != len(is) {
		t.Fatalf("%d objects became %d", len(was), len(is))
	}
	var cut []byte
	done := 0
	for i, object := range is {
		var want, values []string
		if was[i].objtype == "session" && was[i].hasID(id) {
			for _, m := range [][2]string{{"chat_room", link.Room}, {"chat_url", link.URL}} {
				if m[1] != "" && !slices.Contains(was[i].names, m[0]) {
					want, values = append(want, m[0]), append(values, encoded(t, m[1]))
				}
			}
		}
		added := len(object.names) - len(was[i].names)
		if added != len(want) || !slices.Equal(object.names[:max(added, 0)], want) {
			t.Fatalf("object %d has members %q, want %q before %q", i, object.names, want, was[i].names)
		}
		if added == 0 {
			continue
		}
		for j, value := range values {
			if text := annotated[:object.ends[j]]; !bytes.HasSuffix(text, []byte(value)) {
				t.Fatalf("member %s of object %d is not %s", want[j], i, value)
			}
		}
		cut = append(cut, annotated[done:object.start]...)
		done = object.ends[added-1] + len(",")
	}
	return append(cut, annotated[done:]...)
}

// encoded is v as JSON.
func encoded(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// scanned is one object of one of the document's lists.
type scanned struct {
	start     int // just after "{"
	names     []string
	ends      []int // just after each member's value
	objtype   json.Token
	sessionID json.Token
}

func (s scanned) hasID(id int) bool {
	number, _ := s.sessionID.(json.Number)
	got, err := number.Int64()
	return err == nil && got == int64(id)
}

// scan reads a valid document token by token.
func scan(t *testing.T, doc []byte) []scanned {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	next := func() json.Token {
		token, err := dec.Token()
		if err != nil {
			t.Fatalf("scanning: %v", err)
		}
		return token
	}
	skip := func(token json.Token) {
		for depth := 0; ; token = next() {
			switch token {
			case json.Delim('{'), json.Delim('['):
				depth++
			case json.Delim('}'), json.Delim(']'):
				depth--
			}
			if depth == 0 {
				return
			}
		}
	}
	var found []scanned
	if next() != json.Delim('{') {
		return nil
	}
	for dec.More() {
		next() // the meeting's number
		value := next()
		if value != json.Delim('[') {
			skip(value)
			continue
		}
		for dec.More() {
			element := next()
			if element != json.Delim('{') {
				skip(element)
				continue
			}
			object := scanned{start: int(dec.InputOffset())}
			for dec.More() {
				name := next().(string)
				member := next()
				skip(member)
				switch name {
				case "objtype":
					object.objtype = member
				case "session_id":
					object.sessionID = member
				}
				object.names = append(object.names, name)
				object.ends = append(object.ends, int(dec.InputOffset()))
			}
			next() // "}"
			found = append(found, object)
		}
		next() // "]"
	}
	return found
}
