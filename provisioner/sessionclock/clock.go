package sessionclock

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/provisioner"
	"roomctl/provisioner/backoff"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// Occupant is a stay in one room, as an *xmppadmin.Occupant is.
type Occupant interface {
	Subject() xmppadmin.Subject
	SetSubject(ctx context.Context, text string) error
	Leave(ctx context.Context) error
	Gone() <-chan struct{}
	Err() error // why Gone is closed; nil before
}

// Store opens the registry for writing, calls do, and closes it.
type Store func(ctx context.Context, do func(*registry.Registry) error) error

// Options are what a Clock works with. All are needed, but for Off and Paused.
type Options struct {
	Texts provisioner.SessionTexts

	// Off: no session is shown. What an earlier clock left behind is put back as
	// soon as Step is called.
	Off bool

	// Enter enters a room, by its localpart. It makes none. Several calls may be
	// under way at once.
	Enter func(ctx context.Context, room string) (Occupant, error)

	// Read reads the registry: the rooms, and which of them show a session.
	Read  func(ctx context.Context) (*registry.State, []registry.Showing, error)
	Store Store

	Paused func() bool // nothing is to be written; nil: never
	Log    logrus.FieldLogger
}

const (
	// maxStays bounds the rooms that roomctl is in at the same time.
	maxStays = 200

	// inFlight bounds the rooms that are entered, spoken in or left at once.
	inFlight = 8

	// phase is how long entering may take, all rooms together, and likewise
	// speaking and leaving. What is left is for a later Step.
	phase = time.Minute

	// watch is how soon a stay, or a pause, is looked at again while nothing is due.
	watch = time.Minute

	// saveFor is how long the registry may take. What was set is recorded even
	// when the program is told to stop.
	saveFor = 10 * time.Second
)

// Clock keeps the subjects of rooms. It is for one goroutine.
type Clock struct {
	Options

	stays   map[string]*stay
	rows    map[string]registry.Showing // what rooms show; nil: not read yet
	unsaved map[string]bool             // rooms whose row is not in the registry as it is here

	found []error // what is wrong, in this Step, and is not about a stay
}

// New returns a Clock. It opens nothing and enters no room.
func New(o Options) *Clock {
	return &Clock{Options: o, stays: map[string]*stay{}, unsaved: map[string]bool{}}
}

// Step brings the rooms to what is on now: it enters those whose session has
// begun, sets their subjects, corrects those whose session was moved, and puts
// back what was there when one is over. next is when it wants to be called again;
// zero: when there are other slots. A pause ends the stays and writes nothing.
//
// The slots are those of the last run that knew them; nil, which is not the same
// as none: nobody knows, so that nothing is done.
//
// The error joins what is wrong, also of what is not tried again yet. The rest is
// done all the same.
func (c *Clock) Step(ctx context.Context, now time.Time, slots []provisioner.Slot) (next time.Time, err error) {
	if slots == nil && !c.Off {
		return time.Time{}, nil
	}
	var on []Show
	if !c.Off {
		on, next = Schedule(slots, now)
	}
	if c.Paused != nil && c.Paused() {
		c.leave(ctx, slices.Collect(maps.Values(c.stays)))
		// Somebody comes back, too, for a room that shows a session which is over.
		return c.next(now, next, len(on) > 0 || c.rows == nil || len(c.rows) > 0), nil
	}
	c.found = nil
	if err := c.follow(ctx, now, on, slots); err != nil {
		return sooner(next, now.Add(backoff.First)), c.tell(err)
	}
	return c.next(now, next, false), c.tell()
}

// follow does what is due in the rooms. The error is for what keeps it from all of
// them.
func (c *Clock) follow(ctx context.Context, now time.Time, on []Show, slots []provisioner.Slot) error {
	var known *registry.State
	if c.rows == nil {
		state, rows, err := c.Read(ctx)
		if err != nil {
			return err
		}
		known, c.rows = state, make(map[string]registry.Showing, len(rows))
		for _, row := range rows {
			c.rows[row.Room] = row
		}
	}
	due := c.due(now, c.visits(now, on))
	if len(due) > 0 && known == nil {
		state, rows, err := c.Read(ctx)
		if err != nil {
			return err
		}
		known = state
		c.agree(rows)
	}
	if len(due) > 0 {
		due = c.admit(ctx, due, known)
		c.enter(ctx, now, due)
		if err := c.act(ctx, now, due, slots); err != nil {
			return err
		}
	}
	if err := c.save(ctx); err != nil {
		return err
	}
	c.forget(on)
	return nil
}

// forget drops what was kept of rooms that are done with.
func (c *Clock) forget(on []Show) {
	for room, s := range c.stays {
		_, shows := c.rows[room]
		if s.occupant == nil && !shows && !slices.ContainsFunc(on, func(show Show) bool { return show.Room == room }) {
			delete(c.stays, room)
		}
	}
}

// next is when to come again, if nothing happens meanwhile that others know of.
func (c *Clock) next(now, moment time.Time, paused bool) time.Time {
	next := moment
	if paused {
		next = sooner(next, now.Add(watch))
	}
	for _, s := range c.stays {
		switch {
		case s.backoff.Waits(now):
			next = sooner(next, s.backoff.Until)
		case s.occupant != nil:
			next = sooner(next, now.Add(watch))
		}
	}
	return next
}

// Inside says whether it is in any room: a connection that ends now would have it
// enter again, which stands in the logs.
func (c *Clock) Inside() bool {
	for _, s := range c.stays {
		if s.occupant != nil {
			return true
		}
	}
	return false
}

// Close leaves all rooms. It sets no subject: what rooms show is for the next
// clock to go on with.
func (c *Clock) Close(ctx context.Context) { c.leave(ctx, slices.Collect(maps.Values(c.stays))) }
