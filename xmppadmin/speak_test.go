package xmppadmin

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"roomctl/xmppadmin/xmpptest"
)

// ordinaryOptions are those of an account without rights.
func ordinaryOptions(srv *xmpptest.Server, local string) Options {
	o := plainOptions(srv)
	o.JID, o.Password = local+"@localhost", srv.AddAccount(local)
	return o
}

// listen joins a room as somebody else. The function that it returns waits for
// the message with the body until, and returns all that came, that one included.
func listen(t *testing.T, srv *xmpptest.Server, room string) func(until string) []string {
	t.Helper()
	s := loginTo(t, ordinaryOptions(srv, "listener"))
	occupant := address(t, room+"@conference.localhost/listener")
	last := make(chan string, 1)
	var heard []string // while the session's lock is held
	ear := &waiter{key: roomKey("message", occupant.Bare().String()), answer: make(chan received, 1)}
	ear.settles = func(r received) bool {
		body := r.body()
		if body == "" {
			return false // a subject
		}
		heard = append(heard, body)
		select {
		case until := <-last:
			if body == until {
				return true
			}
			last <- until
		default:
		}
		return false
	}
	s.expect(ear)
	if _, err := s.enter(t.Context(), occupant); err != nil {
		t.Fatal(err)
	}
	return func(until string) []string {
		t.Helper()
		s.mu.Lock()
		there := slices.Contains(heard, until)
		if !there {
			last <- until
		}
		s.mu.Unlock()
		if !there {
			eventually(t, until, func() bool { return len(ear.answer) == 1 })
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return slices.Clone(heard)
	}
}

func TestWhatIsSaidArrivesOnce(t *testing.T) {
	const text = `Moved to <tls@conference.localhost> & "closed": see https://example.org/?a=1`
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			s := openService(t, srv)
			if err := s.Create(t.Context(), "quic", loggedSpec()); err != nil {
				t.Fatal(err)
			}
			heard := listen(t, srv, "quic")
			for _, said := range []string{"  " + strings.ReplaceAll(text, " ", "\n") + "\n", "end"} {
				if err := s.Say(t.Context(), "quic", said); err != nil {
					t.Fatal(err)
				}
			}
			if got := heard("end"); !slices.Equal(got, []string{text, "end"}) {
				t.Errorf("heard %q", got)
			}
			room, _ := srv.Room("quic")
			if want := []xmpptest.Message{{Nick: "roomctl", Body: text}, {Nick: "roomctl", Body: "end"}}; !slices.Equal(room.Said, want) {
				t.Errorf("the room holds %v, want %v", room.Said, want)
			}
			if room.Subject != "" || len(room.Occupants) != 1 {
				t.Errorf("the room is %+v", room)
			}
		})
	}
}

func TestOwnersHaveVoiceInAModeratedRoom(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			o.NoBypass = o.Kind == xmpptest.Generic // then it is the room's owners who may
			srv := startServer(t, o)
			s := openService(t, srv)
			spec := loggedSpec()
			spec.Values[FieldModerated] = "true"
			if err := s.Create(t.Context(), "quic", spec); err != nil {
				t.Fatal(err)
			}
			if err := s.Say(t.Context(), "quic", "closed"); err != nil {
				t.Error(err)
			}
			if room, _ := srv.Room("quic"); len(room.Said) != 1 {
				t.Errorf("the room holds %v", room.Said)
			}
		})
	}
}

func TestRefusedSpeech(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			srv.PutRoom(theirs("quic"))
			s := openService(t, srv)
			srv.Fault(xmpptest.Fault{Name: "message", Condition: "forbidden"})
			if err := s.SetSubject(t.Context(), "quic", "no"); !errors.Is(err, ErrNotPermitted) || !strings.Contains(err.Error(), "setting the subject of quic@") {
				t.Errorf("the error of the subject is %v", err)
			}
			if err := s.Say(t.Context(), "quic", "no"); !errors.Is(err, ErrNotPermitted) || !strings.Contains(err.Error(), "sending a message to quic@") {
				t.Errorf("the error of the message is %v", err)
			}
			if room, _ := srv.Room("quic"); room.Subject != "" || len(room.Said) != 0 || len(room.Occupants) != 0 {
				t.Errorf("the room is %+v", room)
			}
		})
	}
}

