package provisioner

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// make creates a room. The intent is on disk before the first stanza, and is
// replaced by ownership and the entry in the audit trail in one step, so that a
// crash leaves either nothing, or an intent that the next run finishes, or a
// room that is ours and known to have been made.
func (a *applier) make(ctx context.Context, c Change) error {
	if a.rules.needLogged() && a.rooms.Profile().Logging == xmppadmin.LoggingNo {
		return a.failed(ctx, c, fmt.Errorf("creating room %s: %w", c.Room, xmppadmin.ErrCannotLog))
	}
	at := a.now()
	intent := registry.Intent{Room: c.Room, GroupID: c.GroupID, Run: a.run, At: at}
	if earlier, begun := a.known.Intents[c.Room]; begun {
		intent.Run, intent.At = earlier.Run, earlier.At
	}
	if err := a.reg.Intend(ctx, intent); err != nil {
		return err
	}
	err := a.rooms.Create(ctx, c.Room, a.spec(c))
	if errors.Is(err, xmppadmin.ErrExists) {
		at, err = intent.At, a.claim(ctx, c) // it is as old as the first attempt
	}
	if err != nil {
		return a.failed(ctx, c, errors.Join(err, a.abandon(ctx, c.Room, err)))
	}

	room, again := a.known.Rooms[c.Room]
	if !again {
		room = registry.Room{Name: c.Room, Origin: registry.Created, Since: at}
	}
	room.GroupID, room.State, room.Configured = c.GroupID, registry.Active, true
	room.Subject, room.Altered, room.Told = "", nil, "" // of a room that is gone
	own := func(ctx context.Context, reg *registry.Writer, _ Change) error {
		if err := reg.Clear(ctx, c.Room); err != nil { // of the room that is gone, too: the new one shows no session
			return err
		}
		return reg.Own(ctx, room)
	}
	if err := a.subject(ctx, c); err != nil {
		made, rest := c.divide(FieldSubject)
		return errors.Join(a.done(ctx, made, own), a.failed(ctx, rest, err))
	}
	if f, ok := c.Field(FieldSubject); ok {
		room.Subject = f.New
	}
	return a.done(ctx, c, own)
}

// spec is the new room that a change describes.
func (a *applier) spec(c Change) xmppadmin.Spec {
	spec := xmppadmin.Spec{Values: values(c), RequireLogging: a.rules.needLogged()}
	for _, f := range c.Fields {
		switch {
		case f.Field == FieldOwner && f.New != a.rules.Self:
			spec.Owners = append(spec.Owners, f.New)
		case f.Field == FieldAdmin:
			spec.Admins = append(spec.Admins, f.New)
		}
	}
	return spec
}

// claim finishes a room that exists although it was to be created: one that an
// earlier attempt of ours left behind, which is known by having no owner but
// us and those that we made owners. Anything else was made by somebody between
// look and create, and stays theirs.
func (a *applier) claim(ctx context.Context, c Change) error {
	is := a.rooms.Read(ctx, c.Room)
	switch {
	case is.Existence == xmppadmin.Unknown:
		return fmt.Errorf("looking at room %s, which exists unexpectedly: %w", c.Room, is.Err)
	case is.Existence != xmppadmin.Present:
		return fmt.Errorf("room %s existed a moment ago and is %s now; the next sync tries again", c.Room, is.Existence)
	case is.Owners == nil && !errors.Is(is.Err, xmppadmin.ErrNotOwner):
		return fmt.Errorf("reading the owners of room %s, which exists unexpectedly: %w", c.Room, is.Err)
	case !alone(is.Owners, a.rules):
		return fmt.Errorf("room %s was made by somebody else just before roomctl could, and is left to them: %w", c.Room, xmppadmin.ErrExists)
	}
	return a.configure(ctx, c)
}

// abandon drops the intent of a creation that failed, if a look proves that it
// left no room of ours behind. In any doubt the intent stays, and the next plan
// judges what is there. A request that was not answered in time may take effect
// after the look.
func (a *applier) abandon(ctx context.Context, room string, why error) error {
	if errors.Is(why, xmppadmin.ErrDisconnected) || errors.Is(why, context.DeadlineExceeded) || ctx.Err() != nil {
		return nil
	}
	is := a.rooms.Look(ctx, room)
	if is.Existence == xmppadmin.Present {
		is = a.rooms.Read(ctx, room)
	}
	if is.Existence == xmppadmin.Unknown || is.Existence == xmppadmin.Present && !notOurs(is, a.rules) {
		return nil
	}
	return registry.Persist(ctx, func(ctx context.Context) error { return a.reg.Forget(ctx, room) })
}

// notOurs says whether a room that is present definitely has other owners.
func notOurs(is xmppadmin.Room, rules Rules) bool {
	if is.Owners == nil {
		return errors.Is(is.Err, xmppadmin.ErrNotOwner)
	}
	return !slices.Contains(is.Owners, rules.Self)
}
