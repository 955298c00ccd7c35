package sessionclock

import (
	"context"
	"maps"
	"slices"

	"roomctl/provisioner/registry"
)

// put notes what a room shows. It is in the registry once save was called.
func (c *Clock) put(row registry.Showing) {
	if before, shows := c.rows[row.Room]; shows && before == row {
		return
	}
	c.rows[row.Room] = row
	c.unsaved[row.Room] = true
}

// drop notes that a room shows no session any more.
func (c *Clock) drop(room string) {
	if _, shows := c.rows[room]; shows {
		delete(c.rows, room)
		c.unsaved[room] = true
	}
}

// agree drops the rows that are no longer in the registry: a run has made the room
// again, which shows no session then, whatever the one that is gone did.
func (c *Clock) agree(rows []registry.Showing) {
	for room := range c.rows {
		there := slices.ContainsFunc(rows, func(row registry.Showing) bool { return row.Room == room })
		if !there && !c.unsaved[room] {
			delete(c.rows, room)
		}
	}
}

// save writes to the registry what was noted, also when the program is being told
// to stop. What could not be written is for the next call.
func (c *Clock) save(ctx context.Context) error {
	if len(c.unsaved) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveFor)
	defer cancel()
	err := c.Store(ctx, func(reg *registry.Registry) error {
		return reg.Update(ctx, func(w *registry.Writer) error {
			for _, room := range slices.Sorted(maps.Keys(c.unsaved)) {
				row, shows := c.rows[room]
				write := func() error { return w.Clear(ctx, room) }
				if shows {
					write = func() error { return w.Show(ctx, row) }
				}
				if err := write(); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err == nil {
		clear(c.unsaved)
	}
	return err
}
