package worker

import (
	"context"
	"fmt"
	"time"
)

// jumped is by how much the clock may be off before it is told.
const jumped = time.Minute

// Work works until ctx ends. Then the change in hand is finished as far as
// Duty.Sync has it so, and the duty is closed. It is called once.
func (w *Worker) Work(ctx context.Context) {
	defer close(w.ended)
	for ctx.Err() == nil {
		w.turn(ctx)
		w.sleep(ctx)
	}
	w.close(ctx)
}

// begin takes up a duty: a run in full is due at once, and every follower.
func (w *Worker) begin(d Duty) {
	w.duty = d
	w.ticks = d.Schedule.from(w.now())
	w.owed = Full
	w.mu.Lock()
	w.calls = true
	w.mu.Unlock()
	w.delay = delay{}
	w.next = make([]time.Time, len(d.Followers))
	w.tellers.follower = make([]teller, len(d.Followers))
	for i, f := range d.Followers {
		w.tellers.follower[i].what = f.What
	}
	w.foresee()
}

// close ends a duty, whatever has ended before.
func (w *Worker) close(ctx context.Context) {
	if w.duty.Close == nil {
		return
	}
	w.expect(closeLimit)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeLimit)
	defer cancel()
	w.duty.Close(ctx)
}

// turn does what is due now. Followers whose time has come go first: a session's
// subject does not wait for a run. A run that came to be due meanwhile is due.
//
// When something has changed after a run that failed, what it failed for may be
// over: a run comes first then, as the sessions may have changed since they were
// told last. It comes after a breath: a server that lets roomctl in and throws it
// out changes something each time.
func (w *Worker) turn(ctx context.Context) {
	asked, calls := w.requests()
	now := w.now()
	if calls && (w.slots == nil || w.State().Last.Failure != "") {
		w.again = latest(now, w.last.Add(breath))
	}
	switch {
	case w.again.IsZero():
		w.follow(ctx, false)
	case !now.Before(w.again), w.again.Sub(now) > breath: // the clock was set back
		w.owed = Full
	}
	due, late := w.due()
	o := Order{Kind: stronger(due, stronger(asked, w.owed)), Scheduled: asked == ""}
	ran := o.Kind != "" && ctx.Err() == nil && w.run(ctx, o, late)
	if w.again.IsZero() {
		w.follow(ctx, ran || calls)
	}
	w.foresee()
}

// requests are what others want of the worker, once.
func (w *Worker) requests() (asked Kind, calls bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	asked, calls = w.asked, w.calls
	w.asked, w.calls = "", false
	return asked, calls
}

// follow calls the followers whose time has come, or all of them.
func (w *Worker) follow(ctx context.Context, all bool) {
	for i, f := range w.duty.Followers {
		now := w.now()
		due := !w.next[i].IsZero() && !w.next[i].After(now)
		if !all && !due || ctx.Err() != nil {
			continue
		}
		w.expect(stepLimit)
		limited, cancel := context.WithTimeoutCause(ctx, stepLimit, fmt.Errorf("it took longer than %s", stepLimit))
		next, err := f.Step(limited, now, w.slots)
		cancel()
		w.stepped(f.What, w.now().Sub(now))
		if !next.IsZero() {
			next = latest(next, now.Add(time.Second)) // however impatient it is
		}
		w.next[i] = next
		if ctx.Err() != nil {
			continue // it was cut off
		}
		trouble := ""
		if err != nil {
			trouble = f.What + ": " + err.Error()
		}
		w.tellers.follower[i].tell(w.log.WithField("follower", f.What), trouble)
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// foresee brings what the state tells of the future up to date.
func (w *Worker) foresee() {
	now, next := w.now(), w.duty.Schedule.next(w.ticks, w.on)
	w.change(func(s *State) {
		s.Next, s.NextKind = next.at, next.kind
		s.Meeting, s.MeetingSince = w.on.at(now), w.on.since(now)
	})
}

// sleep waits until something is due or wanted.
func (w *Worker) sleep(ctx context.Context) {
	began := w.now()
	d := nap
	due := append([]time.Time{earliest(w.ticks)}, w.next...)
	if !w.again.IsZero() { // for which the followers wait
		due = []time.Time{earliest(w.ticks), w.again}
	}
	if at := earliest(due); !at.IsZero() {
		d = min(d, max(0, at.Sub(began)))
	}
	w.expect(d)
	alarm := w.clock.NewTimer(d)
	defer alarm.Stop()
	select {
	case <-alarm.C():
		w.heed(w.now().Sub(began.Add(d)))
	case <-w.wake:
		w.heed(off(w.now().Sub(began), d))
	case r := <-w.relief:
		alarm.Stop() // it was for the duty that ends
		w.close(ctx)
		w.begin(r.duty)
		close(r.done)
	case <-ctx.Done():
	}
}

// off is how far a time that passed on the clock is from what it can have been: up
// to longest.
func off(passed, longest time.Duration) time.Duration {
	return passed - min(max(passed, 0), longest)
}

// heed deals with a clock that was set by so much. Set forward, what was due
// meanwhile is due now, once; set back, Schedule.pass counts anew what comes.
func (w *Worker) heed(by time.Duration) {
	if by.Abs() <= jumped {
		w.delay.note(by, fmt.Sprintf("the machine was late by %s", by.Round(time.Second)))
		return
	}
	w.log.Warnf("the clock jumped by %s: it was set, or the machine slept; the schedule goes on from there", by.Round(time.Second))
	w.delay.set = true
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = true
}
