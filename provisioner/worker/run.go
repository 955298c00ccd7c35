package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/provisioner"
	"roomctl/provisioner/lock"
)

// run is one run, with what comes of it. Under a pause there is none: it is owed,
// and what is late is not missed.
func (w *Worker) run(ctx context.Context, o Order, late arrears) (ran bool) {
	w.again = time.Time{}
	if w.stands() {
		w.owed = o.Kind
		return false
	}
	w.owed = ""
	if len(late.ticks) > 0 {
		w.miss(late.ticks, late.why)
	}
	began := w.now()
	o.Wait = w.patience(began)
	w.change(func(s *State) { s.Running, s.Since = o.Kind, began })
	report, err := w.sync(ctx, o)
	ended := w.now()
	w.last = ended
	w.forgetCalls()
	w.change(func(s *State) { s.Running, s.Since = "", time.Time{} })

	var held *lock.HeldError
	switch {
	case err != nil && ctx.Err() != nil:
		w.log.Infof("the worker ends in the middle of a run (%s); the next one goes on from there", o.Kind)
	case errors.As(err, &held):
		if w.slots == nil { // whether a meeting is on is not known, which no tick may wait for
			w.owed = o.Kind
		}
		w.miss(append([]tick{{began, o.Kind}}, w.passed(began, ended)...), err.Error())
	default:
		w.conclude(o, report, err, began, ended)
		if passed := w.passed(began, ended); len(passed) > 0 || len(late.ticks) == 0 { // else the burst is not over
			w.miss(passed, fmt.Sprintf("the run (%s) took %s", o.Kind, ended.Sub(began).Round(time.Second)))
		}
	}
	w.slots = report.After(w.slots)
	w.on = meetings(w.slots)
	return true
}

// forgetCalls drops what changed during a run: the run had it, be it a connection
// that it opened itself, and the followers are called after it.
func (w *Worker) forgetCalls() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = false
}

// passed are the ticks that came during a run. There is none of them when the
// clock was set meanwhile: what is due by the new time is not missed.
func (w *Worker) passed(began, ended time.Time) []tick {
	if by := off(ended.Sub(began), w.limit+grace); by.Abs() > jumped {
		w.heed(by)
		return nil
	}
	passed, rest := w.duty.Schedule.pass(w.ticks, ended, w.on)
	w.ticks = rest
	return passed
}

// stands says whether there is a pause, and tells its beginning and its end.
func (w *Worker) stands() bool {
	if w.duty.Paused == nil {
		return false
	}
	p, paused := w.duty.Paused()
	switch {
	case paused && !w.tellers.paused:
		w.log.Infof("roomctl is paused %s; nothing runs until it is over: roomctl resume", p)
	case !paused && w.tellers.paused:
		w.log.Info("roomctl is no longer paused")
	}
	w.tellers.paused = paused
	return paused
}

// patience is how long a run that begins now may wait for the state folder's lock:
// not so long that the next one is missed for it.
func (w *Worker) patience(now time.Time) time.Duration {
	next := w.duty.Schedule.next(w.ticks, w.on).at
	if next.IsZero() {
		return lockWait
	}
	return min(lockWait, max(0, next.Sub(now)/2))
}

// sync calls Duty.Sync with a time limit.
func (w *Worker) sync(ctx context.Context, o Order) (*provisioner.Report, error) {
	w.expect(w.limit)
	limited, cancel := context.WithTimeoutCause(ctx, w.limit, fmt.Errorf("the run took longer than its limit of %s", w.limit))
	defer cancel()
	return w.duty.Sync(limited, o)
}

// conclude tells what came of a run.
func (w *Worker) conclude(o Order, report *provisioner.Report, err error, began, ended time.Time) {
	last := Run{Kind: o.Kind, Began: began, Ended: ended, Outcome: provisioner.Outcome(report, err)}
	if err != nil {
		last.Failure = err.Error()
	}
	w.change(func(s *State) {
		s.Last = last
		if err == nil {
			s.Good = ended
		}
	})
	log := w.log.WithFields(logrus.Fields{"kind": string(o.Kind), "outcome": last.Outcome})
	level := logrus.DebugLevel
	if !o.Scheduled {
		level = logrus.InfoLevel // somebody asked for it, and waits
	}
	log.Logf(level, "the run took %s", ended.Sub(began).Round(time.Millisecond))
	w.tellers.sync.tell(log, trouble(report, err))
	for _, one := range w.duty.Observers {
		one.Ended(o.Kind, report, err, max(0, ended.Sub(began)))
	}
}

// trouble is what a person should know of a run; "" when all is well.
func trouble(r *provisioner.Report, err error) string {
	switch {
	case err != nil:
		return err.Error() + " (roomctl check tells what works and what to do)"
	case r.Paused():
		return "" // a person wanted it so
	case r.Held() > 0:
		return "withheld by " + strings.Join(rules(r), ", ") + "; roomctl plan shows it, and how to let it through"
	case r.Failures() > 0:
		return "not all rooms, sessions and sources are as they should be; roomctl status says which"
	}
	return ""
}

// rules are the guards that withhold something, in the order of the report.
func rules(r *provisioner.Report) []string {
	var list []string
	for _, held := range r.Withheld {
		if !held.Deferred() {
			list = append(list, held.Rule)
		}
	}
	for _, m := range r.Meetings {
		if m.Withheld != nil {
			list = append(list, m.Withheld.Rule+" ("+m.Title+")")
		}
	}
	return list
}

// miss counts the runs that were due and were not begun, and tells a burst of them
// once. None ends the burst.
func (w *Worker) miss(missed []tick, why string) {
	w.change(func(s *State) { s.Missed += len(missed) })
	text := ""
	if len(missed) > 0 {
		text = fmt.Sprintf("missed, %d since %s: %s", len(missed), missed[0].at.Format("15:04:05 MST"), why)
	}
	w.tellers.misses.tell(w.log.WithField("missed", len(missed)), text)
	for _, t := range missed {
		for _, one := range w.duty.Observers {
			one.Missed(t.kind)
		}
	}
}
