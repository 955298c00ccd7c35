package worker_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/provisioner"
	"roomctl/provisioner/pause"
	"roomctl/provisioner/worker"
	"roomctl/provisioner/worker/clocktest"
)

// TestMain fails when a goroutine of the package is left over.
func TestMain(m *testing.M) {
	status := m.Run()
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for _, one := range strings.Split(string(stacks), "\n\n") {
		if strings.Contains(one, "worker.(*Worker)") {
			fmt.Fprintf(os.Stderr, "a goroutine is left over:\n%s\n", one)
			status = 1
		}
	}
	os.Exit(status)
}

// epoch is when every test begins: a Wednesday, a moment before the full hour.
var epoch = time.Date(2026, 3, 4, 11, 59, 0, 0, time.UTC)

// stage is a worker with a clock that its test turns, and a sync that does what
// its test says.
type stage struct {
	*worker.Worker
	t     *testing.T
	clock *clocktest.Clock
	log   *safeLog

	mu     sync.Mutex
	runs   []run
	missed []worker.Kind
	sync   func(ctx context.Context, o worker.Order) (*provisioner.Report, error) // nil: all is well
	paused bool
	closed int

	stop func()        // ends the worker
	over chan struct{} // closed when Work has returned
}

// run is a run that began.
type run struct {
	worker.Order
	at time.Time
}

// newStage makes a worker that does nothing before begin.
func newStage(t *testing.T, followers ...worker.Following) *stage {
	s := &stage{t: t, clock: clocktest.New(epoch), log: &safeLog{}, over: make(chan struct{})}
	s.Worker = worker.New(s.duty(followers...), worker.Options{Clock: s.clock, Log: s.logger(), Limit: 20 * time.Minute})
	return s
}

// logger writes into the stage's log.
func (s *stage) logger() *logrus.Logger {
	log := logrus.New()
	log.SetOutput(s.log)
	log.SetLevel(logrus.DebugLevel)
	log.SetFormatter(&logrus.TextFormatter{DisableTimestamp: true, DisableColors: true})
	return log
}

// duty is the usual schedule over the stage's sync.
func (s *stage) duty(followers ...worker.Following) worker.Duty {
	schedule, err := worker.ParseSchedule("*/15 * * * *", "*/5 * * * *", "@hourly", "UTC", 0)
	if err != nil {
		s.t.Fatal(err)
	}
	return worker.Duty{
		Schedule: schedule, Sync: s.run, Paused: s.pause, Followers: followers, Observers: []worker.Observer{s},
		Close: func(ctx context.Context) {
			if ctx.Err() != nil {
				s.t.Error("there is no time to close in")
			}
			s.locked(func() { s.closed++ })
		},
	}
}

// begin lets the worker work until the test ends.
func (s *stage) begin() *stage {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	go func() {
		defer close(s.over)
		s.Work(ctx)
	}()
	s.stop = func() { cancel(); <-s.over }
	s.t.Cleanup(s.stop)
	return s
}

// turn turns the clock on by d, and returns when the worker sleeps again.
func (s *stage) turn(d time.Duration) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	if err := s.clock.TurnTo(ctx, s.clock.Now().Add(d)); err != nil {
		s.t.Fatalf("%v; the log:\n%s", err, s.log)
	}
}

func (s *stage) locked(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

// onSync changes what a sync does.
func (s *stage) onSync(do func(ctx context.Context, o worker.Order) (*provisioner.Report, error)) {
	s.locked(func() { s.sync = do })
}

func (s *stage) run(ctx context.Context, o worker.Order) (*provisioner.Report, error) {
	var do func(context.Context, worker.Order) (*provisioner.Report, error)
	s.locked(func() {
		s.runs = append(s.runs, run{o, s.clock.Now()})
		do = s.sync
	})
	if do == nil {
		return report(), nil
	}
	return do(ctx, o)
}

func (s *stage) pause() (p pause.Pause, paused bool) {
	s.locked(func() { paused = s.paused })
	return pause.Pause{Since: epoch, By: "alice"}, paused
}

func (s *stage) Ended(worker.Kind, *provisioner.Report, error, time.Duration) {}

func (s *stage) Missed(kind worker.Kind) { s.locked(func() { s.missed = append(s.missed, kind) }) }

// took are the runs since the last call, as in "12:00 full, 12:15 quick".
func (s *stage) took() string {
	var list []string
	s.locked(func() {
		for _, r := range s.runs {
			list = append(list, fmt.Sprintf("%s %s", r.at.Format("15:04"), r.Kind))
		}
		s.runs = nil
	})
	return strings.Join(list, ", ")
}

// requireTook fails unless these runs began since the last call.
func (s *stage) requireTook(want string) {
	s.t.Helper()
	if got := s.took(); got != want {
		s.t.Errorf("runs: %q, want %q", got, want)
	}
}

// requireLog fails unless the log has as many lines with a text at a level.
func (s *stage) requireLog(n int, level, text string) {
	s.t.Helper()
	got := 0
	for _, line := range strings.Split(s.log.String(), "\n") {
		if strings.HasPrefix(line, "level="+level+" ") && strings.Contains(line, text) {
			got++
		}
	}
	if got != n {
		s.t.Errorf("%d lines at level %s have %q, want %d; the log:\n%s", got, level, text, n, s.log)
	}
}

// report is a run that found these sessions, or none, and that all is well.
func report(slots ...provisioner.Slot) *provisioner.Report {
	return &provisioner.Report{Slots: append([]provisioner.Slot{}, slots...)}
}

// session is a session of IETF 126 that begins so long after the epoch.
func session(after time.Duration) provisioner.Slot {
	start := epoch.Add(after)
	return provisioner.Slot{Meeting: "126", Title: "IETF 126", IETF: true, Session: 1, Room: "quic", Start: start, End: start.Add(time.Hour)}
}

// safeLog is written and read by different goroutines.
type safeLog struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *safeLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *safeLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
