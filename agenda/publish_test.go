package agenda

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 4, 12, 0, 0, 0, time.UTC)

const oneSession = `{"126": [{"objtype": "session", "session_id": 7}]}`

func publication() Publication {
	return Publication{
		Site: Site{MUC: "jabber.example.org"},
		Time: noon,
		Meetings: []Meeting{
			{Number: "126", Title: "IETF 126", Agenda: []byte(oneSession), Sessions: []Session{{ID: 7, Start: noon, Link: rats}}, Current: true},
			{Number: "interim-2026-oauth-04", Title: "interim-2026-oauth-04", Agenda: []byte(`{"interim-2026-oauth-04": []}`)},
		},
		Rooms: []Room{
			{
				Name: "rats", JID: "rats@jabber.example.org", State: "active",
				Title: "Remote ATtestation ProcedureS (rats)", Description: "Attestation <of> things",
				Group: &Group{ID: 2229, Acronym: "rats", Name: "Remote ATtestation ProcedureS", Type: "wg", State: "active", URL: "https://datatracker.ietf.org/group/rats/about/"},
				URL:   rats.URL, ArchiveURL: rats.ArchiveURL, Fit: true,
				Since: noon.Add(-time.Hour), Sessions: []int{9, 7},
			},
			{Name: "hallway", JID: "hallway@jabber.example.org", State: "active"},
		},
	}
}

// everything is what that publication consists of, in the order of writing.
var everything = []string{
	"assets/icon.svg", "assets/site.css", "assets/site.js",
	"agenda.schema.json", "rooms.schema.json", "status.schema.json",
	"rooms/rats/index.html", "rooms/hallway/index.html", "rooms.json", "rooms/index.html",
	"news/index.html", "news.atom", "join/index.html",
	"meeting/126/agenda.ics", "agenda.ics", "meeting/126/session/7.ics", "meeting/interim-2026-oauth-04/agenda.ics",
	"rooms/rats/calendar.ics", "rooms/hallway/calendar.ics",
	"meeting/126/index.html", "meeting/interim-2026-oauth-04/index.html", "index.html",
	"meeting/126/agenda.json", "agenda.json", "meeting/interim-2026-oauth-04/agenda.json",
}

func TestPublish(t *testing.T) {
	tree := openTree(t)
	done, err := Publish(tree, publication())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(done.Changed, everything) {
		t.Errorf("changed %q, want %q", done.Changed, everything)
	}
	if want := []string{"126", "interim-2026-oauth-04"}; !slices.Equal(done.Meetings, want) {
		t.Errorf("in place are %q, want %q", done.Meetings, want)
	}
	current, err := tree.Get(CurrentPath)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(current), `{"chat_room": "rats","chat_jid": "rats@jabber.example.org",`) {
		t.Errorf("agenda.json is %s", current)
	}
	rooms, err := tree.Get(RoomsPath)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/rooms.json", rooms)
}

func TestPublishAgain(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Publication)
		want   []string
	}{
		"the same, later, its sessions in another order": {
			func(p *Publication) { slices.Reverse(p.Rooms[0].Sessions) }, nil,
		},
		"a link goes": {
			func(p *Publication) { p.Meetings[0].Sessions[0].Link = SessionLink{} },
			[]string{"rooms/rats/index.html", "meeting/126/agenda.ics", "agenda.ics", "meeting/126/session/7.ics", "rooms/rats/calendar.ics", "meeting/126/index.html", "meeting/126/agenda.json", "agenda.json"},
		},
		"a room is retired": {
			func(p *Publication) { p.Rooms[1].State = "retired" },
			[]string{"rooms/hallway/index.html", "rooms.json", "rooms/index.html", "index.html"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			tree := openTree(t)
			if _, err := Publish(tree, publication()); err != nil {
				t.Fatal(err)
			}
			later := publication()
			later.Time = noon.Add(time.Hour)
			tt.change(&later)
			done, err := Publish(tree, later)
			if err != nil || !slices.Equal(done.Changed, tt.want) {
				t.Errorf("changed %q, want %q (%v)", done.Changed, tt.want, err)
			}
			if !slices.Equal(done.Meetings, []string{"126", "interim-2026-oauth-04"}) {
				t.Errorf("in place are %q", done.Meetings)
			}
		})
	}
}

