package provisioner

import (
	"fmt"
	"slices"
	"time"

	"roomctl/datatracker"
)

// MeetingRooms says which room each session on one agenda belongs to.
type MeetingRooms struct {
	Number   string
	Title    string
	Current  bool
	Sessions []SessionRoom // in the agenda's order
}

// SessionRoom is the room of one session.
type SessionRoom struct {
	ID      int
	Acronym string // on the agenda
	Name    string
	Start   time.Time
	GroupID int    // 0 when not known
	Room    string // "" when it has none: the problem is among Desired.Problems
	Asks    bool   // the session's status asks for a room
	Held    bool   // the room is held for a person: the link stays as it is
}

// sessions finds the room of every session on every agenda, and asks for the
// rooms of those to come.
func (d *desirer) sessions() {
	for _, m := range d.snap.Meetings {
		if m.Agenda == nil {
			continue // not read: no session of it asks for anything, and no link of it changes
		}
		past := m.End().Before(d.snap.Time)
		rows := rowsOf(m)
		believed := past || d.believed(m, rows)
		out := MeetingRooms{Number: m.Number, Title: m.Title(), Current: m.Current}
		for _, s := range m.Agenda.Sessions {
			row, found := rows[s.SessionID]
			if !found && believed && !past {
				d.warn("", s.SessionID, "session %d (%s) of %s has no row in the REST sessions; its link stays, or is to the room of its group", s.SessionID, s.Acronym, m.Title())
			}
			room, group := d.roomOf(m, s, row, found, past)
			sr := SessionRoom{
				ID:      s.SessionID,
				Acronym: s.Acronym,
				Name:    s.Name,
				Start:   s.Start,
				GroupID: group,
				Room:    room,
				Asks:    !past && !slices.Contains(noRoom, s.Status),
			}
			if room != "" && sr.Asks && (found || believed) {
				d.ask(room, group, fmt.Sprintf("session %d (%s) of %s", s.SessionID, s.Acronym, m.Title()))
			}
			out.Sessions = append(out.Sessions, sr)
		}
		d.meetings = append(d.meetings, out)
	}
}

// rowsOf are the REST sessions of a meeting, by id.
func rowsOf(m datatracker.Meeting) map[int]datatracker.Session {
	rows := make(map[int]datatracker.Session, len(m.Sessions))
	for _, row := range m.Sessions {
		rows[row.ID] = row
	}
	return rows
}

// believed says whether the REST sessions of a meeting are a list to go by. One
// that lacks more than a quarter of the agenda's sessions is not: its rows count,
// but no room is made, and none retired, for the sessions that it lacks.
func (d *desirer) believed(m datatracker.Meeting, rows map[int]datatracker.Session) bool {
	lacking := 0
	for _, s := range m.Agenda.Sessions {
		if _, found := rows[s.SessionID]; !found {
			lacking++
		}
	}
	if m.Sessions != nil && lacking*4 <= len(m.Agenda.Sessions) {
		return true
	}
	d.blind = true
	if m.Sessions != nil {
		d.warn("", 0, "the REST sessions of %s lack %d of the %d sessions on its agenda, so they are not believed; those sessions stay linked as they are",
			m.Title(), lacking, len(m.Agenda.Sessions))
	}
	return false
}

// roomOf follows Session.chat_room_name() of the Datatracker
// (ietf/meeting/models.py): chat_room, else plenary, else the group. The group
// is looked up by its id for a coming meeting, so that a renamed group's
// sessions go to its new room; a past meeting keeps the acronym it had. Without
// a row the type and the chat_room are unknown: the session stays where it is
// linked to, else goes by its acronym.
func (d *desirer) roomOf(m datatracker.Meeting, s datatracker.AgendaSession, row datatracker.Session, found, past bool) (room string, group int) {
	if found && row.ChatRoom != "" {
		name, err := d.rules.roomFor(row.ChatRoom)
		if err == nil {
			return name, d.named[name]
		}
		d.warn("", s.SessionID, "session %d of %s: chat_room %v; the group's room is used", s.SessionID, m.Title(), err)
	}
	if found && row.Type == "plenary" {
		if name, err := d.rules.roomFor("plenary"); err == nil {
			return name, 0
		}
	}
	if linked := d.known.Links[m.Number][s.SessionID]; linked != "" && !found && !past {
		return linked, d.named[linked]
	}
	acronym := s.Acronym
	if found {
		group = row.GroupID
	} else if name, err := d.rules.roomFor(acronym); err == nil {
		group = d.named[name]
	}
	if g, known := d.snap.Group(group); known && !past {
		acronym = g.Acronym
	}
	if acronym == "" {
		d.fail("", s.SessionID, "session %d (%s) of %s has no group, so no room can be named for it; set chat_room on the session", s.SessionID, s.Name, m.Title())
		return "", 0
	}
	name, err := d.rules.roomFor(acronym)
	if err != nil {
		d.fail("", s.SessionID, "session %d of %s: %v", s.SessionID, m.Title(), err)
		return "", 0
	}
	return name, group
}
