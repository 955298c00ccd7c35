package provisioner_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/agenda"
	"roomctl/datatracker"
	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
	"roomctl/xmppadmin/xmpptest"
)

// The tests of this package run the whole line over real connections: a
// Datatracker on one side, a chat server on the other, both inside the process.

// muc is the MUC service of every test.
const muc = "conference.localhost"

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// beforeTheMeeting is when the tests begin: ten days before IETF 113.
var beforeTheMeeting = time.Date(2026, 3, 4, 10, 30, 0, 0, time.UTC)

// place says where everything is. It is all that another process needs to sync.
type place struct {
	Datatracker string
	Dir         string
	Now         time.Time
	MinGroups   int
	Chat        xmppadmin.Options

	RequestTimeout time.Duration
}

// open makes a Syncer of a place. The caller closes its registry.
func (p place) open(ctx context.Context) (*provisioner.Syncer, error) {
	client, err := datatracker.New(datatracker.Options{
		URL: p.Datatracker, CacheDir: filepath.Join(p.Dir, "datatracker"),
		MinGroups: p.MinGroups, RequestTimeout: p.RequestTimeout,
	})
	if err != nil {
		return nil, err
	}
	texts, err := provisioner.ParseTexts("", "", "")
	if err != nil {
		return nil, err
	}
	texts.NoteWell = "https://www.ietf.org/about/note-well/"
	tree, err := agenda.OpenTree(p.files())
	if err != nil {
		return nil, err
	}
	reg, err := registry.Open(ctx, p.registry(), p.identity())
	if err != nil {
		return nil, err
	}
	log := logrus.New()
	log.SetOutput(io.Discard)
	return &provisioner.Syncer{
		Planner: provisioner.Planner{
			Datatracker: client,
			Now:         func() time.Time { return p.Now },
			Rules: provisioner.Rules{
				MUC: muc, Self: p.Chat.JID, Datatracker: "https://datatracker.example.org",
				GroupTypes:  []string{"ag", "area", "dir", "iab", "iabasg", "irtf", "program", "rag", "review", "team"},
				GroupStates: []string{"active", "bof", "proposed", "dormant"},
				Fixed:       []string{"hallway", "plenary", "wgchairs"},
				Language:    "en",
				Logging:     provisioner.LoggingRequired,
				Texts:       texts,
				Limits:      provisioner.DefaultLimits(),
			},
		},
		Registry: reg,
		Tree:     tree,
		Connect: func(ctx context.Context) (provisioner.RoomWriter, error) {
			return xmppadmin.Open(ctx, p.Chat)
		},
		Log:       log,
		RetryWait: time.Millisecond,
	}, nil
}

func (p place) files() string    { return filepath.Join(p.Dir, "www") }
func (p place) registry() string { return filepath.Join(p.Dir, "registry.sqlite") }

func (p place) identity() registry.Identity {
	return registry.Identity{MUC: muc, Datatracker: p.Datatracker}
}

// house is a Datatracker, a chat server, and a roomctl between them.
type house struct {
	*provisioner.Syncer
	place place
	dt    *datatrackertest.Server
	chat  *xmpptest.Server
	now   atomic.Pointer[time.Time]
}

// setup says what house to build. The zero value is a small Datatracker and a
// Generic chat server, both empty of faults.
type setup struct {
	chat   xmpptest.Options
	whole  bool     // all of IETF 113 instead of a small part
	groups []string // of the small part; default few

	sessions int // canceled ones, added to those of IETF 113
	meetings int // of long ago, added to the list

	patient time.Duration // with one request to the Datatracker; default 5 s
}

