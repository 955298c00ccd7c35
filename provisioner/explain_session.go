package provisioner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"roomctl/datatracker"
)

// ExplainedSession says which room a session has, and by which rule.
type ExplainedSession struct {
	ID      int       `json:"id"`
	Meeting string    `json:"meeting"` // number
	Title   string    `json:"title"`   // of the meeting
	Acronym string    `json:"acronym"`
	Name    string    `json:"name"`
	Type    string    `json:"type,omitempty"`    // slug of timeslottypename; absent: not known
	Purpose string    `json:"purpose,omitempty"` // slug of sessionpurposename; likewise
	Status  string    `json:"status,omitempty"`
	Start   time.Time `json:"start,omitzero"`

	Asks bool   `json:"asks"`           // for a room: the meeting is not over, and its status says that it takes place
	Room string `json:"room,omitempty"` // absent: none can be named
	Rule string `json:"rule"`           // what names the room

	Joint []string `json:"joint"` // rooms of the groups that it is held with

	Linked  string `json:"linked,omitempty"`   // the room that is published with it; absent: none is
	WhyNot  string `json:"why_not,omitempty"`  // why the next sync would set no link, or another one
	ChatURL string `json:"chat_url,omitempty"` // the link that the Datatracker itself computes; absent: not known

	Problems  []string   `json:"problems"` // what a person should know about it
	Documents []Document `json:"documents"`
}

// SessionLink is a session that asks for a room or is linked to it.
type SessionLink struct {
	ID      int    `json:"id"`
	Meeting string `json:"meeting"`           // number
	Title   string `json:"title"`             // of the meeting, as far as it is known
	Acronym string `json:"acronym,omitempty"` // absent: the agenda was not read
	Asks    bool   `json:"asks"`              // for this room
	Linked  bool   `json:"linked"`            // to this room, in what is published
	WhyNot  string `json:"why_not,omitempty"` // why the next sync would not link it here
}

// links are the sessions that ask for a room or are linked to it: those of
// meetings that were read first, then what the registry knows of others.
func (e *explainer) links(name string) []SessionLink {
	list := []SessionLink{}
	read := map[string]bool{}
	for _, m := range e.desired.Meetings {
		read[m.Number] = true
		before := e.known.Links[m.Number]
		for _, s := range m.Sessions {
			asks, linked := s.Asks && s.Room == name, before[s.ID] == name
			if !asks && !linked {
				continue
			}
			link, why := linkOf(s, before[s.ID], e.seen, e.rules, e.snap.Time)
			switch {
			case link == name, link == "" && asks && e.mends(name):
				why = ""
			case link != "":
				why = "it goes to room " + link
			}
			list = append(list, SessionLink{ID: s.ID, Meeting: m.Number, Title: m.Title, Acronym: s.Acronym, Asks: asks, Linked: linked, WhyNot: why})
		}
	}
	for _, number := range slices.Sorted(maps.Keys(e.known.Links)) {
		for _, id := range slices.Sorted(maps.Keys(e.known.Links[number])) {
			if !read[number] && e.known.Links[number][id] == name {
				list = append(list, SessionLink{ID: id, Meeting: number, Title: "meeting " + number, Linked: true})
			}
		}
	}
	return list
}

// sessionsOf are the sessions on a meeting's agenda, as far as it was read.
func (e *explainer) sessionsOf(number string) []SessionRoom {
	for _, m := range e.desired.Meetings {
		if strings.EqualFold(m.Number, number) {
			return m.Sessions
		}
	}
	return nil
}

// sessionsAt explains the sessions of a group at a meeting, by the acronym on the
// agenda or the one that the group has now. Of a meeting whose agenda was not
// read, the registry knows which sessions are linked to a room of that name.
func (e *explainer) sessionsAt(number, acronym string) []ExplainedSession {
	var list []ExplainedSession
	for _, s := range e.sessionsOf(number) {
		group, _ := e.snap.Group(s.GroupID)
		if strings.EqualFold(s.Acronym, acronym) || strings.EqualFold(group.Acronym, acronym) {
			list = append(list, e.session(s.ID)...)
		}
	}
	if len(list) > 0 {
		return unique(list)
	}
	for id, room := range e.known.Links[number] {
		if room == acronym {
			list = append(list, e.session(id)...)
		}
	}
	return unique(list)
}

