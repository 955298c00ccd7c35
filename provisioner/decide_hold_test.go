package provisioner_test

import (
	"strings"
	"testing"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/xmppadmin/xmpptest"
)

func holdAndRelease(t *testing.T, h *house) {
	h.ordered(t, order{Verb: provisioner.Hold, Room: "oauth"})
	if held := h.state(t).Rooms["oauth"].Held; held.Why != "because" || !held.Since.Equal(h.time()) {
		t.Errorf("held: %+v", held)
	}
	h.idle(t, order{Verb: provisioner.Hold, Room: "oauth", Why: "because"}, "it is held already")
	h.chat.Edit("oauth", func(r *xmpptest.Room) { r.Config[xmpptest.FieldName] = "by hand" })
	before := h.rooms()
	report := h.sync(t)
	h.requireRooms(t, before)
	requireComplaint(t, report, "withheld hold", "room oauth")
	if h.outcome(t) != "done" {
		t.Errorf("the run ended %q", h.outcome(t))
	}
	h.ordered(t, order{Verb: provisioner.Release, Room: "oauth"})
	h.idle(t, order{Verb: provisioner.Release, Room: "oauth"}, "it is not held")
	requirePlanned(t, h.sync(t), "configure oauth")
}

func revertAndRelease(t *testing.T, h *house) {
	h.refused(t, order{Verb: provisioner.Revert, Room: "masque"}, "made the room, so there is nothing to go back to")
	h.refused(t, order{Verb: provisioner.Revert, Room: "masque", To: 9999}, "there was no run 9999")
	h.update(t, func(w *datatrackertest.World) { w.Group("masque").Name = "Mask" })
	before := h.lastRun(t)
	requirePlanned(t, h.sync(t), "configure masque")
	run := h.lastRun(t)
	if name := h.config(t, "masque", xmpptest.FieldName); name != "Mask (masque)" {
		t.Fatalf("the room is called %q", name)
	}
	got := h.ordered(t, order{Verb: provisioner.Revert, Room: "masque"})
	if name := h.config(t, "masque", xmpptest.FieldName); name == "Mask (masque)" || len(got.Fields) == 0 {
		t.Errorf("the room is called %q, changed were %+v", name, got.Fields)
	}
	if held := h.state(t).Rooms["masque"].Held; !strings.HasPrefix(held.Why, "reverted to what it was before run ") {
		t.Errorf("held: %+v", held)
	}
	h.idle(t, order{Verb: provisioner.Revert, Room: "masque", Why: "because"}, "its fields have those values already")
	rooms := h.rooms()
	requireComplaint(t, h.sync(t), "withheld hold", "room masque")
	h.requireRooms(t, rooms)

	h.ordered(t, order{Verb: provisioner.Revert, Room: "masque", To: run})
	if name := h.config(t, "masque", xmpptest.FieldName); name != "Mask (masque)" {
		t.Errorf("after run %d the room was called Mask, and is now called %q", run, name)
	}
	h.ordered(t, order{Verb: provisioner.Revert, Room: "masque", To: before})
	if held := h.state(t).Rooms["masque"].Held; !strings.HasPrefix(held.Why, "reverted to run ") {
		t.Errorf("held: %+v", held)
	}
	h.update(t, func(w *datatrackertest.World) {
		w.Group("masque").Name = "Multiplexed Application Substrate over QUIC Encryption"
	})
	h.ordered(t, order{Verb: provisioner.Release, Room: "masque"})
}

// TestAHoldWithoutAReasonKeepsTheOneItHas, and another reason takes its place.
func TestAHoldWithoutAReasonKeepsTheOneItHas(t *testing.T) {
	t.Parallel()
	h := newDecidingHouse(t, setup{})
	h.ordered(t, order{Verb: provisioner.Hold, Room: "tls"})
	held := h.state(t).Rooms["tls"].Held
	h.idle(t, order{Verb: provisioner.Hold, Room: "tls"}, "it is held already, since 2026-03-04 10:30 UTC: because")
	if now := h.state(t).Rooms["tls"].Held; now != held {
		t.Errorf("held: %+v, was %+v", now, held)
	}
	if got := h.decide(t, order{Verb: provisioner.Hold, Room: "tls", Why: "another"}); got.Err != nil || len(got.Fields) != 1 {
		t.Fatalf("%+v", got)
	}
	if now := h.state(t).Rooms["tls"].Held; now.Why != "another" || !now.Since.Equal(held.Since) {
		t.Errorf("held: %+v", now)
	}
}

// TestARevertNeverMakesARoomVanish: a room that is not persistent ends with the
// last who leaves it.
func TestARevertNeverMakesARoomVanish(t *testing.T) {
	t.Parallel()
	h := newDecidingHouse(t, setup{})
	h.chat.Edit("tls", func(r *xmpptest.Room) {
		r.Config[xmpptest.FieldPersistent], r.Config[xmpptest.FieldName] = "0", "by hand"
	})
	requirePlanned(t, h.sync(t), "configure tls")
	got := h.ordered(t, order{Verb: provisioner.Revert, Room: "tls"})
	if h.config(t, "tls", xmpptest.FieldPersistent) != "1" || h.config(t, "tls", xmpptest.FieldName) != "by hand" {
		t.Errorf("it is %+v", h.rooms()["tls"].Config)
	}
	if !strings.Contains(got.Note, "it stays persistent") {
		t.Errorf("note %q", got.Note)
	}
}
