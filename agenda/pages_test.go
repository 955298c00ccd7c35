package agenda

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// noLink is for pages on which no room has a page.
func noLink(name string) roomLink { return roomLink{Name: name} }

// goldenMain compares what a page has inside its frame with a file of testdata.
func goldenMain(t *testing.T, path string, f file) {
	t.Helper()
	_, main, _ := bytes.Cut(f.data, []byte("<main "))
	main, _, found := bytes.Cut(main, []byte("</main>"))
	if !found {
		t.Fatalf("%s has no main part:\n%s", f.path, f.data)
	}
	golden(t, path, append([]byte("<main "), main...))
}

// fileAt is the file of that path.
func fileAt(t *testing.T, files []file, path string) file {
	t.Helper()
	for _, f := range files {
		if f.path == path {
			return f
		}
	}
	t.Fatalf("there is no %s", path)
	return file{}
}

// hostile is what a text or address from outside may be at its worst.
var (
	hostile    = "</bdi><script>alert(1)</script>\"'\x00\r\n\u202egnp.exe\u2066" + strings.Repeat("long ", 1000)
	hostileURL = "javascript:alert(1)//https://x/"
)

func group(id int, acronym, name, state string) *Group {
	return &Group{
		ID: id, Acronym: acronym, Name: name, Type: "wg", State: state, Area: "tsv",
		URL: "https://datatracker.ietf.org/group/" + acronym + "/about/",
	}
}

// house is a publication with a room in every state there is.
func house() Publication {
	const web = "https://chat.example.org/#converse/room?jid="
	p := Publication{
		Site: Site{
			MUC: "jabber.example.org", BaseURL: "https://rooms.example.org", Datatracker: "https://datatracker.ietf.org",
			NoteWell: "https://www.ietf.org/about/note-well/", Contact: "support@example.org", Logged: true,
		},
		Time: at(6, 12),
		Rooms: []Room{
			{Name: "closed", State: "closed", Title: "IETF closed"},
			{Name: "destroyed", State: "destroyed", WebURL: web + "destroyed@jabber.example.org", Fit: true},
			{Name: "dix", State: "retired", Title: "Digital Identity Exchange (dix BOF)", Group: group(1500, "dix", "Digital Identity Exchange", "bof-conc"), Fit: true, History: []NewsItem{{at(1, 9), Adopted, "dix", ""}, {at(3, 9), Retired, "dix", ""}}},
			{Name: "fax+vpim", State: "active", Title: "A room of two groups", Fit: true},
			{Name: "hallway", State: "active", Title: "IETF hallway", WebURL: web + "hallway@jabber.example.org", ArchiveURL: "https://logs.example.org/hallway/", Fit: true},
			{Name: "hostile", State: "active", Title: hostile, Description: hostile, WebURL: hostileURL, ArchiveURL: hostileURL, Fit: true, Group: &Group{Acronym: hostile, Name: hostile, Type: hostile, State: hostile, Area: hostile, URL: hostileURL}},
			{Name: "quic", State: "active", Title: "QUIC (quic)", WebURL: web + "quic@jabber.example.org", ArchiveURL: "https://logs.example.org/quic/", Group: group(2161, "quic", "QUIC", "active"), Fit: true, History: []NewsItem{{at(4, 9), Created, "quic", ""}}},
			{Name: "quick", State: "retired", Successor: "quic", Group: group(2161, "quic", "QUIC", "active"), Fit: true, ArchiveURL: "https://logs.example.org/quick/", History: []NewsItem{{at(1, 9), Adopted, "quick", ""}, {at(4, 10), Renamed, "quick", "quic"}}},
			{Name: "unsure", State: "active", Title: "IETF unsure", WebURL: web + "unsure@jabber.example.org"},
		},
		News: []NewsItem{
			{time.Date(2025, 3, 10, 8, 0, 0, 0, time.UTC), Created, "dime", ""}, // long gone from the list of rooms
			{at(1, 9), Adopted, "dix", ""}, {at(1, 9), Adopted, "quick", ""},
			{at(3, 9), Retired, "dix", ""},
			{at(4, 9), Created, "quic", ""}, {at(4, 9), Created, "destroyed", ""}, {at(4, 10), Renamed, "quick", "quic"},
			{at(5, 9), Created, hostile, ""},
		},
	}
	for i := range p.Rooms {
		p.Rooms[i].JID = p.Rooms[i].Name + "@jabber.example.org"
	}
	p.Meetings = []Meeting{
		{
			Number: "126", Title: "IETF 126", TimeZone: "Europe/Vienna", Date: at(14, 0), Days: 7, Current: true,
			Agenda: []byte(oneSession),
			Sessions: []Session{
				{ID: 7, Name: "QUIC", Start: at(16, 9), Duration: 2 * time.Hour, Location: "Grand Park Hall 3", Joint: []string{"hallway", "<script>"}, Link: SessionLink{Room: "quic"}},
				{ID: 8, Name: hostile, Start: at(17, 9), Duration: time.Hour, Location: hostile, Status: "resched", Link: SessionLink{Room: "hostile"}},
				{ID: 9, Name: "A session without a link", Start: at(17, 9), Duration: time.Hour},
			},
		},
		{
			Number: "interim-2026-quic-01", Title: "interim-2026-quic-01", TimeZone: "Mars/Olympus", Date: at(9, 0),
			Agenda:   []byte(`{"interim-2026-quic-01": []}`),
			Sessions: []Session{{ID: 10, Name: "QUIC", Start: at(9, 15), Duration: time.Hour, Status: "canceled", Link: SessionLink{Room: "quic"}}},
		},
	}
	return p
}
