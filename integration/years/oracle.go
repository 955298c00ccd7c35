package years

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"roomctl/datatracker/datatrackertest"
)

// The oracle says, from the Datatracker's world and from what persons did, what must be so. It is written from the
// Datatracker's own rules (ietf/meeting/models.py, Session.chat_room_name) and shares no code with roomctl.

// A claim is what a session asks for.
type claim struct {
	meeting string
	session int
	room    string // "" when no room can be named
	group   int    // id of the group whose room it is; 0: nobody's
	title   string // for messages
}

// ahead is how far ahead interims count. It is a day short of what roomctl reads, so that time zones do not matter.
const ahead = 89 * day

// moveOn is how long after its last session an IETF meeting stays the current one.
const moveOn = 3 * day

// An oracle looks at the world at one moment.
type oracle struct {
	groups    map[int]datatrackertest.Group
	claims    []claim
	wanted    map[string]bool // rooms that something asks for
	published map[string]bool // numbers of the meetings whose sessions are claims
	frozen    bool            // an IETF meeting is near or running
	overrides map[string]string
}

func look(w *datatrackertest.World, now time.Time, fixed, groupTypes []string, overrides map[string]string) *oracle {
	o := &oracle{
		groups: make(map[int]datatrackertest.Group), wanted: make(map[string]bool), published: make(map[string]bool),
		overrides: maps.Clone(overrides),
	}
	defaultChat := make(map[string]bool)
	for _, f := range w.GroupFeatures {
		defaultChat[f.Type] = f.HasDefaultChat
	}
	for _, name := range fixed {
		o.wanted[o.room(name)] = true
	}
	for _, g := range w.Groups {
		o.groups[g.ID] = *g
		inScope := defaultChat[g.Type] || slices.Contains(groupTypes, g.Type)
		if inScope && slices.Contains([]string{"active", "bof", "proposed", "dormant"}, g.State) {
			o.wanted[o.room(g.Acronym)] = true
		}
	}
	for _, m := range coming(w, now) {
		o.published[m.Number] = true
		for _, s := range m.Sessions {
			c := o.claim(m.Number, s)
			if takesPlace(s.Status) {
				o.claims = append(o.claims, c)
				o.wanted[c.room] = true
			}
		}
	}
	for _, m := range w.Meetings {
		if m.Type == "ietf" && now.After(m.Date.Add(-4*day)) && now.Before(end(m).Add(3*day)) {
			o.frozen = true
		}
	}
	delete(o.wanted, "")
	return o
}

// coming are the meetings whose sessions want a room: the IETF meeting that is running or next, and the interims ahead.
func coming(w *datatrackertest.World, now time.Time) []*datatrackertest.Meeting {
	var meetings []*datatrackertest.Meeting
	var current *datatrackertest.Meeting
	for _, m := range w.Meetings {
		switch {
		case m.Type == "ietf" && end(m).Add(moveOn).After(now):
			if current == nil || m.Date.Before(current.Date) {
				current = m
			}
		case m.Type == "interim" && end(m).After(now) && m.Date.Before(now.Add(ahead)):
			meetings = append(meetings, m)
		}
	}
	if current != nil && current.Schedule != 0 && end(current).After(now) {
		meetings = append(meetings, current)
	}
	return meetings
}

// end is when the last session of a meeting ends, or its last day while the agenda is empty.
func end(m *datatrackertest.Meeting) time.Time {
	last := m.Date.AddDate(0, 0, max(m.Days, 1))
	if m.Schedule == 0 || len(m.Sessions) == 0 {
		return last
	}
	last = time.Time{}
	for _, s := range m.Sessions {
		if e := s.Start.Add(s.Duration); e.After(last) {
			last = e
		}
	}
	return last
}

func takesPlace(status string) bool {
	return !slices.Contains([]string{"canceled", "canceledpa", "resched", "notmeet", "deleted", "disappr"}, status)
}

// roomName is what a room may be called.
var roomName = regexp.MustCompile(`^[a-z0-9][a-z0-9+._-]{0,62}$`)

// room is the name of the room for a name that the Datatracker gives; "" when there can be none.
func (o *oracle) room(given string) string {
	name := strings.ToLower(given)
	if to, ok := o.overrides[name]; ok {
		name = to
	}
	if !roomName.MatchString(name) {
		return ""
	}
	return name
}

// claim is chat_room_name: the session's own room, else the plenary's, else the group's.
func (o *oracle) claim(meeting string, s *datatrackertest.Session) claim {
	c := claim{meeting: meeting, session: s.ID, title: s.Name}
	if s.ChatRoom != "" {
		if c.room = o.room(s.ChatRoom); c.room != "" {
			c.group = o.groupOf(c.room)
			return c
		}
	}
	if s.Type == "plenary" {
		c.room = o.room("plenary")
		return c
	}
	if s.Group != nil {
		c.room, c.group = o.room(s.Group.Acronym), s.Group.ID
	}
	return c
}

// groupOf is the group whose room has a name; 0 when none has, or several.
func (o *oracle) groupOf(room string) int {
	found := 0
	for id, g := range o.groups {
		if o.room(g.Acronym) != room {
			continue
		}
		if found != 0 {
			return 0
		}
		found = id
	}
	return found
}

// claimants are the groups that a room is asked for by; more than one is a dispute.
func (o *oracle) claimants(room string) map[int]bool {
	ids := make(map[int]bool)
	for _, c := range o.claims {
		if c.room == room && c.group != 0 {
			ids[c.group] = true
		}
	}
	for id, g := range o.groups {
		if o.room(g.Acronym) == room && slices.Contains([]string{"active", "bof", "proposed", "dormant"}, g.State) {
			ids[id] = true
		}
	}
	return ids
}

// ended says whether a group's state is evidence that its room may go.
func ended(state string) bool {
	return slices.Contains([]string{"conclude", "bof-conc", "abandon", "replaced"}, state)
}
