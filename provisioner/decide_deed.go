package provisioner

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// deed is what a decision comes to for one room.
type deed struct {
	change Change
	note   string

	// idle: everything is as decided already, so that nothing is done and nothing
	// recorded.
	idle bool

	// want is what the room is compared with once the change is made; without a
	// name with nothing.
	want DesiredRoom

	// means is what the change means for the registry beyond its fields; nil for
	// nothing.
	means func(ctx context.Context, reg *registry.Writer) error
}

// unsure tells that a message was lost.
const unsure = "whether those inside got the message is not known, and it is not sent again"

// carryOut does a deed: on the server, then a look at what became of it, then
// the registry and the audit trail in one step. Until then the registry has the
// room as it was, so that the same decision, given again, does the rest. Of a room
// that the server does not have only the registry changes.
func (d *decider) carryOut(ctx context.Context, o order, what deed) ([]FieldChange, string, error) {
	c, note := what.change, what.note
	if what.idle && len(o.lost) == 0 {
		return nil, note, nil
	}
	a := d.applier(o.known)
	var said error // what became of the message; the rest is done all the same
	if o.is.Existence == xmppadmin.Present {
		var err error
		if said, err = a.act(ctx, c); err != nil {
			return c.Fields, "", a.failed(ctx, c, err)
		}
		o.is = d.rooms.Read(ctx, o.Room)
		kept, err := readBack(c, o.is)
		if err != nil {
			return c.Fields, "", a.failed(ctx, c, err)
		}
		note = sentences(note, kept)
	} else {
		c.Fields = slices.DeleteFunc(slices.Clone(c.Fields), func(f FieldChange) bool { return !f.registered() })
	}
	c.Fields = united(o.lost, c.Fields)
	switch _, again := c.Field(FieldMessage); {
	case said != nil:
		note = sentences(note, fmt.Sprintf("%s: %v", unsure, said))
	case !again && slices.ContainsFunc(o.lost, func(f FieldChange) bool { return f.Field == FieldMessage }):
		note = sentences(note, unsure)
	}
	err := a.conclude(ctx, c, said, func(ctx context.Context, reg *registry.Writer, c Change) error {
		if err := settle(ctx, reg, c); err != nil {
			return err
		}
		clean := len(differences(what.want, o.is, o.room, d.Rules)) == 0
		if v, definite := verified(o.is, what.want, o.room, d.Rules, clean, d.Now()); definite {
			if err := reg.SetVerified(ctx, o.Room, v); err != nil {
				return err
			}
		}
		if what.means == nil {
			return nil
		}
		return what.means(ctx, reg)
	})
	return c.Fields, note, err
}

func (d *decider) applier(known *registry.State) *applier {
	return &applier{rooms: d.rooms, reg: d.Registry, run: d.run, known: known, rules: d.Rules, now: d.Now}
}

// readBack compares a room with what it was changed to. A text that the server
// altered is told; a switch that it did not turn is an error.
func readBack(c Change, is xmppadmin.Room) (note string, err error) {
	switch {
	case is.Err != nil:
		return "", fmt.Errorf("room %s was changed, but could not be read again: %w", c.Room, is.Err)
	case is.Existence != xmppadmin.Present:
		return "", fmt.Errorf("room %s is %s after it was changed", c.Room, is.Existence)
	}
	var left []string
	set := values(c)
	for _, field := range settable() {
		want, ok := set[field]
		if !ok {
			continue
		}
		got, told := is.Values[field]
		if field == xmppadmin.FieldModerated {
			got, told = strconv.FormatBool(is.Moderated), true
		}
		switch {
		case !told || oneLine(got) == oneLine(want):
		case slices.Contains(texts, field):
			note = sentences(note, fmt.Sprintf("the server keeps %q as its %s", got, field))
		default:
			left = append(left, string(field))
		}
	}
	if len(left) > 0 {
		return "", fmt.Errorf("room %s still differs in its %s after it was changed", c.Room, strings.Join(left, ", "))
	}
	return note, nil
}

// united are the fields of two attempts at one change: what the first did before
// the connection was lost, the second does not find to do any more.
func united(lost, fields []FieldChange) []FieldChange {
	all := slices.Clone(fields)
	for _, f := range lost {
		same := func(other FieldChange) bool {
			return other.Field == f.Field && (other.New == f.New || f.Field != FieldOwner && f.Field != FieldAdmin)
		}
		if f.Field != FieldMessage && !slices.ContainsFunc(all, same) {
			all = append(all, f)
		}
	}
	return all
}

// sentences joins what a person should know.
func sentences(notes ...string) string {
	notes = slices.DeleteFunc(notes, func(s string) bool { return s == "" })
	return strings.Join(notes, "; ")
}

// record writes down a decision that is about the registry alone.
func (d *decider) record(ctx context.Context, o order, f FieldChange, means func(context.Context, *registry.Writer) error) ([]FieldChange, error) {
	c := Change{Verb: o.Verb, Room: o.Room, GroupID: o.room.GroupID, Reasons: o.reasons(), Fields: []FieldChange{f}}
	return c.Fields, d.applier(o.known).done(ctx, c, func(ctx context.Context, reg *registry.Writer, _ Change) error {
		return means(ctx, reg)
	})
}
