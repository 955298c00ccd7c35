package provisioner

import (
	"context"
	"fmt"
	"strconv"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// shut says whether the server shows a room as closed: those who come have no
// voice, and no list has it. A server that tells nothing of lists is believed the
// first.
func shut(is xmppadmin.Room) bool {
	return is.Moderated && is.Values[xmppadmin.FieldPublic] != "true"
}

// close closes a room: only those who have voice speak, and no list has it. Whoever
// is inside stays, and its log stays where it is. It needs no Datatracker.
func (d *decider) close(o order) (deed, error) {
	if o.room.State == registry.Destroyed {
		return deed{}, fmt.Errorf("room %s is destroyed, so there is nothing to close", o.Room)
	}
	c := Change{Verb: Close, Room: o.Room, GroupID: o.room.GroupID, Reasons: o.reasons()}
	if o.is.Existence == xmppadmin.Present {
		// Where newcomers have voice by default, there is more to it than the
		// switch tells: a room that chairs moderate is not closed yet.
		if !o.is.Moderated || o.room.State != registry.Closed {
			c.Fields = append(c.Fields, moderated(o.is, true))
		}
		if public := o.is.Values[xmppadmin.FieldPublic]; public != "false" {
			c.Fields = append(c.Fields, FieldChange{Field: string(xmppadmin.FieldPublic), Old: public, New: "false"})
		}
	}
	if o.room.State != registry.Closed {
		c.Fields = append(c.Fields, FieldChange{Field: FieldState, Old: string(o.room.State), New: string(registry.Closed)})
	}
	what := deed{change: c, means: func(ctx context.Context, reg *registry.Writer) error {
		return reg.SetPinned(ctx, o.Room, true)
	}}
	switch {
	case len(c.Fields) == 0 && o.room.Pinned:
		what.idle, what.note = true, "it is closed already"
	case o.is.Existence != xmppadmin.Present:
		what.note = "the server does not have it; it stays out of service"
	}
	return what, nil
}

// moderated is the change that closes a room's floor, or opens it.
func moderated(is xmppadmin.Room, to bool) FieldChange {
	return FieldChange{Field: string(xmppadmin.FieldModerated), Old: strconv.FormatBool(is.Moderated), New: strconv.FormatBool(to)}
}
