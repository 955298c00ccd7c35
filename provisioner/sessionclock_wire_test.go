package provisioner_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/provisioner/sessionclock"
	"roomctl/xmppadmin"
	"roomctl/xmppadmin/xmpptest"
)

// follower is a house with a clock, whose stays share one connection with the runs.
type follower struct {
	*house
	clock *sessionclock.Clock
	line  *xmppadmin.Service
	in    map[string]*xmppadmin.Occupant // the last stay in each room
	texts provisioner.SessionTexts
	slot  provisioner.Slot // of tls
	slots []provisioner.Slot
}

// shared is a connection that a run does not close.
type shared struct{ *xmppadmin.Service }

func (shared) Close() error { return nil }

func newFollower(t *testing.T, o xmpptest.Options) *follower {
	t.Helper()
	f := &follower{house: newHouse(t, setup{chat: o}), in: map[string]*xmppadmin.Occupant{}}
	f.settle(t)
	f.slots = f.sync(t).Slots
	for _, s := range f.slots {
		if s.Room == "tls" {
			f.slot = s
		}
	}
	if f.slot.Session == 0 {
		t.Fatalf("no session of tls among %+v", f.slots)
	}
	var err error
	if f.line, err = xmppadmin.Open(t.Context(), f.place.Chat); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.line.Close() })
	f.Connect = func(context.Context) (provisioner.RoomWriter, error) { return shared{f.line}, nil }
	if f.texts, err = provisioner.ParseSessionTexts("", "", "", "", ""); err != nil {
		t.Fatal(err)
	}
	f.texts.MUC, f.texts.Datatracker, f.texts.NoteWell = muc, "https://datatracker.example.org", "https://www.ietf.org/about/note-well/"
	f.restart()
	return f
}

// restart makes a clock as another process would.
func (f *follower) restart() {
	log := logrus.New()
	log.SetOutput(io.Discard)
	f.clock = sessionclock.New(sessionclock.Options{
		Texts: f.texts,
		Enter: func(ctx context.Context, room string) (sessionclock.Occupant, error) {
			o, err := f.line.Enter(ctx, room)
			if err != nil {
				return nil, err
			}
			f.in[room] = o
			return o, nil
		},
		Read: func(ctx context.Context) (*registry.State, []registry.Showing, error) {
			known, err := f.Registry.Load(ctx)
			if err != nil {
				return nil, nil, err
			}
			rows, err := f.Registry.Showing(ctx)
			return known, rows, err
		},
		Store: func(_ context.Context, do func(*registry.Registry) error) error { return do(f.Registry) },
		Log:   log,
	})
}

// at moves everybody to a moment and lets the clock look.
func (f *follower) at(t *testing.T, now time.Time) {
	t.Helper()
	f.travel(now)
	if _, err := f.clock.Step(t.Context(), now, f.slots); err != nil {
		t.Fatal(err)
	}
}

// persons is a subject that a person sets, and of which our stay has heard.
func (f *follower) persons(t *testing.T, subject string) {
	t.Helper()
	f.chat.SetSubject("tls", "alice", subject)
	for f.in["tls"].Subject().Text != subject {
		select {
		case <-t.Context().Done():
			t.Fatal("the stay never heard of the subject")
		case <-time.After(time.Millisecond):
		}
	}
}

// requireSubject checks what people see, and how many of us are in the room.
func (f *follower) requireSubject(t *testing.T, want string, stays int) {
	t.Helper()
	room, _ := f.chat.Room("tls")
	if room.Subject != want {
		t.Errorf("the subject is %q, want %q", room.Subject, want)
	}
	if len(room.Occupants) != stays {
		t.Errorf("in the room: %+v, want %d", room.Occupants, stays)
	}
}

