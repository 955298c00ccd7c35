package provisioner_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin/xmpptest"
)

// TestWhatPersonsDecide tells one story after the other to a house in its steady
// state, on each kind of server. Each ends with the rooms as they were.
func TestWhatPersonsDecide(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newDecidingHouse(t, setup{chat: kind.chat, groups: many})
			start := h.rooms()
			for _, story := range decisionStories {
				t.Run(story.name, func(t *testing.T) {
					story.run(t, h)
					h.sync(t)
					h.requireQuiet(t)
					for name, is := range notSaid(h.rooms()) {
						if was := start[name]; was.Config[xmpptest.FieldDescription] != is.Config[xmpptest.FieldDescription] || was.Subject != is.Subject ||
							was.Config[xmpptest.FieldPublic] != is.Config[xmpptest.FieldPublic] || was.Config[xmpptest.FieldModerated] != is.Config[xmpptest.FieldModerated] {
							t.Errorf("room %s was\n%+v\nand is now\n%+v", name, was, is)
						}
					}
				})
			}
		})
	}
}

var decisionStories = []struct {
	name string
	run  func(*testing.T, *house)
}{
	{"an active group's room is retired until a person restores it", func(t *testing.T, h *house) {
		h.ordered(t, order{Verb: provisioner.Retire, Room: "quic"})
		if d := h.config(t, "quic", xmpptest.FieldDescription); !strings.HasPrefix(d, "This room is no longer in use; it stays open. ") {
			t.Errorf("it says %q", d)
		}
		h.requireState(t, "quic", registry.Retired, true)
		h.sync(t)
		h.requireQuiet(t) // it is still open, so its sessions stay linked
		h.idle(t, order{Verb: provisioner.Retire, Room: "quic"}, "it is retired already")
		h.ordered(t, order{Verb: provisioner.Restore, Room: "quic"})
		h.requireState(t, "quic", registry.Active, false)
		h.idle(t, order{Verb: provisioner.Restore, Room: "quic"}, "it is in service already")
	}},
	{"an ended group's room is in service because a person says so", func(t *testing.T, h *house) {
		h.update(t, concludeSframe)
		requirePlanned(t, h.sync(t), "retire sframe")
		h.requireState(t, "sframe", registry.Retired, false)
		if got := h.ordered(t, order{Verb: provisioner.Restore, Room: "sframe"}); !strings.Contains(got.Note, "stays until a person retires it") {
			t.Errorf("note %q", got.Note)
		}
		h.requireState(t, "sframe", registry.Active, true)
		h.sync(t)
		h.requireQuiet(t)
		h.update(t, func(w *datatrackertest.World) { w.SetGroupState("sframe", "active") })
		h.ordered(t, order{Verb: provisioner.Restore, Room: "sframe"}) // the rules agree now
		h.requireState(t, "sframe", registry.Active, false)
	}},
	{"a room that the sync retired is pinned by a person's word", func(t *testing.T, h *house) {
		h.update(t, concludeSframe)
		h.sync(t)
		if got := h.ordered(t, order{Verb: provisioner.Retire, Room: "sframe"}); len(got.Fields) > 0 || !strings.Contains(got.Note, "it was retired already") {
			t.Errorf("%+v", got)
		}
		h.update(t, func(w *datatrackertest.World) { w.SetGroupState("sframe", "active") })
		requirePlanned(t, h.sync(t), "configure sframe") // it says no longer that the group has ended
		h.requirePinned(t, "sframe", registry.Retired)
		h.ordered(t, order{Verb: provisioner.Restore, Room: "sframe"})
	}},
	{"people are sent on to the room that a person names, once", func(t *testing.T, h *house) {
		h.refused(t, order{Verb: provisioner.Retire, Room: "sframe", Successor: "nowhere"}, "room nowhere is not in service")
		h.refused(t, order{Verb: provisioner.Retire, Room: "sframe", Successor: "sframe"}, "cannot take over from itself")
		retire := order{Verb: provisioner.Retire, Room: "sframe", Successor: "mls"}
		h.ordered(t, retire)
		want := "This room has moved: please go to mls@" + muc + " (xmpp:mls@" + muc + "?join). What was said here stays in its log."
		if said := h.said("sframe"); len(said) != 1 || said[0] != want {
			t.Errorf("said: %q, want %q", said, want)
		}
		if d := h.config(t, "sframe", xmpptest.FieldDescription); !strings.Contains(d, "Please go to mls@"+muc) {
			t.Errorf("it says %q", d)
		}
		h.idle(t, retire, "it is retired already")
		h.sync(t)
		h.requireQuiet(t)
		if page := h.read(t, "rooms/sframe/index.html"); !strings.Contains(page, `Please go to the room <a href="../../rooms/mls/">mls</a>`) {
			t.Errorf("its page does not say where to go:\n%s", page)
		}
		h.ordered(t, order{Verb: provisioner.Retire, Room: "sframe", Successor: "tls"})
		if said := h.said("sframe"); len(said) != 2 || !strings.Contains(said[1], "go to tls@") {
			t.Errorf("said: %q", said)
		}
		h.ordered(t, order{Verb: provisioner.Restore, Room: "sframe"})
		if told := h.state(t).Rooms["sframe"].Told; told != "" {
			t.Errorf("people in it still count as sent to %s", told)
		}
	}},
	{"a room is closed and opened again", closeAndOpen},
	{"a closed room is destroyed, and made again when a person restores it", destroyAndRestore},
	{"a young room that nobody used is destroyed at once", destroyYoung},
	{"a held room stays as it is", holdAndRelease},
	{"a room goes back to what it was, and stays so", revertAndRelease},
	{"what is not ours is left alone", func(t *testing.T, h *house) {
		verbs := []provisioner.Verb{provisioner.Retire, provisioner.Restore, provisioner.Close, provisioner.Destroy, provisioner.Revert}
		for _, v := range append(verbs, provisioner.Hold, provisioner.Release) {
			h.refused(t, order{Verb: v, Room: "friends"}, "room friends is not ours", "roomctl rooms adopt friends")
		}
		ours := h.rooms()
		h.chat.Edit("sframe", func(r *xmpptest.Room) { r.Affiliations = map[string]string{"mallory@localhost": "owner"} })
		for _, v := range verbs {
			h.refused(t, order{Verb: v, Room: "sframe"}, "is left alone", "is not among its owners")
		}
		h.chat.PutRoom(ours["sframe"])
		h.refused(t, order{Verb: provisioner.Create, Room: "sframe"}, "to create a room is for no person to decide")
	}},
}

