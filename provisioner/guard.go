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

// Names of the plan guards, as `sync --allow` takes them. The input guards are
// named by package datatracker.
const (
	RuleRetire      = "retire"
	RuleReconfigure = "reconfigure"
	RuleCreate      = "create"
	RuleFreeze      = "freeze"
	RuleLinks       = "links"
	RuleWriteBack   = "write-back"

	// RuleFlapping leaves a room alone that was changed back and forth three
	// times in a day: somebody, or something, changes it back.
	RuleFlapping = "flapping"

	// RuleHold leaves a room alone that a person holds; RulePause leaves
	// everything alone while a person has paused roomctl. Only a person ends
	// either.
	RuleHold  = "hold"
	RulePause = "pause"

	// RuleMechanism refuses to log in where the server offers weaker SASL
	// mechanisms than it once did.
	RuleMechanism = "mechanism"

	// RuleLogging withholds creation on a service that cannot log. It is no
	// guess, so nothing but the configuration (rooms.logging) lifts it.
	RuleLogging = "logging"
)

const whyLogging = "the chat service cannot log rooms, and rooms.logging is required"

// AllowedRules lists what `sync --allow` takes.
func AllowedRules() []string {
	return []string{
		datatracker.RuleMinGroups, datatracker.RuleGroupsShrank, datatracker.RuleSessionsShrank,
		RuleRetire, RuleReconfigure, RuleCreate, RuleFreeze, RuleLinks, RuleWriteBack, RuleMechanism,
	}
}

// Withheld is a class of changes that a guard did not let through.
type Withheld struct {
	Rule    string    `json:"rule"`
	Why     string    `json:"why"` // with numbers
	Changes []Change  `json:"changes,omitempty"`
	Until   time.Time `json:"until,omitzero"`  // of a deferral: when it ends by itself
	Allow   string    `json:"allow,omitempty"` // what to type to let it through once; "" when nothing does
}

// Deferred says whether the changes only wait: the run is none the worse for it.
func (w Withheld) Deferred() bool { return !w.Until.IsZero() }

// Guarded is a plan divided into what goes on and what does not.
type Guarded struct {
	Changes  []Change
	Withheld []Withheld
}

// Guard withholds the classes of changes that smell like bad input, and defers
// what can wait until a meeting is over. Everything else goes on. named says
// that a person named the rooms: then the limits do not count, and the freeze
// still does. It is pure.
func Guard(changes []Change, snap *datatracker.Snapshot, known *registry.State, profile xmppadmin.Profile, rules Rules, allow []string, named bool) Guarded {
	g := Guarded{Changes: changes}
	if rules.Logging == LoggingRequired && profile.Logging == xmppadmin.LoggingNo {
		g.withhold(Withheld{
			Rule: RuleLogging,
			Why:  whyLogging,
		}, func(c Change) bool { return c.Verb.Makes() })
	}
	if !slices.Contains(allow, RuleFreeze) {
		g.freeze(snap)
	}
	if named {
		return g
	}
	ours := managed(known)
	for _, class := range []struct {
		rule    string
		limit   Limit
		skip    bool
		what    string
		matches func(Change) bool
	}{
		{RuleRetire, rules.Limits.Retire, false, "retire", func(c Change) bool { return c.Verb == Retire }},
		{RuleReconfigure, rules.Limits.Reconfigure, false, "reconfigure", func(c Change) bool { return c.Verb == Configure && !c.Exempt }},
		{RuleCreate, rules.Limits.Create, known.Synced.IsZero(), "create", func(c Change) bool { return c.Verb == Create }},
	} {
		n := count(g.Changes, class.matches)
		if limit := class.limit.Of(ours); n > limit && !class.skip && !slices.Contains(allow, class.rule) {
			g.withhold(Withheld{
				Rule:  class.rule,
				Why:   fmt.Sprintf("rooms to %s: %d; the limit is %d, of %d rooms that are ours", class.what, n, limit, ours),
				Allow: "roomctl sync --allow " + class.rule,
			}, class.matches)
		}
	}
	return g
}

// withhold moves the matching changes out of the plan.
func (g *Guarded) withhold(w Withheld, matches func(Change) bool) {
	var rest []Change
	for _, c := range g.Changes {
		if matches(c) {
			w.Changes = append(w.Changes, c)
		} else {
			rest = append(rest, c)
		}
	}
	if len(w.Changes) > 0 {
		g.Changes = rest
		g.Withheld = append(g.Withheld, w)
	}
}

// managed counts the rooms that are ours and in service.
func managed(known *registry.State) int {
	n := 0
	for _, r := range known.Rooms {
		if r.State == registry.Active || r.State == registry.Retired {
			n++
		}
	}
	return n
}

func count(changes []Change, matches func(Change) bool) int {
	n := 0
	for _, c := range changes {
		if matches(c) {
			n++
		}
	}
	return n
}

// refusals are the input guards' refusals as the report shows them: a document
// was not believed, so its last good copy served.
func refusals(sources []datatracker.Source) []Withheld {
	var out []Withheld
	for _, s := range sources {
		var limit *datatracker.LimitError
		if errors.As(s.Problem, &limit) {
			out = append(out, Withheld{
				Rule:  limit.Rule,
				Why:   fmt.Sprintf("%s; the last good copy is used", limit),
				Allow: "roomctl sync --allow " + limit.Rule,
			})
		}
	}
	return out
}

// only keeps the changes to the named rooms; no names keeps them all.
func only(changes []Change, names []string) []Change {
	if len(names) == 0 {
		return changes
	}
	return slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return !slices.Contains(names, c.Room) })
}
