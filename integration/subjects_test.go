//go:build integration

package integration

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/integration/peer"
	"roomctl/integration/servers"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/provisioner/sessionclock"
	"roomctl/xmppadmin"
)

// sessions is a clock over a real server, with a session at the same time in each of many rooms.
type sessions struct {
	server  *servers.Server
	reg     *registry.Registry
	texts   provisioner.SessionTexts
	rooms   []string // localparts
	slots   []provisioner.Slot
	service *xmppadmin.Service
	clock   *sessionclock.Clock
}

// begin is when the sessions start.
var begin = time.Date(2026, 11, 16, 10, 0, 0, 0, time.UTC)

const ownSubject = "QUIC & <friends> | https://datatracker.example.org/group/quic/about/"

func newSessions(ctx context.Context, t *testing.T, server *servers.Server) *sessions {
	t.Helper()
	s := &sessions{server: server}
	var err error
	if s.texts, err = provisioner.ParseSessionTexts("", "", "", "", ""); err != nil {
		t.Fatal(err)
	}
	s.texts.Datatracker, s.texts.NoteWell = "https://datatracker.example.org", "https://www.ietf.org/about/note-well/"
	id := registry.Identity{MUC: server.MUC, Datatracker: s.texts.Datatracker}
	if s.reg, err = registry.Open(ctx, filepath.Join(t.TempDir(), "registry.sqlite"), id); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.reg.Close() })
	s.connect(ctx, t)
	t.Cleanup(func() { s.service.Close() })
	for i := range 20 {
		s.room(ctx, t, i)
	}
	return s
}

// room makes a room that is ours, and its session.
func (s *sessions) room(ctx context.Context, t *testing.T, i int) {
	t.Helper()
	name := fmt.Sprintf("room%02d", i)
	values := map[xmppadmin.Field]string{xmppadmin.FieldPersistent: "true", xmppadmin.FieldPublic: "true"}
	if err := s.service.Create(ctx, name, xmppadmin.Spec{Values: values}); err != nil {
		t.Fatal(err)
	}
	if err := s.service.SetSubject(ctx, name, ownSubject); err != nil {
		t.Fatal(err)
	}
	if err := s.reg.Own(ctx, registry.Room{Name: name, State: registry.Active, Origin: registry.Created, Since: begin, Subject: ownSubject}); err != nil {
		t.Fatal(err)
	}
	if err := s.reg.SetVerified(ctx, name, registry.Verified{At: begin, Exists: true, Ours: true}); err != nil {
		t.Fatal(err)
	}
	s.rooms = append(s.rooms, name)
	s.slots = append(s.slots, provisioner.Slot{
		Meeting: "127", Title: "IETF 127", IETF: true, Session: i, GroupName: `Émile's "<group>" & co. ☃ ` + name,
		Start: begin, End: begin.Add(time.Hour), Room: name,
	})
}

// connect logs in anew, with a clock that knows nothing but what is in the registry.
func (s *sessions) connect(ctx context.Context, t *testing.T) {
	t.Helper()
	var err error
	if s.service, err = xmppadmin.Open(ctx, options(s.server)); err != nil {
		t.Fatal(err)
	}
	log := logrus.New()
	log.SetOutput(io.Discard)
	s.clock = sessionclock.New(sessionclock.Options{
		Texts: s.texts,
		Enter: func(ctx context.Context, room string) (sessionclock.Occupant, error) {
			o, err := s.service.Enter(ctx, room)
			if err != nil {
				return nil, err
			}
			return o, nil
		},
		Read: func(ctx context.Context) (*registry.State, []registry.Showing, error) {
			known, err := s.reg.Load(ctx)
			if err != nil {
				return nil, nil, err
			}
			rows, err := s.reg.Showing(ctx)
			return known, rows, err
		},
		Store: func(_ context.Context, do func(*registry.Registry) error) error { return do(s.reg) },
		Log:   log,
	})
}

func (s *sessions) step(ctx context.Context, t *testing.T, after time.Duration) {
	t.Helper()
	if _, err := s.clock.Step(ctx, begin.Add(after), s.slots); err != nil {
		t.Fatalf("%s after the start: %v", after, err)
	}
}

// order sets a subject as another roomctl does, a person's command, while the clock is in the room.
func (s *sessions) order(ctx context.Context, t *testing.T, room, subject string) {
	t.Helper()
	other, err := xmppadmin.Open(ctx, options(s.server))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.SetSubject(ctx, room, subject); err != nil {
		t.Fatal(err)
	}
}

// text is the subject of the room with that number while its session is on.
func (s *sessions) text(t *testing.T, i int) string {
	t.Helper()
	text, err := s.texts.Of(s.slots[i]).Render(s.texts.Subject)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// requireSubjects asks somebody else which subjects the rooms have, and who is there.
func (s *sessions) requireSubjects(ctx context.Context, t *testing.T, when string, want func(i int) string, inside bool) {
	t.Helper()
	var jids []string
	for _, room := range s.rooms {
		jids = append(jids, room+"@"+s.server.MUC)
	}
	seen, err := peer.As(s.server, "alice").Visit(ctx, "", jids...)
	if err != nil {
		t.Fatal(err)
	}
	for i, jid := range jids {
		if got := seen[jid]; got.Subject != want(i) || got.Error != "" {
			t.Errorf("%s the subject of %s is %q (%s), want %q", when, jid, got.Subject, got.Error, want(i))
		}
		if in := slices.Contains(seen[jid].Occupants, "roomctl"); in != inside {
			t.Errorf("%s roomctl is in %s: %t, occupants %q", when, jid, in, seen[jid].Occupants)
		}
	}
}

// Twenty sessions start in the same minute. The program is killed in the middle of them; another one goes on, says nothing
// again, leaves the subjects alone that others have set, and puts back the rest.
func TestSubjectsFollowSessions(t *testing.T) {
	const persons = "we are in the bar"
	onEachServer(t, func(ctx context.Context, t *testing.T, name servers.Name) {
		s := newSessions(ctx, t, start(ctx, t, name, servers.Options{}))
		s.requireSubjects(ctx, t, "before", func(int) string { return ownSubject }, false)
		s.step(ctx, t, 0)
		s.requireSubjects(ctx, t, "at the start", func(i int) string { return s.text(t, i) }, true)

		s.service.Close() // no room is left
		s.connect(ctx, t)
		if err := s.service.SetSubject(ctx, s.rooms[7], persons); err != nil {
			t.Fatal(err)
		}
		rows, err := s.reg.Showing(ctx)
		if err != nil {
			t.Fatal(err)
		}
		s.step(ctx, t, 10*time.Minute)
		s.order(ctx, t, s.rooms[3], persons)
		s.step(ctx, t, 20*time.Minute)
		during := func(i int) string {
			if i == 3 || i == 7 {
				return persons
			}
			return s.text(t, i)
		}
		s.requireSubjects(ctx, t, "after a restart", during, true)
		if after, err := s.reg.Showing(ctx); err != nil || !slices.Equal(after, rows) {
			t.Errorf("after a restart the registry has %+v (%v), before it %+v", after, err, rows)
		}

		s.step(ctx, t, time.Hour)
		after := func(i int) string {
			if i == 3 || i == 7 {
				return persons
			}
			return ownSubject
		}
		s.requireSubjects(ctx, t, "at the end", after, false)
		if rows, err := s.reg.Showing(ctx); err != nil || len(rows) > 0 {
			t.Errorf("at the end the registry has %+v (%v)", rows, err)
		}
	})
}
