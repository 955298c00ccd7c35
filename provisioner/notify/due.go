package notify

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"roomctl/provisioner/health"
	"roomctl/provisioner/registry"
)

// Kind is why a message is sent.
type Kind string

const (
	First    Kind = "new"      // the problem has come
	Reminder Kind = "reminder" // it still lasts
	Solved   Kind = "solved"   // it is over
)

// Message tells of one problem.
type Message struct {
	Kind    Kind
	Key     string         // of the problem, see health.Problem.Key
	Since   time.Time      // when it was first told
	Problem health.Problem // as it is now; zero when it is over
}

// lull is how long a problem that comes and goes has to be gone until it is over:
// longer than the time between two full runs, between which quick ones may not see
// it.
const lull = 2 * time.Hour

// spell is what is known of a problem beside what the registry has. It is lost
// with the process, which costs one message.
type spell struct {
	seen time.Time // when it was last there
	over time.Time // when operators were last told that it was over; zero: never
}

// restless says whether a problem that operators know of since a time came back
// within the lull after it was over, and has not been gone for that long since.
func (s spell) restless(since, now time.Time) bool {
	return !s.over.IsZero() && since.Sub(s.over) < lull && now.Sub(s.seen).Abs() < lull
}

// compose is what there is to tell. It is pure.
//
//	problem         told before            message
//	worth telling   no                     new
//	there           remind or longer ago   reminder
//	there           less long ago          none
//	gone            yes                    solved, at once or after a lull
//
// Worth telling is what is red, what a guard withholds, rooms that are not ours,
// and a certificate that expires. A problem that is no longer so grave counts as
// there. Nothing counts as gone while something that tells of problems cannot be
// read, or of which nobody can say yet that it is, or that has grown worse: a
// certificate that expires soon, and has expired. One that was over and came back
// soon is over only after a lull: what comes and goes with every run would be told
// with every run. past is by key.
func compose(v health.Verdict, told []registry.Notified, past map[string]spell, remind time.Duration, now time.Time) []Message {
	known := map[string]registry.Notified{}
	for _, row := range told {
		known[row.Problem] = row
	}
	var list []Message
	there := map[string]bool{}
	for _, p := range v.Problems {
		key := p.Key()
		there[key] = true
		row, before := known[key]
		switch {
		case !before && worthTelling(p):
			list = append(list, Message{Kind: First, Key: key, Since: now, Problem: p})
		case before && remind > 0 && now.Sub(row.Reminded).Abs() >= remind: // a clock may have been set back
			list = append(list, Message{Kind: Reminder, Key: key, Since: row.Since, Problem: p})
		}
	}
	if v.Has(health.Registry, health.State) {
		return list
	}
	var over []Message
	for key, row := range known {
		rule, _, _ := strings.Cut(key, " ")
		lasts := there[key] || there[rule] || slices.Contains(v.Open, health.Rule(rule))
		if !lasts && !past[key].restless(row.Since, now) {
			over = append(over, Message{Kind: Solved, Key: key, Since: row.Since})
		}
	}
	slices.SortFunc(over, func(a, b Message) int { return cmp.Compare(a.Key, b.Key) })
	return append(list, over...)
}

func worthTelling(p health.Problem) bool {
	switch p.Rule {
	case health.Withheld, health.NotOurs, health.Certificate, health.Configuration:
		return true
	}
	return p.Level == health.Red
}
