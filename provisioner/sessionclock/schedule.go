package sessionclock

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"roomctl/provisioner"
)

// Show is a room in which sessions are on.
type Show struct {
	Room  string
	Slots []provisioner.Slot // the sessions, by start and id; at least one
}

// Schedule says which rooms show which sessions now, by room, and when that
// changes next; zero: never, as far as the slots tell. A session is on from its
// start until just before its end, unless it is off or is linked to no room.
func Schedule(slots []provisioner.Slot, now time.Time) (on []Show, next time.Time) {
	rooms := map[string][]provisioner.Slot{}
	for _, s := range slots {
		if s.Off || s.Room == "" || !s.Start.Before(s.End) {
			continue
		}
		switch {
		case now.Before(s.Start):
			next = sooner(next, s.Start)
		case now.Before(s.End):
			next = sooner(next, s.End)
			rooms[s.Room] = append(rooms[s.Room], s)
		}
	}
	for _, room := range slices.Sorted(maps.Keys(rooms)) {
		slices.SortStableFunc(rooms[room], func(a, b provisioner.Slot) int {
			return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Session, b.Session))
		})
		on = append(on, Show{Room: room, Slots: rooms[room]})
	}
	return on, next
}

// sooner is the earlier of two moments; a zero one never comes.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