// text is the subject while the session is on.
func (f *follower) text(t *testing.T) string {
	t.Helper()
	text, err := f.texts.Of(f.slot).Render(f.texts.Subject)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// eachKind runs a test against both kinds of servers.
func eachKind(t *testing.T, test func(*testing.T, *follower)) {
	for name, kind := range map[string]xmpptest.Kind{"Prosody": xmpptest.Generic, "ejabberd": xmpptest.Ejabberd} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newFollower(t, xmpptest.Options{Kind: kind, Tombstones: kind == xmpptest.Generic}))
		})
	}
}

func TestSubjectsFollowSessionsBesideRuns(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, f *follower) {
		room, _ := f.chat.Room("tls")
		own := room.Subject
		f.at(t, f.slot.Start)
		f.requireSubject(t, f.text(t), 1)

		// A run that reads everything has nothing against that subject.
		if r := f.sync(t); len(r.Changes) > 0 || len(r.Results) > 0 {
			t.Errorf("a run changed %+v", r.Changes)
		}
		f.requireSubject(t, f.text(t), 1)
		if err := f.line.Say(t.Context(), "tls", "hello"); err != nil {
			t.Error(err)
		}
		f.requireSubject(t, f.text(t), 1)

		// Cut off, and there again.
		f.line.Close()
		var err error
		if f.line, err = xmppadmin.Open(t.Context(), f.place.Chat); err != nil {
			t.Fatal(err)
		}
		f.restart()
		f.chat.ResetStanzas()
		f.at(t, f.slot.Start.Add(10*time.Minute))
		f.requireSubject(t, f.text(t), 1)
		var sent []string
		for _, s := range f.chat.Stanzas() {
			if s.Writing {
				sent = append(sent, s.XML)
			}
		}
		if len(sent) != 1 || !strings.HasPrefix(sent[0], "<presence ") {
			t.Errorf("sent %q, want one join", sent)
		}

		f.at(t, f.slot.End)
		f.requireSubject(t, own, 0)
	})
}

func TestAPersonsSubjectWinsOverTheWire(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, f *follower) {
		f.chat.SetSubject("tls", "alice", "bring your slides")
		f.at(t, f.slot.Start)
		f.requireSubject(t, f.text(t), 1)
		f.persons(t, "moved to room B")
		f.at(t, f.slot.Start.Add(10*time.Minute))
		f.requireSubject(t, "moved to room B", 1)
		f.at(t, f.slot.End)
		f.requireSubject(t, "moved to room B", 0)
	})
}

// TestARoomThatIsTakenOutOfServiceDuringItsSession says so: the clock does not
// fight with a person's word, nor put back what was before it.
func TestARoomThatIsTakenOutOfServiceDuringItsSession(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, f *follower) {
		f.at(t, f.slot.Start)
		f.ordered(t, order{Verb: provisioner.Retire, Room: "tls"})
		want := f.state(t).Rooms["tls"].Subject
		f.requireSubject(t, want, 1)
		f.at(t, f.slot.Start.Add(10*time.Minute))
		f.requireSubject(t, want, 1)
		f.at(t, f.slot.End)
		f.requireSubject(t, want, 0)
	})
}

// TestARoomThatIsMadeAgainDuringItsSession tells of the session again: the subject
// that a run gave it is no person's word.
func TestARoomThatIsMadeAgainDuringItsSession(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, f *follower) {
		room, _ := f.chat.Room("tls")
		own := room.Subject
		f.at(t, f.slot.Start)
		f.requireSubject(t, f.text(t), 1)
		if err := f.line.Destroy(t.Context(), "tls", "a mistake", ""); err != nil {
			t.Fatal(err)
		}
		requirePlanned(t, f.sync(t), "recreate tls")
		for minute := 1; minute <= 20; minute++ {
			f.travel(f.slot.Start.Add(time.Duration(minute) * time.Minute))
			f.clock.Step(t.Context(), f.time(), f.slots) // which may tell that it was thrown out
		}
		f.requireSubject(t, f.text(t), 1)
		f.at(t, f.slot.End)
		f.requireSubject(t, own, 0)
	})
}
