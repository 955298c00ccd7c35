package provisioner

import (
	"context"

	"roomctl/provisioner/registry"
)

// hold lets no sync change anything about a room until a person lets go of it. Of
// one that is held already it changes the reason, if there is another.
func (d *decider) hold(ctx context.Context, o order) ([]FieldChange, string, error) {
	was := o.room.Held
	if !was.Since.IsZero() && (o.Why == "" || o.Why == was.Why) {
		note := "it is held already, since " + minute(was.Since)
		if was.Why != "" {
			note += ": " + was.Why
		}
		return nil, note, nil
	}
	now := registry.Hold{Since: was.Since, Why: o.Why}
	if now.Since.IsZero() {
		now.Since = d.Now()
	}
	fields, err := d.record(ctx, o, FieldChange{Field: FieldHold, Old: held(was), New: held(now)}, func(ctx context.Context, reg *registry.Writer) error {
		return reg.SetHold(ctx, o.Room, now)
	})
	return fields, "", err
}

// release ends a hold: the next sync brings the room back in line.
func (d *decider) release(ctx context.Context, o order) ([]FieldChange, string, error) {
	if o.room.Held.Since.IsZero() {
		return nil, "it is not held", nil
	}
	fields, err := d.record(ctx, o, FieldChange{Field: FieldHold, Old: held(o.room.Held)}, func(ctx context.Context, reg *registry.Writer) error {
		return reg.SetHold(ctx, o.Room, registry.Hold{})
	})
	return fields, "", err
}

// held is a hold as the audit trail has it; "" for none.
func held(h registry.Hold) string {
	if h.Since.IsZero() || h.Why != "" {
		return h.Why
	}
	return "no reason given"
}
