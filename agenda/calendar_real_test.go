package agenda

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// realMeetings are meetings whose agendas were captured.
var realMeetings = map[string]string{
	"108": "Europe/Madrid",
	"110": "Europe/Prague",
	"111": "America/Los_Angeles",
	"113": "Europe/Vienna",
}

// realMeeting is one of them, with every session linked to the room of its group.
func realMeeting(t testing.TB, number string) Meeting {
	t.Helper()
	data, err := os.ReadFile("../datatracker/datatrackertest/data/agenda-" + number + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var document map[string][]struct {
		ObjType   string `json:"objtype"`
		SessionID int    `json:"session_id"`
		Group     struct{ Acronym, Name, Type, State, Parent string }
		Name      string
		Start     time.Time
		Duration  string
		Location  string
		Status    string
		Note      string `json:"agenda_note"`
		Agenda    string
		Modified  time.Time
	}
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	m := Meeting{Number: number, Title: "IETF " + number, TimeZone: realMeetings[number], Agenda: data}
	for _, o := range document[number] {
		if o.ObjType != "session" {
			continue
		}
		var hours, minutes, seconds time.Duration
		if _, err := fmt.Sscanf(o.Duration, "%d:%d:%d", &hours, &minutes, &seconds); err != nil {
			t.Fatalf("session %d: %v", o.SessionID, err)
		}
		m.Sessions = append(m.Sessions, Session{
			ID: o.SessionID, Acronym: o.Group.Acronym, GroupName: o.Group.Name, GroupType: o.Group.Type,
			GroupState: o.Group.State, Area: o.Group.Parent, Name: o.Name, Start: o.Start,
			Duration: hours*time.Hour + minutes*time.Minute + seconds*time.Second,
			Location: o.Location, Status: o.Status, Note: o.Note, Document: o.Agenda, Modified: o.Modified,
			Link: Patterns{}.Link(o.Group.Acronym, o.Group.Acronym+"@jabber.example.org", "", o.Start),
		})
	}
	return m
}

func TestCalendarsOfRealMeetings(t *testing.T) {
	for number := range realMeetings {
		t.Run("IETF "+number, func(t *testing.T) {
			m := realMeeting(t, number)
			files, err := calendars(Publication{
				Site:     Site{MUC: "jabber.example.org", BaseURL: "https://rooms.example.org"},
				Meetings: []Meeting{m},
				Rooms:    []Room{{Name: "plenary"}, {Name: "quic"}},
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				checkCalendar(t, f.data)
			}
			checkWhole(t, m, files[0])
		})
	}
}

// checkWhole holds a meeting's calendar against its sessions.
func checkWhole(t *testing.T, m Meeting, f file) {
	t.Helper()
	byUID := map[string]Session{}
	for _, s := range m.Sessions {
		byUID[fmt.Sprintf("ietf-%s-session-%d@jabber.example.org", m.Number, s.ID)] = s
	}
	for _, c := range checkCalendar(t, f.data).Components {
		if c.Name != "VEVENT" {
			continue
		}
		uid, _ := c.Property("UID")
		s, ok := byUID[uid.Value]
		if !ok {
			t.Errorf("%s is no session, or there twice", uid.Value)
		}
		delete(byUID, uid.Value)
		start, _ := c.Property("DTSTART")
		end, _ := c.Property("DTEND")
		if at, err := start.Time(); err != nil || !at.Equal(s.Start) {
			t.Errorf("session %d starts at %v, %v; want %v", s.ID, at, err, s.Start)
		}
		if at, err := end.Time(); err != nil || !at.Equal(s.End()) {
			t.Errorf("session %d ends at %v, %v; want %v", s.ID, at, err, s.End())
		}
		if start.Param("TZID") != m.TimeZone {
			t.Errorf("session %d is in zone %q", s.ID, start.Param("TZID"))
		}
		if chat, _ := c.Property("CONFERENCE"); chat.Value != "xmpp:"+strings.ToLower(s.Acronym)+"@jabber.example.org?join" {
			t.Errorf("the room of session %d is %q", s.ID, chat.Value)
		}
	}
	if len(byUID) > 0 {
		t.Errorf("sessions that are not in the calendar: %v", byUID)
	}
}
