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
	mu           sync.Mutex
	failed       int // in a row
	why          string
	ran          bool
	meeting      string
	meetingSince time.Time
}

// Ended implements worker.Observer.
func (b *healthBook) Ended(_ worker.Kind, _ *provisioner.Report, err error, _ time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ran = true
	b.failed++
	if err == nil {
		b.failed, b.why = 0, ""
		return
	}
	b.why = err.Error()
}

// Missed implements worker.Observer.
func (b *healthBook) Missed(worker.Kind) {}

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
		Busy: state.Running != "",
	}
	b := &s.health
	b.mu.Lock()
	if state.Meeting != b.meeting {
		b.meeting, b.meetingSince = state.Meeting, now
	}
	f.Failed, f.Why, f.Meeting, f.MeetingSince, known = b.failed, b.why, b.meeting, b.meetingSince, b.ran
	b.mu.Unlock()
	err := s.house.readAll(ctx, func(r *registry.Reader) error {
		state, err := r.Load(ctx)
		if err != nil {
			return err
		}
		f.Good = state.Synced
		runs, err := r.Runs(ctx, health.FailedRuns)
		for _, run := range runs {
			f.Syncs = append(f.Syncs, health.Sync{Run: run.ID, Outcome: run.Outcome})
		}
		return err
	})
	if err != nil {
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
