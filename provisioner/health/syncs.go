package health

import (
	"fmt"
	"slices"
	"time"

	"roomctl/provisioner/registry"
)

// stuck is a run of the worker that does not end, or a worker that does not get on.
func (f Facts) stuck(now time.Time) []Problem {
	w := f.Worker
	p := Problem{Rule: Stuck, Level: Red, Command: "systemctl restart roomctl"}
	switch {
	case w != nil && w.Running != "" && now.Sub(w.Since) > StuckAfter:
		p.Text = fmt.Sprintf("a %s run has been under way for %s, and takes less than a minute", w.Running, InWords(now.Sub(w.Since)))
	case f.Stuck:
		p.Text = "the worker does not get on: something does not end although its time is over"
	default:
		return nil
	}
	return []Problem{p}
}

// syncs is what is wrong with the syncs: they fail, they are missed, or they have
// nothing to go by.
func (f Facts) syncs(now time.Time) []Problem {
	list := f.failed()
	list = append(list, f.age(now)...)
	list = append(list, f.datatracker(now)...)
	if len(list) == 0 {
		list = append(list, f.publication(now)...)
	}
	if f.PauseEnds {
		for i := range list {
			list[i].Level = Yellow
		}
	}
	return list
}

// failed is the failure of the last syncs.
func (f Facts) failed() []Problem {
	syncs := f.ended()
	inARow := slices.IndexFunc(syncs, func(s Sync) bool { return !s.failed() })
	if inARow < 0 {
		inARow = len(syncs)
	}
	recorded := inARow > 0
	inARow = max(inARow, f.Failed)
	if inARow == 0 {
		return nil
	}
	p := Problem{Rule: SyncFailed, Level: Red}
	if f.Worker != nil && inARow < FailedRuns {
		p.Level = Yellow // it is tried again
	}
	which := "the last sync"
	if inARow > 1 {
		which = fmt.Sprintf("the last %d syncs failed; the last one", inARow)
	}
	if recorded {
		which += fmt.Sprintf(" (run %d)", syncs[0].Run)
	}
	switch {
	case recorded && syncs[0].Outcome == "":
		p.Text, p.Command = which+" did not end: it was killed", "roomctl sync goes on where it stopped"
	case f.Why != "":
		p.Text, p.Command = fmt.Sprintf("%s failed: %s", which, f.Why), "roomctl check says what works"
	default:
		p.Text, p.Command = which+" failed", "roomctl check says what works"
	}
	return []Problem{p}
}

// ended are the syncs without the one that is under way.
func (f Facts) ended() []Sync {
	if f.Busy && len(f.Syncs) > 0 && f.Syncs[0].Outcome == "" {
		return f.Syncs[1:]
	}
	return f.Syncs
}

func (s Sync) failed() bool { return s.Outcome == registry.RunFailed || s.Outcome == "" }

// age is how long ago the last good sync was.
func (f Facts) age(now time.Time) []Problem {
	const command = "roomctl sync"
	limit := f.Limit(now)
	switch age := now.Sub(f.Good); {
	case f.Good.IsZero():
		return []Problem{{Rule: SyncAge, Level: Red, Text: "no sync has succeeded yet", Command: command}}
	case age < -time.Minute:
		return []Problem{{Rule: Clock, Level: Red, Text: "the last good sync is in the future: was the clock set back?", Command: command}}
	case age > limit:
		return []Problem{{
			Rule: SyncAge, Level: Red,
			Text:    fmt.Sprintf("the last good sync was %s ago, and every %s there should be one", InWords(age), InWords(limit)),
			Command: command + ", or see whether it is still scheduled",
		}}
	}
	return nil
}

// datatracker is a Datatracker that answers for nothing: syncs go on with the last
// good copies, but follow no change. A single document that is not answered for
// is Source's.
func (f Facts) datatracker(now time.Time) []Problem {
	if f.Published == nil {
		return nil
	}
	var newest time.Time
	why := ""
	for _, s := range f.Published.Sources {
		if s.Read.After(newest) {
			newest = s.Read
		}
		if why == "" {
			why = s.Problem
		}
	}
	limit := f.Limit(now)
	if age := now.Sub(newest); why == "" || newest.IsZero() || age <= limit {
		return nil
	}
	return []Problem{{
		Rule: Datatracker, Level: Red,
		Text:    fmt.Sprintf("the Datatracker has answered for nothing since %s, and changes there are not seen: %s", Minute(newest), why),
		Command: "roomctl check",
	}}
}

// publication is what was published, if that is older than good syncs leave it.
func (f Facts) publication(now time.Time) []Problem {
	const command = "roomctl publish"
	switch {
	case f.Pause != "" || len(f.Unreadable) > 0: // a pause leaves it as it is
		return nil
	case f.Published == nil:
		return []Problem{{Rule: Publication, Level: Yellow, Text: "nothing is published: is publish.dir the folder that it was?", Command: command}}
	}
	if age := now.Sub(f.Published.Written); age > f.Limit(now) {
		return []Problem{{Rule: Publication, Level: Yellow,
			Text: fmt.Sprintf("what is published was last written %s ago: does somebody else write to publish.dir?", InWords(age)), Command: command}}
	}
	return nil
}
