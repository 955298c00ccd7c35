package provisioner_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
	"roomctl/xmppadmin/xmpptest"
)

// order is short for what a person decides.
type order = provisioner.Decision

// newDecidingHouse is a house in its steady state whose Syncer may destroy rooms.
func newDecidingHouse(t *testing.T, s setup) *house {
	t.Helper()
	h := newHouse(t, s)
	h.allowDestroying()
	h.settle(t)
	return h
}

func (h *house) allowDestroying() {
	h.Destroyer = func(ctx context.Context) (provisioner.RoomDestroyer, error) { return xmppadmin.Open(ctx, h.place.Chat) }
}

// decide has a person decide about one room.
func (h *house) decide(t *testing.T, d provisioner.Decision) provisioner.Decided {
	t.Helper()
	decided, err := h.Decide(t.Context(), []provisioner.Decision{d})
	if err != nil || len(decided) != 1 {
		t.Fatalf("%d decided, %v", len(decided), err)
	}
	return decided[0]
}

// ordered is a decision that must be carried out. It fails unless the audit trail
// has exactly the fields that were changed, and that a person ordered it.
func (h *house) ordered(t *testing.T, d provisioner.Decision) provisioner.Decided {
	t.Helper()
	d.Why = "because"
	got := h.decide(t, d)
	if got.Err != nil {
		t.Fatalf("%s %s: %v", d.Verb, d.Room, got.Err)
	}
	done := h.requireReasons(t)
	for _, f := range got.Fields {
		if !slices.ContainsFunc(done, func(c registry.Change) bool {
			return c.Verb == string(d.Verb) && c.Field == f.Field && c.Old == f.Old && c.New == f.New
		}) {
			t.Errorf("the trail lacks %s of %s: %+v", f.Field, d.Room, done)
		}
	}
	if h.outcome(t) != "done" {
		t.Errorf("the run ended %q", h.outcome(t))
	}
	return got
}

// requireReasons fails unless each change of the last run says who wanted it. It
// returns those that were carried out.
func (h *house) requireReasons(t *testing.T) []registry.Change {
	t.Helper()
	changes, err := h.Registry.Changes(t.Context(), registry.ChangeFilter{Run: h.lastRun(t)})
	if err != nil {
		t.Fatal(err)
	}
	var done []registry.Change
	for _, c := range changes {
		if !slices.Equal(c.Reasons, []string{"a person ordered it", "because"}) {
			t.Errorf("the trail has %+v without its reasons", c)
		}
		if c.Error == "" {
			done = append(done, c)
		}
	}
	return done
}

// refused is a decision that must be refused, with nothing written to any room.
func (h *house) refused(t *testing.T, d provisioner.Decision, words ...string) {
	t.Helper()
	before := h.rooms()
	known := h.state(t).Rooms[d.Room]
	h.chat.ResetStanzas()
	got := h.decide(t, d)
	for _, w := range words {
		if got.Err == nil || !strings.Contains(got.Err.Error(), w) {
			t.Errorf("%s %s: error %v, want %q in it", d.Verb, d.Room, got.Err, w)
		}
	}
	h.requireNoWriting(t)
	h.requireRooms(t, before)
	if is := h.state(t).Rooms[d.Room]; is.State != known.State || is.Pinned != known.Pinned || is.Told != known.Told {
		t.Errorf("the registry had %+v, and has %+v", known, is)
	}
	if h.outcome(t) != "partial" {
		t.Errorf("the run ended %q", h.outcome(t))
	}
}

// idle is a decision that is in force already: nothing is written, nothing
// recorded.
func (h *house) idle(t *testing.T, d provisioner.Decision, note string) {
	t.Helper()
	before := h.rooms()
	h.chat.ResetStanzas()
	got := h.decide(t, d)
	if got.Err != nil || len(got.Fields) > 0 || !strings.Contains(got.Note, note) {
		t.Errorf("%s %s: %+v, want the note %q", d.Verb, d.Room, got, note)
	}
	h.requireNoWriting(t)
	h.requireRooms(t, before)
	if trail := h.trail(t, h.lastRun(t)); len(trail) > 0 {
		t.Errorf("the trail has %+v", trail)
	}
}

func (h *house) config(t *testing.T, room, field string) string {
	t.Helper()
	r, ok := h.chat.Room(room)
	if !ok {
		t.Fatalf("there is no room %s", room)
	}
	return r.Config[field]
}

// said are the messages that were sent to a room.
func (h *house) said(room string) []string {
	r, _ := h.chat.Room(room)
	var bodies []string
	for _, m := range r.Said {
		bodies = append(bodies, m.Body)
	}
	return bodies
}

// requireState fails unless the registry has a room so.
func (h *house) requireState(t *testing.T, room string, s registry.RoomState, pinned bool) {
	t.Helper()
	if r := h.state(t).Rooms[room]; r.State != s || r.Pinned != pinned {
		t.Errorf("room %s is %s, pinned %t; want %s, %t", room, r.State, r.Pinned, s, pinned)
	}
}

// notSaid makes rooms comparable with those of before a message was sent.
func notSaid(rooms map[string]xmpptest.Room) map[string]xmpptest.Room {
	for name, r := range rooms {
		r.Said = nil
		rooms[name] = r
	}
	return rooms
}
