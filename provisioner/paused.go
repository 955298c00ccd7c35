package provisioner

import (
	"slices"
	"sync"

	"roomctl/provisioner/pause"
)

// brake stops a run that a person pauses: what is in hand is finished, nothing
// more is begun. Once it is on it stays on for the run, so that what was left out
// is told.
type brake struct {
	paused func() (pause.Pause, bool) // nil: never

	mu sync.Mutex
	by *pause.Pause // nil: not yet
}

// on asks whether the run is to stop. Several goroutines may ask at once.
func (b *brake) on() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.by == nil && b.paused != nil {
		if p, paused := b.paused(); paused {
			b.by = &p
		}
	}
	return b.by != nil
}

// was says which pause stopped the run, if one did. It does not ask.
func (b *brake) was() (p pause.Pause, stopped bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.by == nil {
		return p, false
	}
	return *b.by, true
}

// tellPause reports what a pause kept the run from.
func (w *work) tellPause() {
	if p, stopped := w.brake.was(); stopped {
		w.report.withholdRest(paused(p))
	}
}

// Pause makes the report of a preview that of a sync under a pause: everything
// that it would do is withheld.
func (r *Report) Pause(p pause.Pause) { r.withholdRest(paused(p)) }

// Paused says whether a pause kept the run from anything.
func (r *Report) Paused() bool {
	return slices.ContainsFunc(r.Withheld, func(w Withheld) bool { return w.Rule == RulePause })
}

func paused(p pause.Pause) Withheld {
	return Withheld{
		Rule:  RulePause,
		Why:   "roomctl is paused " + p.String(),
		Until: p.Until,
		Allow: "roomctl resume",
	}
}

// withholdRest withholds everything that nothing came of yet, writes to the
// Datatracker included. It is told even when there is nothing of the kind.
func (r *Report) withholdRest(w Withheld) {
	tried := map[string]bool{}
	for _, res := range r.Results {
		tried[res.Change.Room] = true
	}
	var done []Change
	for _, c := range r.Changes {
		if tried[c.Room] {
			done = append(done, c)
		} else {
			w.Changes = append(w.Changes, c)
		}
	}
	r.Changes = done
	w.Changes = append(w.Changes, r.Datatracker.withholdRest()...)
	r.Withheld = append(r.Withheld, w)
}

// withholdRest is that of the writes to the Datatracker: planned, and not tried.
// r may be nil.
func (r *DatatrackerReport) withholdRest() []Change {
	if r == nil {
		return nil
	}
	var rest []Change
	for i, d := range r.Differences {
		tried := slices.ContainsFunc(r.Results, func(res WriteResult) bool { return res.Difference.Session == d.Session })
		if d.Planned && !tried {
			r.Differences[i].Planned = false
			rest = append(rest, d.change())
		}
	}
	return rest
}