func newHouse(t *testing.T, s setup) *house {
	t.Helper()
	h := &house{}
	h.now.Store(&beforeTheMeeting)
	var err error
	if h.dt, err = datatrackertest.Start(datatrackertest.Options{Now: h.time}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.dt.Close)
	if h.chat, err = xmpptest.Start(s.chat); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.chat.Close(); err != nil {
			t.Error(err)
		}
	})
	h.place = place{
		Datatracker: h.dt.URL(), Dir: t.TempDir(), Now: beforeTheMeeting,
		Chat: xmppadmin.Options{
			JID: h.chat.JID(), Password: h.chat.Password(), Address: h.chat.Addr(),
			TLS: xmppadmin.TLSNone, MUC: muc, Timeout: patience,
		},
		RequestTimeout: cmp.Or(s.patient, 5*time.Second),
	}
	if !s.whole {
		if s.groups == nil {
			s.groups = few
		}
		h.place.MinGroups = (len(s.groups) + 1) / 2
		h.update(t, func(w *datatrackertest.World) { shrink(w, s.groups) })
	}
	h.update(t, func(w *datatrackertest.World) { crowd(w, s.sessions, s.meetings) })
	h.reopen(t)
	return h
}

// reopen makes the Syncer anew, as the next run of the command does. What a
// test had changed in it is gone.
func (h *house) reopen(t *testing.T) {
	t.Helper()
	s, err := h.place.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Registry.Close() })
	s.Now = h.time
	s.Connect = func(ctx context.Context) (provisioner.RoomWriter, error) { return xmppadmin.Open(ctx, h.place.Chat) }
	h.Syncer = s
}

func (h *house) time() time.Time { return *h.now.Load() }

// travel moves the clock of everybody.
func (h *house) travel(to time.Time) { h.now.Store(&to) }

// update changes what the Datatracker knows.
func (h *house) update(t *testing.T, change func(*datatrackertest.World)) {
	t.Helper()
	if err := h.dt.Update(change); err != nil {
		t.Fatal(err)
	}
}

// sync is one run that walks the line to its end.
func (h *house) sync(t *testing.T, o ...provisioner.Options) *provisioner.Report {
	t.Helper()
	report, err := h.trySync(t, o...)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// trySync is one run, however it ends.
func (h *house) trySync(t *testing.T, o ...provisioner.Options) (*provisioner.Report, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	var options provisioner.Options
	if len(o) > 0 {
		options = o[0]
	}
	report, err := h.Sync(ctx, options)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
		t.Fatalf("the run never ended: %v", err)
	}
	return report, err
}

// settle brings everything into its steady state.
func (h *house) settle(t *testing.T) {
	t.Helper()
	h.sync(t)
	h.requireQuiet(t)
}

// reading is what a dry run has: the registry as it is, and a connection that
// cannot write.
func (h *house) reading(t *testing.T) (*registry.State, *xmppadmin.Reader) {
	t.Helper()
	reg, err := registry.OpenReader(t.Context(), h.place.registry(), h.place.identity())
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	known, err := reg.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rooms, err := xmppadmin.OpenReader(t.Context(), h.place.Chat)
	if err != nil {
		t.Fatal(err)
	}
	return known, rooms
}

// preview is a dry run.
func (h *house) preview(t *testing.T, o provisioner.Options) *provisioner.Report {
	t.Helper()
	known, rooms := h.reading(t)
	defer rooms.Close()
	report, err := h.Planner.Preview(t.Context(), rooms, known, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// state is what the registry knows.
func (h *house) state(t *testing.T) *registry.State {
	t.Helper()
	known, err := h.Registry.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return known
}

// outcome is how the last run ended.
func (h *house) outcome(t *testing.T) string {
	t.Helper()
	runs, err := h.Registry.Runs(t.Context(), 1)
	if err != nil || len(runs) != 1 {
		t.Fatalf("runs %v, %v", runs, err)
	}
	return runs[0].Outcome
}

// counted counts the connections.
func counted(connect func(context.Context) (provisioner.RoomWriter, error), n *int) func(context.Context) (provisioner.RoomWriter, error) {
	return func(ctx context.Context) (provisioner.RoomWriter, error) {
		*n++
		return connect(ctx)
	}
}
