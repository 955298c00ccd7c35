package sessionclock

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sirupsen/logrus"
	"golang.org/x/sync/errgroup"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// maxRefusals is how often the subject that is to come back may be refused.
const maxRefusals = 3

// errOvertaken: the subject is no longer the one that was decided about. Writing to
// the registry may take seconds, and somebody set another one meanwhile.
var errOvertaken = errors.New("the subject changed in that moment")

// admit leaves out the rooms in which nothing is to be done: one that a person
// holds, and one that is not known to be there and ours, of which it is forgotten
// what it shows. A room that a person closed gets its old subject back.
func (c *Clock) admit(ctx context.Context, due []*visit, known *registry.State) []*visit {
	var in []*visit
	var out []*stay
	for _, v := range due {
		room, ours := known.Rooms[v.room]
		_, shows := c.rows[v.room]
		v.known, v.trouble = room, nil
		held := ours && !room.Held.Since.IsZero()
		foreign := !ours || room.State == registry.Destroyed || !room.Verified.Exists || !room.Verified.Ours
		switch {
		case held:
			v.tells(fmt.Errorf("a person holds it; to let go: roomctl rooms hold --release %s", v.room))
		case foreign:
			if len(v.slots) > 0 {
				v.tells(fmt.Errorf("it is not known to be there and ours; see roomctl explain %s", v.room))
			}
			c.drop(v.room)
		case room.State == registry.Closed && len(v.slots) > 0:
			v.tells(fmt.Errorf("a person closed it; to have it back: roomctl rooms restore %s", v.room))
			v.slots = nil
		}
		switch {
		case held || foreign:
			out = append(out, v.stay)
		case len(v.slots) > 0 || shows || v.occupant != nil:
			in = append(in, v)
		}
	}
	c.leave(ctx, out)
	return in
}

// enter enters the rooms that we are not in.
func (c *Clock) enter(ctx context.Context, now time.Time, due []*visit) {
	ctx, cancel := context.WithTimeout(ctx, phase)
	defer cancel()
	out := slices.DeleteFunc(slices.Clone(due), func(v *visit) bool { return v.occupant != nil })
	each(out, func(v *visit) {
		o, err := c.Enter(ctx, v.room)
		if v.err = err; err == nil {
			v.occupant, v.entered = o, now
		}
	})
	for _, v := range out {
		if v.err != nil {
			v.failed(now)
		}
	}
}

// act does in each room that we are in what is to be done there. What a later
// clock could not know is in the registry before a subject is set. The error says
// why it is not, and then none was.
func (c *Clock) act(ctx context.Context, now time.Time, due []*visit, slots []provisioner.Slot) error {
	in := slices.DeleteFunc(slices.Clone(due), func(v *visit) bool { return v.occupant == nil })
	for _, v := range in {
		v.sight = c.see(v, slots)
		v.move = decide(v.sight, now)
		if v.move.note != nil {
			c.put(*v.move.note)
		}
	}
	if err := c.save(ctx); err != nil {
		return err
	}
	speaking, cancel := context.WithTimeout(ctx, phase)
	defer cancel()
	each(in, func(v *visit) {
		switch {
		case v.move.set == nil:
		case v.occupant.Subject().Text != v.sight.is:
			v.err = errOvertaken
		default:
			v.err = v.occupant.SetSubject(speaking, *v.move.set)
		}
	})
	var over []*stay
	for _, v := range in {
		if c.conclude(now, v) && len(v.slots) == 0 {
			over = append(over, v.stay)
		}
	}
	c.leave(ctx, over)
	return nil
}

// conclude notes what became of a move. It says whether nothing is left to do.
func (c *Clock) conclude(now time.Time, v *visit) bool {
	switch {
	case v.err == errOvertaken:
		v.backoff = v.backoff.Failed(now, shortWait)
		return false
	case v.err != nil:
		v.failed(now)
		if len(v.slots) > 0 || !forbidden(v.err) {
			return false
		}
		if v.refusals++; v.refusals < maxRefusals {
			return false
		}
		c.Log.WithField("room", v.room).Warn("the room refuses to have its subject back, which is not tried again")
	}
	v.refusals = 0
	if v.move.then == nil {
		c.drop(v.room)
	} else {
		c.put(*v.move.then)
	}
	if v.err != nil {
		return true
	}
	found := v.own == nil && same(v.sight.is, v.text) // an earlier clock set it
	switch set := v.move.set != nil; {
	case len(v.slots) > 0 && (set || found):
		own := v.known.Subject
		v.own = &own
	case set:
		v.own = nil
	}
	if v.move.set != nil {
		entry := c.Log.WithFields(logrus.Fields{"room": v.room, "subject": *v.move.set})
		if len(v.slots) > 0 {
			entry.Info("the subject tells of the session")
		} else {
			entry.Info("no session is on: the subject is the one from before")
		}
	}
	return true
}

// forbidden says whether a room refuses for good, as far as one can tell.
func forbidden(err error) bool {
	var refusal *xmppadmin.StanzaError
	return errors.As(err, &refusal) && (refusal.Condition == "forbidden" || refusal.Condition == "not-allowed")
}

// leave leaves rooms, whatever they answer.
func (c *Clock) leave(ctx context.Context, list []*stay) {
	ctx, cancel := context.WithTimeout(ctx, phase)
	defer cancel()
	list = slices.DeleteFunc(list, func(s *stay) bool { return s.occupant == nil })
	each(list, func(s *stay) {
		if err := s.occupant.Leave(ctx); err != nil {
			c.Log.WithField("room", s.room).WithError(err).Debug("leaving a room")
		}
		s.occupant = nil
	})
}

// each calls do for several rooms at a time, and returns when all calls have.
func each[T any](list []T, do func(T)) {
	var g errgroup.Group
	g.SetLimit(inFlight)
	for _, one := range list {
		g.Go(func() error {
			do(one)
			return nil
		})
	}
	g.Wait() // no call has an error
}
