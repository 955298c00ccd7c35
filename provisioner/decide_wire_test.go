package provisioner_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin/xmpptest"
)

// TestDecidingWithoutAServer needs no more than the registry for a hold.
func TestDecidingWithoutAServer(t *testing.T) {
	t.Parallel()
	h := newDecidingHouse(t, setup{})
	dead := errors.New("the chat server is dead")
	h.Connect = func(context.Context) (provisioner.RoomWriter, error) { return nil, dead }
	h.ordered(t, order{Verb: provisioner.Hold, Room: "tls"})
	h.ordered(t, order{Verb: provisioner.Release, Room: "tls"})
	for _, v := range []provisioner.Verb{provisioner.Retire, provisioner.Restore, provisioner.Close, provisioner.Destroy, provisioner.Revert} {
		if _, err := h.Decide(t.Context(), []provisioner.Decision{{Verb: v, Room: "tls"}}); !errors.Is(err, dead) {
			t.Errorf("%s: %v", v, err)
		}
		h.requireState(t, "tls", registry.Active, false)
		if h.outcome(t) != "failed" {
			t.Errorf("the run ended %q", h.outcome(t))
		}
	}
}

// TestDecidingWithoutTheDatatracker closes and destroys, and retires by the last
// good copies.
func TestDecidingWithoutTheDatatracker(t *testing.T) {
	t.Parallel()
	h := newDecidingHouse(t, setup{})
	h.dt.Close()
	h.ordered(t, order{Verb: provisioner.Retire, Room: "quic"})
	h.ordered(t, order{Verb: provisioner.Close, Room: "tls"})
	h.ordered(t, order{Verb: provisioner.Destroy, Room: "tls"})
	h.requireState(t, "quic", registry.Retired, true)
	h.requireState(t, "tls", registry.Destroyed, true)
}

// TestOneDecisionThatFailsStopsNoOther gives three orders at once.
func TestOneDecisionThatFailsStopsNoOther(t *testing.T) {
	t.Parallel()
	h := newDecidingHouse(t, setup{})
	defer h.chat.Fault(xmpptest.Fault{Room: "quic", Writing: true, Condition: "forbidden", ErrorType: "auth", Text: "not today"})()
	decided, err := h.Decide(t.Context(), []provisioner.Decision{
		{Verb: provisioner.Close, Room: "friends"}, {Verb: provisioner.Close, Room: "quic"}, {Verb: provisioner.Close, Room: "tls"},
	})
	if err != nil || len(decided) != 3 {
		t.Fatalf("%+v, %v", decided, err)
	}
	if decided[0].Err == nil || decided[1].Err == nil || !strings.Contains(decided[1].Err.Error(), "not today") || decided[2].Err != nil {
		t.Errorf("%+v", decided)
	}
	h.requireState(t, "quic", registry.Active, false)
	h.requireState(t, "tls", registry.Closed, true)
	if c := h.trail(t, h.lastRun(t))["quic moderated"]; !strings.Contains(c.Error, "not today") {
		t.Errorf("the trail has %+v", c)
	}
	if h.outcome(t) != "partial" {
		t.Errorf("the run ended %q", h.outcome(t))
	}
}

// TestClosingOnAServerThatDoesNot is no closed room.
func TestClosingOnAServerThatDoesNot(t *testing.T) {
	t.Parallel()
	h := newDecidingHouse(t, setup{})
	defer h.chat.Fault(xmpptest.Fault{Room: "quic", Ignore: []string{xmpptest.FieldModerated}})()
	got := h.decide(t, order{Verb: provisioner.Close, Room: "quic"})
	if got.Err == nil || !strings.Contains(got.Err.Error(), "room quic still differs in its moderated after it was changed") {
		t.Errorf("%+v", got)
	}
	h.requireState(t, "quic", registry.Active, false)
}

// TestADestroyedRoomSendsPeopleOn to the room that took over from it.
func TestADestroyedRoomSendsPeopleOn(t *testing.T) {
	t.Parallel()
	h := newDecidingHouse(t, setup{chat: xmpptest.Options{Tombstones: true}})
	h.update(t, renameQuic)
	requireDone(t, h.sync(t))
	h.update(t, func(w *datatrackertest.World) { w.RenameGroup("quick", "quack") })
	requireDone(t, h.sync(t))
	h.ordered(t, order{Verb: provisioner.Close, Room: "quic"})
	h.ordered(t, order{Verb: provisioner.Destroy, Room: "quic"})
	if r, _ := h.chat.Room("quic"); !r.Destroyed || r.Reason != "because" || r.Alternate != "quack@"+muc {
		t.Errorf("the tombstone is %+v", r)
	}
}