func TestPublishLeavesWhatItIsNotGiven(t *testing.T) {
	for name, tt := range map[string]struct {
		change   func(*Publication)
		meetings []string
	}{
		"an agenda is unknown": {func(p *Publication) { p.Meetings[0].Agenda = nil }, []string{"interim-2026-oauth-04"}},
		"no meeting is left":   {func(p *Publication) { p.Meetings = nil }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			tree := openTree(t)
			if _, err := Publish(tree, publication()); err != nil {
				t.Fatal(err)
			}
			later := publication()
			tt.change(&later)
			done, err := Publish(tree, later)
			if err != nil || !slices.Equal(done.Meetings, tt.meetings) {
				t.Errorf("in place are %q, want %q (%v)", done.Meetings, tt.meetings, err)
			}
			for _, path := range done.Changed {
				if strings.HasPrefix(path, "meeting/126/") || strings.HasPrefix(path, "agenda.") {
					t.Errorf("%s was changed", path)
				}
			}
			for _, path := range everything {
				if _, err := tree.Get(path); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// The sessions of a meeting whose own files stay are on the pages of their rooms
// all the same.
func TestSessionsOfAnUnknownAgendaCount(t *testing.T) {
	tree := openTree(t)
	p := publication()
	p.Meetings[0].Agenda = nil
	if _, err := Publish(tree, p); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"rooms/rats/index.html", "rooms/rats/calendar.ics"} {
		got, err := tree.Get(path)
		if err != nil || !strings.Contains(string(got), "IETF 126") && !strings.Contains(string(got), "ietf-126-session-7@") {
			t.Errorf("%s does not name the session (%v):\n%s", path, err, got)
		}
	}
}

// realPublication is the real meetings, the last of them the current one, and
// the rooms of their sessions.
func realPublication(t testing.TB, numbers ...string) Publication {
	t.Helper()
	p := Publication{Site: Site{MUC: "jabber.example.org", BaseURL: "https://rooms.example.org"}, Time: noon}
	names := map[string]bool{}
	for i, number := range numbers {
		m := realMeeting(t, number)
		m.Current = i == len(numbers)-1
		for _, s := range m.Sessions {
			names[s.Link.Room] = true
		}
		p.Meetings = append(p.Meetings, m)
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		p.Rooms = append(p.Rooms, Room{Name: name, JID: name + "@jabber.example.org", State: "active", Fit: true})
		p.News = append(p.News, NewsItem{Time: noon, Kind: Created, Room: name})
	}
	return p
}

// Whole meetings, published for the first time and once more: every path is
// that of one file, and nothing is written again.
func TestPublishRealMeetings(t *testing.T) {
	tree := openTree(t)
	p := realPublication(t, slices.Sorted(maps.Keys(realMeetings))...)
	first, err := Publish(tree, p)
	if err != nil || len(first.Changed) < 1000 || len(first.Meetings) != len(realMeetings) {
		t.Fatalf("%d files of %q were written (%v)", len(first.Changed), first.Meetings, err)
	}
	p.Time = noon.Add(time.Hour)
	if again, err := Publish(tree, p); err != nil || len(again.Changed) > 0 {
		t.Errorf("written again are %q (%v)", again.Changed, err)
	}
}

func TestPublishGoesOnAfterAFailure(t *testing.T) {
	tree := openTree(t)
	put(t, tree, "meeting/127/agenda.json/in-the-way", "")
	put(t, tree, "rooms/rats/index.html/in-the-way", "")
	put(t, tree, "agenda.json/in-the-way", "")
	p := publication()
	p.Meetings = []Meeting{
		{Number: "../rooms", Agenda: []byte(oneSession)},
		{Number: "125", Agenda: []byte("<html>Just a moment…</html>")},
		{Number: "127", Agenda: []byte(oneSession)},
		{Number: "128", Agenda: []byte(oneSession)},
		{Number: "129", Agenda: []byte(oneSession), Current: true},
	}
	done, err := Publish(tree, p)
	for path, want := range map[string]bool{
		"meeting/128/agenda.json": true, "meeting/129/agenda.json": true, "rooms.json": true, "index.html": true, "rooms/hallway/index.html": true,
		"meeting/125/agenda.json": false, "meeting/127/agenda.json": false, "agenda.json": false, "rooms/rats/index.html": false, "rooms/agenda.json": false,
	} {
		if slices.Contains(done.Changed, path) != want {
			t.Errorf("%s was written: %v", path, !want)
		}
	}
	if want := []string{"128"}; !slices.Equal(done.Meetings, want) { // of 129 the current agenda is missing
		t.Errorf("in place are %q, want %q", done.Meetings, want)
	}
	for _, part := range []string{
		`publishing the agenda of meeting "../rooms": not a meeting number`,
		"publishing meeting/125/agenda.json: not a JSON document",
		"publishing rooms/rats/index.html and 2 other files: ",
	} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q:\n%v", part, err)
		}
	}
	for _, path := range files(t, tree) {
		if strings.Contains(path, ".tmp") {
			t.Errorf("%s is left", path)
		}
	}
}
