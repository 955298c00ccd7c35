// Package house puts a Datatracker, a chat server and the whole of roomctl between them into one process, on real
// connections, with clocks that a test moves. What the command line does by flags and files, a test does by calls; each
// call is one run, with everything opened anew.
package house

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
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
)

// MUC is the MUC service of every chat server.
const MUC = "conference.localhost"

// Options say which house to build.
type Options struct {
	Chat  Chat
	Now   time.Time
	Clock interface{ Now() time.Time } // that tells the time instead; nil: Travel does
	World datatrackertest.Options      // its clock is the house's

	MinGroups      int           // see datatracker.Options
	RequestTimeout time.Duration // of one request to the Datatracker; 0: 5 s
	ChatTimeout    time.Duration // of one request to the chat server; 0: 20 s
}

// A House is one installation of roomctl. Rules and the timeouts may be changed between two runs.
type House struct {
	Datatracker *datatrackertest.Server
	Chat        Chat
	Wire        *Wire
	Dir         string // holds the registry, the copies of the Datatracker's documents, and what is published
	Rules       provisioner.Rules

	Paused bool // a person wants nothing to be written

	MinGroups                   int
	RequestTimeout, ChatTimeout time.Duration

	clock     interface{ Now() time.Time } // nil: now holds the time
	now, skew atomic.Int64                 // nanoseconds; roomctl's clock is off by the second
}

// New builds a house for the length of the test.
func New(t testing.TB, o Options) *House {
	t.Helper()
	h := &House{
		Chat: o.Chat, Dir: t.TempDir(), Rules: rules(t, o.Chat.Login().JID),
		clock: o.Clock, MinGroups: o.MinGroups, RequestTimeout: or(o.RequestTimeout, 5*time.Second), ChatTimeout: or(o.ChatTimeout, 20*time.Second),
	}
	h.Travel(o.Now)
	o.World.Now = h.Now
	var err error
	if h.Datatracker, err = datatrackertest.Start(o.World); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Datatracker.Close)
	h.Wire = NewWire(t, o.Chat.Address())
	return h
}

func or(d, byDefault time.Duration) time.Duration {
	if d == 0 {
		return byDefault
	}
	return d
}

// rules are those of a configuration that names none.
func rules(t testing.TB, self string) provisioner.Rules {
	t.Helper()
	texts, err := provisioner.ParseTexts("", "", "")
	if err != nil {
		t.Fatal(err)
	}
	texts.NoteWell = "https://www.ietf.org/about/note-well/"
	return provisioner.Rules{
		MUC: MUC, Self: self, Datatracker: "https://datatracker.example.org",
		GroupTypes:  []string{"ag", "area", "dir", "iab", "iabasg", "irtf", "program", "rag", "review", "team"},
		GroupStates: []string{"active", "bof", "proposed", "dormant"},
		Fixed:       []string{"hallway", "plenary", "wgchairs"},
		Overrides:   make(map[string]string),
		Language:    "en",
		Logging:     provisioner.LoggingRequired,
		Joint:       true,
		Texts:       texts,
		Limits:      provisioner.DefaultLimits(),
	}
}

// Now is the time everywhere but in roomctl, if its clock is wrong.
func (h *House) Now() time.Time {
	if h.clock != nil {
		return h.clock.Now().UTC()
	}
	return time.Unix(0, h.now.Load()).UTC()
}

// Travel moves all clocks. With Options.Clock that is for others to do.
func (h *House) Travel(to time.Time) { h.now.Store(to.UnixNano()) }

// Skew makes roomctl's clock wrong by so much; 0 makes it right.
func (h *House) Skew(by time.Duration) { h.skew.Store(int64(by)) }

func (h *House) roomctlsNow() time.Time { return h.Now().Add(time.Duration(h.skew.Load())) }

// Update changes what the Datatracker knows.
func (h *House) Update(t testing.TB, change func(*datatrackertest.World)) {
	t.Helper()
	if err := h.Datatracker.Update(change); err != nil {
		t.Fatal(err)
	}
}

// Registry is the path of the registry.
func (h *House) Registry() string { return filepath.Join(h.Dir, "registry.sqlite") }

// Cache is the folder of the last good copies of the Datatracker's documents.
func (h *House) Cache() string { return filepath.Join(h.Dir, "datatracker") }

func (h *House) identity() registry.Identity {
	return registry.Identity{MUC: MUC, Datatracker: h.Datatracker.URL()}
}

// login is how roomctl logs in: through the wire, which sees stanzas and so no TLS.
func (h *House) login() xmppadmin.Options {
	o := h.Chat.Login()
	o.Address, o.TLS, o.Timeout = h.Wire.Addr, xmppadmin.TLSNone, h.ChatTimeout
	return o
}

