package web

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roomctl/agenda"
)

// statusRead is a status file by which the groups were read at noon, and the
// agenda of the meeting earlier.
func statusRead(ago time.Duration) string {
	return fmt.Sprintf(`{"version": 1, "sources": [{"name": "groups", "read": "2022-03-22T12:00:00Z"}, {"name": "never"}, {"name": "agenda", "read": %q}]}`,
		noon.Add(-ago).Format(time.RFC3339))
}

var old = statusRead(7 * time.Hour)

// object is a session of an agenda.
func object(id int, acronym, start, duration, more string) string {
	return fmt.Sprintf(`{"objtype": "session", "session_id": %d, "group": {"acronym": %q}, "start": %q, "duration": %q%s}`, id, acronym, start, duration, more)
}

func document(objects ...string) string {
	return `{"113": [` + strings.Join(objects, ", ") + `]}`
}

const thisWeek, nextWeek = "2022-03-23T09:00:00Z", "2022-03-29T09:00:00Z"

func TestTheBannerSaysThatTheDataIsOld(t *testing.T) {
	for name, tt := range map[string]struct {
		status, current string
		want            string
	}{
		"just read":                              {statusRead(0), "", ""},
		"six hours old":                          {statusRead(6 * time.Hour), "", ""},
		"more than six hours old":                {statusRead(6*time.Hour + time.Minute), "", `<time datetime="2022-03-22T05:59:00Z">2022-03-22 05:59 UTC</time>, 6 hours ago.`},
		"days old":                               {statusRead(50 * time.Hour), "", "2 days ago."},
		"half an hour old in meeting week":       {statusRead(30 * time.Minute), document(object(1, "quic", thisWeek, "1:00:00", "")), ""},
		"more than that":                         {statusRead(31 * time.Minute), document(object(1, "quic", thisWeek, "1:00:00", "")), "31 minutes ago."},
		"the meeting is next week":               {statusRead(31 * time.Minute), document(object(1, "quic", nextWeek, "1:00:00", "")), ""},
		"the agenda is damaged":                  {old, `{"113": `, "7 hours ago."},
		"no status file":                         {"", "", ""},
		"nothing was ever read":                  {`{"version": 1, "sources": [{"name": "groups"}]}`, "", ""},
		"a clock that was set back":              {statusRead(-time.Hour), "", ""},
		"a damaged status file":                  {old[:40], "", ""},
		"a status file of another form":          {`[]`, "", ""},
		"a status file of a version yet to come": {strings.Replace(old, `"version": 1`, `"version": 2`, 1), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			const page = "<header></header>\n<!--banner-->\n<main><!--banner--></main>"
			s := serve(t, map[string]string{"rooms/index.html": page})
			for path, text := range map[string]string{"status.json": tt.status, "agenda.json": tt.current} {
				if text != "" {
					s.put(t, path, text)
				}
			}
			got := s.get(t, "/rooms/").body
			if tt.want == "" {
				if got != page {
					t.Errorf("got %s", got)
				}
				return
			}
			const before, after = "<header></header>\n<div class=\"banner\" role=\"status\"><p>", "</p></div>\n<main><!--banner--></main>"
			if !strings.HasPrefix(got, before) || !strings.HasSuffix(got, tt.want+after) {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestWhatIsOnNow(t *testing.T) {
	const hour = "1:00:00"
	before, started, later := "2022-03-22T11:00:00Z", "2022-03-22T11:30:00Z", "2022-03-22T12:00:01Z"
	for name, tt := range map[string]struct {
		objects []string
		want    []string // parts of the section; none: there is none
	}{
		"with a web client": {
			[]string{object(7, "quic", started, hour, `, "name": "QUIC", "location": "Hall", "chat_room": "quic", "chat_web_url": "https://chat.example.org/#converse/room?jid=quic@jabber.example.org"`)},
			[]string{
				`<section class="on-now" aria-labelledby="on-now">`,
				`<li><a href="#row-7"><bdi>quic - QUIC</bdi></a>, <bdi>Hall</bdi>, until <time datetime="2022-03-22T12:30:00Z">13:30 CET</time>: <a href="https://chat.example.org/#converse/room?jid=quic@jabber.example.org">Chat room for <bdi>quic</bdi></a></li>`,
			},
		},
		"without one the room's page": {
			[]string{object(7, "quic", started, hour, `, "chat_room": "fax+vpim"`)},
			[]string{`<a href="../../rooms/fax&#43;vpim/">Chat room for <bdi>quic</bdi></a></li>`},
		},
		"without a room": {
			[]string{object(7, "quic", started, hour, ``)},
			[]string{`<a href="#row-7"><bdi>quic</bdi></a>, until <time datetime="2022-03-22T12:30:00Z">13:30 CET</time></li>`},
		},
		"without a group": {
			[]string{`{"objtype": "session", "session_id": 7, "name": "Plenary", "start": "` + started + `", "duration": "1:00:00", "chat_room": "plenary"}`},
			[]string{`<bdi>Plenary</bdi>`, `<a href="../../rooms/plenary/">Chat room for <bdi>plenary</bdi></a>`},
		},
		"by start and acronym": {
			[]string{object(3, "b", started, hour, ""), object(2, "a", started, hour, ""), object(1, "c", before, "2:00:00", "")},
			[]string{`<bdi>c</bdi>`, `<bdi>a</bdi>`, `<bdi>b</bdi>`},
		},
		"one that starts just now": {[]string{object(7, "quic", "2022-03-22T12:00:00Z", hour, "")}, []string{"quic"}},
		"one that has just ended":  {[]string{object(7, "quic", before, hour, "")}, nil},
		"one that is to come":      {[]string{object(7, "quic", later, hour, "")}, nil},
		"one that is cancelled":    {[]string{object(7, "quic", started, hour, `, "status": "canceled"`)}, nil},
		"one with another status":  {[]string{object(7, "quic", started, hour, `, "status": "brandnew"`)}, []string{"quic"}},
		"other kinds of objects":   {[]string{`{"objtype": "location", "session_id": 7, "start": "` + started + `", "duration": "1:00:00"}`, `null`}, nil},
		"one without a good time":  {[]string{object(7, "quic", "noon", hour, ""), object(8, "tls", started, "long", "")}, nil},
		"hostile texts": {
			[]string{object(7, `<script>`, started, hour, `, "name": "a\u202eb\n</section>", "location": "\"><img>", "chat_room": "../../x", "chat_web_url": "javascript:alert(1)"`)},
			[]string{`<bdi>&lt;script&gt; - ab &lt;/section&gt;</bdi>`, `<bdi>&#34;&gt;&lt;img&gt;</bdi>`, `<a href="../../rooms/..%2F..%2Fx/">Chat room for <bdi>&lt;script&gt;</bdi></a>`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			const page = "<h1>Agenda</h1>\n<!--now Europe/Vienna-->\n<table>"
			s := serve(t, map[string]string{"meeting/113/index.html": page, "meeting/113/agenda.json": document(tt.objects...)})
			got := s.get(t, "/meeting/113/").body
			if len(tt.want) == 0 {
				if got != page {
					t.Errorf("got %s", got)
				}
				return
			}
			if !strings.HasPrefix(got, "<h1>Agenda</h1>\n<section ") || !strings.HasSuffix(got, "</section>\n<table>") {
				t.Errorf("got %s", got)
			}
			for _, part := range tt.want {
				_, rest, ok := strings.Cut(got, part)
				if !ok {
					t.Fatalf("no %s (here) in\n%s", part, got)
				}
				got = rest
			}
		})
	}
}

// What the moment tells is part of the tag, and a page that has it has no time
// of its own: it would be older than what it says.
func TestAPageChangesWithTheMoment(t *testing.T) {
	s := serve(t, map[string]string{
		"meeting/113/index.html":  "<!--now Europe/Vienna-->",
		"meeting/113/agenda.json": document(object(7, "quic", "2022-03-22T11:30:00Z", "1:00:00", "")),
	})
	on := s.get(t, "/meeting/113/")
	if on.Header.Get("Last-Modified") != "" || on.body == "<!--now Europe/Vienna-->" {
		t.Errorf("while it is on: %v, %s", on.Header, on.body)
	}
	s.at(noon.Add(time.Hour))
	over := s.get(t, "/meeting/113/", "If-None-Match", on.Header.Get("ETag"))
	if over.StatusCode != 200 || over.body != "<!--now Europe/Vienna-->" || over.Header.Get("Last-Modified") == "" {
		t.Errorf("when it is over: %s %v, %s", over.Status, over.Header, over.body)
	}
	s.at(noon)
	if again := s.get(t, "/meeting/113/", "If-Modified-Since", over.Header.Get("Last-Modified")); again.StatusCode != 200 || again.body != on.body {
		t.Errorf("when it is on again: %s, %s", again.Status, again.body)
	}
}

func TestDocumentsAreReadAgainWhenTheyAreReplaced(t *testing.T) {
	s := serve(t, map[string]string{"meeting/113/index.html": "<!--now Europe/Vienna-->"})
	for _, tt := range []struct {
		agenda string
		want   bool
	}{
		{document(object(7, "quic", "2022-03-22T11:30:00Z", "1:00:00", "")), true},
		{document(object(7, "quic", "2022-03-22T11:30:00Z", "0:10:00", "")), false},
		{document(object(7, "quic", "2022-03-22T11:30:00Z", "2:00:00", "")), true},
	} {
		s.put(t, "meeting/113/agenda.json", tt.agenda)
		for range 2 {
			if got := s.get(t, "/meeting/113/").body; strings.Contains(got, "quic") != tt.want {
				t.Errorf("with %s: %s", tt.agenda, got)
			}
		}
	}
	if err := os.Remove(filepath.Join(s.dir, "meeting/113/agenda.json")); err != nil {
		t.Fatal(err)
	}
	if got := s.get(t, "/meeting/113/"); got.StatusCode != 200 || got.body != "<!--now Europe/Vienna-->" {
		t.Errorf("without an agenda: %s, %s", got.Status, got.body)
	}
	if err := s.told(); err != nil {
		t.Error(err)
	}
}

func TestADamagedDocumentIsToldOnce(t *testing.T) {
	s := serve(t, map[string]string{
		"meeting/113/index.html":  "<!--banner--><!--now Europe/Vienna-->",
		"meeting/113/agenda.json": `{"113": [`,
		"status.json":             old[:40],
	})
	for range 3 {
		if got := s.get(t, "/meeting/113/"); got.body != "<!--banner--><!--now Europe/Vienna-->" {
			t.Errorf("got %s", got.body)
		}
	}
	err := s.told()
	if !errors.Is(err, agenda.ErrNotJSON) || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("told: %v", err)
	}
	for _, part := range []string{"serving meeting/113/index.html: reading status.json: ", "serving meeting/113/index.html: reading a schedule: not a JSON document"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not say %q", err, part)
		}
	}
}

func TestManyDocumentsAreNotAllKept(t *testing.T) {
	s := serve(t, nil)
	m := newMemo(agenda.ReadSchedule, time.Now)
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for i := range 2 * maxKept {
		path := fmt.Sprintf("meeting/%d/agenda.json", i)
		s.put(t, path, document(object(i, "quic", thisWeek, "1:00:00", "")))
		got, ok, err := m.get(root, path)
		if err != nil || !ok || got.Sessions[0].ID != i {
			t.Fatalf("got %v, %v, %v", got, ok, err)
		}
	}
	if len(m.kept) > maxKept {
		t.Errorf("%d are kept", len(m.kept))
	}
}
