package provisioner_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/agenda"
	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin/xmpptest"
)

// id is the number of a group's first session at IETF 113.
func (h *house) id(t *testing.T, acronym string) (id int) {
	t.Helper()
	h.update(t, func(w *datatrackertest.World) { id = session(w, acronym).ID })
	return id
}

// TestEventsMoveWithTheirSession lets one session change and looks at all of
// the meeting's events.
func TestEventsMoveWithTheirSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	tls := h.id(t, "tls")
	tests := []struct {
		name     string
		change   func(*datatrackertest.World)
		sequence int // of the session from then on
	}{
		{"the agenda note changes", func(w *datatrackertest.World) { session(w, "tls").Note = "Joint with quic" }, 0},
		{"the session moves", func(w *datatrackertest.World) { w.MoveSession(tls, session(w, "tls").Start.Add(24*time.Hour)) }, 1},
		{"it is canceled", func(w *datatrackertest.World) { w.CancelSession(tls) }, 2},
		{"it gets a room of its own", func(w *datatrackertest.World) { w.SetChatRoom(tls, "wgchairs") }, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := h.state(t).Events["113"]
			h.travel(h.time().Add(time.Hour))
			h.update(t, test.change)
			requireDone(t, h.sync(t))
			after := h.state(t).Events["113"]
			if len(after) != len(before) || len(after) < 3 {
				t.Fatalf("%d events, were %d", len(after), len(before))
			}
			for id, was := range before {
				switch is := after[id]; {
				case id != tls && is != was:
					t.Errorf("the event of session %d moved from %+v to %+v", id, was, is)
				case id == tls && (is.Sequence != test.sequence || !is.Modified.Equal(h.time())):
					t.Errorf("the event is %d of %s", is.Sequence, is.Modified)
				}
			}
			ics := h.read(t, fmt.Sprintf("meeting/113/session/%d.ics", tls))
			for _, line := range []string{fmt.Sprintf("SEQUENCE:%d\r\n", test.sequence), h.time().Format("LAST-MODIFIED:20060102T150405Z\r\n")} {
				if !strings.Contains(ics, line) {
					t.Errorf("the calendar does not say %q:\n%s", line, ics)
				}
			}
			h.requireQuiet(t)
		})
	}
}

// TestKilledBetweenFilesAndRegistry puts the registry back to what it was before
// a run that published: so a run leaves things that is killed in between.
func TestKilledBetweenFilesAndRegistry(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	tls := h.id(t, "tls")
	h.update(t, func(w *datatrackertest.World) {
		w.MoveSession(tls, session(w, "tls").Start.Add(24*time.Hour))
		w.SetChatRoom(tls, "wgchairs")
	})
	before, err := os.ReadFile(h.place.registry())
	if err != nil {
		t.Fatal(err)
	}
	requireDone(t, h.sync(t))
	agendaThen, eventThen := h.read(t, "meeting/113/agenda.json"), h.state(t).Events["113"][tls]

	if err := h.Registry.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(h.place.registry(), before, 0o600); err != nil {
		t.Fatal(err)
	}
	h.reopen(t)
	if e := h.state(t).Events["113"][tls]; e == eventThen || h.state(t).Links["113"][tls] == "wgchairs" {
		t.Fatalf("the registry was not put back: %+v", e)
	}
	requireDone(t, h.sync(t))
	if is := h.read(t, "meeting/113/agenda.json"); is != agendaThen {
		t.Error("the agenda is another one")
	}
	if e := h.state(t).Events["113"][tls]; e != eventThen || e.Sequence != 1 {
		t.Errorf("the event is %+v, was %+v", e, eventThen)
	}
	h.requireQuiet(t)
}

// TestNewsAcrossRuns tells a story and reads the news after each chapter.
func TestNewsAcrossRuns(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{groups: many})
	h.chat.PutRoom(xmpptest.Room{
		Name: "tls", Config: map[string]string{xmpptest.FieldPersistent: "1"},
		Affiliations: map[string]string{"alice@localhost": "owner"},
	})
	h.sync(t)
	told := h.news(t)
	for _, room := range []string{"hallway", "plenary", "quic", "sframe", "wgchairs"} {
		if !slices.Contains(told, "created "+room) {
			t.Errorf("nothing tells of %s: %q", room, told)
		}
	}
	chapters := []struct {
		name string
		run  func()
		want []string
	}{
		{"a room is adopted", func() {
			if _, err := h.Adopt(t.Context(), provisioner.AdoptOptions{Names: []string{"tls"}}); err != nil {
				t.Fatal(err)
			}
		}, []string{"adopted tls"}},
		{"a group concludes", func() { h.update(t, concludeSframe) }, []string{"retired sframe"}},
		{"it is opened again", func() {
			h.update(t, func(w *datatrackertest.World) { w.SetGroupState("sframe", "active") })
		}, []string{"restored sframe"}},
		{"a room is lost and made again", func() { h.chat.RemoveRoom("sframe") }, nil},
		{"a group is renamed", func() { h.update(t, renameQuic) }, []string{"created quick", "renamed quic quick"}},
		{"it is renamed again", func() {
			h.update(t, func(w *datatrackertest.World) { w.RenameGroup("quick", "quack") })
		}, []string{"created quack", "renamed quick quack"}},
		{"a room is reconfigured", func() {
			h.chat.Edit("tls", func(r *xmpptest.Room) { r.Config[xmpptest.FieldName] = "by hand" })
		}, nil},
	}
	for _, c := range chapters {
		t.Run(c.name, func(t *testing.T) {
			h.travel(h.time().Add(time.Hour))
			c.run()
			requireDone(t, h.sync(t))
			now := h.news(t)
			if len(now) < len(told) || !slices.Equal(now[:len(told)], told) || !slices.Equal(now[len(told):], c.want) {
				t.Errorf("the news are %q, were %q, and %q is new", now, told, c.want)
			}
			told = now
			h.requireQuiet(t)
		})
	}
	var list struct{ Rooms []agenda.Room }
	if err := json.Unmarshal([]byte(h.read(t, agenda.RoomsPath)), &list); err != nil {
		t.Fatal(err)
	}
	for _, room := range list.Rooms {
		if old := room.Name == "quic" || room.Name == "quick"; old != (room.Successor == "quack") || old != (room.State == "retired") {
			t.Errorf("room %s is %s, its successor %q", room.Name, room.State, room.Successor)
		}
	}
}

// news is what the registry's trail tells, as "kind room successor".
func (h *house) news(t *testing.T) []string {
	t.Helper()
	trail, err := h.Registry.Changes(t.Context(), registry.ChangeFilter{})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(trail)
	var list []string
	for _, n := range provisioner.News(trail) {
		list = append(list, strings.TrimSpace(string(n.Kind)+" "+n.Room+" "+n.To))
	}
	return list
}
