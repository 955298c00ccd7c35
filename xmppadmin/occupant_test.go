package xmppadmin

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roomctl/xmppadmin/xmpptest"
)

// ours is an open room that belongs to roomctl.
func ours(srv *xmpptest.Server, name string) xmpptest.Room {
	return xmpptest.Room{
		Name: name, Subject: "base", SubjectAuthor: "chair",
		Config:       map[string]string{xmpptest.FieldPersistent: "1", xmpptest.FieldPublic: "1", xmpptest.FieldModerated: "0"},
		Affiliations: map[string]string{srv.JID(): "owner"},
	}
}

func mustEnter(t *testing.T, s *Service, room string) *Occupant {
	t.Helper()
	o, err := s.Enter(t.Context(), room)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// sentTo counts what clients sent to a room: its presence, or its messages.
func sentTo(srv *xmpptest.Server, room, name string) int {
	n := 0
	for _, sent := range srv.Stanzas() {
		if sent.Room == room && sent.Name == name {
			n++
		}
	}
	return n
}

func wantSubject(t *testing.T, o *Occupant, want Subject) {
	t.Helper()
	if got := o.Subject(); got != want {
		t.Errorf("the subject is %+v, want %+v", got, want)
	}
}

func wantGone(t *testing.T, o *Occupant, why string) {
	t.Helper()
	select {
	case <-o.Gone():
	case <-time.After(patience):
		t.Fatal("the stay never ended")
	}
	if err := o.Err(); err == nil && why != "" || err != nil && (why == "" || !strings.Contains(err.Error(), why)) {
		t.Errorf("it ended because of %v, want %q", err, why)
	}
}

func wantIn(t *testing.T, o *Occupant) {
	t.Helper()
	select {
	case <-o.Gone():
		t.Errorf("the stay has ended: %v", o.Err())
	default:
	}
	if err := o.Err(); err != nil {
		t.Errorf("the stay goes on, and has ended because of %v", err)
	}
}

func TestAStay(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			srv.PutRoom(ours(srv, "quic"))
			s := openService(t, srv)
			o := mustEnter(t, s, "quic")
			wantSubject(t, o, Subject{Text: "base", Nick: "chair"})

			for range 2 { // the second time there is nothing to do
				if err := o.SetSubject(t.Context(), "QUIC\r\n until 12:00"); err != nil {
					t.Fatal(err)
				}
				wantSubject(t, o, Subject{Text: "QUIC\n until 12:00", Nick: "roomctl", Ours: true})
			}
			if n := sentTo(srv, "quic", "message"); n != 1 {
				t.Errorf("%d messages were sent", n)
			}
			srv.SetSubject("quic", "chair", "slides:\nhttps://example.org/")
			eventually(t, "the chair's subject", func() bool { return o.Subject().Nick == "chair" })
			wantSubject(t, o, Subject{Text: "slides:\nhttps://example.org/", Nick: "chair"})
			if err := o.SetSubject(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
			wantSubject(t, o, Subject{Nick: "roomctl", Ours: true})
			wantIn(t, o)

			if err := o.Leave(t.Context()); err != nil {
				t.Error(err)
			}
			wantGone(t, o, "")
			if err := o.Leave(t.Context()); err != nil {
				t.Errorf("leaving again: %v", err)
			}
			if err := o.SetSubject(t.Context(), "too late"); err == nil || !strings.Contains(err.Error(), "no longer in it") {
				t.Errorf("after leaving: %v", err)
			}
			if room, _ := srv.Room("quic"); room.Subject != "" || len(room.Occupants) != 0 {
				t.Errorf("the room is %+v", room)
			}
		})
	}
}

