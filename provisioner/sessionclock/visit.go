package sessionclock

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"roomctl/provisioner"
	"roomctl/provisioner/backoff"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// stay is what is kept between two Steps of a room that shows a session, or that
// we are in or want to be in.
type stay struct {
	room     string
	occupant Occupant // nil: we are outside
	entered  time.Time
	backoff  backoff.Backoff
	trouble  error // why the subject is not as it should be; nil: it is, as far as is known
	refusals int   // of the subject that was to come back

	own *string // the subject that the room had of its own when a session's was set; nil: none was
}

// visit is a room in which something may be due.
type visit struct {
	*stay
	slots []provisioner.Slot // that are on; none: the stay is to end
	text  string             // that tells of them

	known registry.Room
	sight sight
	move  move
	err   error // of entering, of setting the subject, of leaving
}

// visits are the rooms in which sessions are on, those that show one, and those
// that we are in, by name.
func (c *Clock) visits(now time.Time, on []Show) []*visit {
	want := map[string]*visit{}
	for room := range c.stays {
		want[room] = &visit{}
	}
	for room := range c.rows {
		want[room] = &visit{}
	}
	for _, show := range c.limited(on) {
		text, err := c.Texts.Of(show.Slots...).Render(c.Texts.Subject)
		if err != nil {
			c.found = append(c.found, fmt.Errorf("room %s tells of no session: %w (setting: rooms.session_subject)", show.Room, err))
			continue
		}
		want[show.Room] = &visit{slots: show.Slots, text: text}
	}
	list := make([]*visit, 0, len(want))
	for _, room := range slices.Sorted(maps.Keys(want)) {
		v := want[room]
		if c.stays[room] == nil {
			c.stays[room] = &stay{room: room}
		}
		v.stay = c.stays[room]
		v.look(now)
		list = append(list, v)
	}
	return list
}

// limited leaves out rooms beyond the limit, not those that we are in.
func (c *Clock) limited(on []Show) []Show {
	if len(on) <= maxStays {
		return on
	}
	c.found = append(c.found, fmt.Errorf("sessions are on in %d rooms at once, of which %d tell so", len(on), maxStays))
	on = slices.Clone(on)
	slices.SortStableFunc(on, func(a, b Show) int { return cmp.Compare(c.outside(a.Room), c.outside(b.Room)) })
	return on[:maxStays]
}

// outside is 0 for a room that we are in, and 1 for others.
func (c *Clock) outside(room string) int {
	if s := c.stays[room]; s != nil && s.occupant != nil {
		return 0
	}
	return 1
}

// told are the subjects that tell of the sessions of a room, whenever one of them
// begins or ends: what a clock set that was cut off before it could record so is
// among them. The session of the row may have been cancelled since.
func (c *Clock) told(room string, slots []provisioner.Slot) []string {
	var list []string
	tell := func(slots ...provisioner.Slot) {
		if text, err := c.Texts.Of(slots...).Render(c.Texts.Subject); err == nil { // else it was never set
			list = append(list, text)
		}
	}
	var here []provisioner.Slot
	row, shows := c.rows[room]
	for _, s := range slots {
		if shows && s.Session == row.Session {
			tell(s)
		}
		if s.Room == room {
			here = append(here, s)
		}
	}
	for _, s := range here {
		for _, moment := range []time.Time{s.Start, s.End} {
			on, _ := Schedule(here, moment)
			for _, show := range on {
				tell(show.Slots...)
			}
		}
	}
	return list
}

// look finds out whether we are still in the room. Whoever throws us out is not
// answered by coming in at once, and again and again; after a connection that
// lasted there is nothing to wait for.
func (s *stay) look(now time.Time) {
	if s.occupant == nil {
		return
	}
	select {
	case <-s.occupant.Gone():
	default:
		return
	}
	why := s.occupant.Err()
	s.occupant = nil
	switch lasted := now.Sub(s.entered); {
	case !errors.Is(why, xmppadmin.ErrDisconnected):
		s.backoff = s.backoff.Failed(now, longestWait)
		s.trouble = fmt.Errorf("roomctl keeps the subject of room %s, is no longer in it, and comes in again: %w", s.room, why)
	case lasted > shortWait:
		s.backoff = backoff.Backoff{}
	default:
		s.backoff = s.backoff.Failed(now, shortWait)
	}
}

// due leaves out the rooms that are as they should be, and those in which it is too
// early to try again.
func (c *Clock) due(now time.Time, all []*visit) []*visit {
	return slices.DeleteFunc(all, func(v *visit) bool { return v.backoff.Waits(now) || c.settled(v) })
}

// settled says whether a room shows what it should.
func (c *Clock) settled(v *visit) bool {
	row, shows := c.rows[v.room]
	if len(v.slots) == 0 || !shows || v.occupant == nil {
		return len(v.slots) == 0 && !shows && v.occupant == nil
	}
	return same(v.occupant.Subject().Text, v.text) && row.Subject == v.text
}

// see is what is seen from inside the room.
func (c *Clock) see(v *visit, slots []provisioner.Slot) sight {
	s := sight{slots: v.slots, text: v.text, told: c.told(v.room, slots), is: v.occupant.Subject().Text, own: v.known.Subject}
	if row, shows := c.rows[v.room]; shows {
		s.row = &row
	}
	s.reset = v.own != nil && *v.own != s.own && same(s.is, s.own) && v.known.State == registry.Active
	return s
}
