package datatrackertest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// AddInterim announces an interim meeting of a group with so many sessions of
// an hour, one after the other, and returns it. The first starts at date's time
// of day, or at 16:00 UTC when that is midnight. It returns nil when there is
// no such group.
func (w *World) AddInterim(acronym string, date time.Time, sessions int) *Meeting {
	g := w.Group(acronym)
	if g == nil {
		w.fail("adding an interim of group %q: no such group", acronym)
		return nil
	}
	start := date.UTC()
	midnight := start.Truncate(day)
	if start.Equal(midnight) {
		start = midnight.Add(16 * time.Hour)
	}
	m := &Meeting{
		ID:       firstInterimID + w.interims,
		Number:   w.nextInterimNumber(acronym, midnight.Year()),
		Type:     "interim",
		Date:     midnight,
		Days:     1,
		TimeZone: "UTC",
		Schedule: firstInterimID + w.interims,
		members:  w.blankMembers(),
	}
	w.interims++
	for i := range sessions {
		m.Sessions = append(m.Sessions, &Session{
			ID:                 firstInterimSession + w.interimSessions,
			Assignment:         firstInterimAssignment + w.interimSessions,
			Type:               "regular",
			Purpose:            "regular",
			Group:              g,
			GroupThen:          groupThen(g),
			RemoteInstructions: "https://meetings.conf.meetecho.com/interim/?group=" + acronym,
			Start:              start.Add(time.Duration(i) * time.Hour),
			Duration:           time.Hour,
			RequestedDuration:  time.Hour,
			OnAgenda:           true,
			Status:             "sched",
			Modified:           w.now().UTC().Truncate(time.Second),
		})
		w.interimSessions++
	}
	w.Meetings = append(w.Meetings, m)
	return m
}

// Interims get ids above those of the captures. None is used twice.
const (
	firstInterimID         = 2001
	firstInterimSession    = 40001
	firstInterimAssignment = 200001
)

// nextInterimNumber is "interim-[year]-[acronym]-[01-99]", one above the
// highest serial in use (Datatracker ietf/meeting/helpers.py,
// get_next_interim_number).
func (w *World) nextInterimNumber(acronym string, year int) string {
	prefix := fmt.Sprintf("interim-%d-%s-", year, acronym)
	serial := 0
	for _, m := range w.Meetings {
		if rest, ok := strings.CutPrefix(m.Number, prefix); ok {
			if n, err := strconv.Atoi(rest); err == nil {
				serial = max(serial, n)
			}
		}
	}
	return fmt.Sprintf("%s%02d", prefix, serial+1)
}

// blankMembers are the members of a captured meeting's row that Meeting has no
// field for, with every text emptied, as on an interim.
func (w *World) blankMembers() map[string]any {
	members := make(map[string]any)
	i := slices.IndexFunc(w.Meetings, func(m *Meeting) bool { return m.Type == "ietf" })
	if i < 0 {
		return members
	}
	for name, value := range w.Meetings[i].members {
		_, text := value.(string)
		if text && !strings.HasPrefix(name, "idsubmit_") && name != "updated" {
			value = ""
		}
		members[name] = value
	}
	return members
}

// addInterims announces the interims of a fresh world: one that is over, four
// within the next 90 days, one of them with two sessions and one of a group
// that has no chat room by default (Datatracker issue 6523).
func (w *World) addInterims(today time.Time) {
	coordination := w.AddGroup(Group{
		Acronym: "3gpp-ietf",
		Name:    "IETF-3GPP Coordination",
		Type:    "iabasg",
		State:   "active",
		Parent:  w.Group("iab"),
		Time:    w.Group("iab").Time,
	})
	w.AddInterim("oauth", today.AddDate(0, 0, -14), 1)
	w.AddInterim("oauth", today.AddDate(0, 0, 21), 1)
	w.AddInterim("quic", today.AddDate(0, 0, 35), 2)
	w.AddInterim(coordination.Acronym, today.AddDate(0, 0, 49), 1)
	w.AddInterim("mls", today.AddDate(0, 0, 63), 1)
}
