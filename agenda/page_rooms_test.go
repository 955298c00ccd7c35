package agenda

import (
	"strings"
	"testing"
)

func TestDirectoryPage(t *testing.T) {
	f, err := directoryPage(house())
	if err != nil {
		t.Fatal(err)
	}
	if f.path != "rooms/index.html" {
		t.Errorf("the page stands at %s", f.path)
	}
	goldenMain(t, "testdata/page-rooms.html", f)
}

func TestDirectoryPageSaysWhatIsTrue(t *testing.T) {
	const browser, app, confirmed = "Browser<span", "App<span", `data-label="State">active</td>`
	for name, tt := range map[string]struct {
		change    func(*Room)
		has, lack []string
	}{
		"a room in service": {
			func(*Room) {}, []string{"Rooms of groups (1)", browser, app, confirmed, "Logs<span"}, []string{`class="badge`},
		},
		"a standing room": {
			func(r *Room) { r.Group = nil }, []string{"Standing rooms (1)", "<bdi>QUIC (quic)</bdi>"}, []string{"Rooms of groups"},
		},
		"without web client and logs": {
			func(r *Room) { r.WebURL, r.ArchiveURL = "", "" }, []string{app}, []string{browser, "Logs<span"},
		},
		"not known to be fit": {
			func(r *Room) { r.Fit = false }, []string{"not confirmed</span>", `class="jid"`}, []string{browser, app, confirmed},
		},
		"retired": {
			func(r *Room) { r.State = "retired" }, []string{"Rooms no longer in service (1)", "retired</span>", app}, []string{confirmed},
		},
		"renamed": {
			func(r *Room) { r.State, r.Successor = "retired", "quic2" }, []string{"retired</span> now quic2"}, nil,
		},
		"closed": {
			func(r *Room) { r.State = "closed" }, []string{"closed</span>", `class="jid"`}, []string{browser, app},
		},
		"destroyed": {
			func(r *Room) { r.State = "destroyed" }, []string{"destroyed</span>"}, []string{browser, app, `class="jid"`},
		},
		"a name that cannot be a path": {
			func(r *Room) { r.Name = "../quic" }, []string{">../quic</th>"}, []string{`href="../rooms/`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := house()
			room := *roomOf(t, &p, "quic")
			tt.change(&room)
			p.Rooms, p.Meetings = []Room{room}, nil
			f, err := directoryPage(p)
			if err != nil {
				t.Fatal(err)
			}
			_, table, _ := strings.Cut(string(f.data), "<table")
			for _, part := range tt.has {
				if !strings.Contains(table, part) {
					t.Errorf("the list lacks %q", part)
				}
			}
			for _, part := range tt.lack {
				if strings.Contains(table, part) {
					t.Errorf("the list has %q", part)
				}
			}
		})
	}
}

func TestDirectoryPageWithoutRooms(t *testing.T) {
	f, err := directoryPage(Publication{})
	if err != nil {
		t.Fatal(err)
	}
	text := string(f.data)
	if !strings.Contains(text, "There are no rooms yet.") || strings.Contains(text, "<table") {
		t.Errorf("the page is %s", text)
	}
}
