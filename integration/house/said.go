package house

import (
	"fmt"

	"roomctl/provisioner"
)

// Complaints is everything in a report that a person should read, one line each, beginning with its kind: sources, what
// guards withheld, foreign rooms, problems, what failed, sessions without a link.
func Complaints(r *provisioner.Report) []string {
	var lines []string
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for _, s := range r.Sources {
		if s.Problem != nil {
			say("source %s: %v", s.Name, s.Problem)
		}
	}
	for _, w := range r.Withheld {
		say("withheld %s: %s", w.Rule, w.Why)
	}
	for _, f := range r.Foreign {
		say("foreign %s: %s", f.Room, f.Why)
	}
	for _, p := range r.Problems {
		say("problem: %s", p.Text)
	}
	for _, result := range r.Results {
		if result.Err != nil {
			say("failed %s %s: %v", result.Change.Verb, result.Change.Room, result.Err)
		}
	}
	for _, m := range r.Meetings {
		if m.Withheld != nil {
			say("withheld %s: %s", m.Withheld.Rule, m.Withheld.Why)
		}
		for _, l := range m.Lacking {
			say("no link for session %d (%s) to %s: %s", l.Session, l.Acronym, l.Room, l.Why)
		}
	}
	return lines
}
