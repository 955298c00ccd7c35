package xmppadmin

import (
	"strings"
	"testing"

	"roomctl/xmppadmin/xmpptest"
)

func TestRoomsThatAreNotEntered(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			o.Tombstones = o.Kind == xmpptest.Generic
			srv := startServer(t, o)
			if o.Tombstones {
				srv.PutRoom(xmpptest.Room{Name: "old", Destroyed: true})
			}
			srv.PutRoom(theirs("silent"))
			srv.Fault(xmpptest.Fault{Namespace: nsDiscoInfo, Room: "silent", Condition: "resource-constraint"})
			srv.PutRoom(ours(srv, "quic"))
			s := openService(t, srv)
			mustEnter(t, s, "quic")
			before := len(srv.Rooms())
			srv.ResetStanzas()
			for _, room := range []string{"nobody", "old", "silent", "no room", "quic"} {
				if _, err := s.Enter(t.Context(), room); err == nil || !strings.Contains(err.Error(), room) {
					t.Errorf("entering %s: %v", room, err)
				}
			}
			for _, sent := range srv.Stanzas() {
				if sent.Writing {
					t.Errorf("sent %s", sent.XML)
				}
			}
			if got := len(srv.Rooms()); got != before {
				t.Errorf("%d rooms, want %d", got, before)
			}
		})
	}
}

func TestARoomThatEnteringMadeIsGivenUp(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			srv.PutRoom(ours(srv, "quic"))
			s := openService(t, srv)
			srv.Fault(xmpptest.Fault{Name: "presence", Nth: 1, Hook: func(xmpptest.Stanza) { srv.RemoveRoom("quic") }})
			if _, err := s.Enter(t.Context(), "quic"); err == nil || !strings.Contains(err.Error(), "gave it up again") {
				t.Errorf("the error is %v", err)
			}
			if rooms := srv.Rooms(); len(rooms) != 0 {
				t.Errorf("left behind: %+v", rooms)
			}
			if len(s.link.session.occupants) != 0 {
				t.Error("a stay is left behind")
			}
		})
	}
}

func TestARoomThatNobodyHasJoinedCanBeEntered(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			s := openService(t, srv)
			if err := s.Create(t.Context(), "quic", loggedSpec()); err != nil {
				t.Fatal(err)
			}
			wantIn(t, mustEnter(t, s, "quic"))
		})
	}
}

func TestAnotherNick(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			o.NoBypass = true // administrators are let in under any nick
			srv := startServer(t, o)
			room := ours(srv, "quic")
			room.Affiliations = map[string]string{srv.JID(): "admin"}
			room.Occupants = []xmpptest.Occupant{{Nick: "roomctl", JID: "mallory@localhost/phone", Role: "participant"}}
			srv.PutRoom(room)
			s := openService(t, srv)
			o := mustEnter(t, s, "quic")
			srv.SetSubject("quic", "roomctl", "QUIC until 12:00")
			if err := o.SetSubject(t.Context(), "QUIC until 12:00"); err != nil {
				t.Fatal(err)
			}
			if got := o.Subject(); !got.Ours || !strings.HasPrefix(got.Nick, "roomctl-") {
				t.Errorf("the subject is %+v", got)
			}
			srv.Expel("quic", "roomctl", xmpptest.StatusKicked, "")
			if err := o.SetSubject(t.Context(), "still here"); err != nil {
				t.Error(err)
			}
			wantIn(t, o)
			if err := o.Leave(t.Context()); err != nil {
				t.Error(err)
			}
			if room, _ := srv.Room("quic"); len(room.Occupants) != 0 {
				t.Errorf("left behind: %v", room.Occupants)
			}
		})
	}
}

func TestAnotherConnectionUnderOurNick(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			srv.PutRoom(ours(srv, "quic"))
			old, err := Open(t.Context(), plainOptions(srv))
			if err != nil {
				t.Fatal(err)
			}
			mustEnter(t, old, "quic")
			s := openService(t, srv)
			o := mustEnter(t, s, "quic")
			if err := old.Say(t.Context(), "quic", "from the other"); err != nil {
				t.Error(err)
			}
			if err := old.Close(); err != nil { // which leaves the room
				t.Error(err)
			}
			eventually(t, "the end of the other", func() bool {
				room, _ := srv.Room("quic")
				return len(room.Occupants) == 1
			})
			if err := o.SetSubject(t.Context(), "still here"); err != nil {
				t.Error(err)
			}
			wantIn(t, o)
			other := openService(t, srv)
			if err := other.Say(t.Context(), "quic", "in and out"); err != nil {
				t.Error(err)
			}
			if err := o.SetSubject(t.Context(), "still there"); err != nil {
				t.Error(err)
			}
			wantIn(t, o)
		})
	}
}
