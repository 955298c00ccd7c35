package years

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"roomctl/datatracker/datatrackertest"
)

const (
	day = 24 * time.Hour

	betweenMeetings  = 17 * 7 * day // three a year
	agendaIsOutFor   = 28 * day     // before a meeting
	forgetInterims   = 400 * day    // past ones: their numbers are not used again
	livingGroups     = 14           // about so many are kept alive
	sessionsAreAbove = 500000       // ids of new ones
)

// A history is what happens at the IETF: it edits the Datatracker's world, by chance.
type history struct {
	rng    *rand.Rand
	shapes []shape

	sessions int             // made so far
	used     map[string]bool // every acronym that a group ever had
	names    map[int][]string
}

func newHistory(rng *rand.Rand) (*history, error) {
	all, err := shapes()
	return &history{rng: rng, shapes: all, used: make(map[string]bool), names: make(map[int][]string)}, err
}

// begin cuts the world down to some groups, their areas, and their sessions.
func (h *history) begin(w *datatrackertest.World) {
	keep := map[*datatrackertest.Group]bool{w.Group("ietf"): true, w.Group("iesg"): true}
	left := livingGroups
	for _, i := range h.rng.Perm(len(w.Groups)) {
		if g := w.Groups[i]; left > 0 && (g.Type == "wg" || g.Type == "rg") {
			keep[g], keep[g.Parent] = true, true
			left--
		}
	}
	delete(keep, nil)
	w.Groups = slices.DeleteFunc(w.Groups, func(g *datatrackertest.Group) bool { return !keep[g] })
	for _, m := range w.Meetings {
		m.Sessions = slices.DeleteFunc(m.Sessions, func(s *datatrackertest.Session) bool { return s.Group != nil && !keep[s.Group] })
	}
	w.Meetings = slices.DeleteFunc(w.Meetings, func(m *datatrackertest.Meeting) bool {
		return m.Type == "interim" && len(m.Sessions) == 0
	})
	h.remember(w)
}

// remember notes the acronyms of all groups.
func (h *history) remember(w *datatrackertest.World) {
	for _, g := range w.Groups {
		h.used[g.Acronym] = true
		if !slices.Contains(h.names[g.ID], g.Acronym) {
			h.names[g.ID] = append(h.names[g.ID], g.Acronym)
		}
	}
}

// happen lets something happen, some of it due and some by chance. It tells what.
func (h *history) happen(w *datatrackertest.World, now time.Time, passed time.Duration) []string {
	var told []string
	tell := func(format string, args ...any) { told = append(told, fmt.Sprintf(format, args...)) }
	h.plan(w, now, tell)
	// Weekly rates; a long step has more of everything, within what guards let pass.
	weeks := min(passed.Hours()/(7*24), 3)
	for _, e := range []struct {
		rate float64
		do   func(*datatrackertest.World, time.Time, teller)
	}{
		{0.25, h.birth}, {0.12, h.charter}, {0.15, h.conclude}, {0.10, h.reopen}, {0.10, h.rename}, {0.05, h.reuse},
		{0.03, h.swap}, {0.08, h.retitle}, {0.02, h.reorganize}, {1.0, h.interim}, {0.3, h.cancelInterim},
		{2.0, h.editAgenda}, {0.1, h.dormant},
	} {
		for range 3 {
			if h.rng.Float64() < e.rate*weeks/3 {
				e.do(w, now, tell)
			}
		}
	}
	h.remember(w)
	return told
}

