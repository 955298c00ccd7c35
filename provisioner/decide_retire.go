package provisioner

import (
	"cmp"
	"context"
	"fmt"
	"maps"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// retire is a person's word that a room is retired, whatever its group does. It
// says so, and where to go instead if there is such a room; whoever is inside
// stays.
func (d *decider) retire(o order) (deed, error) {
	if o.room.State.OutOfUse() {
		return deed{}, fmt.Errorf("room %s is %s; `roomctl rooms restore %[1]s` opens it first", o.Room, o.room.State)
	}
	room := o.room
	room.State, room.Pinned = registry.Retired, true
	if o.Successor != "" {
		room.Told = o.Successor
	}
	want, err := d.desired(o, room)
	if err != nil {
		return deed{}, err
	}
	if to := cmp.Or(o.Successor, want.Successor); to != "" {
		if err := d.takesOver(o, to); err != nil {
			return deed{}, err
		}
	}
	what := deed{
		change: d.turn(o, want),
		want:   want,
		means: func(ctx context.Context, reg *registry.Writer) error {
			if o.Successor != "" {
				if err := reg.SetTold(ctx, o.Room, o.Successor); err != nil {
					return err
				}
			}
			return reg.SetPinned(ctx, o.Room, true)
		},
	}
	switch {
	case len(what.change.Fields) == 0 && o.room.Pinned:
		what.idle, what.note = true, "it is retired already, as a person decided"
	case o.is.Existence != xmppadmin.Present:
		what.note = "the server does not have it; nobody in it is told"
	case o.room.State == registry.Retired:
		what.note = "it was retired already; from now on only a person wakes it"
	}
	return what, nil
}

// takesOver says why a room cannot be the successor of the one that is retired.
func (d *decider) takesOver(o order, name string) error {
	to, ours := o.known.Rooms[name]
	switch {
	case name == o.Room:
		return fmt.Errorf("room %s cannot take over from itself", o.Room)
	case !ours || to.State != registry.Active:
		return fmt.Errorf("room %s is not in service, so nobody is sent there from %s", name, o.Room)
	case !d.Rules.Fit(to, d.Now()):
		return fmt.Errorf("room %s is not known to be fit, so nobody is sent there from %s; `roomctl sync` looks at it", name, o.Room)
	}
	return nil
}

// restore takes back what persons decided about a room. When the rules alone
// would not have it in service, it stays in service because a person says so.
func (d *decider) restore(o order) (deed, error) {
	room := o.room
	if room.State == registry.Destroyed { // its name is free for the group that has it now
		if group := groupsByRoom(d.snap, d.Rules)[o.Room]; group != 0 {
			room.GroupID = group
		}
	}
	room.Pinned = !d.ruled(o, room)
	room.State, room.Told = registry.Active, ""
	what := deed{means: func(ctx context.Context, reg *registry.Writer) error {
		return reg.SetPinned(ctx, o.Room, room.Pinned)
	}}
	var err error
	if what.want, err = d.desired(o, room); err != nil {
		return deed{}, err
	}
	what.change = d.turn(o, what.want)
	switch {
	case o.room.State == registry.Active:
		what.note = "it is in service already"
		what.idle = o.room.Pinned == room.Pinned
		what.change.Fields = nil // what differs is for the next sync
	case o.is.Existence != xmppadmin.Present:
		what.note = "it is not there; the next sync makes it"
	}
	if room.Pinned {
		what.note = sentences(what.note, "the rules alone would not have it in service, so it stays until a person retires it")
	}
	if !room.Held.Since.IsZero() {
		what.note = sentences(what.note, "it is held, so no sync changes it: `roomctl rooms hold --release "+o.Room+"`")
	}
	return what, nil
}

// ruled says whether the rules alone would have a room in service, were it
// retired now.
func (d *decider) ruled(o order, room registry.Room) bool {
	room.State, room.Pinned, room.Told = registry.Retired, false, ""
	want, ok := Desire(d.snap, with(o.known, room), d.Rules).Room(o.Room)
	return ok && want.State == registry.Active
}

// desired is what a room should be once a decision is in the registry.
func (d *decider) desired(o order, room registry.Room) (DesiredRoom, error) {
	all := Desire(d.snap, with(o.known, room), d.Rules)
	want, ok := all.Room(o.Room)
	if !ok {
		for _, p := range all.Problems {
			if p.Room == o.Room {
				return DesiredRoom{}, fmt.Errorf("what room %s should be is not clear: %s", o.Room, p.Text)
			}
		}
		return DesiredRoom{}, fmt.Errorf("what room %s should say is not known, as its group (%d) could not be read from the Datatracker; try again later", o.Room, room.GroupID)
	}
	if _, read := d.snap.Group(room.GroupID); read {
		want.Tentative = nil // a person's word is reason enough to change a text
	}
	return want, nil
}

// with is the registry as it would be with rooms added or changed.
func with(known *registry.State, rooms ...registry.Room) *registry.State {
	changed := *known
	changed.Rooms = map[string]registry.Room{}
	maps.Copy(changed.Rooms, known.Rooms)
	for _, room := range rooms {
		changed.Rooms[room.Name] = room
	}
	return &changed
}

// turn is the change that makes a room what it should be: what differs, and what
// goes with its new state.
func (d *decider) turn(o order, want DesiredRoom) Change {
	c := Change{Verb: o.Verb, Room: o.Room, GroupID: want.GroupID, Reasons: o.reasons()}
	if o.is.Existence == xmppadmin.Present {
		c.Fields = differences(want, o.is, o.room, d.Rules)
		if o.room.State == registry.Closed {
			c.Fields = append(c.Fields, moderated(o.is, false))
		}
	}
	if o.room.State == registry.Destroyed && want.GroupID != o.room.GroupID {
		c.Fields = append(c.Fields, FieldChange{Field: FieldGroup, Old: fmt.Sprint(o.room.GroupID), New: fmt.Sprint(want.GroupID)})
	}
	c.Fields = append(c.Fields, turning(want, o.room, d.Rules)...)
	return c
}
