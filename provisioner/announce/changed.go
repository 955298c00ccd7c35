package announce

import (
	"maps"
	"slices"
	"time"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

// course is one session: its slots on the agenda as it is now, and when it was
// known to take place before. A session may have several slots.
type course struct {
	on, off []provisioner.Slot
	planned []registry.Announced // rows, by start
}

// courses sorts slots and what is remembered by session. Sessions of which the
// agenda says nothing have no course: missing is no evidence.
func courses(slots []provisioner.Slot, said []registry.Announced) map[int]*course {
	all := map[int]*course{}
	for _, slot := range slots {
		c := all[slot.Session]
		if c == nil {
			c = &course{}
			all[slot.Session] = c
		}
		if slot.Off {
			c.off = append(c.off, slot)
		} else {
			c.on = append(c.on, slot)
		}
	}
	for _, r := range said {
		if c := all[r.Session]; c != nil && Kind(r.Kind) == planned {
			c.planned = append(c.planned, r)
		}
	}
	return all
}

// at says whether one of the slots starts then.
func at(slots []provisioner.Slot, start time.Time) bool {
	return slices.ContainsFunc(slots, func(s provisioner.Slot) bool { return s.Start.Equal(start) })
}

// knew says whether the session was known to start then.
func (c *course) knew(start time.Time) bool {
	return slices.ContainsFunc(c.planned, func(r registry.Announced) bool { return r.Start.Equal(start) })
}

// gone are the starts at which the session was known to take place, and at which
// the agenda has it no more in any way.
func (c *course) gone() []time.Time {
	var starts []time.Time
	for _, r := range c.planned {
		if !at(c.on, r.Start) && !at(c.off, r.Start) {
			starts = append(starts, r.Start)
		}
	}
	return starts
}

// changed lists the sessions that do not take place when they were known to, as
// long as that matters: the session is not over, and it was to start, or starts
// now, within a day.
//
//	known to start at A, and the agenda has it  | it is
//	taking place at A                           | as it was
//	off at A                                    | cancelled
//	taking place at B, and not at A             | moved from A to B
//	off at B, and not at A                      | cancelled at A
//	not at all                                  | as it was: nobody says so
//
// A session that was not known before is neither.
func changed(slots []provisioner.Slot, said []registry.Announced, now time.Time, s Settings) []Announcement {
	all := courses(slots, said)
	var list []Announcement
	for _, id := range slices.Sorted(maps.Keys(all)) {
		for _, a := range all[id].changes() {
			wanted := a.Kind == Moved && s.Moved || a.Kind == Cancelled && s.Cancelled
			if wanted && a.matters(now) {
				a.Due, a.Until = now, a.Slot.End
				list = append(list, a)
			}
		}
	}
	return list
}

// changes compares one session with what was known of it.
func (c *course) changes() []Announcement {
	var list []Announcement
	for _, slot := range c.off {
		if c.knew(slot.Start) {
			list = append(list, Announcement{Kind: Cancelled, Slot: slot})
		}
	}
	gone := c.gone()
	for _, slot := range c.on {
		if len(gone) > 0 && !c.knew(slot.Start) {
			list = append(list, Announcement{Kind: Moved, Slot: slot, OldStart: gone[0]})
			gone = gone[1:]
		}
	}
	if len(c.on) == 0 {
		for i, start := range gone[:min(len(gone), len(c.off))] {
			slot := c.off[i]
			slot.Start, slot.End = start, start.Add(slot.End.Sub(slot.Start))
			list = append(list, Announcement{Kind: Cancelled, Slot: slot})
		}
	}
	return list
}

// matters says whether people should hear of a change to a session that is not
// over.
func (a Announcement) matters(now time.Time) bool {
	if a.Slot.Start.Before(now.Add(ahead)) {
		return true
	}
	wasOver := a.OldStart.Add(a.Slot.End.Sub(a.Slot.Start))
	return a.Kind == Moved && wasOver.After(now) && a.OldStart.Before(now.Add(ahead))
}

// memory is what the registry is to remember from now on of when sessions take
// place: the rows to add, and those to drop. What is open is not said yet, and
// its session stays remembered as it was. It is pure.
func memory(slots []provisioner.Slot, said []registry.Announced, open []Announcement, now time.Time) (add, drop []registry.Announced) {
	waiting := map[int]bool{}
	for _, a := range open {
		if a.Kind == Moved || a.Kind == Cancelled {
			waiting[a.Slot.Session] = true
		}
	}
	all := courses(slots, said)
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if waiting[id] {
			continue
		}
		c := all[id]
		for _, slot := range c.on {
			if slot.End.After(now) && !c.knew(slot.Start) {
				add = append(add, registry.Announced{
					Session: id, Start: slot.Start, Kind: string(planned), Room: slot.Room, Begun: now, Accepted: now,
				})
			}
		}
		for _, r := range c.planned {
			if !at(c.on, r.Start) {
				drop = append(drop, r)
			}
		}
	}
	return add, drop
}
