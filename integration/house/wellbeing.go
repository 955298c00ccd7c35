package house

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"roomctl/agenda"
	"roomctl/provisioner"
	"roomctl/provisioner/health"
	"roomctl/provisioner/pause"
	"roomctl/provisioner/registry"
	"roomctl/provisioner/worker"
)

// healthBook is what nobody but the worker's observer knows of its runs.
type healthBook struct {
	mu     sync.Mutex
	failed int // in a row
	why    string
	ran    bool

	// What the registry said after the last run. Nobody else writes there what health is about.
	read  bool
	good  time.Time
	syncs []health.Sync
}

// Ended implements worker.Observer.
func (b *healthBook) Ended(_ worker.Kind, _ *provisioner.Report, err error, _ time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ran, b.read = true, false
	b.failed++
	if err == nil {
		b.failed, b.why = 0, ""
		return
	}
	b.why = err.Error()
}

// Missed implements worker.Observer.
func (b *healthBook) Missed(worker.Kind) {}

// registry is when a sync was last good, and the last syncs.
func (b *healthBook) registry(ctx context.Context, h *House) (good time.Time, syncs []health.Sync, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.read {
		return b.good, b.syncs, nil
	}
	err = h.readAll(ctx, func(r *registry.Reader) error {
		state, err := r.Load(ctx)
		if err != nil {
			return err
		}
		good = state.Synced
		runs, err := r.Runs(ctx, health.FailedRuns)
		for _, run := range runs {
			syncs = append(syncs, health.Sync{Run: run.ID, Outcome: run.Outcome})
		}
		return err
	})
	if err == nil {
		b.read, b.good, b.syncs = true, good, syncs
	}
	return good, syncs, err
}

// Health is the verdict about the Serving now, from the registry, the published status and the worker.
func (s *Serving) Health(ctx context.Context) health.Verdict {
	v, _ := s.judge(ctx, s.house.roomctlsNow())
	return v
}

// judge implements notify.Options.Judge.
func (s *Serving) judge(ctx context.Context, now time.Time) (v health.Verdict, known bool) {
	state := s.State()
	f := health.Facts{
		Worker: &state, Stuck: s.Stuck(), Chat: s.line.connection(), Notify: s.notifier.Silent(),
		Busy: state.Running != "", Meeting: state.Meeting, MeetingSince: state.MeetingSince,
	}
	b := &s.health
	b.mu.Lock()
	f.Failed, f.Why, known = b.failed, b.why, b.ran
	b.mu.Unlock()
	var err error
	if f.Good, f.Syncs, err = b.registry(ctx, s.house); err != nil {
		f.Registry = err.Error()
	}
	if p, paused := s.house.pause(); paused {
		f.Pause, f.PauseEnds = p.String(), !p.Until.IsZero()
	}
	published, err := s.house.Status()
	if err != nil {
		f.Unreadable = append(f.Unreadable, err.Error())
	} else {
		f.Published = &published
	}
	return health.Judge(f, now), known
}

// Status is the published status.json.
func (h *House) Status() (agenda.Status, error) {
	text, err := os.ReadFile(filepath.Join(h.Dir, "www", agenda.StatusPath))
	if err != nil {
		return agenda.Status{}, fmt.Errorf("reading what is published: %w", err)
	}
	return agenda.ReadStatus(text)
}

func (h *House) pause() (pause.Pause, bool) { return pause.Pause{Since: h.Now()}, h.Paused }

func (h *House) isPaused() bool { return h.Paused }
