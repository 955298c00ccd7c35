package provisioner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// youngFor is how long a room that roomctl made may be destroyed without being
// closed first, as long as nobody has had any use of it.
const youngFor = 24 * time.Hour

// destroying is the error of an entry that no outcome follows when roomctl is
// killed while it destroys a room.
const destroying = "begun; unless an entry with the outcome follows, give the order again"

// whyDestroyed is what people in a room read for whose end no reason was given.
const whyDestroyed = "This room is no longer in use."

// destroy ends a room on the server. The registry has it closed, and the audit
// trail that it was begun, before the server is asked: whatever happens then, no
// sync makes it again, and the same order goes on. A room that is closed in the
// registry alone, because its end failed once, or that somebody opened since, is
// no closed room.
func (d *decider) destroy(ctx context.Context, o order) ([]FieldChange, string, error) {
	present := o.is.Existence == xmppadmin.Present
	if o.room.State == registry.Destroyed {
		if present {
			return nil, "", fmt.Errorf("room %s was destroyed, and made again since; `roomctl rooms restore %[1]s` takes it back into service", o.Room)
		}
		return nil, "it is destroyed already", nil
	}
	if present && !(o.room.State == registry.Closed && shut(o.is)) {
		if err := d.young(o); err != nil {
			return nil, "", err
		}
	}
	a := d.applier(o.known)
	c := Change{Verb: Destroy, Room: o.Room, GroupID: o.room.GroupID, Reasons: o.reasons(), Fields: []FieldChange{{
		Field: FieldState, Old: string(o.room.State), New: string(registry.Destroyed),
	}}}
	note := "the server did not have it any more"
	if present {
		to, err := d.alternate(ctx, o)
		if err != nil {
			return nil, "", err
		}
		c.Fields[0].Old = string(registry.Closed)
		if err := d.beginDestroying(ctx, o, c); err != nil {
			return nil, "", err
		}
		if err := d.end(ctx, o, to); err != nil {
			return c.Fields, "", a.failed(ctx, c, err)
		}
		note = ""
		if to != "" {
			note = "those who were in it are sent on to " + to
		}
	}
	return c.Fields, note, a.done(ctx, c, func(ctx context.Context, reg *registry.Writer, c Change) error {
		if err := reg.SetVerified(ctx, o.Room, registry.Verified{At: d.Now()}); err != nil {
			return err
		}
		if err := reg.SetPinned(ctx, o.Room, true); err != nil {
			return err
		}
		return settle(ctx, reg, c)
	})
}

// young says why a room that was not closed cannot be destroyed at once. A room
// whose beginning lies ahead, as the clock was set back, is not young.
func (d *decider) young(o order) error {
	why := ""
	age := d.Now().Sub(o.room.Since)
	switch {
	case o.room.Origin != registry.Created:
		why = "roomctl did not make it"
	case age < 0 || age >= youngFor:
		why = fmt.Sprintf("it was made on %s, not within the last 24 hours", minute(o.room.Since))
	case o.room.Linked:
		why = "sessions were linked to it"
	case o.is.Err != nil:
		why = fmt.Sprintf("who is in it is not known: %v", o.is.Err)
	case o.is.Occupants == nil:
		why = "the server does not say whether anybody is in it"
	case *o.is.Occupants > 0:
		why = fmt.Sprintf("there are %d people in it", *o.is.Occupants)
	default:
		return nil
	}
	return fmt.Errorf("room %s is not closed, and %s: close it first, with `roomctl rooms close %[1]s`", o.Room, why)
}

// alternate is the address of the room that took over, for those who are inside;
// "" when none did, or none that is open and known to be fit.
func (d *decider) alternate(ctx context.Context, o order) (string, error) {
	trail, err := d.Registry.Changes(ctx, registry.ChangeFilter{Verbs: newsworthy()})
	if err != nil {
		return "", err
	}
	slices.Reverse(trail) // oldest first
	for _, name := range []string{successor(o.Room, news(trail), o.known.Rooms), o.room.Told} {
		to, ours := o.known.Rooms[name]
		if ours && d.Rules.Fit(to, d.Now()) {
			return d.Rules.JID(name), nil
		}
	}
	return "", nil
}

// beginDestroying leaves a trace before the server is asked.
func (d *decider) beginDestroying(ctx context.Context, o order, c Change) error {
	a := d.applier(o.known)
	entries := a.audit(c, errors.New(destroying))
	return d.Registry.Update(ctx, func(reg *registry.Writer) error {
		if o.room.State != registry.Closed {
			closing := c
			closing.Fields = []FieldChange{{Field: FieldState, Old: string(o.room.State), New: string(registry.Closed)}}
			entries = append(a.audit(closing, nil), entries...)
			if err := reg.SetState(ctx, o.Room, registry.Closed); err != nil {
				return err
			}
		}
		if err := reg.SetPinned(ctx, o.Room, true); err != nil {
			return err
		}
		return reg.Record(ctx, entries...)
	})
}

// end destroys a room and looks whether it is gone.
func (d *decider) end(ctx context.Context, o order, alternate string) error {
	if d.Destroyer == nil {
		return fmt.Errorf("destroying room %s: nothing here may destroy rooms", o.Room)
	}
	server, err := d.Destroyer(ctx)
	if err != nil {
		return err
	}
	defer server.Close()
	reason := o.Why
	if reason == "" {
		reason = whyDestroyed
	}
	if err := server.Destroy(ctx, o.Room, reason, alternate); err != nil {
		return err
	}
	switch is := d.rooms.Look(ctx, o.Room); is.Existence {
	case xmppadmin.Unknown:
		return fmt.Errorf("room %s was destroyed, as the server says, but whether it is gone is unknown: %w", o.Room, is.Err)
	case xmppadmin.Present:
		return fmt.Errorf("room %s is still there, although the server says that it was destroyed", o.Room)
	}
	return nil
}
