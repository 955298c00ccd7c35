package sessionclock

import (
	"context"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	logrustest "github.com/sirupsen/logrus/hooks/test"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

// world is a chat service and a registry, with a clock that looks after both.
type world struct {
	t     *testing.T
	reg   *registry.Registry
	clock *Clock
	log   *logrustest.Hook
	now   time.Time
	slots []provisioner.Slot

	paused bool
	locked error // why the registry cannot be written
	reads  int   // of the registry

	mu      sync.Mutex // guards the rest
	rooms   map[string]*chatRoom
	down    error    // why no room can be entered
	journal []string // what was said and done in rooms since the last look
}

func newWorld(t *testing.T, rooms ...string) *world {
	t.Helper()
	id := registry.Identity{MUC: "jabber.example.org", Datatracker: "https://datatracker.example.org"}
	reg, err := registry.Open(t.Context(), filepath.Join(t.TempDir(), "registry.sqlite"), id)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reg.Close() })
	w := &world{t: t, reg: reg, now: at(-30), rooms: map[string]*chatRoom{}}
	for _, name := range rooms {
		w.rooms[name] = &chatRoom{subject: ownOf(name)}
		w.own(registry.Room{Name: name, State: registry.Active, Origin: registry.Created, Since: at(-1000), Subject: ownOf(name), Configured: true})
	}
	w.restart()
	return w
}

// ownOf is the subject that a room has of its own.
func ownOf(room string) string { return "Group " + room + " | Note Well" }

// own makes a room ours.
func (w *world) own(r registry.Room) {
	w.t.Helper()
	err := w.reg.Own(w.t.Context(), r)
	if err == nil {
		err = w.reg.SetVerified(w.t.Context(), r.Name, registry.Verified{At: w.now, Exists: true, Ours: true, Persistent: true, Public: true, Logged: true})
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// restart makes a new clock, as another process would: nobody closes the one
// before, whose connection is gone.
func (w *world) restart(change ...func(*Options)) {
	w.t.Helper()
	w.cut()
	texts, err := provisioner.ParseSessionTexts(`Now: {{.Title}} until {{.End.Format "15:04"}}`, "", "", "", "")
	if err != nil {
		w.t.Fatal(err)
	}
	var log *logrus.Logger
	log, w.log = logrustest.NewNullLogger()
	o := Options{
		Texts: texts,
		Enter: w.enter,
		Read: func(ctx context.Context) (*registry.State, []registry.Showing, error) {
			w.reads++
			known, err := w.reg.Load(ctx)
			if err != nil {
				return nil, nil, err
			}
			rows, err := w.reg.Showing(ctx)
			return known, rows, err
		},
		Store: func(_ context.Context, do func(*registry.Registry) error) error {
			if w.locked != nil {
				return w.locked
			}
			return do(w.reg)
		},
		Paused: func() bool { return w.paused },
		Log:    log,
	}
	for _, f := range change {
		f(&o)
	}
	w.clock = New(o)
}

// step lets the clock look at the rooms at minute m after ten.
func (w *world) step(m int) (next time.Time, err error) {
	w.t.Helper()
	w.now = at(m)
	return w.clock.Step(w.t.Context(), w.now, w.slots)
}

// quietly is step where nothing may go wrong.
func (w *world) quietly(m int) time.Time {
	w.t.Helper()
	next, err := w.step(m)
	if err != nil {
		w.t.Fatalf("at minute %d: %v", m, err)
	}
	return next
}

// did is what the clock did in rooms since the last call, sorted, since rooms
// have no order.
func (w *world) did() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	got := w.journal
	w.journal = nil
	slices.Sort(got)
	return got
}

// expect compares what the clock did since the last look.
func (w *world) expect(want ...string) {
	w.t.Helper()
	slices.Sort(want)
	if got := w.did(); !slices.Equal(got, want) {
		w.t.Fatalf("at %s the clock did %q, want %q", w.now.Format("15:04"), got, want)
	}
}

// shows compares what the registry has.
func (w *world) shows(want ...registry.Showing) {
	w.t.Helper()
	got, err := w.reg.Showing(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		w.t.Fatalf("the registry has %+v, want %+v", got, want)
	}
}

// say is a person who sets a subject.
func (w *world) say(room, subject string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rooms[room].subject = subject
}

// subject is that of a room.
func (w *world) subject(room string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rooms[room].subject
}

// inside are the rooms that the clock is in.
func (w *world) inside() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var names []string
	for name, r := range w.rooms {
		if len(r.stays) > 1 {
			w.t.Errorf("%d stays in %s", len(r.stays), name)
		}
		if len(r.stays) > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// tells is the subject that tells of a session in a room, as slot makes it.
func tells(room string, until int) string {
	return "Now: Group " + room + " until " + at(until).Format("15:04")
}
