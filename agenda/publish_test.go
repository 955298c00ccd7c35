package agenda

import (
	"fmt"
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
			{Number: "126", Agenda: []byte(oneSession), Sessions: []Session{{ID: 7, Link: rats}}, Current: true},
			{Number: "interim-2026-oauth-04", Agenda: []byte(`{"interim-2026-oauth-04": []}`)},
		},
		Rooms: []Room{
			{
				Name: "rats", JID: "rats@jabber.example.org", State: "active",
				Title: "Remote ATtestation ProcedureS (rats)", Description: "Attestation <of> things",
				Group: &Group{ID: 2229, Acronym: "rats", Name: "Remote ATtestation ProcedureS", Type: "wg", State: "active", URL: "https://datatracker.ietf.org/group/rats/about/"},
				URL:   rats.URL, ArchiveURL: rats.ArchiveURL, Fit: true,
				Verified: noon, Since: noon.Add(-time.Hour), Sessions: []int{9, 7},
			},
			{Name: "hallway", JID: "hallway@jabber.example.org", State: "active"},
		},
	}
}

func TestPublish(t *testing.T) {
	tree := openTree(t)
	done, err := Publish(tree, publication())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"meeting/126/agenda.json", "agenda.json", "meeting/interim-2026-oauth-04/agenda.json", "rooms.json"}
	if !slices.Equal(done.Changed, want) {
		t.Errorf("changed %q, want %q", done.Changed, want)
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
		"the same, later, rooms verified anew and in another order": {
			func(p *Publication) {
				p.Rooms[0].Verified = p.Time
				slices.Reverse(p.Rooms)
				slices.Reverse(p.Rooms[1].Sessions)
			}, nil,
		},
		"a link goes": {
			func(p *Publication) { p.Meetings[0].Sessions = nil },
			[]string{"meeting/126/agenda.json", "agenda.json"},
		},
		"a room is retired": {
			func(p *Publication) { p.Rooms[1].State = "retired" },
			[]string{"rooms.json"},
		},
		"an agenda is unknown: what is published stays": {
			func(p *Publication) { p.Meetings[0].Agenda = nil }, nil,
		},
		"no meeting is left: what is published stays": {
			func(p *Publication) { p.Meetings = nil }, nil,
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
		})
	}
}

func TestRoomsUpdatedMovesWithContent(t *testing.T) {
	rooms := publication().Rooms
	first, err := encodeRooms(nil, "jabber.example.org", rooms, noon)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		previous []byte
		title    string
		want     string
	}{
		"same content":                {first, rooms[0].Title, "2026-11-04T12:00:00Z"},
		"new title":                   {first, "RATS", "2026-11-04T13:00:00Z"},
		"damaged by hand":             {first[:100], rooms[0].Title, "2026-11-04T13:00:00Z"},
		"something else in its place": {[]byte(`[]`), rooms[0].Title, "2026-11-04T13:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			later := publication().Rooms
			later[0].Title = tt.title
			got, err := encodeRooms(tt.previous, "jabber.example.org", later, noon.Add(time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprintf(`"updated": %q`, tt.want); !strings.Contains(string(got), want) {
				t.Errorf("no %s in\n%s", want, got)
			}
		})
	}
}

func TestPublishWithoutRoomsGivesAnEmptyList(t *testing.T) {
	got, err := encodeRooms(nil, "jabber.example.org", nil, noon)
	if err != nil || !strings.Contains(string(got), `"rooms": []`) {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestPublishGoesOnAfterAFailure(t *testing.T) {
	tree := openTree(t)
	put(t, tree, "meeting/127/agenda.json/in-the-way", "")
	p := publication()
	p.Meetings = []Meeting{
		{Number: "../..", Agenda: []byte(oneSession)},
		{Number: "125", Agenda: []byte("<html>Just a moment…</html>")},
		{Number: "127", Agenda: []byte(oneSession)},
		{Number: "128", Agenda: []byte(oneSession)},
	}
	done, err := Publish(tree, p)
	if want := []string{"meeting/128/agenda.json", "rooms.json"}; !slices.Equal(done.Changed, want) {
		t.Errorf("changed %q, want %q", done.Changed, want)
	}
	for _, part := range []string{
		`publishing the agenda of meeting "../..": not a meeting number`,
		"publishing meeting/125/agenda.json: not a JSON document",
		"publishing meeting/127/agenda.json: ",
	} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q:\n%v", part, err)
		}
	}
}

func TestPutStatus(t *testing.T) {
	for name, s := range map[string]Status{
		"status-full.json": {
			Written: noon.Add(1500 * time.Millisecond), Outcome: "partial",
			LastPoll: noon, LastSync: noon.Add(-time.Hour),
			Sources: []SourceStatus{
				{Name: "groups", URL: "https://datatracker.ietf.org/api/v1/group/group/", Outcome: "unchanged", Read: noon.Add(-90 * time.Second), Changed: noon.Add(-48 * time.Hour).In(time.FixedZone("", 3600))},
				{Name: "IETF 126 agenda", URL: "https://datatracker.ietf.org/meeting/126/agenda.json", Meeting: "126", Outcome: "missing", Problem: "503 Service Unavailable"},
				{Name: "interims", URL: "https://datatracker.ietf.org/api/v1/meeting/meeting/", Outcome: "fresh", Read: noon.Add(time.Minute)},
			},
			Counts:   Counts{Rooms: 171, Fit: 170, Changed: 2, Failed: 1, NotOurs: 3, Sessions: 151, Linked: 148},
			Withheld: []WithheldStatus{{Rule: "retire", Why: "18 rooms to retire, more than 17", Rooms: []string{"quic"}}, {Rule: "min-groups", Why: "only 3 groups"}},
			Problems: []string{"room dime: not permitted"},
		},
		"status-first.json": {Written: noon, Outcome: "failed"},
	} {
		t.Run(name, func(t *testing.T) {
			tree := openTree(t)
			if err := PutStatus(tree, s); err != nil {
				t.Fatal(err)
			}
			got, err := tree.Get(StatusPath)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "testdata/"+name, got)
		})
	}
}
