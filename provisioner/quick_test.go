package provisioner_test

import (
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
