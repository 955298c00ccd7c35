package sessionclock

import (
	"context"
	"errors"
	"fmt"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// chatRoom is a room of the chat service.
type chatRoom struct {
	subject string
	stays   []*occupancy
	shut    error // why nobody may come in
	mute    error // why no subject may be set
	deaf    bool  // subjects are set, and the answer is lost
}

// occupancy is a stay of the clock.
type occupancy struct {
	w    *world
	name string
	gone chan struct{}
	why  error
}

// cut ends all stays, as a lost connection does.
func (w *world) cut() {
	for name := range w.rooms {
		w.throwOut(name, fmt.Errorf("%w: reset by peer", xmppadmin.ErrDisconnected))
	}
}

// throwOut ends the stay in a room, if there is one.
func (w *world) throwOut(room string, why error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.rooms[room].stays {
		o.end(why)
	}
	w.rooms[room].stays = nil
}

func (o *occupancy) end(why error) {
	if o.why == nil {
		o.why = why
		close(o.gone)
	}
}

func (w *world) enter(_ context.Context, name string) (Occupant, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	room := w.rooms[name]
	switch {
	case w.down != nil:
		return nil, w.down
	case room == nil:
		return nil, errors.New("entering " + name + ": the room is absent")
	case room.shut != nil:
		return nil, room.shut
	}
	w.journal = append(w.journal, name+": enters")
	o := &occupancy{w: w, name: name, gone: make(chan struct{})}
	room.stays = append(room.stays, o)
	return o, nil
}

// Subject implements Occupant.
func (o *occupancy) Subject() xmppadmin.Subject { return xmppadmin.Subject{Text: o.w.subject(o.name)} }

// SetSubject implements Occupant.
func (o *occupancy) SetSubject(_ context.Context, text string) error {
	o.w.mu.Lock()
	defer o.w.mu.Unlock()
	room := o.w.rooms[o.name]
	switch {
	case o.why != nil:
		return fmt.Errorf("setting the subject of %s: we are no longer in it: %w", o.name, o.why)
	case room.mute != nil:
		return room.mute
	}
	room.subject = text
	o.w.journal = append(o.w.journal, o.name+": "+text)
	if room.deaf {
		return fmt.Errorf("setting the subject of %s: %w", o.name, context.DeadlineExceeded)
	}
	return nil
}

// Leave implements Occupant.
func (o *occupancy) Leave(context.Context) error {
	o.w.mu.Lock()
	defer o.w.mu.Unlock()
	o.w.journal = append(o.w.journal, o.name+": leaves")
	o.w.rooms[o.name].stays = nil
	o.end(errors.New("left"))
	return nil
}

// Gone implements Occupant.
func (o *occupancy) Gone() <-chan struct{} { return o.gone }

// Err implements Occupant.
func (o *occupancy) Err() error {
	o.w.mu.Lock()
	defer o.w.mu.Unlock()
	return o.why
}

// killedAfter makes the next clock one that can write so often, to the registry or
// to a room, and no more.
func (w *world) killedAfter(writes int) {
	killed := errors.New("killed")
	left := writes
	use := func() error {
		if left--; left < 0 {
			return killed
		}
		return nil
	}
	w.restart(func(o *Options) {
		store := o.Store
		o.Store = func(ctx context.Context, do func(*registry.Registry) error) error {
			if err := use(); err != nil {
				return err
			}
			return store(ctx, do)
		}
		enter := o.Enter
		o.Enter = func(ctx context.Context, room string) (Occupant, error) {
			o, err := enter(ctx, room)
			return limited{o, use}, err
		}
	})
}

// limited is an occupant that can set so many subjects.
type limited struct {
	Occupant
	use func() error
}

// SetSubject implements Occupant.
func (o limited) SetSubject(ctx context.Context, text string) error {
	if err := o.use(); err != nil {
		return err
	}
	return o.Occupant.SetSubject(ctx, text)
}

// during has something happen, once, while the registry is written.
func (w *world) during(what func()) {
	store := w.clock.Store
	w.clock.Store = func(ctx context.Context, do func(*registry.Registry) error) error {
		w.clock.Store = store
		what()
		return store(ctx, do)
	}
}
