package provisioner

import (
	"fmt"
	"slices"
	"time"

	"roomctl/datatracker"
	"roomctl/xmppadmin"
)

// The freeze lasts from freezeBefore an IETF meeting starts until freezeAfter
// it ends. Rooms in use change as little as can be.
const (
	freezeBefore = 3 * 24 * time.Hour
	freezeAfter  = 2 * 24 * time.Hour
)

// freeze defers retiring, renaming and reconfiguring while an IETF meeting is
// near. Making and waking rooms, repairing what publication needs, configuring
// adopted rooms, granting and subjects go on.
func (g *Guarded) freeze(snap *datatracker.Snapshot) {
	meeting, until := frozen(snap)
	if until.IsZero() {
		return
	}
	w := Withheld{
		Rule:  RuleFreeze,
		Why:   fmt.Sprintf("%s is near or running, so what can wait is done on %s", meeting, minute(until)),
		Until: until,
		Allow: "roomctl sync --allow " + RuleFreeze,
	}
	var rest []Change
	for _, c := range g.Changes {
		now, later := split(c)
		if len(later.Fields) > 0 {
			w.Changes = append(w.Changes, later)
		}
		if len(now.Fields) > 0 {
			rest = append(rest, now)
		}
	}
	if len(w.Changes) > 0 {
		g.Changes = rest
		g.Withheld = append(g.Withheld, w)
	}
}

// frozen says which IETF meeting freezes the rooms now, and until when; the
// zero time when none does.
func frozen(snap *datatracker.Snapshot) (meeting string, until time.Time) {
	for _, m := range snap.Meetings {
		if m.Type != "ietf" {
			continue
		}
		from, to := m.Date.Add(-freezeBefore), m.End().Add(freezeAfter)
		if !snap.Time.Before(from) && snap.Time.Before(to) {
			return m.Title(), to
		}
	}
	return "", time.Time{}
}

// split divides a change into what a freeze lets through and what it defers.
func split(c Change) (now, later Change) {
	if c.Verb.Makes() || c.Exempt || c.Verb == Restore {
		return c, Change{}
	}
	now, later = c, c
	now.Fields, later.Fields = nil, nil
	for _, f := range c.Fields {
		pointer, changes := pointerAlone(f)
		switch {
		case c.Verb == Configure && (needed(f.Field) || pointing([]FieldChange{f})):
			now.Fields = append(now.Fields, f)
			continue
		case c.Verb == Configure && changes:
			now.Fields = append(now.Fields, pointer)
		}
		later.Fields = append(later.Fields, f)
	}
	now.Exempt = pointing(now.Fields)
	return now, later
}

// needed says whether publication depends on a field.
func needed(field string) bool {
	switch field {
	case FieldOwner, FieldAdmin, FieldSubject, FieldGroup:
		return true
	}
	return slices.Contains(switches, xmppadmin.Field(field))
}
