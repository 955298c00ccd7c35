package announce

import (
	"cmp"
	"slices"
	"time"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

// Kind is what is said of a session. Together with the session and when it starts
// it is said once.
type Kind string

const (
	Start     Kind = "start"     // it starts
	Moved     Kind = "moved"     // to another time
	Cancelled Kind = "cancelled" // it does not take place, or not then

	// planned is no announcement: the agenda had the session take place then.
	planned Kind = "planned"
)

// Before is the kind of what is said so long before a session starts.
func Before(lead time.Duration) Kind { return Kind("before " + lead.String()) }

const (
	// late is how long after its moment an announcement is still made.
	late = 2 * time.Minute

	// ahead bounds how far in the future a session may be that is told to be
	// moved or cancelled.
	ahead = 24 * time.Hour
)

// Settings say what is announced. The zero Settings: nothing.
type Settings struct {
	Before    []time.Duration // so long before sessions start
	Start     bool
	Moved     bool
	Cancelled bool
	Except    []string // rooms, by name, in which nothing is said
}

// any says whether anything is announced at all.
func (s Settings) any() bool {
	return len(s.Before) > 0 || s.Start || s.Moved || s.Cancelled
}

// Announcement is one thing to say in one room.
type Announcement struct {
	Kind Kind
	Slot provisioner.Slot // of the agenda as it is now

	Lead     time.Duration // so long before the session starts; 0 unless that is the Kind
	OldStart time.Time     // when a moved session was to start; else zero

	Due   time.Time // from then on it is to be said
	Until time.Time // from then on it is too late
}

// key is what an announcement is told by.
type key struct {
	session int
	start   int64 // Unix time
	kind    Kind
}

func keyOf(r registry.Announced) key { return key{r.Session, r.Start.Unix(), Kind(r.Kind)} }

func (a Announcement) key() key { return key{a.Slot.Session, a.Slot.Start.Unix(), a.Kind} }

// row is the announcement as the registry has it. begun is just before it is sent,
// accepted zero until the server has accepted it.
func (a Announcement) row(begun, accepted time.Time) registry.Announced {
	return registry.Announced{
		Session: a.Slot.Session, Start: a.Slot.Start, Kind: string(a.Kind), Room: a.Slot.Room,
		Begun: begun, Accepted: accepted,
	}
}

// compare orders announcements as they are made.
func compare(a, b Announcement) int {
	return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Slot.Room, b.Slot.Room),
		cmp.Compare(a.Slot.Session, b.Slot.Session), cmp.Compare(a.Kind, b.Kind))
}

// All lists what there ever is to say of the slots and was not said, by the time
// when it is due: what is too late as well, and what is still to come. said is
// what the registry remembers. It is pure.
//
//	kind       due                        until
//	before L   L before the start         2 minutes later, the next shorter L, the start
//	start      at the start               2 minutes later, the end
//	moved      now                        the end; see changed
//	cancelled  now                        the end; see changed
//
// Nothing is said of a session without a room that people are sent to, nor in the
// rooms that Settings leave out.
func All(slots []provisioner.Slot, said []registry.Announced, now time.Time, s Settings) []Announcement {
	list := append(timed(slots, s), changed(slots, said, now, s)...)
	seen := make(map[key]bool, len(said))
	for _, r := range said {
		seen[keyOf(r)] = true
	}
	list = slices.DeleteFunc(list, func(a Announcement) bool {
		known := seen[a.key()]
		seen[a.key()] = true // a session that the agenda has twice is told once
		return known || a.Slot.Room == "" || slices.Contains(s.Except, a.Slot.Room)
	})
	slices.SortFunc(list, compare)
	return list
}

// due says whether an announcement is to be made now.
func (a Announcement) due(now time.Time) bool { return !a.Due.After(now) && a.Until.After(now) }

// timed lists what the time of day brings for the sessions that take place.
func timed(slots []provisioner.Slot, s Settings) []Announcement {
	leads := slices.Compact(slices.Sorted(slices.Values(s.Before)))
	var list []Announcement
	for _, slot := range slots {
		if slot.Off {
			continue
		}
		next := slot.Start // what is said after it makes an announcement needless
		for _, lead := range leads {
			at := slot.Start.Add(-lead)
			list = append(list, Announcement{
				Kind: Before(lead), Slot: slot, Lead: lead, Due: at, Until: earlier(at.Add(late), next),
			})
			next = at
		}
		if s.Start {
			list = append(list, Announcement{
				Kind: Start, Slot: slot, Due: slot.Start, Until: earlier(slot.Start.Add(late), slot.End),
			})
		}
	}
	return list
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
