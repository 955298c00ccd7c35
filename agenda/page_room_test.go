package agenda

import (
	"fmt"
	"strings"
	"testing"
)

func TestRoomPages(t *testing.T) {
	p := house()
	files, err := roomPages(p)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(p.Rooms) {
		t.Errorf("%d pages for %d rooms", len(files), len(p.Rooms))
	}
	for _, room := range p.Rooms {
		t.Run(room.Name, func(t *testing.T) {
			goldenMain(t, "testdata/room-"+room.Name+".html", fileAt(t, files, "rooms/"+room.Name+"/index.html"))
		})
	}
}

func TestRoomPageInvitesWhereItIsRight(t *testing.T) {
	const browser, app, button = "in the browser", `href="xmpp:`, `class="button"`
	for name, tt := range map[string]struct {
		change    func(*Room)
		has, lack []string
	}{
		"a room in service": {
			func(*Room) {}, []string{browser, app, button}, []string{"notice"},
		},
		"no web client: the app is the main thing": {
			func(r *Room) { r.WebURL = "" }, []string{button + ` href="xmpp:`}, []string{browser},
		},
		"not known to be fit": {
			func(r *Room) { r.Fit = false }, []string{"could not be confirmed within the last day", `class="jid"`}, []string{browser, app, button},
		},
		"retired": {
			func(r *Room) { r.State, r.Group.State = "retired", "conclude" }, []string{"is retired: its group has ended. It stays open", button}, nil,
		},
		"retired and not known to be fit": {
			func(r *Room) { r.State, r.Fit = "retired", false }, []string{"is retired. It stays open", "could not be confirmed"}, []string{"still logged", app},
		},
		"retired by a person": {
			func(r *Room) { r.State = "retired" }, []string{"is retired. It stays open"}, []string{"has ended"},
		},
		"renamed": {
			func(r *Room) { r.State, r.Successor = "retired", "hallway" }, []string{`Please go to the room <a href="../../rooms/hallway/">hallway</a>`, "stays open", app}, []string{button},
		},
		"renamed to a room that has no page": {
			func(r *Room) { r.State, r.Successor = "retired", "../x" }, []string{"Please go to the room ../x."}, []string{"rooms/../x", "rooms/..%2Fx"},
		},
		"closed": {
			func(r *Room) { r.State = "closed" }, []string{"is closed", app, `class="jid"`, "was logged"}, []string{button, "could not be confirmed"},
		},
		"destroyed": {
			func(r *Room) { r.State = "destroyed" }, []string{"is gone: it was destroyed, and", "was <span", "was logged"}, []string{browser, app, button, `class="jid"`},
		},
		"closed, and the News tell when": {
			func(r *Room) {
				r.State = "closed"
				r.History = append(r.History, NewsItem{at(6, 9), Closed, "quic", ""})
			}, []string{"was closed on 2026-11-06: it is on no list", "</time></a>: closed"}, []string{button},
		},
		"destroyed, and the News tell when": {
			func(r *Room) {
				r.State = "destroyed"
				r.History = append(r.History, NewsItem{at(6, 9), Closed, "quic", ""}, NewsItem{at(7, 9), Destroyed, "quic", ""})
			}, []string{"it was destroyed on 2026-11-07, and", "</time></a>: closed", "</time></a>: destroyed"}, []string{app},
		},
		"closed after it was renamed": {
			func(r *Room) { r.State, r.Successor = "closed", "hallway" }, []string{"is closed", `Please go to the room <a href="../../rooms/hallway/">hallway</a>`}, []string{button},
		},
		"a state that nobody has heard of": {
			func(r *Room) { r.State = "upside-down" }, []string{"This room is upside-down.", `class="jid"`}, []string{browser, app, button},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := house()
			room := roomOf(t, &p, "quic")
			tt.change(room)
			files, err := roomPages(p)
			if err != nil {
				t.Fatal(err)
			}
			text := string(fileAt(t, files, "rooms/quic/index.html").data)
			for _, part := range tt.has {
				if !strings.Contains(text, part) {
					t.Errorf("the page lacks %q", part)
				}
			}
			for _, part := range tt.lack {
				if strings.Contains(text, part) {
					t.Errorf("the page has %q", part)
				}
			}
		})
	}
}

func TestRoomPageClaimsNoLogWhereThereIsNone(t *testing.T) {
	p := house()
	p.Site.Logged = false
	for i := range p.Rooms {
		p.Rooms[i].ArchiveURL = ""
	}
	files, err := roomPages(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.Contains(string(f.data), "is logged") || strings.Contains(string(f.data), "was logged") || strings.Contains(string(f.data), "still logged") {
			t.Errorf("%s claims a log", f.path)
		}
	}
}

func TestRoomsWithoutAPathDoNotStopTheOthers(t *testing.T) {
	p := house()
	for _, name := range []string{"", "..", "a/b", "Quic", "-x", strings.Repeat("x", 64)} {
		p.Rooms = append(p.Rooms, Room{Name: name, State: "active"})
	}
	files, err := roomPages(p)
	if want := len(house().Rooms); len(files) != want {
		t.Errorf("%d pages, want %d", len(files), want)
	}
	for _, name := range []string{"", "..", "a/b", "Quic", "-x"} {
		if want := fmt.Sprintf("rendering the page of room %q: the name cannot stand in a path", name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
}

// roomOf is the room of that name, to be changed.
func roomOf(t *testing.T, p *Publication, name string) *Room {
	t.Helper()
	for i := range p.Rooms {
		if p.Rooms[i].Name == name {
			return &p.Rooms[i]
		}
	}
	t.Fatalf("there is no room %s", name)
	return nil
}