// A run that speaks in a room in which we are must not end the stay.
func TestRunsSpeakThroughAStay(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			srv.PutRoom(ours(srv, "quic"))
			s := openService(t, srv)
			o := mustEnter(t, s, "quic")
			heard := listen(t, srv, "quic")
			if err := o.SetSubject(t.Context(), "QUIC until 12:00"); err != nil {
				t.Fatal(err)
			}
			joins := sentTo(srv, "quic", "presence")
			for range 2 {
				if err := s.SetSubject(t.Context(), "quic", "retired"); err != nil {
					t.Fatal(err)
				}
			}
			eventually(t, "the subject of the run", func() bool { return o.Subject().Text == "retired" })
			wantSubject(t, o, Subject{Text: "retired", Nick: "roomctl"})
			for _, text := range []string{"it moves", "end"} {
				if err := s.Say(t.Context(), "quic", text); err != nil {
					t.Fatal(err)
				}
			}
			if got := heard("end"); !slices.Equal(got, []string{"it moves", "end"}) {
				t.Errorf("heard %q", got)
			}
			if n := sentTo(srv, "quic", "presence"); n != joins {
				t.Errorf("%d presences were sent by speaking", n-joins)
			}
			wantIn(t, o)
			if err := o.Leave(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := s.Say(t.Context(), "quic", "from outside again"); err != nil {
				t.Error(err)
			}
		})
	}
}

// The connection tells when and why it has ended, and not before.

// The room ends between our look and our join, which makes another.

// ejabberd 23.01 tells the first who joins a room that was made without joining

// that it is new.

// An earlier connection that the server has not given up yet, or another

// program with the same account, is in the room under our nick.

// The room has forgotten us, and nobody has said so.

// What people say in a room of ours is read and forgotten.
func TestAFloodLeavesNothingBehind(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			room := ours(srv, "quic")
			room.Config[xmpptest.FieldChangeSubject] = "1"
			srv.PutRoom(room)
			s := openService(t, srv)
			stay := mustEnter(t, s, "quic")
			flooder := loginTo(t, ordinaryOptions(srv, "flooder"))
			if _, err := flooder.enter(t.Context(), address(t, "quic@conference.localhost/flooder")); err != nil {
				t.Fatal(err)
			}
			var flood strings.Builder
			for i := range 500 {
				fmt.Fprintf(&flood, `<message type="groupchat" to="quic@conference.localhost"><body>%s</body></message>`, strings.Repeat("x", 1000))
				fmt.Fprintf(&flood, `<message type="groupchat" to="quic@conference.localhost"><subject>no %d</subject><body>this is none</body></message>`, i)
				fmt.Fprintf(&flood, `<message type="groupchat" to="quic@conference.localhost"><subject>no %d</subject></message>`, i)
			}
			if err := flooder.write([]byte(flood.String())); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the last of it", func() bool { return stay.Subject().Text == "no 499" })
			wantSubject(t, stay, Subject{Text: "no 499", Nick: "flooder"})
			if session := s.link.session; len(session.waiters) != 0 || len(session.answers) != 0 || len(session.occupants) != 1 {
				t.Errorf("kept: %v, %d answers, %v", session.waiters, len(session.answers), session.occupants)
			}
			if err := stay.SetSubject(t.Context(), "QUIC until 12:00"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestManyStaysAtOnce(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			s := openService(t, srv)
			const rooms = 30
			var all sync.WaitGroup
			for i := range rooms {
				room := fmt.Sprint("room", i)
				srv.PutRoom(ours(srv, room))
				all.Add(2)
				go func() {
					defer all.Done()
					if err := s.Say(t.Context(), room, "a run speaks"); err != nil {
						t.Error(err)
					}
				}()
				go func() {
					defer all.Done()
					o, err := s.Enter(t.Context(), room)
					if err != nil {
						t.Error(err)
						return
					}
					if err := o.SetSubject(t.Context(), "on in "+room); err != nil {
						t.Error(err)
					}
					wantSubject(t, o, Subject{Text: "on in " + room, Nick: "roomctl", Ours: true})
					if err := o.Leave(t.Context()); err != nil {
						t.Error(err)
					}
				}()
			}
			all.Wait()
			for _, room := range srv.Rooms() {
				if len(room.Occupants) != 0 || room.Subject != "on in "+room.Name || len(room.Said) != 1 {
					t.Errorf("%s is left with %v, %q and %v", room.Name, room.Occupants, room.Subject, room.Said)
				}
			}
			if session := s.link.session; len(session.occupants) != 0 || len(s.link.doors.busy) != 0 {
				t.Errorf("left behind: %v %v", session.occupants, s.link.doors.busy)
			}
		})
	}
}

// Of two who want to be at a room's door at once, one waits, as long as it likes.
