package xmppadmin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"roomctl/xmppadmin/xmpptest"
)

// openVisitor logs alice in, who has no rights.
func openVisitor(t *testing.T, srv *xmpptest.Server) *Visitor {
	t.Helper()
	v, err := OpenVisitor(t.Context(), ordinaryOptions(srv, "alice"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	})
	return v
}

// openRoom is a room that everybody may come into and speak.
func openRoom(name string) xmpptest.Room {
	return xmpptest.Room{Name: name, Config: map[string]string{xmpptest.FieldPersistent: "1", xmpptest.FieldModerated: "0"}}
}

func TestVisit(t *testing.T) {
	taken := func(nick string) xmpptest.Occupant {
		return xmpptest.Occupant{Nick: nick, JID: "bob@localhost/phone", Role: "participant"}
	}
	for _, c := range []struct {
		name      string
		room      xmpptest.Room
		fault     xmpptest.Fault
		words     string // in the error; empty: there must be none
		condition string // of the stanza error
	}{
		{name: "an open room"},
		{name: "a members-only room", room: xmpptest.Room{Config: map[string]string{xmpptest.FieldMembersOnly: "1"}},
			words: "only members may come in", condition: "registration-required"},
		{name: "a members-only room whose member we are",
			room: xmpptest.Room{Config: map[string]string{xmpptest.FieldMembersOnly: "1"}, Affiliations: map[string]string{"alice@localhost": "member"}}},
		{name: "a room with a password", room: xmpptest.Room{Config: map[string]string{xmpptest.FieldPassword: "x", xmpptest.FieldPasswordNeeded: "1"}},
			words: "it wants a password", condition: "not-authorized"},
		{name: "a room that has banned us", room: xmpptest.Room{Affiliations: map[string]string{"alice@localhost": "outcast"}},
			words: "the account is banned", condition: "forbidden"},
		{name: "a room that is being made", room: xmpptest.Room{Locked: true}, words: "it is locked", condition: "item-not-found"},
		{name: "a room where newcomers have no voice",
			room:  xmpptest.Room{Config: map[string]string{xmpptest.FieldModerated: "1", xmpptest.FieldVoiced: "0"}},
			words: "no voice"},
		{name: "a moderated room whose member we are",
			room: xmpptest.Room{Config: map[string]string{xmpptest.FieldModerated: "1", xmpptest.FieldVoiced: "0"}, Affiliations: map[string]string{"alice@localhost": "member"}}},
		{name: "a room where somebody has our nick", room: xmpptest.Room{Occupants: []xmpptest.Occupant{taken("alice")}}},
		{name: "a room where every nick is taken", fault: xmpptest.Fault{Name: "presence", Condition: "conflict"},
			words: "every nick", condition: "conflict"},
		{name: "a full room, as XEP-0045 says it", fault: xmpptest.Fault{Name: "presence", Condition: "service-unavailable"},
			words: "it is full", condition: "service-unavailable"},
		{name: "a full room, as ejabberd says it",
			fault: xmpptest.Fault{Name: "presence", Condition: "resource-constraint", Text: "Too many users in this conference"},
			words: "Too many users", condition: "resource-constraint"},
		{name: "a room that refuses for another reason", fault: xmpptest.Fault{Name: "presence", Condition: "not-allowed"},
			words: "not-allowed", condition: "not-allowed"},
	} {
		for name, kind := range map[string]xmpptest.Kind{"generic": xmpptest.Generic, "ejabberd": xmpptest.Ejabberd} {
			t.Run(c.name+" on "+name, func(t *testing.T) {
				srv := startServer(t, xmpptest.Options{Kind: kind})
				room := openRoom("quic")
				for field, value := range c.room.Config {
					room.Config[field] = value
				}
				room.Affiliations, room.Occupants, room.Locked = c.room.Affiliations, c.room.Occupants, c.room.Locked
				srv.PutRoom(room)
				if c.fault.Name != "" {
					srv.Fault(c.fault)
				}
				err := openVisitor(t, srv).Visit(t.Context(), "quic")
				switch {
				case c.words == "" && err != nil:
					t.Error(err)
				case c.words != "" && (err == nil || !strings.Contains(err.Error(), c.words) || !strings.Contains(err.Error(), "visiting quic@conference.localhost: ")):
					t.Errorf("the error is %v, want %q in it", err, c.words)
				}
				var refusal *StanzaError
				if c.condition != "" && (!errors.As(err, &refusal) || refusal.Condition != c.condition) {
					t.Errorf("%v is no refusal with %s", err, c.condition)
				}
				if errors.Is(err, ErrNoVoice) != (c.words == "no voice") {
					t.Errorf("no voice: %v", err)
				}
				if after, _ := srv.Room("quic"); len(after.Occupants) != len(room.Occupants) || len(after.Said) != 0 {
					t.Errorf("left behind: %+v", after)
				}
			})
		}
	}
}

