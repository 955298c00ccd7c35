package provisioner

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// Report is everything that a run found, planned and did. A preview has the
// same report with nothing done.
type Report struct {
	Began, Ended time.Time

	Sources  []datatracker.Source
	Changes  []Change   // what goes on (preview) or was tried (sync)
	Withheld []Withheld // what a guard held back
	Foreign  []Foreign
	Problems []Problem

	Results  []Result // empty for a preview
	Meetings []MeetingLinks
	NoAgenda []string // titles of meetings whose agenda is still empty upstream

	// Slots are the sessions that are not long over, with the rooms that people are
	// sent to. Nil when nothing was linked: those of the run before still hold.
	Slots []Slot

	// Blind says that a document is missing, without even an old copy: sessions may
	// take place that the run has not heard of (Report.After).
	Blind bool

	Rooms     int      // rooms that are ours and in service
	Fit       int      // of these, that may be linked
	Published []string // paths of the files that changed
	Lost      int      // times the connection to the chat server was lost

	Datatracker *DatatrackerReport // nil: not asked for (Rules.WriteBack)
}

// StaleAfter is how old a source may be before a run that used it is partial.
const StaleAfter = time.Hour

// Stale says whether a source that was read then is too old to go by. So is one
// that was read at a time still to come: the clock was set back since, and nobody
// knows how old it is.
func Stale(read, now time.Time) bool {
	return now.Sub(read).Abs() > StaleAfter
}

// Failures counts what went wrong with single rooms or sessions, or is too old:
// what makes a run partial.
func (r *Report) Failures() int {
	n := len(r.Foreign) + len(r.Datatracker.failed())
	for _, p := range r.Problems {
		if p.Failure {
			n++
		}
	}
	for _, res := range r.Results {
		if res.Err != nil {
			n++
		}
	}
	for _, m := range r.Meetings {
		n += len(m.Lacking)
	}
	for _, s := range r.Sources {
		if s.Outcome == datatracker.Missing || Stale(s.Read, r.Ended) {
			n++
		}
	}
	return n
}

// Held counts the guards that held something back, links included; what is only
// deferred does not count.
func (r *Report) Held() int {
	n := 0
	for _, w := range r.Withheld {
		if !w.Deferred() {
			n++
		}
	}
	for _, m := range r.Meetings {
		if m.Withheld != nil {
			n++
		}
	}
	return n
}

// Applied counts the changes that succeeded.
func (r *Report) Applied() int {
	n := 0
	for _, res := range r.Results {
		if res.Err == nil {
			n++
		}
	}
	return n
}

// Changed says whether the run changed, or tried to change, anything that others
// see: a room, a session in the Datatracker, a published file. r may be nil.
func (r *Report) Changed() bool {
	return r != nil && (len(r.Results) > 0 || len(r.Published) > 0 || r.Datatracker != nil && len(r.Datatracker.Results) > 0)
}

// StoodStill says whether a pause, or a saved plan that is no longer what there is
// to do, kept the run from everything. r may be nil.
func (r *Report) StoodStill() bool {
	return r != nil && len(r.Results) == 0 && r.Meetings == nil && slices.ContainsFunc(r.Withheld, func(w Withheld) bool {
		return w.Rule == RulePause || w.Rule == RulePlan
	})
}

// count brings the numbers of rooms up to date.
func (r *Report) count(known *registry.State, rules Rules, now time.Time) {
	r.Rooms, r.Fit = managed(known), 0
	for _, room := range known.Rooms {
		if rules.Fit(room, now) {
			r.Fit++
		}
	}
}

// unheardOf warns of the rooms that a person named and nothing is known of: else a
// misspelt name would look like a room that is as it should be.
func (r *Report) unheardOf(named []string, d *Desired, known *registry.State) {
	for _, name := range named {
		_, wanted := d.Room(name)
		_, ours := known.Rooms[name]
		_, begun := known.Intents[name]
		told := slices.ContainsFunc(d.Problems, func(p Problem) bool { return p.Room == name })
		if !wanted && !ours && !begun && !told {
			r.Problems = append(r.Problems, Problem{Room: name, Text: fmt.Sprintf(
				"room %s is not known: it is not ours, and no group, session or setting asks for it; mind the spelling, or see `roomctl explain %[1]s`", name)})
		}
	}
}

// conclude adds what the last comparison found.
func (r *Report) conclude(d *Desired, plan *Plan, now time.Time) {
	r.Foreign = plan.Foreign
	r.Problems = append(r.Problems, d.Problems...)
	r.Problems = append(r.Problems, plan.Unknown...)
	r.Problems = append(r.Problems, plan.Notices...)
	r.Ended = now
}

// withholdUnlogged takes out the creations that failed because the service turned
// out to log nothing: the guard would have withheld them, had it been known.
func (r *Report) withholdUnlogged() {
	w := Withheld{Rule: RuleLogging, Why: whyLogging}
	r.Results = slices.DeleteFunc(r.Results, func(res Result) bool {
		unlogged := errors.Is(res.Err, xmppadmin.ErrCannotLog)
		if unlogged {
			if len(w.Changes) == 0 {
				w.Why += ": " + res.Err.Error() // the first one found it out
			}
			w.Changes = append(w.Changes, res.Change)
		}
		return unlogged
	})
	if len(w.Changes) == 0 {
		return
	}
	r.Withheld = append(r.Withheld, w)
	r.Changes = slices.DeleteFunc(slices.Clone(r.Changes), func(c Change) bool {
		return slices.ContainsFunc(w.Changes, func(held Change) bool { return held.Room == c.Room })
	})
}