// requirePinned fails unless a sync leaves a room as a person wants it.
func (h *house) requirePinned(t *testing.T, room string, s registry.RoomState) {
	t.Helper()
	before := h.rooms()
	h.sync(t)
	h.requireRooms(t, before)
	h.requireState(t, room, s, true)
}

func closeAndOpen(t *testing.T, h *house) {
	h.chat.Edit("tls", func(r *xmpptest.Room) {
		r.Occupants = []xmpptest.Occupant{{Nick: "alice", JID: "alice@localhost/x", Role: "participant"}}
	})
	h.ordered(t, order{Verb: provisioner.Hold, Room: "tls"})
	h.ordered(t, order{Verb: provisioner.Close, Room: "tls"})
	h.requireState(t, "tls", registry.Closed, true)
	if h.config(t, "tls", xmpptest.FieldModerated) != "1" || h.config(t, "tls", xmpptest.FieldPublic) != "0" {
		t.Errorf("it is open: %+v", h.rooms()["tls"])
	}
	if r, _ := h.chat.Room("tls"); len(r.Occupants) != 1 {
		t.Errorf("those who were inside are %+v", r.Occupants)
	}
	h.idle(t, order{Verb: provisioner.Close, Room: "tls"}, "it is closed already")
	h.refused(t, order{Verb: provisioner.Retire, Room: "tls"}, "room tls is closed", "roomctl rooms restore tls")
	h.refused(t, order{Verb: provisioner.Revert, Room: "tls"}, "room tls is closed")

	h.chat.Edit("tls", func(r *xmpptest.Room) { r.Config[xmpptest.FieldName] = "by hand" })
	h.chat.ResetStanzas()
	report := h.sync(t)
	requirePlanned(t, report)
	h.requireNoWriting(t)
	requireComplaint(t, report, "room tls is closed, as a person decided, and wanted: group tls", "roomctl rooms restore tls")
	requireComplaint(t, report, "no link tls", "its room is closed, as a person decided")
	for id, room := range h.links(t, "113") {
		if room == "tls" {
			t.Errorf("session %d links to it", id)
		}
	}
	if page := h.read(t, "rooms/tls/index.html"); !strings.Contains(page, "was closed on "+h.time().Format(time.DateOnly)) {
		t.Errorf("its page does not say that it is closed:\n%s", page)
	}
	h.chat.Edit("tls", func(r *xmpptest.Room) { r.Occupants = nil })
	h.ordered(t, order{Verb: provisioner.Release, Room: "tls"})
	h.ordered(t, order{Verb: provisioner.Restore, Room: "tls"})
	h.requireState(t, "tls", registry.Active, false)
	h.sync(t)
	if !slices.Contains(h.linked(t), "tls") {
		t.Error("its session is not linked again")
	}
}

