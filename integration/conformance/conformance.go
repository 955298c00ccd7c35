// Package conformance holds what xmppadmin promises, as tests that any chat
// service can be put to: the in-process server and real ones alike. They are
// what keeps the in-process server from drifting away from the real ones.
package conformance

import (
	"context"
	"crypto/rand"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roomctl/xmppadmin"
)

// Target is a chat service to be tested. Its fields say how to reach it and
// what kinds of services truly differ in, nothing else.
type Target struct {
	// Options log in as an administrator of the MUC service.
	Options xmppadmin.Options
	// Other logs in as somebody else, who may create rooms but is no
	// administrator.
	Other xmppadmin.Options
	// Visitor logs in as one more, who has no rights at all.
	Visitor xmppadmin.Options

	// Tombstones: the name of a destroyed room stays taken, and tells why.
	Tombstones bool
	// Private: an administrator is told the owners of another one's room only
	// after becoming one of them.
	Private bool

	// Writes counts the stanzas that change something, which the service got
	// so far. Nil where nobody can count them.
	Writes func() int
	// Subject returns the subject of a room, by other means than xmppadmin.
	// Nil where there are none.
	Subject func(ctx context.Context, room string) (string, error)
	// Log returns what was said in a room today, with whatever stands around
	// it, by other means than xmppadmin.
	Log func(ctx context.Context, room string) (string, error)
	// Set sets those of the given fields that the room's form has, by other
	// means than xmppadmin.
	Set func(ctx context.Context, room string, fields map[string]string) error
	// Kick and Ban send somebody out of a room, by nick or bare JID, as an owner
	// does, by other means than xmppadmin.
	Kick func(ctx context.Context, room, nick string) error
	Ban  func(ctx context.Context, room, jid string) error
}

// Run puts a service to all tests. Rooms get names that are new each time, and
// those that can be are destroyed in the end.
func Run(t *testing.T, target Target) {
	s := newSuite(t, target)
	t.Run("the profile tells what the service is", s.profile)
	t.Run("a room that nobody made is absent and stays so", s.absent)
	t.Run("a created room is as specified", s.create)
	t.Run("a room without specification is open and ours", s.createBare)
	t.Run("a room that exists is not created again", s.createAgain)
	t.Run("names may hold dots, underscores, pluses and dashes", s.names)
	t.Run("a name that is no localpart is refused", s.badNames)
	t.Run("texts come back as they were given", s.texts)
	t.Run("each field can be configured alone", s.configure)
	t.Run("a value that is none is refused by name", s.badValue)
	t.Run("owners and admins can be granted", s.grant)
	t.Run("the subject can be set", s.subject)
	t.Run("a room can be moderated and opened again", s.moderate)
	t.Run("a message is said once, and logged", s.say)
	t.Run("nothing is said to a room that is not there", s.sayToNobody)
	t.Run("who enters a room sets its subject and speaks from inside", s.stay)
	t.Run("who is in a room sees the subjects of others", s.stayAmongPeople)
	t.Run("who is sent out of a room is told why", s.stayEnds)
	t.Run("two connections are in a room under one nick", s.stayTwice)
	t.Run("many rooms are entered at once, and end with the connection", s.manyStays)
	t.Run("a message to nobody is refused", s.send)
	t.Run("a visitor can walk into an open room", s.visit)
	t.Run("a visitor is told why a room is closed", s.visitClosed)
	t.Run("a visitor makes no room", s.visitNobody)
	t.Run("a destroyed room is gone and can be made again", s.destroy)
	t.Run("the users who are online can be told something", s.announce)
	t.Run("somebody else's room is left alone", s.foreign)
	t.Run("somebody else's room can be adopted", s.adopt)
	t.Run("of two who create a room at once one is told that it exists", s.race)
	t.Run("more than a hundred rooms are listed completely", s.list)
	if target.Writes != nil {
		t.Run("a reader sends nothing that writes", s.readerWritesNothing)
	}
}

// suite is one run against one service.
type suite struct {
	target  Target
	service *xmppadmin.Service // as administrator
	other   *xmppadmin.Service // as somebody else
	visitor *xmppadmin.Visitor
	prefix  string

	mu   sync.Mutex
	made []string
}

func newSuite(t *testing.T, target Target) *suite {
	s := &suite{target: target, prefix: "c" + strings.ToLower(rand.Text()[:8]) + "-"}
	s.service = open(t, target.Options)
	if target.Other.JID != "" {
		s.other = open(t, target.Other)
	}
	if target.Visitor.JID != "" {
		s.visitor = openVisitor(t, target.Visitor)
	}
	t.Cleanup(func() { s.destroyAll(limited(t)) })
	return s
}

// destroyAll destroys the rooms of the run. Those that are somebody else's may
// refuse, and stay.
func (s *suite) destroyAll(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	for _, name := range s.made {
		all.Add(1)
		go func() {
			defer all.Done()
			_ = s.service.Destroy(ctx, name, "", "")
		}()
	}
}

// limited returns a context for one test. It outlives the test itself so that
// it serves cleaning up as well.
func limited(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func open(t *testing.T, o xmppadmin.Options) *xmppadmin.Service {
	t.Helper()
	s, err := xmppadmin.Open(limited(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func openVisitor(t *testing.T, o xmppadmin.Options) *xmppadmin.Visitor {
	t.Helper()
	v, err := xmppadmin.OpenVisitor(limited(t), o)
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

// name returns a new room name with the given end.
func (s *suite) name(end string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := s.prefix + end
	s.made = append(s.made, name)
	return name
}

func (s *suite) mustCreate(t *testing.T, end string, spec xmppadmin.Spec) string {
	t.Helper()
	name := s.name(end)
	if err := s.service.Create(limited(t), name, spec); err != nil {
		t.Fatal(err)
	}
	return name
}

// mustRead reads a room of ours in full.
func (s *suite) mustRead(t *testing.T, name string) xmppadmin.Room {
	t.Helper()
	room := s.service.Read(limited(t), name)
	if room.Err != nil {
		t.Fatal(room.Err)
	}
	if room.Existence != xmppadmin.Present {
		t.Fatalf("%s is %s", name, room.Existence)
	}
	return room
}

func (s *suite) wantExistence(t *testing.T, name string, want xmppadmin.Existence) xmppadmin.Room {
	t.Helper()
	room := s.service.Look(limited(t), name)
	if room.Existence != want {
		t.Fatalf("%s is %s (%v), want %s", name, room.Existence, room.Err, want)
	}
	return room
}

func wantValues(t *testing.T, room xmppadmin.Room, want map[xmppadmin.Field]string) {
	t.Helper()
	if !maps.Equal(room.Values, want) {
		t.Errorf("%s is configured as\n\t%v, want\n\t%v", room.Name, room.Values, want)
	}
}

func wantList(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got == nil || !slices.Equal(got, want) {
		t.Errorf("%s are %q, want %q", what, got, want)
	}
}

// described is the specification of a proper room.
func described() xmppadmin.Spec {
	return xmppadmin.Spec{
		Values: map[xmppadmin.Field]string{
			xmppadmin.FieldName:        "QUIC",
			xmppadmin.FieldDescription: "QUIC working group, https://datatracker.example/wg/quic/about/",
			xmppadmin.FieldLanguage:    "en",
			xmppadmin.FieldPersistent:  "true",
			xmppadmin.FieldPublic:      "true",
			xmppadmin.FieldLogging:     "true",
		},
		RequireLogging: true,
	}
}
