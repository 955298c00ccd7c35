package provisioner

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"roomctl/provisioner/registry"
)

// done records a change that was carried out: what it means for the registry
// and the entry in the audit trail, in one step.
func (a *applier) done(ctx context.Context, c Change, means func(context.Context, *registry.Writer, Change) error) error {
	return registry.Persist(ctx, func(ctx context.Context) error {
		return a.reg.Update(ctx, func(reg *registry.Writer) error {
			if err := means(ctx, reg, c); err != nil {
				return err
			}
			return reg.Record(ctx, a.audit(c, nil)...)
		})
	})
}

// failed records a change that was not, or not wholly, carried out.
func (a *applier) failed(ctx context.Context, c Change, why error) error {
	return errors.Join(why, registry.Persist(ctx, func(ctx context.Context) error {
		return a.reg.Record(ctx, a.audit(c, why)...)
	}))
}

// settle is what a change to a room of ours means for the registry.
func settle(ctx context.Context, reg *registry.Writer, c Change) error {
	if err := reg.SetConfigured(ctx, c.Room); err != nil {
		return err
	}
	if f, ok := c.Field(FieldSubject); ok {
		if err := reg.SetSubject(ctx, c.Room, f.New); err != nil {
			return err
		}
	}
	if f, ok := c.Field(FieldGroup); ok {
		id, err := strconv.Atoi(f.New)
		if err != nil {
			return fmt.Errorf("group of room %s: %w", c.Room, err)
		}
		if err := reg.SetGroup(ctx, c.Room, id); err != nil {
			return err
		}
	}
	f, ok := c.Field(FieldState)
	if !ok {
		return nil
	}
	if f.New == string(registry.Active) { // whoever was sent away is welcome again
		if err := reg.SetTold(ctx, c.Room, ""); err != nil {
			return err
		}
	}
	return reg.SetState(ctx, c.Room, registry.RoomState(f.New))
}

// audit is the change as the trail keeps it: one entry per field, or one for
// the whole room when there was nothing left to set.
func (a *applier) audit(c Change, err error) []registry.Change {
	text := ""
	if err != nil {
		text = err.Error()
	}
	fields := c.Fields
	if len(fields) == 0 {
		fields = []FieldChange{{}}
	}
	entries := make([]registry.Change, len(fields))
	for i, f := range fields {
		entries[i] = registry.Change{
			Run: a.run, At: a.now(), Room: c.Room, GroupID: c.GroupID, Verb: string(c.Verb),
			Field: f.Field, Old: f.Old, New: f.New, Reasons: c.Reasons, Error: text,
		}
	}
	return entries
}
