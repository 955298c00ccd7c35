package provisioner_test

import (
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/xmppadmin/xmpptest"
)

func renameQuic(w *datatrackertest.World) { w.RenameGroup("quic", "quick") }

func renameGroupOfQuic(w *datatrackertest.World) { w.Group("quic").Name = "Quick Connections" }

func concludeSframe(w *datatrackertest.World) { w.SetGroupState("sframe", "conclude") }

// session is the first session of a group on the agenda of IETF 113.
func session(w *datatrackertest.World, acronym string) *datatrackertest.Session {
	for _, s := range w.Meeting("113").Sessions {
		if s.Group != nil && s.Group.Acronym == acronym {
			return s
		}
	}
	return nil
}

// TestWhatTheDatatrackerChanges tells one story after the other to a house that
// is in its steady state. Each is over when a second sync finds nothing to do.
func TestWhatTheDatatrackerChanges(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{chat: xmpptest.Options{Kind: xmpptest.Ejabberd}, groups: many})
	h.settle(t)
	start := h.rooms()
	description := func(room string) string {
		r, _ := h.chat.Room(room)
		return r.Config[xmpptest.FieldDescription]
	}
	tests := []struct {
		name   string
		change func(*datatrackertest.World)
		want   []string // changes
		check  func(*testing.T, *provisioner.Report)
	}{
		{"a BOF becomes a working group and keeps its room",
			func(w *datatrackertest.World) { w.SetGroupState("can", "active") },
			[]string{"configure can"},
			func(t *testing.T, r *provisioner.Report) {
				if !strings.Contains(description("can"), "working group") {
					t.Errorf("the room says %q", description("can"))
				}
			}},
		{"a group gets a session and a new group its room",
			func(w *datatrackertest.World) {
				w.AddGroup(datatrackertest.Group{Acronym: "newg", Name: "New Group", Type: "wg", State: "proposed", Parent: w.Group("tls").Parent})
				w.AddInterim("newg", beforeTheMeeting.AddDate(0, 0, 30), 1)
			},
			[]string{"create newg"},
			func(t *testing.T, r *provisioner.Report) {
				if links := h.links(t, "interim-2026-newg-01"); len(links) != 1 {
					t.Errorf("links %v", links)
				}
			}},
		{"a group is renamed: a new room, and the old one points to it", renameQuic,
			[]string{"create quick", "retire quic"},
			func(t *testing.T, r *provisioner.Report) {
				if !strings.Contains(description("quic"), "Please go to quick@"+muc) {
					t.Errorf("the old room says %q", description("quic"))
				}
				for id, room := range h.links(t, "113") {
					if room == "quic" {
						t.Errorf("session %d links to the old room", id)
					}
				}
			}},
		{"a group concludes and its room is retired",
			func(w *datatrackertest.World) { w.SetGroupState("sframe", "conclude") },
			[]string{"retire sframe"},
			func(t *testing.T, r *provisioner.Report) {
				if !strings.Contains(description("sframe"), "has ended") {
					t.Errorf("the room says %q", description("sframe"))
				}
			}},
		{"a group is opened again and its room restored as it was",
			func(w *datatrackertest.World) { w.SetGroupState("sframe", "active") },
			[]string{"restore sframe"},
			func(t *testing.T, r *provisioner.Report) {
				is := h.rooms()["sframe"]
				if was := start["sframe"]; is.Subject != was.Subject || description("sframe") != was.Config[xmpptest.FieldDescription] {
					t.Errorf("the room is %+v, was %+v", is, was)
				}
			}},
		{"a group concludes although it is going to meet: its room stays in service",
			func(w *datatrackertest.World) { w.SetGroupState("masque", "conclude") }, nil, nil},
		{"a group whose row vanishes keeps its room",
			func(w *datatrackertest.World) { w.RemoveGroup("rats") }, nil, nil},
		{"an interim loses one of its two sessions",
			func(w *datatrackertest.World) { w.DropSession(w.Meeting("interim-2026-quic-01").Sessions[0].ID) }, nil,
			func(t *testing.T, r *provisioner.Report) {
				if links := h.links(t, "interim-2026-quic-01"); len(links) != 1 {
					t.Errorf("links %v", links)
				}
			}},
		{"a session moves",
			func(w *datatrackertest.World) { s := session(w, "tls"); w.MoveSession(s.ID, s.Start.Add(24*time.Hour)) }, nil,
			func(t *testing.T, r *provisioner.Report) {
				if len(r.Published) == 0 {
					t.Error("the agenda was not published again")
				}
			}},
		{"a session is canceled and keeps its link",
			func(w *datatrackertest.World) { w.CancelSession(session(w, "tls").ID) }, nil, nil},
		{"a session gets a chat room of its own, one that is there",
			func(w *datatrackertest.World) { w.SetChatRoom(session(w, "tls").ID, "wgchairs") }, nil, nil},
		{"a session gets a chat room of its own, a new one",
			func(w *datatrackertest.World) { w.SetChatRoom(session(w, "dispatch").ID, "Dispatch-Live") }, []string{"create dispatch-live"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rooms := h.rooms()
			h.update(t, test.change)
			preview := h.preview(t, provisioner.Options{})
			requirePlanned(t, preview, test.want...)
			report := h.sync(t)
			requirePlanned(t, report, test.want...)
			requireDone(t, report)
			var changed []string
			for _, c := range report.Changes {
				changed = append(changed, c.Room)
			}
			h.requireRooms(t, rooms, changed...)
			if test.check != nil {
				test.check(t, report)
			}
			h.requireQuiet(t)
		})
	}
	t.Run("where they led", func(t *testing.T) {
		var tls, dispatch int
		h.update(t, func(w *datatrackertest.World) { tls, dispatch = session(w, "tls").ID, session(w, "dispatch").ID })
		links := h.links(t, "113")
		if links[tls] != "wgchairs" || links[dispatch] != "dispatch-live" {
			t.Errorf("tls meets in %q, dispatch in %q", links[tls], links[dispatch])
		}
	})
}