func (h *House) planner() (provisioner.Planner, error) {
	client, err := datatracker.New(datatracker.Options{
		URL: h.Datatracker.URL(), CacheDir: h.Cache(),
		MinGroups: h.MinGroups, RequestTimeout: h.RequestTimeout,
	})
	return provisioner.Planner{Datatracker: client, Rules: h.Rules, Now: h.roomctlsNow}, err
}

// writer is everything that a run which may write needs. The caller closes its registry.
func (h *House) writer(ctx context.Context) (*provisioner.Syncer, error) {
	planner, err := h.planner()
	if err != nil {
		return nil, err
	}
	tree, err := agenda.OpenTree(filepath.Join(h.Dir, "www"))
	if err != nil {
		return nil, err
	}
	reg, err := registry.Open(ctx, h.Registry(), h.identity())
	if err != nil {
		return nil, err
	}
	log := logrus.New()
	log.SetOutput(io.Discard)
	return &provisioner.Syncer{
		Planner: planner, Registry: reg, Tree: tree, Log: log,
		Connect: func(ctx context.Context) (provisioner.RoomWriter, error) { return xmppadmin.Open(ctx, h.login()) },
		Destroyer: func(ctx context.Context) (provisioner.RoomDestroyer, error) {
			return xmppadmin.Open(ctx, h.login())
		},
		RetryWait: time.Millisecond,
		Paused:    h.pause,
	}, nil
}

// Sync is one `roomctl sync`.
func (h *House) Sync(ctx context.Context, o provisioner.Options) (*provisioner.Report, error) {
	s, err := h.writer(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Registry.Close()
	return s.Sync(ctx, o)
}

// Adopt is one `roomctl rooms adopt`.
func (h *House) Adopt(ctx context.Context, o provisioner.AdoptOptions) ([]provisioner.Adoption, error) {
	s, err := h.writer(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Registry.Close()
	return s.Adopt(ctx, o)
}

// Decide is one `roomctl rooms retire` and the like: a person's decisions about rooms.
func (h *House) Decide(ctx context.Context, decisions ...provisioner.Decision) ([]provisioner.Decided, error) {
	s, err := h.writer(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Registry.Close()
	return s.Decide(ctx, decisions)
}

// Plan is one `roomctl plan`: a connection that cannot write, and a registry that is only read.
func (h *House) Plan(ctx context.Context, o provisioner.Options) (*provisioner.Report, error) {
	known, err := h.State(ctx)
	if err != nil {
		return nil, err
	}
	planner, err := h.planner()
	if err != nil {
		return nil, err
	}
	rooms, err := xmppadmin.OpenReader(ctx, h.login())
	if err != nil {
		return nil, err
	}
	defer rooms.Close()
	return planner.Preview(ctx, rooms, known, o)
}

// State is what the registry knows.
func (h *House) State(ctx context.Context) (*registry.State, error) {
	reg, err := registry.OpenReader(ctx, h.Registry(), h.identity())
	if err != nil {
		return nil, err
	}
	defer reg.Close()
	return reg.Load(ctx)
}

// LastRun is the newest run in the registry and its entries in the audit trail, oldest first. Before the first run it is
// the zero Run.
func (h *House) LastRun(ctx context.Context) (registry.Run, []registry.Change, error) {
	reg, err := registry.OpenReader(ctx, h.Registry(), h.identity())
	if err != nil {
		return registry.Run{}, nil, err
	}
	defer reg.Close()
	runs, err := reg.Runs(ctx, 1)
	if err != nil || len(runs) == 0 {
		return registry.Run{}, nil, err
	}
	trail, err := reg.Changes(ctx, registry.ChangeFilter{Run: runs[0].ID})
	for i, j := 0, len(trail)-1; i < j; i, j = i+1, j-1 {
		trail[i], trail[j] = trail[j], trail[i]
	}
	return runs[0], trail, err
}

// Links are the rooms that the published agenda of a meeting gives to its sessions, by session id. Of a meeting that was
// never published it is empty.
func (h *House) Links(meeting string) (map[int]string, error) {
	links := make(map[int]string)
	data, err := os.ReadFile(filepath.Join(h.Dir, "www", "meeting", meeting, "agenda.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return links, nil
	}
	if err != nil {
		return nil, err
	}
	var document map[string][]struct {
		ObjType   string `json:"objtype"`
		SessionID int    `json:"session_id"`
		Room      string `json:"chat_room"`
	}
	if err := json.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("the published agenda of %s: %w", meeting, err)
	}
	for _, o := range document[meeting] {
		if o.ObjType == "session" && o.Room != "" {
			links[o.SessionID] = o.Room
		}
	}
	return links, nil
}
