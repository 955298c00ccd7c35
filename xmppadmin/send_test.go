package xmppadmin

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"mellium.im/xmpp/jid"

	"roomctl/xmppadmin/xmpptest"
)

func TestSend(t *testing.T) {
	const text = `Needs you: <room> & "co"` + "\nsecond line"
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			s := openService(t, srv)
			operator := loginTo(t, ordinaryOptions(srv, "operator"))
			inbox := &waiter{key: roomKey("message", operatorsPeer(s)), answer: make(chan received, 1), settles: func(received) bool { return true }}
			operator.expect(inbox)
			if err := operator.write([]byte("<presence/>")); err != nil {
				t.Fatal(err)
			}
			if _, err := operator.discoInfo(t.Context(), address(t, "localhost"), ""); err != nil {
				t.Fatal(err) // the answer tells that the presence has arrived
			}
			if err := s.Send(t.Context(), "operator@localhost", text); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the message", func() bool { return len(inbox.answer) == 1 })
			if m := <-inbox.answer; m.body() != text || m.typ != "chat" {
				t.Errorf("the operator got a %s message %q", m.typ, m.body())
			}
			if waiting := s.link.session.waiters; len(waiting) != 0 {
				t.Errorf("still waiting for %v", waiting)
			}
		})
	}
}

// operatorsPeer is whom messages of the service come from.
func operatorsPeer(s *Service) string { return s.link.account.String() }

func TestMessagesThatAreNotSent(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			s := openService(t, srv)
			var refusal *StanzaError
			if err := s.Send(t.Context(), "nobody@localhost", "hello"); !errors.As(err, &refusal) || refusal.Condition != "service-unavailable" || !strings.Contains(err.Error(), "nobody@localhost") {
				t.Errorf("to an account that is not there: %v", err)
			}
			srv.ResetStanzas()
			for to, text := range map[string]string{
				"operator@localhost": " \n ", "localhost": "hello", "operator@localhost/phone": "hello", "": "hello", "@": "hello",
			} {
				if err := s.Send(t.Context(), to, text); err == nil {
					t.Errorf("%q was sent to %q", text, to)
				}
			}
			for room, text := range map[string]string{
				"quic@conference.localhost": " \n ", "conference.localhost": "hello", "quic@elsewhere.example/nick": "hello", "": "hello",
				"quic@elsewhere.example": "", "nobody@conference.localhost": "hello",
			} {
				if err := s.SayIn(t.Context(), room, text); err == nil {
					t.Errorf("%q was said in %q", text, room)
				}
			}
			for _, sent := range srv.Stanzas() {
				if sent.Writing {
					t.Errorf("sent %s", sent.XML)
				}
			}
			srv.Fault(xmpptest.Fault{Name: "message", Disconnect: xmpptest.BeforeExecuting})
			if err := s.Send(t.Context(), "operator@localhost", "hello"); !errors.Is(err, ErrDisconnected) {
				t.Errorf("over a connection that breaks: %v", err)
			}
		})
	}
}

// otherService makes rooms of the server look like those of another service.
func otherService(t *testing.T, s *Service) {
	t.Helper()
	muc, err := jid.Parse("ours.localhost")
	if err != nil {
		t.Fatal(err)
	}
	s.link.muc = muc
}

func TestSayIn(t *testing.T) {
	for name, o := range kinds() {
		for _, foreign := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				srv := startServer(t, o)
				room := ours(srv, "ops")
				room.Affiliations = nil
				srv.PutRoom(room)
				s := openService(t, srv)
				if foreign {
					otherService(t, s)
				}
				heard := listen(t, srv, "ops")
				var all sync.WaitGroup
				for range 3 {
					all.Add(1)
					go func() {
						defer all.Done()
						if err := s.SayIn(t.Context(), "ops@conference.localhost", " needs\nyou "); err != nil {
							t.Error(err)
						}
					}()
				}
				all.Wait()
				if err := s.SayIn(t.Context(), "ops@conference.localhost", "end"); err != nil {
					t.Fatal(err)
				}
				if got := heard("end"); len(got) != 4 || got[2] != "needs you" {
					t.Errorf("heard %q", got)
				}
				if err := s.SayIn(t.Context(), "nobody@conference.localhost", "hello"); err == nil {
					t.Error("something was said in a room that is not there")
				}
				if room, _ := srv.Room("ops"); len(room.Occupants) != 1 || len(srv.Rooms()) != 1 {
					t.Errorf("left behind: %v in %d rooms", room.Occupants, len(srv.Rooms()))
				}
			})
		}
	}
}

// A room of another service that lets us in and not speak is left all the same.
func TestSayInWithoutVoice(t *testing.T) {
	srv := startServer(t, xmpptest.Options{Denied: true})
	room := ours(srv, "ops")
	room.Affiliations, room.Config = nil, map[string]string{xmpptest.FieldPersistent: "1", xmpptest.FieldModerated: "1"}
	srv.PutRoom(room)
	s := openService(t, srv)
	otherService(t, s)
	if err := s.SayIn(t.Context(), "ops@conference.localhost", "hello"); !errors.Is(err, ErrNotPermitted) {
		t.Errorf("the error is %v", err)
	}
	if room, _ := srv.Room("ops"); len(room.Occupants) != 0 || len(room.Said) != 0 {
		t.Errorf("the room is %+v", room)
	}
}
