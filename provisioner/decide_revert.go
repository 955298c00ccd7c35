package provisioner

import (
	"context"
	"fmt"
	"slices"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// revert puts the managed fields of a room back to earlier values, and holds it:
// else the next sync would bring them forward again.
func (d *decider) revert(ctx context.Context, o order) (deed, error) {
	switch {
	case o.room.State.OutOfUse():
		return deed{}, fmt.Errorf("room %s is %s; `roomctl rooms restore %[1]s` opens it first", o.Room, o.room.State)
	case o.is.Existence != xmppadmin.Present:
		return deed{}, fmt.Errorf("room %s is not there; `roomctl sync` makes it if it is wanted", o.Room)
	case o.To < 0 || o.To >= d.run: // runs are numbered without a gap; one that was forgotten changed nothing
		return deed{}, fmt.Errorf("there was no run %d before this one, which is %d; `roomctl history %s` lists those that changed the room", o.To, d.run, o.Room)
	}
	trail, err := d.Registry.Changes(ctx, registry.ChangeFilter{Room: o.Room})
	if err != nil {
		return deed{}, err
	}
	slices.Reverse(trail) // oldest first
	values, point, err := earlierValues(trail, o.To)
	if err != nil {
		return deed{}, fmt.Errorf("room %s: %w", o.Room, err)
	}
	hold := registry.Hold{Since: d.Now(), Why: "reverted to " + point}
	if o.Why != "" {
		hold.Why += ": " + o.Why
	}
	c := Change{Verb: Revert, Room: o.Room, GroupID: o.room.GroupID, Reasons: o.reasons()}
	note := ""
	for _, field := range xmppadmin.Fields() {
		was, known := values[field]
		got, told := o.is.Values[field]
		if !known || !told || oneLine(got) == oneLine(was) || was == "" && !slices.Contains(texts, field) {
			continue // a switch without a value was not known
		}
		if field == xmppadmin.FieldPersistent && was != "true" { // this is no way to end a room
			note = "it stays persistent: else it would end with the last who leaves it"
			continue
		}
		c.Fields = append(c.Fields, FieldChange{Field: string(field), Old: got, New: was})
	}
	what := deed{change: c, note: note}
	if len(c.Fields) == 0 {
		what.note = sentences("its fields have those values already", note)
		what.idle = o.room.Held.Why == hold.Why
	}
	if !what.idle {
		what.change.Fields = append(what.change.Fields, FieldChange{Field: FieldHold, Old: held(o.room.Held), New: hold.Why})
		what.means = func(ctx context.Context, reg *registry.Writer) error { return reg.SetHold(ctx, o.Room, hold) }
	}
	return what, nil
}
