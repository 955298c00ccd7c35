package provisioner_test

import (
	"slices"
	"strconv"

	"roomctl/datatracker/datatrackertest"
)

// few are the groups of a small Datatracker, many those of one where numbers
// matter.
var (
	few  = []string{"quic", "sframe", "tls"}
	many = []string{"can", "dispatch", "emodir", "masque", "mls", "oauth", "quic", "rats", "sframe", "tls"}
)

// shrink leaves a small part of IETF 113: the kept groups, their parents, their
// sessions, and the plenary.
func shrink(w *datatrackertest.World, kept []string) {
	stays := func(g *datatrackertest.Group) bool { return g != nil && slices.Contains(kept, g.Acronym) }
	parents := map[*datatrackertest.Group]bool{w.Group("ietf"): true, w.Group("iesg"): true}
	for _, g := range w.Groups {
		if stays(g) {
			parents[g.Parent] = true
		}
	}
	w.Groups = slices.DeleteFunc(w.Groups, func(g *datatrackertest.Group) bool { return !stays(g) && !parents[g] })
	for _, m := range w.Meetings {
		m.Sessions = slices.DeleteFunc(m.Sessions, func(s *datatrackertest.Session) bool { return s.Type != "plenary" && !stays(s.Group) })
	}
	w.Meetings = slices.DeleteFunc(w.Meetings, func(m *datatrackertest.Meeting) bool { return m.Type == "interim" && len(m.Sessions) == 0 })
}

// crowd makes lists long without asking for a room: with canceled sessions of
// IETF 113, and with meetings of long ago.
func crowd(w *datatrackertest.World, sessions, meetings int) {
	m := w.Meeting("113")
	for i := range sessions {
		s := *m.Sessions[0]
		s.ID, s.Assignment, s.Status = 900000+i, 900000+i, "canceled"
		m.Sessions = append(m.Sessions, &s)
	}
	for i := range meetings {
		past := *w.Meeting("97")
		past.ID, past.Number, past.Date = 900000+i, strconv.Itoa(900000+i), past.Date.AddDate(0, 0, -i)
		w.Meetings = append(w.Meetings, &past)
	}
}
