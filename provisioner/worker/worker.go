// Package worker runs roomctl by itself: it begins syncs by a schedule, one at a
// time, and between them follows the sessions.
package worker

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/provisioner"
	"roomctl/provisioner/pause"
)

// Follower is what is done between runs: subjects, announcements.
type Follower interface {
	// Step does what is due and says when it wants to be called next; zero: after
	// the next run. An error is logged, and changes nothing else. The slots are those
	// of the last run that told any: nil before the first, which is not the same as
	// none.
	Step(ctx context.Context, now time.Time, slots []provisioner.Slot) (next time.Time, err error)
}

// Observer hears of runs.
type Observer interface {
	// Ended is called after each run. r is nil when nothing was found out, err what
	// kept the run from its end.
	Ended(kind Kind, r *provisioner.Report, err error, took time.Duration)

	// Missed is called for each run that was due and was not begun.
	Missed(kind Kind)
}

// Order says what run is wanted.
type Order struct {
	Kind      Kind
	Scheduled bool          // nobody waits for it (provisioner.Options.Scheduled)
	Wait      time.Duration // for the lock of the state folder, at most
}

// Following is a Follower with a name for the log: "subjects".
type Following struct {
	What string
	Follower
}

// Duty is what a worker does. It changes as a whole, when the configuration does.
type Duty struct {
	Schedule Schedule

	// Sync is one run. A *lock.HeldError means that the run is missed.
	Sync func(ctx context.Context, o Order) (*provisioner.Report, error)

	// Paused says whether a person has paused roomctl: then no run begins, and what
	// was due runs once when the pause is over. Nil: never.
	Paused func() (pause.Pause, bool)

	Followers []Following
	Observers []Observer

	// Close ends what belongs to the duty. It is called once, when the worker ends
	// or another duty takes the place of this one. It may be nil.
	Close func(ctx context.Context)
}

// Options of a Worker.
type Options struct {
	Clock Clock         // nil: SystemClock
	Limit time.Duration // of one run by the machine's clock, after which it is cancelled; default 20 minutes
	Log   logrus.FieldLogger
}

const (
	defaultLimit = 20 * time.Minute
	stepLimit    = 5 * time.Minute  // of one step of a follower
	closeLimit   = 10 * time.Second // of Duty.Close
	grace        = time.Minute      // for what was cancelled, to end

	// lockWait bounds the wait for the state folder's lock: meanwhile no subject is
	// set.
	lockWait = time.Minute

	// breath is how soon after a run another one begins because something has changed.
	breath = 10 * time.Second

	// nap is the longest sleep. Timers do not notice when the clock is set.
	nap = time.Minute
)

// Worker begins runs when they are due, one at a time, and calls followers between
// them. It does all of it in one goroutine, that of Work; the other methods may be
// called from any.
type Worker struct {
	clock Clock
	limit time.Duration
	log   logrus.FieldLogger

	wake   chan struct{} // takes one: there is something to do before the alarm
	relief chan relief
	ended  chan struct{} // closed when Work has returned

	mu    sync.Mutex
	state State
	asked Kind      // the run that somebody wants; "": none
	calls bool      // the followers are to be called
	until time.Time // when the worker is stuck unless something happens before

	// These belong to Work.
	duty    Duty
	ticks   ticks
	owed    Kind      // the run that is due as soon as there is no pause; "": none
	again   time.Time // when a run is due because something has changed since one failed; zero: none is
	last    time.Time // when a run last ended, however it did
	slots   []provisioner.Slot
	on      windows
	next    []time.Time // per follower; zero: after the next run
	delay   delay
	tellers tellers
}

// tellers are of everything that may go wrong again and again.
type tellers struct {
	sync, misses teller
	follower     []teller
	paused       bool // it was told that there is a pause
}

// New makes a worker; it does nothing before Work.
func New(d Duty, o Options) *Worker {
	if o.Clock == nil {
		o.Clock = SystemClock{}
	}
	if o.Limit == 0 {
		o.Limit = defaultLimit
	}
	w := &Worker{
		clock: o.Clock, limit: o.Limit, log: o.Log,
		wake: make(chan struct{}, 1), relief: make(chan relief), ended: make(chan struct{}),
	}
	w.tellers = tellers{sync: teller{what: "sync"}, misses: teller{what: "the schedule"}}
	w.state.Began = w.now()
	w.expect(grace)
	w.begin(d)
	return w
}

// relief is a duty that takes the place of another one.
type relief struct {
	duty Duty
	done chan struct{} // closed when it has
}

var errEnded = errors.New("the worker has ended")

// Take gives the worker another duty. It takes it over when no run is under way;
// Take waits for that. Then it runs at once, in full. With an error the duty was
// not taken over.
func (w *Worker) Take(ctx context.Context, d Duty) error {
	r := relief{d, make(chan struct{})}
	select {
	case w.relief <- r:
		<-r.done
		return nil
	case <-w.ended:
		return errEnded
	case <-ctx.Done():
		return fmt.Errorf("waiting for the end of a run: %w", context.Cause(ctx))
	}
}

// Run asks for a run now, of a kind. It says whether one is under way already:
// then this one follows.
func (w *Worker) Run(kind Kind) (waits bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = stronger(w.asked, kind)
	w.rouse()
	return w.state.Running != ""
}

// Call has every follower called soon: something has changed for them. As long as
// no run has told the sessions, and after a run that failed, one begins before.
func (w *Worker) Call() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = true
	w.rouse()
}

// rouse wakes the worker if it sleeps.
func (w *Worker) rouse() {
	select {
	case w.wake <- struct{}{}:
	default: // it will wake up anyway
	}
}

// State is what the worker is at.
func (w *Worker) State() State {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state
}

// Stuck says whether the worker is behind its own time limits: something does not
// end although it was cancelled. It is what a watchdog wants to know.
func (w *Worker) Stuck() bool {
	now := w.clock.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	return now.After(w.until)
}

// expect says how long what comes now may take. The time keeps its monotonic part:
// setting the clock makes nobody stuck.
func (w *Worker) expect(limit time.Duration) {
	until := w.clock.Now().Add(limit + grace)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.until = until
}

// now is the time of day, without its monotonic part: schedules are about what
// clocks show.
func (w *Worker) now() time.Time { return w.clock.Now().Round(0).UTC() }

// change changes the state.
func (w *Worker) change(do func(*State)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	do(&w.state)
}
