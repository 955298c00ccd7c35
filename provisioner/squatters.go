package provisioner

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// squatters adds to a report the rooms that somebody has made under names that
// are not wanted yet and will be. Those under names that are wanted now are among
// Plan.Foreign. A room that the server does not tell about is none.
func (p *Planner) squatters(ctx context.Context, rooms RoomReader, report *Report, snap *datatracker.Snapshot, d *Desired, known *registry.State) {
	reasons := coming(snap, d, known, p.Rules)
	names := slices.Sorted(maps.Keys(reasons))
	looked, err := readRooms(ctx, rooms, names, &registry.State{}, func(int, int) {})
	if err != nil {
		return // interrupted, as the next step finds out
	}
	for _, name := range names {
		if looked[name].Existence != xmppadmin.Present {
			continue
		}
		report.Problems = append(report.Problems, Problem{Room: name, Text: fmt.Sprintf(
			"somebody has made room %s, which will be wanted: %s; to take it over: roomctl rooms adopt %[1]s", name, reasons[name])})
	}
}

// coming are the names of rooms that nothing asks for yet, though it can be known
// that something will, and why. It is pure.
//
//   - Sessions of meetings to come that were requested and stand on no agenda yet:
//     the REST API has them as soon as they are requested.
//   - Groups of a type with rooms in a state that neither wants a room nor ends
//     one, such as "unknown" (groupstatename).
//   - The rooms that the IETF meeting after the current one will have.
func coming(snap *datatracker.Snapshot, desired *Desired, known *registry.State, rules Rules) map[string]string {
	names := map[string]string{}
	add := func(given, why string) {
		name, err := rules.roomFor(given)
		_, wanted := desired.Room(name)
		_, ours := known.Rooms[name]
		_, begun := known.Intents[name]
		if _, told := names[name]; err == nil && !wanted && !ours && !begun && !told {
			names[name] = why
		}
	}
	for _, m := range snap.Meetings {
		for _, row := range unscheduled(m, snap) {
			why := fmt.Sprintf("session %d of %s was requested", row.ID, m.Title())
			if g, read := snap.Group(row.GroupID); row.ChatRoom != "" {
				add(row.ChatRoom, why)
			} else if read {
				add(g.Acronym, why+" by group "+describe(g))
			}
		}
		number, err := strconv.Atoi(m.Number)
		if !m.Current || err != nil {
			continue
		}
		for _, t := range rules.MeetingRooms {
			if name, err := nameBy(t, NameText{Meeting: strconv.Itoa(number + 1)}); err == nil {
				add(name, fmt.Sprintf("room of IETF %d (rooms.meeting)", number+1))
			}
		}
	}
	for _, g := range snap.Groups {
		if rules.covers(g.Type, snap.DefaultChat) && !slices.Contains(rules.GroupStates, g.State) && !datatracker.GroupEnded(g.State) {
			add(g.Acronym, "group "+describe(g))
		}
	}
	return names
}

// unscheduled are the sessions of a meeting to come that stand on no agenda.
func unscheduled(m datatracker.Meeting, snap *datatracker.Snapshot) []datatracker.Session {
	if m.End().Before(snap.Time) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(m.Sessions), func(row datatracker.Session) bool {
		return m.Agenda != nil && slices.ContainsFunc(m.Agenda.Sessions, func(s datatracker.AgendaSession) bool { return s.SessionID == row.ID })
	})
}
