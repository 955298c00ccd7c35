package provisioner_test

import (
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin/xmpptest"
)

// newYoungHouse is a house with a room that was just made, and that no session is
// linked to.
func newYoungHouse(t *testing.T, chat xmpptest.Options) *house {
	t.Helper()
	h := newDecidingHouse(t, setup{chat: chat})
	h.update(t, func(w *datatrackertest.World) {
		w.AddGroup(datatrackertest.Group{Acronym: "typo", Name: "Typo", Type: "wg", State: "proposed"})
	})
	requirePlanned(t, h.sync(t), "create typo")
	return h
}

// TestARoomWhoseDestructionFailedIsNotClosed: the registry has it closed, but
// people can still come in. The order is judged anew when it is given again.
func TestARoomWhoseDestructionFailedIsNotClosed(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newYoungHouse(t, kind.chat)
			mend := h.chat.Fault(xmpptest.Fault{Room: "typo", Writing: true, Condition: "forbidden", ErrorType: "auth"})
			if got := h.decide(t, order{Verb: provisioner.Destroy, Room: "typo"}); got.Err == nil {
				t.Fatalf("it was destroyed: %+v", got)
			}
			mend()
			h.requireState(t, "typo", registry.Closed, true)

			again := order{Verb: provisioner.Destroy, Room: "typo"}
			h.chat.Edit("typo", func(r *xmpptest.Room) { r.Occupants = []xmpptest.Occupant{{Nick: "a", JID: "a@localhost/x"}} })
			h.refused(t, again, "room typo is not closed", "there are 1 people in it", "roomctl rooms close typo")
			h.chat.Edit("typo", func(r *xmpptest.Room) { r.Occupants = nil })
			h.travel(h.time().Add(25 * time.Hour))
			h.refused(t, again, "not within the last 24 hours")

			h.ordered(t, order{Verb: provisioner.Close, Room: "typo"})
			h.ordered(t, again)
			h.requireState(t, "typo", registry.Destroyed, true)
		})
	}
}

// TestAClosedRoomThatSomebodyOpenedIsNotDestroyed before it is closed again.
func TestAClosedRoomThatSomebodyOpenedIsNotDestroyed(t *testing.T) {
	t.Parallel()
	opened := map[string]string{xmpptest.FieldPublic: "1", xmpptest.FieldModerated: "0"}
	for field, value := range opened {
		h := newDecidingHouse(t, setup{})
		h.ordered(t, order{Verb: provisioner.Close, Room: "tls"})
		h.chat.Edit("tls", func(r *xmpptest.Room) { r.Config[field] = value })
		h.refused(t, order{Verb: provisioner.Destroy, Room: "tls"}, "room tls is not closed", "roomctl rooms close tls")
		h.ordered(t, order{Verb: provisioner.Close, Room: "tls"})
		h.ordered(t, order{Verb: provisioner.Destroy, Room: "tls"})
	}
}

// TestARoomIsAsOldAsTheFirstAttemptToMakeIt: neither an attempt that fails nor the
// one that finishes it makes it young.
func TestARoomIsAsOldAsTheFirstAttemptToMakeIt(t *testing.T) {
	t.Parallel()
	h := newDecidingHouse(t, setup{})
	began := h.time().Add(-25 * time.Hour)
	if err := h.Registry.Intend(t.Context(), registry.Intent{Room: "typo", Run: h.lastRun(t), At: began}); err != nil {
		t.Fatal(err)
	}
	h.chat.PutRoom(xmpptest.Room{Name: "typo", Affiliations: map[string]string{h.chat.JID(): "owner"}, Config: map[string]string{xmpptest.FieldPublic: "1"}})
	h.update(t, func(w *datatrackertest.World) {
		w.AddGroup(datatrackertest.Group{Acronym: "typo", Name: "Typo", Type: "wg", State: "proposed"})
	})
	mend := h.chat.Fault(xmpptest.Fault{Room: "typo", Writing: true, Condition: "forbidden", ErrorType: "auth"})
	if report := h.sync(t); report.Applied() > 0 {
		t.Fatalf("planned %q, and %d were applied", planned(report), report.Applied())
	}
	mend()
	requirePlanned(t, h.sync(t), "finish typo")
	if since := h.state(t).Rooms["typo"].Since; !since.Equal(began) {
		t.Errorf("it was made at %s, want %s", since, began)
	}
	h.refused(t, order{Verb: provisioner.Destroy, Room: "typo"}, "not within the last 24 hours")
}

// TestADestroyedRoomSendsNobodyToStrangers: the room that took over has lost our
// ownership since.
func TestADestroyedRoomSendsNobodyToStrangers(t *testing.T) {
	t.Parallel()
	h := newDecidingHouse(t, setup{chat: xmpptest.Options{Tombstones: true}})
	h.update(t, renameQuic)
	requireDone(t, h.sync(t))
	h.chat.Edit("quick", func(r *xmpptest.Room) { r.Affiliations = map[string]string{"mallory@localhost": "owner"} })
	h.sync(t)
	h.ordered(t, order{Verb: provisioner.Close, Room: "quic"})
	h.ordered(t, order{Verb: provisioner.Destroy, Room: "quic"})
	if r, _ := h.chat.Room("quic"); !r.Destroyed || r.Alternate != "" {
		t.Errorf("the tombstone is %+v", r)
	}
}
