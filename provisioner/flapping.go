package provisioner

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"roomctl/provisioner/registry"
)

// flapFor is how long a room is left alone that was changed back and forth,
// counted from the first of the three changes.
const flapFor = 24 * time.Hour

// flapping leaves rooms as they are that were changed back and forth three times
// in a day: somebody, or something, changes them back. A room that is gone is
// made again all the same, as sessions need one. The pointer of a joint session
// comes and goes by the clock, so neither does it count nor is it kept back.
func (g *Guarded) flapping(known *registry.State, now time.Time) {
	flapping := map[string][]registry.Flap{} // by room
	for _, f := range known.Flaps {
		if pointer := pointing([]FieldChange{{Field: f.Field, Old: f.Other, New: f.Value}}); lately(f, now) && !pointer {
			flapping[f.Room] = append(flapping[f.Room], f)
		}
	}
	matches := func(c Change) bool {
		return len(flapping[c.Room]) > 0 && !c.Verb.Makes() && !pointing(c.Fields)
	}
	var told []string
	for _, c := range g.Changes {
		if matches(c) {
			told = append(told, flaps(flapping[c.Room]))
		}
	}
	slices.Sort(told)
	g.withhold(Withheld{
		Rule:  RuleFlapping,
		Why:   "changed back and forth three times within a day, as somebody, or something, changes it back: " + few(told),
		Allow: "roomctl sync --allow " + RuleFlapping,
	}, matches)
}

// flaps words the flaps of one room: "quic (description, since …)".
func flaps(of []registry.Flap) string {
	var fields []string
	since := of[0].Since
	for _, f := range of {
		if !slices.Contains(fields, f.Field) {
			fields = append(fields, f.Field)
		}
		if f.Since.Before(since) {
			since = f.Since
		}
	}
	return fmt.Sprintf("%s (%s; since %s)", of[0].Room, few(fields), minute(since))
}

// lately says whether a flap counts now. One that lies more than a day ahead, as
// the clock was set back since, says nothing about today.
func lately(f registry.Flap, now time.Time) bool { return now.Sub(f.Since).Abs() < flapFor }

// few joins a list; of a long one, the first and how many more there are.
func few(list []string) string {
	const shown = 6
	if len(list) <= shown {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:shown], ", "), len(list)-shown)
}
