package worker

import (
	"cmp"
	"slices"
	"time"

	"roomctl/provisioner"
)

// around is how long before its first session and after its last one a meeting is
// taken to be on.
const around = time.Hour

// window is a time in which a meeting is on.
type window struct {
	begin, end time.Time // both are in it
	title      string    // of the meeting
	ietf       bool
}

// windows are sorted by their beginning; they may overlap.
type windows []window

// meetings are the times in which the meetings of these sessions are on: an IETF
// meeting from an hour before its first session to an hour after its last, nights
// included, an interim so on each of its days (UTC). Sessions that do not take
// place do not count.
func meetings(slots []provisioner.Slot) windows {
	type key struct{ meeting, day string }
	found := map[key]window{}
	for _, s := range slots {
		if s.Off {
			continue
		}
		k := key{meeting: s.Meeting}
		if !s.IETF {
			k.day = s.Start.UTC().Format(time.DateOnly)
		}
		begin, end := s.Start.Add(-around), s.End.Add(around)
		w, known := found[k]
		if !known {
			w = window{begin: begin, end: end, title: s.Title, ietf: s.IETF}
		}
		if begin.Before(w.begin) {
			w.begin = begin
		}
		if end.After(w.end) {
			w.end = end
		}
		found[k] = w
	}
	list := make(windows, 0, len(found))
	for _, w := range found {
		list = append(list, w)
	}
	slices.SortFunc(list, func(a, b window) int {
		return cmp.Or(a.begin.Compare(b.begin), cmp.Compare(a.title, b.title))
	})
	return list
}

// MeetingAt is the title of the meeting that is on at a time, an IETF meeting before
// an interim, and since when it is; "" when none is. The worker's schedule for
// meetings holds then.
func MeetingAt(slots []provisioner.Slot, t time.Time) (title string, since time.Time) {
	on := meetings(slots).window(t)
	return on.title, on.begin
}

// at is the title of the meeting that is on at a time, an IETF meeting before an
// interim; "" when none is.
func (w windows) at(t time.Time) string { return w.window(t).title }

// window is the one that is on at a time, an IETF meeting's before an interim's; the
// zero window when none is.
func (w windows) window(t time.Time) (on window) {
	for _, one := range w {
		switch {
		case t.Before(one.begin) || t.After(one.end):
		case one.ietf:
			return one
		case on.title == "":
			on = one
		}
	}
	return on
}

// since is since when one meeting or another has been on at a time without a break;
// zero when none is.
func (w windows) since(t time.Time) time.Time {
	if w.at(t) == "" {
		return time.Time{}
	}
	since := t
	for _, one := range slices.Backward(w) { // whose beginnings grow earlier
		if one.begin.Before(since) && !one.end.Before(since) {
			since = one.begin
		}
	}
	return since
}
