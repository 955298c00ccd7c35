package xmppadmin

import (
	"context"
	"sync"
)

// doors let one caller at a time join, speak in and leave a room: a connection
// is in a room once, and whoever leaves takes everybody's place with it. The
// zero value is ready for use.
type doors struct {
	mu   sync.Mutex
	busy map[string]chan struct{} // by room: closed when it is free again
}

// pass waits until nobody else is at the room's door. shut makes way for
// others. The error is why ctx ended.
func (d *doors) pass(ctx context.Context, room string) (shut func(), err error) {
	free := make(chan struct{})
	for {
		d.mu.Lock()
		other, busy := d.busy[room]
		if !busy {
			if d.busy == nil {
				d.busy = make(map[string]chan struct{})
			}
			d.busy[room] = free
		}
		d.mu.Unlock()
		if !busy {
			break
		}
		select {
		case <-other:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return func() {
		d.mu.Lock()
		delete(d.busy, room)
		d.mu.Unlock()
		close(free)
	}, nil
}
