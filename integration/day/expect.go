package day

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ahead is how long before a session a change of it is told of.
const ahead = 24 * time.Hour

// expect adds what there is to say by an agenda. What is due by the agenda of a minute ago may be said before the new one
// is known.
func (j *Judge) expect(now time.Time, agenda Agenda) {
	j.book("") // so that there are maps
	for _, s := range j.agenda {
		if !slices.Contains(agenda, s) {
			j.timed(now, s, true)
		}
	}
	j.agenda = agenda
	for _, s := range agenda {
		was, stood := j.stands[s.ID]
		switch {
		case !j.known[s.ID]:
			j.known[s.ID] = true
			if !s.Off && s.End.After(now) {
				j.stands[s.ID] = s.Start
			}
		case stood && s.Off && was.Equal(s.Start):
			j.changed(now, s, "cancelled", was)
		case stood && !s.Off && !was.Equal(s.Start):
			j.changed(now, s, "moved", was)
		case stood:
			j.drop(s.ID) // it is again as people know it
		case !s.Off && s.End.After(now):
			j.stands[s.ID] = s.Start
		}
		j.timed(now, s, false)
	}
}

// timed adds what the time of day brings for a session that takes place.
func (j *Judge) timed(now time.Time, s Session, excused bool) {
	if s.Off || s.Room == "" {
		return
	}
	j.due(now, s, excused, "before", s.Start.Add(-lead), s.Start, "In 15 minutes, at "+s.Start.UTC().Format("15:04 MST"))
	j.due(now, s, excused, "start", s.Start, s.End, "Starting now: ") // until when is the subject's to tell
}

// due expects what is to be said at a moment, and late at most before another.
func (j *Judge) due(now time.Time, s Session, excused bool, kind string, at, end time.Time, words ...string) {
	until := at.Add(late)
	if end.Before(until) {
		until = end
	}
	if at.After(now) || !now.Before(until) && !until.After(j.before) {
		return
	}
	j.add(&expectation{room: s.Room, session: s, kind: kind, words: words, until: until, excused: excused || j.within(soon, now)})
}

// changed expects that a session's other time is said, in place of what was to be said of it before. was is when people
// know it to start.
func (j *Judge) changed(now time.Time, s Session, kind string, was time.Time) {
	length := s.End.Sub(s.Start)
	near := s.Start.Before(now.Add(ahead)) || kind == "moved" && was.Before(now.Add(ahead)) && was.Add(length).After(now)
	if !s.End.After(now) || !near || s.Room == "" {
		j.settle(s, kind)
		return
	}
	words := []string{"Cancelled: ", "on " + moment(was)}
	if kind == "moved" {
		words = []string{"Moved: ", "is on " + moment(s.Start), "not on " + moment(was)}
	}
	j.add(&expectation{room: s.Room, session: s, kind: kind, words: words, until: s.End, excused: j.within(soon, now)})
}

func moment(t time.Time) string { return t.UTC().Format("Mon 2 Jan, 15:04 MST") }

// add adds an expectation, once. One about the same change of a session gives way to it.
func (j *Judge) add(e *expectation) {
	key := fmt.Sprint(e.session.ID, e.session.Start.Unix(), e.kind)
	if j.made[key] || slices.Contains(j.Silent, e.room) {
		if slices.Contains(j.Silent, e.room) {
			j.settle(e.session, e.kind)
		}
		return
	}
	if e.kind == "moved" || e.kind == "cancelled" {
		j.drop(e.session.ID)
	}
	j.made[key] = true
	j.expected = append(j.expected, e)
}

// drop forgets what was to be said of a session's change and was not.
func (j *Judge) drop(session int) {
	j.expected = slices.DeleteFunc(j.expected, func(e *expectation) bool {
		gone := e.session.ID == session && !e.heard && (e.kind == "moved" || e.kind == "cancelled")
		if gone {
			delete(j.made, fmt.Sprint(session, e.session.Start.Unix(), e.kind))
		}
		return gone
	})
}

// settle takes down that people know of a change.
func (j *Judge) settle(s Session, kind string) {
	switch kind {
	case "cancelled":
		delete(j.stands, s.ID)
	case "moved":
		j.stands[s.ID] = s.Start
	}
}

// hear judges what was said in a room; "": it was to be said there, and for the first time.
func (j *Judge) hear(room, text string) string {
	again := ""
	for _, e := range j.expected {
		if e.room != room || !strings.Contains(text, e.session.Name) ||
			slices.ContainsFunc(e.words, func(w string) bool { return !strings.Contains(text, w) }) {
			continue
		}
		if e.heard {
			again = ", a second time"
			continue
		}
		e.heard = true
		j.Counts.Announcements++
		j.settle(e.session, e.kind)
		return ""
	}
	return fmt.Sprintf("in %s was said%s: %q", room, again, text)
}

// missed lists what should have been said and was not. What is too late is forgotten an hour later, so that it is known
// if it is said all the same.
func (j *Judge) missed(now time.Time) (wrong []string) {
	for _, e := range j.expected {
		e.excused = e.excused || j.within(soon, now)
		if !e.heard && !e.excused {
			wrong = append(wrong, "nobody heard the announcement: "+e.String())
			e.excused = true // it is told once
		}
	}
	j.expected = slices.DeleteFunc(j.expected, func(e *expectation) bool {
		open := e.kind != "moved" && e.kind != "cancelled" && !e.heard
		return open && !now.Before(e.until) || now.After(e.until.Add(time.Hour))
	})
	return wrong
}