// TestFreeze changes things two days before the meeting begins, and comes back
// when it is over.
func TestFreeze(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{chat: xmpptest.Options{Kind: xmpptest.Ejabberd}, groups: many})
	h.settle(t)
	before := h.rooms()
	h.travel(time.Date(2026, 3, 12, 10, 0, 0, 0, time.UTC))
	h.update(t, func(w *datatrackertest.World) {
		w.SetGroupState("can", "active")
		w.SetGroupState("sframe", "conclude")
		w.RenameGroup("quic", "quick")
		w.AddGroup(datatrackertest.Group{Acronym: "newg", Name: "New Group", Type: "wg", State: "active"})
	})
	h.chat.Edit("tls", func(r *xmpptest.Room) {
		r.Config[xmpptest.FieldName] = "TLS"
		r.Config[xmpptest.FieldLogging] = "0"
	})

	report := h.sync(t)
	requirePlanned(t, report, "create newg", "create quick", "configure tls")
	if len(report.Withheld) != 1 || report.Withheld[0].Rule != provisioner.RuleFreeze || report.Held() != 0 {
		t.Fatalf("withheld: %+v", report.Withheld)
	}
	until := report.Withheld[0].Until
	var deferred []string
	for _, c := range report.Withheld[0].Changes {
		deferred = append(deferred, string(c.Verb)+" "+c.Room)
	}
	if got := strings.Join(deferred, ", "); got != "configure can, configure tls, retire quic, retire sframe" {
		t.Errorf("deferred are %s", got)
	}
	if report.Failures() > 0 || h.outcome(t) != "done" {
		t.Errorf("%d failures, the run ended %q: %q", report.Failures(), h.outcome(t), complaints(report))
	}
	if tls, _ := h.chat.Room("tls"); tls.Config[xmpptest.FieldLogging] != "1" || tls.Config[xmpptest.FieldName] != "TLS" {
		t.Errorf("tls is %v", tls.Config)
	}
	h.requireRooms(t, before, "newg", "quick", "tls")

	h.chat.ResetStanzas()
	requirePlanned(t, h.sync(t))
	h.requireNoWriting(t)

	h.travel(until.Add(time.Minute))
	report = h.sync(t)
	requirePlanned(t, report, "configure can", "configure tls", "retire quic", "retire sframe")
	requireDone(t, report)
	h.requireQuiet(t)
}
