package worker

import (
	"fmt"
	"slices"
	"time"
)

// longestStep is how long a step can have taken, be it that it ignores its context.
// One that took longer on the clock did not: the clock was set, or the machine slept.
const longestStep = time.Hour

// delay is what kept the worker from its ticks since it last looked at them.
type delay struct {
	by  time.Duration // the longest
	why string        // for people; "": nothing did
	set bool          // the clock was set meanwhile: nobody knows what is late
}

// note takes in something that took its time.
func (d *delay) note(by time.Duration, why string) {
	if by > d.by {
		d.by, d.why = by, why
	}
}

// stepped takes in how long a step of a follower took on the clock.
func (w *Worker) stepped(what string, took time.Duration) {
	if by := off(took, longestStep); by.Abs() > jumped {
		w.heed(by)
		return
	}
	w.delay.note(took, fmt.Sprintf("%s took %s", what, took.Round(time.Second)))
}

// arrears are ticks that no run was begun for, and why.
type arrears struct {
	ticks []tick
	why   string
}

// due takes the ticks up to now out. One run is begun for all of them, of the
// strongest kind; the others are in arrears, unless the clock was set: what is due by
// the new time is not missed.
func (w *Worker) due() (kind Kind, late arrears) {
	passed, rest := w.duty.Schedule.pass(w.ticks, w.now(), w.on)
	d := w.delay
	w.ticks, w.delay = rest, delay{}
	if len(passed) == 0 {
		return "", arrears{}
	}
	served := 0 // the last of the strongest kind
	for i, t := range passed {
		if stronger(t.kind, passed[served].kind) == t.kind {
			served = i
		}
	}
	kind = passed[served].kind
	if d.set || d.why == "" {
		return kind, arrears{}
	}
	return kind, arrears{slices.Delete(passed, served, served+1), d.why}
}
