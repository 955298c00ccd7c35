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

	// RulePlan refuses a saved plan that is no longer what there is to do.
	RulePlan = "plan"

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
		RuleRetire, RuleReconfigure, RuleCreate, RuleFlapping, RuleFreeze, RuleLinks, RuleWriteBack, RuleMechanism,
	}
}

// Withheld is a class of changes that a guard did not let through.
type Withheld struct {
	Rule    string    `json:"rule"`
	Why     string    `json:"why"`               // with numbers
	Details []string  `json:"details,omitempty"` // of RulePlan: what differs, a line each
	Changes []Change  `json:"changes,omitempty"`
	Until   time.Time `json:"until,omitzero"`  // when a freeze or a pause ends by itself
	Allow   string    `json:"allow,omitempty"` // what to type; "" when nothing lets it through
}

// Deferred says whether the changes only wait, for a day that is known or
// because a person wants it so: the run is none the worse for it.
func (w Withheld) Deferred() bool { return !w.Until.IsZero() || w.Rule == RuleHold }

// Guarded is a plan divided into what goes on and what does not.
type Guarded struct {
	Changes  []Change
	Withheld []Withheld
}

// Grounds are what guards go by, beside the changes themselves.
type Grounds struct {
	Snapshot *datatracker.Snapshot
	Known    *registry.State
	Profile  xmppadmin.Profile
	Rules    Rules
	Options  Options
}

// Guard keeps to the rooms that were asked for, leaves alone what people hold,
// what is changed back and forth and what can wait until a meeting is over, and
// withholds the classes of changes that smell like bad input. Everything else
// goes on. Of rooms that a person named, flapping and the limits do not count. It
// is pure.
func Guard(changes []Change, by Grounds) Guarded {
	g := Guarded{Changes: only(changes, by.Options.Only)}
	g.unlogged(by)
	g.held(by.Known)
	if !by.allows(RuleFlapping) && !by.named() {
		g.flapping(by.Known, by.Snapshot.Time)
	}
	if !by.allows(RuleFreeze) {
		g.freeze(by.Snapshot)
	}
	if !by.named() {
		g.limit(by)
	}
	return g
}

// allows says whether a person lifted a guard for this run.
func (by Grounds) allows(rule string) bool { return slices.Contains(by.Options.Allow, rule) }

// named says whether a person named the rooms.
func (by Grounds) named() bool { return len(by.Options.Only) > 0 }

// unlogged withholds the making of rooms on a service that cannot log them.
func (g *Guarded) unlogged(by Grounds) {
	if by.Rules.needLogged() && by.Profile.Logging == xmppadmin.LoggingNo {
		g.withhold(Withheld{Rule: RuleLogging, Why: whyLogging}, func(c Change) bool { return c.Verb.Makes() })
	}
}

// held leaves every room as it is that a person holds.
func (g *Guarded) held(known *registry.State) {
	for _, c := range slices.Clone(g.Changes) {
		hold := known.Rooms[c.Room].Held
		if hold.Since.IsZero() {
			continue
		}
		why := fmt.Sprintf("a person holds room %s, since %s", c.Room, minute(hold.Since))
		if hold.Why != "" {
			why += ": " + hold.Why
		}
		g.withhold(Withheld{
			Rule:  RuleHold,
			Why:   why,
			Allow: "roomctl rooms hold --release " + c.Room,
		}, func(other Change) bool { return other.Room == c.Room })
	}
}

// minute is a time as the guards tell it.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// limit withholds the classes of changes of which there are too many at once.
func (g *Guarded) limit(by Grounds) {
	limits, ours := by.Rules.Limits, managed(by.Known)
	for _, class := range []struct {
		rule    string
		limit   Limit
		skip    bool
		what    string
		matches func(Change) bool
	}{
		{RuleRetire, limits.Retire, false, "retire", func(c Change) bool { return c.Verb == Retire }},
		{RuleReconfigure, limits.Reconfigure, false, "reconfigure", func(c Change) bool { return c.Verb == Configure && !c.Exempt }},
		{RuleCreate, limits.Create, by.Known.Synced.IsZero(), "create", func(c Change) bool { return c.Verb == Create }},
	} {
		n := count(g.Changes, class.matches)
		if limit := class.limit.Of(ours); n > limit && !class.skip && !by.allows(class.rule) {
			g.withhold(Withheld{
				Rule:  class.rule,
				Why:   fmt.Sprintf("rooms to %s: %d; the limit is %d, of %d rooms that are ours", class.what, n, limit, ours),
				Allow: "roomctl sync --allow " + class.rule,
			}, class.matches)
		}
	}
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