// unique sorts sessions by their time. One that is on the agenda several times
// stays once.
func unique(list []ExplainedSession) []ExplainedSession {
	slices.SortStableFunc(list, func(a, b ExplainedSession) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
	})
	seen := map[int]bool{}
	return slices.DeleteFunc(list, func(s ExplainedSession) bool {
		again := seen[s.ID]
		seen[s.ID] = true
		return again
	})
}

// session explains one session; none when nobody knows of it.
func (e *explainer) session(id int) []ExplainedSession {
	for _, m := range e.desired.Meetings {
		if i := slices.IndexFunc(m.Sessions, func(s SessionRoom) bool { return s.ID == id }); i >= 0 {
			return []ExplainedSession{e.onAgenda(m, m.Sessions[i])}
		}
	}
	for _, number := range slices.Sorted(maps.Keys(e.known.Links)) {
		if room := e.known.Links[number][id]; room != "" {
			return []ExplainedSession{{
				ID: id, Meeting: number, Title: "meeting " + number, Room: room, Linked: room,
				Rule:     "the link that is published; the agenda was not read, so nothing else is known",
				Joint:    []string{},
				Problems: []string{}, Documents: e.meetingDocuments(number),
			}}
		}
	}
	return nil
}

// onAgenda explains a session whose agenda was read.
func (e *explainer) onAgenda(m MeetingRooms, s SessionRoom) ExplainedSession {
	out := ExplainedSession{
		ID: s.ID, Meeting: m.Number, Title: m.Title, Acronym: s.Acronym, Name: s.Name, Start: s.Start,
		Asks: s.Asks, Room: s.Room, Joint: append([]string{}, s.Joint...), Linked: e.known.Links[m.Number][s.ID],
		Problems: []string{}, Documents: e.meetingDocuments(m.Number),
	}
	if g, known := e.snap.Group(s.GroupID); known {
		out.Documents = append(out.Documents, e.groupDocuments(g)...)
	}
	link, why := linkOf(s, out.Linked, e.seen, e.rules, e.snap.Time)
	switch {
	case link == "" && e.mends(s.Room):
	case link == "":
		out.WhyNot = why
	case link != s.Room:
		out.WhyNot = fmt.Sprintf("it stays with room %s for now", link)
	}
	if !s.Asks && out.Linked == "" {
		out.WhyNot = "" // nothing is missing
	}
	for _, p := range e.desired.Problems {
		if p.Session == s.ID {
			out.Problems = append(out.Problems, p.Text)
		}
	}
	meeting, read := meeting(e.snap, m.Number)
	if !read {
		return out
	}
	row, found := rowsOf(meeting)[s.ID]
	i := slices.IndexFunc(meeting.Agenda.Sessions, func(a datatracker.AgendaSession) bool { return a.SessionID == s.ID })
	out.Type, out.Purpose, out.Status = row.Type, row.Purpose, meeting.Agenda.Sessions[i].Status
	out.ChatURL = meeting.ChatLinks[s.ID]
	out.Rule = e.rule(meeting, s, row, found)
	return out
}

// rule says what named a session's room, in the order of desirer.roomOf.
func (e *explainer) rule(m datatracker.Meeting, s SessionRoom, row datatracker.Session, found bool) string {
	is := func(given string) bool {
		name, err := e.rules.roomFor(given)
		return err == nil && name == s.Room
	}
	past := m.End().Before(e.snap.Time)
	linked := e.known.Links[m.Number][s.ID] != ""
	group, known := e.snap.Group(s.GroupID)
	switch {
	case s.Room == "":
		return "none: no room can be named for it"
	case linked && !found && !past:
		return "it stays where it is linked: it has no row in the REST sessions"
	case s.Kept:
		return "it stays where it is linked: it is over, and its group has been renamed"
	case row.ChatRoom != "" && is(row.ChatRoom):
		return fmt.Sprintf("its chat_room in the Datatracker is %q", row.ChatRoom)
	case s.Rule != "" && past && linked:
		return "it stays where it is linked: its meeting is over"
	case s.Rule != "":
		return "the configuration has a rule for it: " + s.Rule
	case row.Type == "plenary" && is("plenary"):
		return "its type is plenary"
	case known && !past && is(group.Acronym):
		return "the room of its group " + describe(group)
	}
	return fmt.Sprintf("the room of the acronym %q on the agenda", s.Acronym)
}
