package xmppadmin

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"

	"roomctl/xmppadmin/xmpptest"
)

// ejabberd lets two rooms of one instant replace each other: the creation
// succeeds, and the room there is somebody else's. Nothing more is done to it.
func TestCreatedRoomThatWasReplacedIsLeftAlone(t *testing.T) {
	for name, o := range kinds() {
		if o.Kind != xmpptest.Ejabberd {
			continue
		}
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			s := openService(t, srv)
			var made, replaced atomic.Bool
			srv.Fault(xmpptest.Fault{From: srv.JID(), Hook: func(st xmpptest.Stanza) {
				if _, there := srv.Room("quic"); there && made.Load() && replaced.CompareAndSwap(false, true) {
					srv.PutRoom(theirs("quic"))
				}
				made.Store(made.Load() || st.Writing)
			}})
			if err := s.Create(t.Context(), "quic", loggedSpec()); !errors.Is(err, ErrExists) {
				t.Errorf("creating it: %v, want that it exists", err)
			}
			room, _ := srv.Room("quic")
			if !replaced.Load() || !slices.Equal(room.Owners(), []string{"alice@localhost"}) || room.Config[xmpptest.FieldName] != "theirs" {
				t.Errorf("replaced: %v; the room is %+v", replaced.Load(), room)
			}
		})
	}
}