// plan announces the next meeting, and publishes its agenda when that is due.
func (h *history) plan(w *datatrackertest.World, now time.Time, tell teller) {
	var last *datatrackertest.Meeting
	for _, m := range w.Meetings {
		if m.Type == "ietf" && (last == nil || m.Date.After(last.Date)) {
			last = m
		}
	}
	if last.Date.Before(now.Add(betweenMeetings / 2)) {
		number, _ := strconv.Atoi(last.Number) // the captured ones are numbers, and so are ours
		next := *last
		next.ID, next.Number, next.Date = last.ID+1000, strconv.Itoa(number+1), last.Date.Add(betweenMeetings)
		next.Schedule, next.Sessions = 0, nil
		w.Meetings = append(w.Meetings, &next)
		tell("IETF %s is announced for %s", next.Number, next.Date.Format(time.DateOnly))
	}
	for _, m := range w.Meetings {
		if m.Type == "ietf" && m.Schedule == 0 && m.Date.After(now) && m.Date.Before(now.Add(agendaIsOutFor)) {
			h.agenda(w, m, tell)
		}
	}
	w.Meetings = slices.DeleteFunc(w.Meetings, func(m *datatrackertest.Meeting) bool {
		return m.Type == "interim" && m.Date.Before(now.Add(-forgetInterims))
	})
}

// agenda fills a meeting after a real one: each living group gets a slot of a real session, with its length, status and
// note; the sessions for everybody are as they were.
func (h *history) agenda(w *datatrackertest.World, m *datatrackertest.Meeting, tell teller) {
	like := h.shapes[h.rng.IntN(len(h.shapes))]
	m.Days, m.TimeZone, m.Schedule = like.days, like.timeZone, m.ID
	var ofGroups []slot
	for _, s := range like.sessions {
		if s.Purpose == "regular" {
			ofGroups = append(ofGroups, s)
			continue
		}
		if g := w.Group(s.GroupThen.Acronym); g != nil {
			h.hold(m, g, s)
		}
	}
	for _, g := range w.Groups {
		if !meets(g) {
			continue
		}
		for range 1 + h.rng.IntN(2) {
			h.hold(m, g, h.pointed(w, g, ofGroups[h.rng.IntN(len(ofGroups))]))
		}
	}
	tell("the agenda of IETF %s is out, with %d sessions, like that of IETF %s", m.Number, len(m.Sessions), like.number)
}

// meets says whether a group is one that gets sessions.
func meets(g *datatrackertest.Group) bool {
	return (g.Type == "wg" || g.Type == "rg") && slices.Contains([]string{"active", "bof", "proposed"}, g.State)
}

// pointed makes a note about a joint session be about a group that there is.
func (h *history) pointed(w *datatrackertest.World, g *datatrackertest.Group, s slot) slot {
	if !strings.HasPrefix(s.Note, "Joint") {
		return s
	}
	for _, i := range h.rng.Perm(len(w.Groups)) {
		if other := w.Groups[i]; other != g && meets(other) {
			s.Note = "Joint with " + strings.ToUpper(other.Acronym)
			break
		}
	}
	return s
}

// hold gives a group a session in a slot of a meeting.
func (h *history) hold(m *datatrackertest.Meeting, g *datatrackertest.Group, in slot) {
	h.sessions++
	s := in.Session
	s.ID, s.Assignment = sessionsAreAbove+h.sessions, sessionsAreAbove+h.sessions
	s.Group, s.ChatRoom = g, ""
	s.GroupThen.Acronym, s.GroupThen.Name, s.GroupThen.State, s.GroupThen.Type = g.Acronym, g.Name, g.State, g.Type
	s.Start = m.Date.Add(in.after)
	m.Sessions = append(m.Sessions, &s)
}

// pick returns a group that satisfies a condition, or nil.
func (h *history) pick(w *datatrackertest.World, condition func(*datatrackertest.Group) bool) *datatrackertest.Group {
	for _, i := range h.rng.Perm(len(w.Groups)) {
		if g := w.Groups[i]; condition(g) {
			return g
		}
	}
	return nil
}

// acronym is one that no group ever had.
func (h *history) acronym() string {
	for {
		const letters = "abcdefghijklmnopqrstuvwxyz"
		var b strings.Builder
		for range 3 + h.rng.IntN(4) {
			b.WriteByte(letters[h.rng.IntN(len(letters))])
		}
		if !h.used[b.String()] {
			return b.String()
		}
	}
}