func TestNothingIsJoinedThatMayNotBeThere(t *testing.T) {
	srv := startServer(t, xmpptest.Options{Tombstones: true})
	srv.PutRoom(xmpptest.Room{Name: "old", Destroyed: true})
	srv.PutRoom(xmpptest.Room{Name: "renamed", Destroyed: true, Alternate: "quic@conference.localhost"})
	srv.PutRoom(openRoom("silent"))
	srv.Fault(xmpptest.Fault{Namespace: nsDiscoInfo, Room: "silent", Condition: "resource-constraint"})
	v := openVisitor(t, srv)
	for room, words := range map[string]string{
		"nobody": "there is no such room", "old": "the room was destroyed", "renamed": "points to quic@conference.localhost",
		"silent": "resource-constraint", "no room": `room name "no room"`, "": `room name ""`,
	} {
		if err := v.Visit(t.Context(), room); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("visiting %q: %v, want %q", room, err, words)
		}
	}
	for _, sent := range srv.Stanzas() {
		if sent.Writing {
			t.Errorf("sent %s", sent.XML)
		}
	}
	if rooms := srv.Rooms(); len(rooms) != 3 {
		t.Errorf("the rooms are %+v", rooms)
	}
}

// The room ends between our look and our join, which makes another.
func TestARoomThatVisitingMadeIsGivenUp(t *testing.T) {
	for name, kind := range map[string]xmpptest.Kind{"generic": xmpptest.Generic, "ejabberd": xmpptest.Ejabberd} {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, xmpptest.Options{Kind: kind})
			srv.PutRoom(openRoom("quic"))
			srv.Fault(xmpptest.Fault{Name: "presence", Nth: 1, Hook: func(xmpptest.Stanza) { srv.RemoveRoom("quic") }})
			err := openVisitor(t, srv).Visit(t.Context(), "quic")
			if err == nil || !strings.Contains(err.Error(), "gave it up again") {
				t.Errorf("the error is %v", err)
			}
			if rooms := srv.Rooms(); len(rooms) != 0 {
				t.Errorf("left behind: %+v", rooms)
			}
		})
	}
}

// Servers let nobody be in many rooms, and nobody can be in one twice.
func TestManyVisitsAtOnce(t *testing.T) {
	srv := startServer(t, xmpptest.Options{Kind: xmpptest.Ejabberd})
	const rooms = 30
	for i := range rooms {
		srv.PutRoom(openRoom(fmt.Sprint("room", i)))
	}
	srv.Fault(xmpptest.Fault{Name: "presence", Hook: func(xmpptest.Stanza) {
		inside := 0
		for _, room := range srv.Rooms() {
			inside += len(room.Occupants)
		}
		if inside > visitLimit {
			t.Errorf("in %d rooms at once", inside)
		}
	}})
	v := openVisitor(t, srv)
	var all sync.WaitGroup
	for i := range 3 * rooms {
		all.Add(1)
		go func() {
			defer all.Done()
			if err := v.Visit(t.Context(), fmt.Sprint("room", i%rooms)); err != nil {
				t.Error(err)
			}
		}()
	}
	all.Wait()
	for _, room := range srv.Rooms() {
		if len(room.Occupants) != 0 {
			t.Errorf("left behind in %s: %v", room.Name, room.Occupants)
		}
	}
	if len(v.link.doors.busy) != 0 || len(v.visits) != 0 {
		t.Errorf("visits under way: %v", v.link.doors.busy)
	}
}

func TestAVisitThatIsCutShortEndsOutside(t *testing.T) {
	for name, fault := range map[string]xmpptest.Fault{
		"while it waits to be let in": {Name: "presence", NoReply: true},
		"once it is in":               {Name: "presence", Type: "unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, xmpptest.Options{})
			srv.PutRoom(openRoom("quic"))
			v := openVisitor(t, srv)
			ctx, cancel := context.WithCancel(t.Context())
			fault.Hook = func(xmpptest.Stanza) { cancel() }
			srv.Fault(fault)
			if err := v.Visit(ctx, "quic"); err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("the error is %v", err)
			}
			eventually(t, "an empty room", func() bool {
				room, _ := srv.Room("quic")
				joined := false
				for _, sent := range srv.Stanzas() {
					joined = joined || sent.Type == "unavailable"
				}
				return joined && len(room.Occupants) == 0
			})
			if err := v.Visit(ctx, "quic"); !errors.Is(err, context.Canceled) {
				t.Errorf("another visit: %v", err)
			}
		})
	}
}

func TestAVisitWaitsForTheOneUnderWay(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	srv.PutRoom(openRoom("quic"))
	v := openVisitor(t, srv)
	end, err := v.begin(t.Context(), "quic")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	tired := errors.New("tired of waiting")
	cancel(tired)
	if err := v.Visit(ctx, "quic"); !errors.Is(err, tired) {
		t.Errorf("the error is %v", err)
	}
	end()
	if err := v.Visit(t.Context(), "quic"); err != nil {
		t.Error(err)
	}
}

func TestVisitsAfterTheEndOfTheConnection(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	srv.PutRoom(openRoom("quic"))
	v := openVisitor(t, srv)
	srv.Disconnect()
	if err := v.Visit(t.Context(), "quic"); !errors.Is(err, ErrDisconnected) {
		t.Errorf("the error is %v", err)
	}
}

func TestVisitorWithoutAnAccount(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	o := plainOptions(srv)
	o.JID, o.Password = "nobody@localhost", "guessed"
	v, err := OpenVisitor(t.Context(), o)
	if err == nil {
		v.Close()
		t.Fatal("it could log in")
	}
	if !strings.Contains(err.Error(), "check preflight.jid and the password") || strings.Contains(err.Error(), "guessed") {
		t.Errorf("the error is %v", err)
	}
}