// linked are the rooms that the agenda of IETF 113 links to.
func (h *house) linked(t *testing.T) []string {
	t.Helper()
	var rooms []string
	for _, room := range h.links(t, "113") {
		rooms = append(rooms, room)
	}
	return rooms
}

func destroyAndRestore(t *testing.T, h *house) {
	h.refused(t, order{Verb: provisioner.Destroy, Room: "rats"}, "room rats is not closed", "sessions were linked to it", "roomctl rooms close rats")
	h.ordered(t, order{Verb: provisioner.Close, Room: "rats"})
	h.ordered(t, order{Verb: provisioner.Destroy, Room: "rats"})
	h.requireState(t, "rats", registry.Destroyed, true)
	if r, there := h.chat.Room("rats"); there && !r.Destroyed {
		t.Fatalf("it is still there: %+v", r)
	}
	h.idle(t, order{Verb: provisioner.Destroy, Room: "rats"}, "it is destroyed already")
	h.refused(t, order{Verb: provisioner.Close, Room: "rats"}, "room rats is destroyed")
	h.chat.ResetStanzas()
	report := h.sync(t)
	h.requireNoWriting(t)
	requireComplaint(t, report, "room rats is destroyed, as a person decided, and wanted: group rats", "roomctl rooms restore rats")
	if page := h.read(t, "rooms/rats/index.html"); !strings.Contains(page, "it was destroyed on "+h.time().Format(time.DateOnly)) {
		t.Errorf("its page does not say that it is gone:\n%s", page)
	}

	h.chat.ResetStanzas()
	got := h.ordered(t, order{Verb: provisioner.Restore, Room: "rats"})
	if stanzas := h.chat.Stanzas(); len(stanzas) > 0 || !strings.Contains(got.Note, "the next sync makes it") {
		t.Errorf("note %q; the server was asked %v", got.Note, stanzas)
	}
	requirePlanned(t, h.sync(t), "recreate rats")
}

func destroyYoung(t *testing.T, h *house) {
	h.update(t, func(w *datatrackertest.World) {
		w.AddGroup(datatrackertest.Group{Acronym: "typo", Name: "Typo", Type: "wg", State: "proposed"})
	})
	requirePlanned(t, h.sync(t), "create typo")
	h.chat.Edit("typo", func(r *xmpptest.Room) { r.Occupants = []xmpptest.Occupant{{Nick: "a", JID: "a@localhost/x"}} })
	h.refused(t, order{Verb: provisioner.Destroy, Room: "typo"}, "there are 1 people in it")
	h.chat.Edit("typo", func(r *xmpptest.Room) { r.Occupants = nil })
	now := h.time()
	h.travel(now.Add(25 * time.Hour))
	h.refused(t, order{Verb: provisioner.Destroy, Room: "typo"}, "not within the last 24 hours")
	h.travel(now)
	h.ordered(t, order{Verb: provisioner.Destroy, Room: "typo"})
	h.requireState(t, "typo", registry.Destroyed, true)
	h.update(t, func(w *datatrackertest.World) { w.RenameGroup("typo", "typos") })
	requirePlanned(t, h.sync(t), "create typos")

	// The name goes to another group, and a person gives it the room.
	h.update(t, func(w *datatrackertest.World) {
		w.AddGroup(datatrackertest.Group{Acronym: "typo", Name: "Typographers", Type: "wg", State: "active"})
	})
	requireComplaint(t, h.sync(t), "room typo is destroyed, as a person decided, and wanted: group typo")
	h.ordered(t, order{Verb: provisioner.Restore, Room: "typo"})
	requirePlanned(t, h.sync(t), "recreate typo")
	if name := h.config(t, "typo", xmpptest.FieldName); name != "Typographers (typo)" {
		t.Errorf("the room is called %q", name)
	}
	h.update(t, func(w *datatrackertest.World) {
		w.SetGroupState("typo", "abandon")
		w.SetGroupState("typos", "abandon")
	})
	h.sync(t)
	for _, room := range []string{"typo", "typos"} {
		for _, v := range []provisioner.Verb{provisioner.Close, provisioner.Destroy} {
			h.ordered(t, order{Verb: v, Room: room})
		}
		h.chat.RemoveRoom(room) // the tombstone, where there is one
	}
}
