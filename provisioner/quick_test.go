package provisioner_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"roomctl/provisioner"
	"roomctl/xmppadmin/xmpptest"
)

// TestQuick reads only what may have changed.
func TestQuick(t *testing.T) {
	t.Parallel()
	quick := provisioner.Options{Quick: true}
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat})
			h.settle(t)
			rooms := h.rooms()

			h.chat.ResetStanzas()
			requireNothingToReport(t, h.sync(t, quick))
			if n := h.asked("quic"); n > 0 {
				t.Errorf("a room that was verified just now was asked %d times", n)
			}

			// What people do inside a room is only seen by a full reading ...
			h.chat.Edit("quic", func(r *xmpptest.Room) { r.Config[xmpptest.FieldDescription] = "by hand" })
			requirePlanned(t, h.sync(t, quick))
			requirePlanned(t, h.sync(t), "configure quic")
			h.requireRooms(t, rooms)

			// ... but a room that is gone from the list,
			h.chat.RemoveRoom("quic")
			requirePlanned(t, h.sync(t, quick), "recreate quic")
			h.requireRooms(t, rooms)

			// what the Datatracker changes,
			h.update(t, renameGroupOfQuic)
			requirePlanned(t, h.sync(t, quick), "configure quic")

			// and what was read too long ago, are seen at once.
			h.chat.Edit("tls", func(r *xmpptest.Room) { r.Config[xmpptest.FieldDescription] = "by hand" })
			h.travel(h.time().Add(61 * time.Minute))
			requirePlanned(t, h.sync(t, quick), "configure tls")
			h.requireRooms(t, rooms, "quic")
			h.requireQuiet(t)
		})
	}
}

// asked counts the stanzas that were addressed to a room.
func (h *house) asked(room string) int {
	n := 0
	for _, s := range h.chat.Stanzas() {
		if s.Room == room {
			n++
		}
	}
	return n
}

// TestAQuickPassTrustsNothingThatARunLeftUnread tells a run to stop while it puts
// rooms right: what it found different, and did not read again, the next pass reads.
func TestAQuickPassTrustsNothingThatARunLeftUnread(t *testing.T) {
	t.Parallel()
	for _, linger := range []time.Duration{0, time.Minute} {
		for name, spoil := range map[string]func(*house){
			"a room that is not logged any more": func(h *house) {
				h.chat.Edit("quic", func(r *xmpptest.Room) { r.Config[xmpptest.FieldLogging] = "0" })
			},
			"a room that is gone": func(h *house) { h.chat.RemoveRoom("quic") },
		} {
			t.Run(fmt.Sprintf("%s, with %s for the change in hand", name, linger), func(t *testing.T) {
				t.Parallel()
				h := newHouse(t, setup{})
				h.settle(t)
				h.Linger = linger
				spoil(h)
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				// What the server was told to set, it forgets.
				mend := h.chat.Fault(xmpptest.Fault{Room: "quic", Writing: true, Ignore: []string{xmpptest.FieldLogging}, Hook: func(xmpptest.Stanza) { stop() }})
				if _, err := h.Sync(ctx, provisioner.Options{}); !errors.Is(err, context.Canceled) {
					t.Fatalf("the run was not interrupted: %v", err)
				}
				mend()
				h.chat.ResetStanzas()
				h.sync(t, provisioner.Options{Quick: true})
				if h.asked("quic") == 0 {
					t.Error("the room was not read")
				}
				if is := h.config(t, "quic", xmpptest.FieldLogging); is != "1" {
					t.Errorf("the room's logging is %q, and the sessions of quic are linked to it: %v", is, h.linked(t))
				}
			})
		}
	}
}
