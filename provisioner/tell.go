package provisioner

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"roomctl/provisioner/registry"
)

// tell reports, once, the values that the server altered.
func (w *work) tell(changed map[string]map[string]registry.Altered) {
	for _, room := range slices.Sorted(maps.Keys(changed)) {
		for _, field := range slices.Sorted(maps.Keys(changed[room])) {
			a := changed[room][field]
			w.report.Problems = append(w.report.Problems, Problem{Room: room, Text: fmt.Sprintf(
				"the server keeps %q as the %s of room %s, not %q; that is not tried again until either changes", a.Got, field, room, a.Wanted)})
		}
	}
}

// unlogged tells how many rooms are linked without a log, where logs are only
// wanted.
func (w *work) unlogged() {
	if w.Rules.Logging != LoggingWanted {
		return
	}
	n := 0
	for _, room := range w.known.Rooms {
		if room.Verified.Fit(w.Now(), false) && !room.Verified.Logged {
			n++
		}
	}
	if n > 0 {
		w.report.Problems = append(w.report.Problems, Problem{Text: fmt.Sprintf(
			"rooms without a log, as far as the server tells: %d; rooms.logging is wanted, so they are linked all the same", n)})
	}
}

// unsettled reports the rooms that still differ although their change was
// applied without an error.
func (w *work) unsettled() {
	for _, c := range w.plan.Changes {
		for _, r := range w.report.Results {
			if rest := c.within(r.Change); r.Change.Room == c.Room && r.Err == nil && len(rest.Fields) > 0 {
				w.report.Problems = append(w.report.Problems, Problem{Room: c.Room, Failure: true, Text: fmt.Sprintf(
					"room %s still differs in its %s after it was changed; the next sync tries again", c.Room, fieldNames(rest))})
			}
		}
	}
}

func fieldNames(c Change) string {
	names := make([]string, len(c.Fields))
	for i, f := range c.Fields {
		names[i] = f.Field
	}
	return strings.Join(names, ", ")
}