func TestNothingIsSentToARoomThatMayNotBeThere(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			o.Tombstones = o.Kind == xmpptest.Generic
			srv := startServer(t, o)
			if o.Tombstones {
				srv.PutRoom(xmpptest.Room{Name: "old", Destroyed: true})
			}
			srv.PutRoom(theirs("silent"))
			srv.Fault(xmpptest.Fault{Namespace: nsDiscoInfo, Room: "silent", Condition: "resource-constraint"})
			s := openService(t, srv)
			before := len(srv.Rooms())
			srv.ResetStanzas()
			for _, room := range []string{"nobody", "old", "silent", "no room"} {
				if err := s.Say(t.Context(), room, "hello"); err == nil || !strings.Contains(err.Error(), room) {
					t.Errorf("to %s: %v", room, err)
				}
			}
			if err := s.Say(t.Context(), "quic", " \n "); err == nil {
				t.Error("nothing could be said")
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

// The room ends between our look and our join, which makes another.
func TestARoomThatSpeakingMadeIsGivenUp(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	srv.PutRoom(theirs("quic"))
	s := openService(t, srv)
	srv.Fault(xmpptest.Fault{Name: "presence", Nth: 1, Hook: func(xmpptest.Stanza) { srv.RemoveRoom("quic") }})
	if err := s.Say(t.Context(), "quic", "hello"); err == nil || !strings.Contains(err.Error(), "gave it up again") {
		t.Errorf("the error is %v", err)
	}
	if rooms := srv.Rooms(); len(rooms) != 0 {
		t.Errorf("left behind: %+v", rooms)
	}
}

func TestWhatIsCutOffIsNotSaidAgain(t *testing.T) {
	for name, o := range kinds() {
		for _, moment := range []xmpptest.Moment{xmpptest.BeforeExecuting, xmpptest.AfterExecuting} {
			t.Run(name, func(t *testing.T) {
				srv := startServer(t, o)
				srv.PutRoom(theirs("quic"))
				s := openService(t, srv)
				srv.Fault(xmpptest.Fault{Name: "message", Disconnect: moment})
				if err := s.Say(t.Context(), "quic", "hello"); !errors.Is(err, ErrDisconnected) {
					t.Errorf("the error is %v", err)
				}
				sent := 0
				for _, stanza := range srv.Stanzas() {
					if stanza.Name == "message" {
						sent++
					}
				}
				if sent != 1 {
					t.Errorf("%d messages were sent", sent)
				}
			})
		}
	}
}

func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{
		" a\n\tb\u00a0\vc ":      "a b c",
		"\x1b[2J\x00":            "\uFFFD[2J\uFFFD",
		"\xff\xfe":               "\uFFFD\uFFFD",
		"\uFFFE\uFFFF\U0001F600": "\uFFFD\uFFFD\U0001F600",
	} {
		got := oneLine(text)
		if got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
		if r := parseStanza(t, `<message><body>`+escape(got)+`</body></message>`); r.body() != got {
			t.Errorf("%q comes back as %q", got, r.body())
		}
	}
}

// Whoever takes roomctl's nick in a room does not silence it there.
func TestWhatIsSaidWhereSomebodyHasOurNick(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			room := ours(srv, "quic")
			room.Occupants = []xmpptest.Occupant{{Nick: "roomctl", JID: "mallory@localhost/phone", Role: "participant"}}
			srv.PutRoom(room)
			s := openService(t, srv)
			if err := s.Say(t.Context(), "quic", "In 15 minutes"); err != nil {
				t.Error(err)
			}
			if err := s.SetSubject(t.Context(), "quic", "QUIC"); err != nil {
				t.Error(err)
			}
			after, _ := srv.Room("quic")
			if len(after.Said) != 1 || after.Said[0].Body != "In 15 minutes" {
				t.Errorf("heard: %+v", after.Said)
			}
			if after.Subject != "QUIC" || len(after.Occupants) != 1 {
				t.Errorf("the room is %+v", after)
			}
		})
	}
}
