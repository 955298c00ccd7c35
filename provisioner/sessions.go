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
	Sessions []SessionRoom // in the agenda's order
}

// SessionRoom is the room of one session.
type SessionRoom struct {
	ID      int
	Acronym string // on the agenda
	Name    string
	Start   time.Time
	End     time.Time
	GroupID int    // 0 when not known
	Room    string // "" when it has none: the problem is among Desired.Problems
	Rule    string // "rooms.sessions[1]" when that rule named the room; else ""
	Asks    bool   // the session's status asks for a room
	Kept    bool   // it is over, and the room is the one in which it was held: its group has had two

	// Disputed: two groups claim the room, which a person decides; the link stays as
	// it is.
	Disputed bool

	// Joint are the rooms of the groups that a joint session is held with, sorted;
	// none while rooms.joint is off.
	Joint []string
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
		out := MeetingRooms{Number: m.Number, Title: m.Title()}
		for _, s := range m.Agenda.Sessions {
			row, found := rows[s.SessionID]
			if !found && believed && !past {
				d.warn("", s.SessionID, "session %d (%s) of %s has no row in the REST sessions; its link stays, or is to the room of its group", s.SessionID, s.Acronym, m.Title())
			}
			room, group, rule := d.roomOf(m, s, row, found, past)
			sr := SessionRoom{
				ID:      s.SessionID,
				Acronym: s.Acronym,
				Name:    s.Name,
				Start:   s.Start,
				End:     s.Start.Add(s.Duration),
				GroupID: group,
				Room:    room,
				Rule:    rule,
				Asks:    !past && !datatracker.SessionCancelled(s.Status),
			}
			if earlier := d.heldIn(m, sr, row); earlier != "" {
				sr.Room, sr.Kept = earlier, true
			} else if room != "" && sr.Asks && (found || believed) {
				d.ask(room, group, sr.reason(m))
			}
			out.Sessions = append(out.Sessions, sr)
		}
		d.meetings = append(d.meetings, out)
	}
	d.joint()
}

// heldIn is the room in which a session was held that is over, if that is not the one
// that its group has by now, or had on the meeting's first day: the group was renamed
// while the meeting was on. What was said stands in the log of the room that the
// session is linked to, which is its own as long as it is fit, and is asked for no
// more. "" when there is no such room, or a person or a rule named another one.
func (d *desirer) heldIn(m datatracker.Meeting, s SessionRoom, row datatracker.Session) string {
	earlier := d.known.Links[m.Number][s.ID]
	named := row.ChatRoom != "" || s.Rule != "" || s.GroupID == 0
	if named || earlier == "" || earlier == s.Room || s.End.After(d.snap.Time) {
		return ""
	}
	room, ours := d.known.Rooms[earlier]
	goesOn := slices.ContainsFunc(m.Agenda.Sessions, func(a datatracker.AgendaSession) bool { // in another slot
		return a.SessionID == s.ID && a.Start.Add(a.Duration).After(d.snap.Time)
	})
	if goesOn || !ours || room.GroupID != s.GroupID || !d.rules.Fit(room, d.snap.Time) {
		return ""
	}
	return earlier
}

// reason is why the session asks for its room.
func (s SessionRoom) reason(m datatracker.Meeting) string {
	reason := fmt.Sprintf("session %d (%s) of %s", s.ID, s.Acronym, m.Title())
	if s.Rule != "" {
		reason += ", by " + s.Rule
	}
	return reason
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
// (ietf/meeting/models.py), with the house's own rules for sessions in between:
// chat_room, else the first rule that matches, else plenary, else the group. The
// group is looked up by its id for a coming meeting, so that a renamed group's
// sessions go to its new room; a past meeting keeps the acronym it had. Without
// a row the type and the chat_room are unknown: the session stays where it is
// linked to, else goes by its acronym.
func (d *desirer) roomOf(m datatracker.Meeting, s datatracker.AgendaSession, row datatracker.Session, found, past bool) (room string, group int, rule string) {
	linked := d.known.Links[m.Number][s.SessionID]
	if linked != "" && !found && !past {
		return linked, d.named[linked], ""
	}
	if row.ChatRoom != "" {
		name, err := d.rules.roomFor(row.ChatRoom)
		if err == nil {
			d.outlived(m, s, row, name)
			return name, d.named[name], ""
		}
		d.warn("", s.SessionID, "session %d of %s: chat_room %v; the group's room is used", s.SessionID, m.Title(), err)
	}
	group, acronym := d.groupOf(s, row, found, past)
	if name, rule := d.ruled(m, s, row, acronym); rule != "" {
		if past && linked != "" {
			name = linked // the rule may be younger than the session
		}
		return name, d.named[name], rule
	}
	if row.Type == "plenary" {
		if name, err := d.rules.roomFor("plenary"); err == nil {
			return name, 0, ""
		}
	}
	if acronym == "" {
		d.fail("", s.SessionID, "session %d (%s) of %s has no group, so no room can be named for it; set chat_room on the session", s.SessionID, s.Name, m.Title())
		return "", 0, ""
	}
	name, err := d.rules.roomFor(acronym)
	if err != nil {
		d.fail("", s.SessionID, "session %d of %s: %v", s.SessionID, m.Title(), err)
		return "", 0, ""
	}
	return name, group, ""
}

// outlived tells of a chat_room that names the room which the session's group had
// before it was renamed. roomctl itself may have set it then, and nothing else would
// tell that the session does not follow its group.
func (d *desirer) outlived(m datatracker.Meeting, s datatracker.AgendaSession, row datatracker.Session, room string) {
	group, known := d.snap.Group(row.GroupID)
	over := s.Start.Add(s.Duration).Before(d.snap.Time)
	if !known || over || d.known.Rooms[room].GroupID != row.GroupID || datatracker.SessionCancelled(s.Status) {
		return
	}
	if now, err := d.rules.roomFor(group.Acronym); err == nil && now != room {
		d.warn("", s.SessionID, "session %d of %s meets in %s by its chat_room, and its group's room is called %s now; if it is to meet there, clear its chat_room: %s",
			s.SessionID, m.Title(), room, now, editURL(m, s.SessionID, d.rules))
	}
}

// groupOf is a session's group, 0 when it is not known, and the acronym to go
// by.
func (d *desirer) groupOf(s datatracker.AgendaSession, row datatracker.Session, found, past bool) (group int, acronym string) {
	if found {
		group = row.GroupID
	} else if name, err := d.rules.roomFor(s.Acronym); err == nil {
		group = d.named[name]
	}
	if g, known := d.snap.Group(group); known && !past {
		return group, g.Acronym
	}
	return group, s.Acronym
}
