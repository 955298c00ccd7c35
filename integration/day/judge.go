package day

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Seen is what the people in a room have seen of it.
type Seen struct {
	Subject string
	Heard   []string // what roomctl said there, oldest first
	Roomctl bool     // roomctl is in it
}

const (
	// lead is how long before their start sessions are announced.
	lead = 15 * time.Minute

	// late is how long an announcement may be late. After that nobody makes it.
	late = 2 * time.Minute

	// soon is how long after a trouble the subject of a session may be missing, and its announcement be made late.
	soon = 2 * time.Minute

	// settled is how long after a trouble roomctl may still be in a room, or the subject be that of a session that is over.
	settled = 11 * time.Minute
)

// A Judge holds what people see in the rooms against the published agendas, minute by minute. It knows nothing of how
// roomctl does it, and remembers what it has seen. The zero Judge is ready; roomctl announces what there is to announce.
type Judge struct {
	Silent []string // rooms in which nothing is to be said

	books    map[string]*book
	expected []*expectation
	made     map[string]bool   // expectations that there ever were
	stands   map[int]time.Time // when people know sessions to start
	known    map[int]bool      // sessions that were seen
	trouble  time.Time         // until when something was wrong between roomctl and the rooms
	before   time.Time         // of the last Check
	agenda   Agenda            // likewise
	Counts   struct{ Minutes, Subjects, Announcements int }
}

// A book is what the Judge remembers of a room.
type book struct {
	base   *string      // its subject while nothing is on; nil: not known
	person bool         // a person set a subject while a session was on, which wins
	on     map[int]bool // the sessions that were on
	heard  int
}

// An expectation is something that roomctl may say, or must.
type expectation struct {
	room    string
	session Session
	kind    string
	words   []string // that it has
	until   time.Time
	heard   bool
	excused bool // there was trouble while it was to be said
}

func (e *expectation) String() string {
	return fmt.Sprintf("%s of session %d (%s) in %s", e.kind, e.session.ID, e.session.Name, e.room)
}

// Trouble tells that something is wrong between roomctl and the rooms until a time: what is not as it should be may be so
// for a while.
func (j *Judge) Trouble(until time.Time) { j.trouble = until }

// Calm says whether there was no trouble for so long that all is as it should be.
func (j *Judge) Calm(now time.Time) bool { return !j.within(settled, now) }

// Person tells that a person has set the subject of a room.
func (j *Judge) Person(room, subject string) {
	b := j.book(room)
	b.base, b.person = &subject, len(b.on) > 0
}

// Forget drops what was heard so far in the rooms: the next Check finds them without.
func (j *Judge) Forget() {
	for _, b := range j.books {
		b.heard = 0
	}
}

func (j *Judge) book(room string) *book {
	if j.books == nil {
		j.books = map[string]*book{}
		j.made, j.stands, j.known = map[string]bool{}, map[int]time.Time{}, map[int]bool{}
	}
	if j.books[room] == nil {
		j.books[room] = &book{}
	}
	return j.books[room]
}

// within says whether there is trouble, or was so recently.
func (j *Judge) within(d time.Duration, now time.Time) bool {
	return !j.trouble.IsZero() && now.Sub(j.trouble) < d
}

// Check says what is wrong in the rooms now, if anything is.
func (j *Judge) Check(now time.Time, agenda Agenda, rooms map[string]Seen) (wrong []string) {
	if j.before.IsZero() || now.Before(j.before) {
		j.before = now.Add(-time.Second)
	}
	j.Counts.Minutes++
	j.expect(now, agenda)
	for _, room := range slices.Sorted(maps.Keys(rooms)) {
		b, seen := j.book(room), rooms[room]
		for _, text := range seen.Heard[min(b.heard, len(seen.Heard)):] {
			if why := j.hear(room, text); why != "" {
				wrong = append(wrong, why)
			}
		}
		b.heard = len(seen.Heard)
		wrong = append(wrong, j.subject(now, room, seen, agenda)...)
	}
	wrong = append(wrong, j.missed(now)...)
	j.before = now
	return wrong
}

// subject judges one room's subject, and whether roomctl is in it.
func (j *Judge) subject(now time.Time, room string, seen Seen, agenda Agenda) (wrong []string) {
	b := j.book(room)
	on := map[int]bool{}
	var sessions []Session
	for _, s := range agenda {
		if s.on(room, now) {
			on[s.ID] = true
			sessions = append(sessions, s)
		}
	}
	for id := range on {
		if !b.on[id] && !j.within(soon, now) {
			b.person = false // a session that begins is told of
		}
	}
	excused := j.within(settled, now)
	if len(on) > 0 {
		excused = j.within(soon, now)
	}
	if !excused {
		b.on = on
	}
	switch {
	case excused:
	case seen.Roomctl != (len(on) > 0):
		wrong = append(wrong, fmt.Sprintf("roomctl is in %s: %t, and %d sessions are on", room, seen.Roomctl, len(on)))
	case b.base == nil && len(on) == 0:
		b.base = &seen.Subject
	case (len(on) == 0 || b.person) && b.base != nil && seen.Subject != *b.base:
		wrong = append(wrong, fmt.Sprintf("the subject of %s is %q, and its own is %q", room, seen.Subject, *b.base))
	case len(on) > 0 && !b.person:
		j.Counts.Subjects++
		if lacks := untold(seen.Subject, sessions, agenda); lacks != "" {
			wrong = append(wrong, fmt.Sprintf("the subject of %s is %q: it %s", room, seen.Subject, lacks))
		}
	}
	return wrong
}

// untold says what a subject lacks to tell of just these sessions.
func untold(subject string, on []Session, all []Session) string {
	end := on[0].End
	for _, s := range on {
		if !strings.Contains(subject, s.Name) {
			return "does not name " + s.Name
		}
		if s.End.After(end) {
			end = s.End
		}
	}
	for _, s := range all {
		there := slices.ContainsFunc(on, func(o Session) bool { return o.Name == s.Name })
		if !there && strings.Contains(subject, s.Name) {
			return "names " + s.Name
		}
	}
	for _, words := range []string{"Now: ", "until " + end.UTC().Format("15:04 MST"), "/meeting/", "Note Well: https://"} {
		if !strings.Contains(subject, words) {
			return fmt.Sprintf("does not say %q", words)
		}
	}
	return ""
}
