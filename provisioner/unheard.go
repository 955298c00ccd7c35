package provisioner

import (
	"cmp"
	"slices"
	"strings"

	"roomctl/agenda"
	"roomctl/datatracker"
)

// unheard are the meetings with published links of which a run knows no session: not
// even an old copy is left of their agenda, or of the list that would name them.
// Their sessions are unknown, and not gone. links are what is published, by meeting.
func unheard(snap *datatracker.Snapshot, links map[string]map[int]string) []string {
	lost := func(list string) bool {
		return slices.ContainsFunc(snap.Sources, func(s datatracker.Source) bool {
			return s.Name == list && s.Outcome == datatracker.Missing
		})
	}
	meetings, interims := lost(datatracker.MeetingsSource), lost(datatracker.InterimsSource)
	var unknown []string
	for number, linked := range links {
		_, told := meeting(snap, number)
		interim := strings.HasPrefix(number, "interim-")
		switch {
		case told, len(linked) == 0:
		case interim && interims, !interim && meetings,
			slices.ContainsFunc(snap.Meetings, func(m datatracker.Meeting) bool { return m.Number == number }):
			unknown = append(unknown, number)
		}
	}
	return unknown
}

// spare has what is published of the sessions of unheard meetings stay as it is.
// earlier is the published list of rooms.
func (p *publisher) spare(pub *agenda.Publication, earlier map[string]agenda.Room) {
	for _, number := range unheard(p.snap, p.before) {
		pub.Partial = true
		for session, name := range p.before[number] {
			i, found := slices.BinarySearchFunc(pub.Rooms, name, func(r agenda.Room, name string) int { return strings.Compare(r.Name, name) })
			if !found {
				continue
			}
			room := &pub.Rooms[i]
			room.Partial = true
			room.ArchiveURL = cmp.Or(room.ArchiveURL, earlier[name].ArchiveURL)
			if slices.Contains(earlier[name].Sessions, session) {
				room.Sessions = append(room.Sessions, session)
			}
		}
	}
}
