package provisioner

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/agenda"
	"roomctl/datatracker"
	"roomctl/provisioner/pause"
	"roomctl/provisioner/registry"
)

// Syncer walks the whole line. It is the only writer of its state folder: the
// caller holds the lock.
type Syncer struct {
	Planner
	Registry *registry.Registry
	Tree     *agenda.Tree
	Patterns agenda.Patterns

	// Site says where the tree is served and what takes the place of the join
	// page's text. The rest of it comes from the Rules.
	Site agenda.Site

	// Archives is asked which pages of logs are there. It may be nil: then the
	// links to logs are published as the patterns give them.
	Archives Archives

	// Connect opens a connection to the chat service. It is called again when
	// the connection is lost in the middle of applying.
	Connect func(ctx context.Context) (RoomWriter, error)

	// Destroyer opens a connection that may destroy rooms. Decide calls it, for a
	// person's order to destroy one; Sync never does.
	Destroyer func(ctx context.Context) (RoomDestroyer, error)

	// Secretariat logs in to the Datatracker to set the chat_room of sessions. It
	// is needed with WriteBackForm, and called only when there is one to set.
	Secretariat func(ctx context.Context) (SessionEditor, error)

	Log logrus.FieldLogger // one line per change and one per run

	// RetryWait is the time between two attempts to connect again; default 1 s.
	RetryWait time.Duration

	// Linger is how long the change in hand may still take when ctx ends. 0: it is
	// cut off; what was begun is recorded, and the next run goes on from there.
	Linger time.Duration

	// Paused says whether a person has paused roomctl. Sync asks before it begins
	// to write and before each change, and begins nothing more then. Nil: never.
	Paused func() (pause.Pause, bool)
}

// Commands as runs are recorded with.
const (
	commandSync    = "sync"
	commandPublish = "publish"
)

// Sync is one reconciliation: poll, desire, observe, plan, guard, apply, verify,
// publish. Retiring comes when everything else is done and published, and last of
// all what the Datatracker is to be told. With a saved plan in the options it
// applies that and nothing else, or nothing at all. A pause ends it after the
// change in hand.
//
// The error is for what kept the line from being walked to its end. What went
// wrong with single rooms and sessions is in the report, which is nil only when
// nothing was found out at all.
func (s *Syncer) Sync(ctx context.Context, o Options) (report *Report, err error) {
	began := s.Now()
	run, err := s.Registry.BeginRun(ctx, registry.Run{Command: commandSync, Began: began, Allowed: o.Allow})
	if err != nil {
		return nil, err
	}
	var snap *datatracker.Snapshot
	defer func() { err = s.end(ctx, ending{run, commandSync, began, snap, report, err}) }()

	known, err := s.Registry.Load(ctx)
	if err != nil {
		return nil, err
	}
	snap, err = s.Poll(ctx, known, o)
	if err != nil {
		return nil, err
	}
	desired := Desire(snap, known, s.Rules)

	s.progress("connecting to the chat server", 0, 0)
	rooms, err := s.Connect(ctx)
	if err != nil {
		return nil, err
	}
	w := &work{run: run, rooms: rooms, publisher: publisher{Syncer: s, known: known, before: s.linksBefore(known, desired), snap: snap, desired: desired}, brake: brake{paused: s.Paused}}
	defer func() { w.rooms.Close() }()

	if w.observed, err = s.observe(ctx, rooms, desired, known, o); err != nil {
		return nil, err
	}
	w.plan = Diff(desired, w.observed, known, s.Rules)
	guarded := s.guard(w.plan, snap, known, rooms.Profile(), o)
	w.report = s.report(began, snap, guarded, known)
	s.compareNames(w.report, snap, desired, known, o)
	s.squatters(ctx, rooms, w.report, snap, desired, known)
	w.report.unheardOf(o.Only, desired, known)

	if w.report.keepTo(o.Plan) {
		err = w.carryOut(ctx, o)
	}
	w.report.withholdUnlogged()
	w.unsettled()
	w.unlogged()
	w.report.conclude(desired, w.plan, s.Now())
	if err != nil {
		return w.report, err
	}
	return w.report, w.succeeded(ctx, o)
}

