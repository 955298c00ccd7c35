package soak

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/day"
)

// groups are those that meet.
func groups() []string {
	return []string{"tsvwg", "quic", "tls", "dnsop", "lake", "mls", "cfrg", "oauth", "emailcore", "httpapi"}
}

// Every so many days there is an IETF meeting, of so many days, whose agenda is out so long before. The one before is over
// for more than three days then: so long it stays the current one.
const (
	cycle   = 8
	length  = 2
	outSoon = 2
)

// agendas makes meetings by chance.
type agendas struct {
	rng   *rand.Rand
	last  int // id of a session
	count int // of IETF meetings
}

// begin cuts the world down to some groups, and one meeting.
func (a *agendas) begin(w *datatrackertest.World) {
	a.last = 700000
	day.Cut(w, groups()...)
	w.Meetings = []*datatrackertest.Meeting{w.Meeting("113")}
	w.Meeting("113").Date = start.AddDate(0, 0, cycle/2)
	w.Meeting("113").Days = length
	w.Meeting("113").Schedule = 0
}

// plan brings the world to a day: the next meeting is announced, its agenda comes out, an interim is held tomorrow.
func (a *agendas) plan(w *datatrackertest.World, midnight time.Time, n int) {
	current := w.Meeting(strconv.Itoa(113 + a.count))
	if midnight.After(current.Date.AddDate(0, 0, length)) {
		next := *current
		a.count++
		next.ID, next.Number, next.Date = current.ID+1, strconv.Itoa(113+a.count), current.Date.AddDate(0, 0, cycle)
		next.Schedule, next.Sessions = 0, nil
		w.Meetings = append(w.Meetings, &next)
		current = &next
	}
	if current.Schedule == 0 && !midnight.AddDate(0, 0, outSoon).Before(current.Date) {
		current.Schedule = current.ID
		for d := range length {
			for range 10 + a.rng.IntN(4) {
				a.hold(w, current.Number, current.Date.AddDate(0, 0, d).Add(9*time.Hour), 8*time.Hour)
			}
		}
	}
	if n%cycle == cycle-1 {
		i := w.AddInterim(groups()[a.rng.IntN(len(groups()))], midnight.AddDate(0, 0, 1).Add(15*time.Hour), 2)
		for _, s := range i.Sessions {
			a.last++
			s.Name = fmt.Sprintf("Part-%d", a.last)
		}
	}
	longOver := func(m *datatrackertest.Meeting) bool { return m.Date.Before(midnight.AddDate(0, 0, -30)) }
	w.Meetings = slices.DeleteFunc(w.Meetings, func(m *datatrackertest.Meeting) bool { return m.Type == "interim" && longOver(m) })
	for _, m := range w.Meetings {
		if longOver(m) { // nobody asks for them, and what the test itself holds is not to grow
			m.Sessions = nil
		}
	}
}

// hold gives some group a session somewhere in a time.
func (a *agendas) hold(w *datatrackertest.World, meeting string, from time.Time, within time.Duration) *datatrackertest.Session {
	a.last++
	length := time.Duration(30+15*a.rng.IntN(7)) * time.Minute
	begins := from.Add(time.Duration(a.rng.Int64N(int64(within/(5*time.Minute)))) * 5 * time.Minute)
	day.Hold(w, meeting, a.last, groups()[a.rng.IntN(len(groups()))], begins, length)
	return w.Session(a.last)
}

// today lists the sessions of a day.
func today(w *datatrackertest.World, midnight time.Time) (list []*datatrackertest.Session) {
	for _, m := range w.Meetings {
		for _, s := range m.Sessions {
			if (m.Type == "interim" || m.Schedule != 0) && !s.Start.Before(midnight) && s.Start.Before(midnight.Add(aDay)) {
				list = append(list, s)
			}
		}
	}
	return list
}

// edit changes something about today, and says what. What roomctl may hear of only a quarter of an hour later is still to
// come then: nothing is moved into the past.
func (a *agendas) edit(w *datatrackertest.World, now time.Time) string {
	const notice = 30 * time.Minute
	midnight := now.Truncate(aDay)
	soon := now.Truncate(5 * time.Minute).Add(notice)
	var open []*datatrackertest.Session
	for _, s := range today(w, midnight) {
		if s.Status == "sched" && s.Start.Add(s.Duration).After(soon.Add(notice)) {
			open = append(open, s)
		}
	}
	if len(open) == 0 {
		return ""
	}
	s := open[a.rng.IntN(len(open))]
	end := s.Start.Add(s.Duration)
	by := time.Duration(1+a.rng.IntN(6)) * 15 * time.Minute
	switch n := a.rng.IntN(5); {
	case n == 0 && s.Start.After(soon) && end.Add(by).Before(midnight.Add(20*time.Hour)):
		w.MoveSession(s.ID, s.Start.Add(by))
		return fmt.Sprintf("session %d of %s moves by %s", s.ID, s.GroupThen.Acronym, by)
	case n == 1:
		w.CancelSession(s.ID)
		return fmt.Sprintf("session %d of %s is cancelled", s.ID, s.GroupThen.Acronym)
	case n == 2 && end.Add(-by).After(soon) && by < s.Duration:
		s.Duration -= by
		return fmt.Sprintf("session %d of %s is shorter by %s", s.ID, s.GroupThen.Acronym, by)
	case n == 3 && end.Add(by).Before(midnight.Add(20*time.Hour)):
		s.Duration += by
		return fmt.Sprintf("session %d of %s is longer by %s", s.ID, s.GroupThen.Acronym, by)
	case soon.Before(midnight.Add(17 * time.Hour)):
		added := a.hold(w, meetingOf(w, s.ID), soon, time.Hour)
		return fmt.Sprintf("session %d of %s is added at %s", added.ID, added.GroupThen.Acronym, added.Start.Format("15:04"))
	}
	return ""
}

// meetingOf is the number of the meeting that has a session.
func meetingOf(w *datatrackertest.World, session int) string {
	for _, m := range w.Meetings {
		for _, s := range m.Sessions {
			if s.ID == session {
				return m.Number
			}
		}
	}
	return ""
}