// carryOut does what the guards left, from apply to the end of the line. Under a
// pause it goes no further than the change in hand.
func (w *work) carryOut(ctx context.Context, o Options) error {
	defer w.tellPause()
	soon, last := retireLast(w.report.Changes)
	apply := func(changes []Change) func() error {
		return func() error { return w.applyAndVerify(ctx, changes) }
	}
	publish := func() error { return w.publish(ctx, o) }
	steps := []func() error{apply(soon), publish}
	if len(last) > 0 {
		steps = append(steps, apply(last), publish)
	}
	steps = append(steps, func() error { return w.writeBack(ctx) })
	for _, step := range steps {
		if w.brake.on() {
			return nil
		}
		if err := step(); err != nil {
			return err
		}
	}
	_, stopped := w.brake.was()
	w.walked = !stopped
	return nil
}

// succeeded records the end of a good sync. One that heard nothing of any room
// has found nothing out. The first one counts only when it got everywhere: the
// create guard must not meet what is left of the first rooms.
func (w *work) succeeded(ctx context.Context, o Options) error {
	applied := w.report.Applied() == len(w.report.Results)
	first := w.known.Synced.IsZero()
	if !w.walked || !applied || !w.observed.answered() || len(o.Only) > 0 || first && !whole(w.report, w.plan) {
		return nil
	}
	return w.Registry.SetSynced(ctx, w.Now())
}

// whole says whether a run got everywhere: every source was read, every room
// answered, every change was applied.
func whole(r *Report, plan *Plan) bool {
	missing := slices.ContainsFunc(r.Sources, func(s datatracker.Source) bool { return s.Outcome == datatracker.Missing })
	return !missing && len(plan.Unknown) == 0 && r.Applied() == len(r.Results) && r.Held() == 0
}

// retireLast takes the retirements out of the plan.
func retireLast(changes []Change) (soon, last []Change) {
	i := slices.IndexFunc(changes, func(c Change) bool { return c.Verb == Retire }) // sorted: the rest are too
	if i < 0 {
		return changes, nil
	}
	return changes[:i], changes[i:]
}

// publish links the sessions to their rooms, finds their logs and writes what
// changed.
func (w *work) publish(ctx context.Context, o Options) error {
	now := w.Now()
	w.link(o.Allow, now)
	if err := w.checkArchives(ctx, now); err != nil {
		return err
	}
	return w.put(ctx, now)
}

// ending is a run that is over, however it went.
type ending struct {
	run     int64
	command string
	began   time.Time
	snap    *datatracker.Snapshot // nil: there is nothing to go by from the Datatracker
	report  *Report               // nil: nothing was found out
	failure error
}

// end records how the run ended and writes the status file, whatever happened. It
// leaves the file alone after a run that was kept from everything: what the last
// one said of rooms and sessions still holds.
func (s *Syncer) end(ctx context.Context, e ending) error {
	outcome := Outcome(e.report, e.failure)
	level := logrus.DebugLevel // nothing to tell, or for the caller to tell
	if e.report.Changed() {
		level = logrus.InfoLevel
	}
	s.Log.WithFields(logrus.Fields{"run": e.run, "outcome": outcome}).Log(level, e.command+" ended")
	return registry.Persist(ctx, func(ctx context.Context) error {
		if err := s.Registry.EndRun(ctx, e.run, outcome, s.Now()); err != nil {
			e.failure = join(e.failure, err)
		}
		if e.failure == nil && e.report.StoodStill() {
			return nil
		}
		known, err := s.Registry.Load(ctx)
		if err != nil {
			return join(e.failure, err)
		}
		return join(e.failure, agenda.PutStatus(s.Tree, status(outcome, e, publishedStatus(s.Tree), known, s.Now())))
	})
}

// Outcome is how a run ended, as the registry has it: done, withheld, partial or
// failed. r may be nil.
func Outcome(r *Report, failure error) string {
	switch {
	case failure != nil || r == nil:
		return registry.RunFailed
	case r.Held() > 0 || r.Paused():
		return registry.RunWithheld
	case r.Failures() > 0:
		return registry.RunPartial
	}
	return registry.RunDone
}

// join keeps the first error in front; the second is added when there is one.
func join(first, second error) error {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	}
	return fmt.Errorf("%w; then %w", first, second)
}
