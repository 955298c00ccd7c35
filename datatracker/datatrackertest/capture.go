package datatrackertest

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed data
var captures embed.FS

// capturedAgendas are the IETF meetings whose agenda.json was captured.
var capturedAgendas = []string{"108", "110", "111", "113"}

const (
	timeFormat = "2006-01-02T15:04:05Z" // of every time in UTC
	dateFormat = "2006-01-02"
)

// agendaSession is the part of a session object of agenda.json that Session
// has fields for (Datatracker ietf/meeting/views.py, agenda_json).
type agendaSession struct {
	ID                 int       `json:"id"`
	SessionID          int       `json:"session_id"`
	Group              GroupThen `json:"group"`
	Name               string    `json:"name"`
	Short              string    `json:"short"`
	Note               string    `json:"agenda_note"`
	RemoteInstructions string    `json:"remote_instructions"`
	Start              string    `json:"start"`
	Duration           string    `json:"duration"`
	Location           string    `json:"location"`
	Status             string    `json:"status"`
	Modified           string    `json:"modified"`
}

// sessionMembers are the members of a session object that are made from the
// fields of Session; the others are kept as captured.
var sessionMembers = []string{
	"agenda_note", "duration", "group", "id", "is_bof", "location", "modified", "name", "objtype",
	"remote_instructions", "session_id", "session_res_uri", "short", "start", "status",
}

// readAgenda reads a captured agenda.json into the meeting.
func readAgenda(m *Meeting, group func(acronym string) *Group) error {
	data, err := captures.ReadFile("data/agenda-" + m.Number + ".json")
	if err != nil {
		return err
	}
	var document map[string][]json.RawMessage
	if err := json.Unmarshal(data, &document); err != nil {
		return fmt.Errorf("reading the captured agenda %s: %w", m.Number, err)
	}
	for _, raw := range document[m.Number] {
		object, err := decodeObject(raw)
		if err != nil {
			return fmt.Errorf("reading the captured agenda %s: %w", m.Number, err)
		}
		if object["objtype"] != "session" {
			m.places = append(m.places, object)
			continue
		}
		s, err := readSession(raw, object, group)
		if err != nil {
			return fmt.Errorf("reading the captured agenda %s: %w", m.Number, err)
		}
		m.Sessions = append(m.Sessions, s)
	}
	return nil
}

// readSession reads one session object, given both raw and decoded.
func readSession(raw []byte, object map[string]any, group func(acronym string) *Group) (*Session, error) {
	var a agendaSession
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil, err
	}
	start, err := time.Parse(timeFormat, a.Start)
	if err != nil {
		return nil, fmt.Errorf("session %d: %w", a.SessionID, err)
	}
	modified, err := time.Parse(timeFormat, a.Modified)
	if err != nil {
		return nil, fmt.Errorf("session %d: %w", a.SessionID, err)
	}
	duration, err := parseDuration(a.Duration)
	if err != nil {
		return nil, fmt.Errorf("session %d: %w", a.SessionID, err)
	}
	name := a.Name
	if name == a.Group.Name {
		name = ""
	}
	for _, member := range sessionMembers {
		delete(object, member)
	}
	kind, purpose := sessionKind(a)
	return &Session{
		ID: a.SessionID, Assignment: a.ID, Type: kind, Purpose: purpose,
		Group: group(a.Group.Acronym), GroupThen: a.Group,
		Name: name, Short: a.Short, Note: a.Note, RemoteInstructions: a.RemoteInstructions,
		Start: start, Duration: duration, RequestedDuration: duration, Location: a.Location,
		Status: a.Status, OnAgenda: true, HasOnsiteTool: true, Modified: modified,
		rest: &object,
	}, nil
}

// sessionKind guesses a session's timeslot type and purpose, which an agenda
// does not tell, from its group and name.
func sessionKind(a agendaSession) (kind, purpose string) {
	switch {
	case a.Group.Acronym == "ietf" && strings.HasSuffix(a.Name, "Plenary"):
		return "plenary", "plenary"
	case a.Name == a.Group.Name && slices.Contains([]string{"wg", "rg", "ag", "rag", "program"}, a.Group.Type):
		return "regular", "regular"
	case strings.Contains(a.Name, "Office Hours"):
		return "other", "officehours"
	}
	return "other", "presentation"
}

// readMeetings reads the captured rows of the IETF meetings, newest first.
func readMeetings() ([]*Meeting, error) {
	data, err := captures.ReadFile("data/meetings.json")
	if err != nil {
		return nil, err
	}
	var list struct{ Objects []json.RawMessage }
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("reading the captured meetings: %w", err)
	}
	var meetings []*Meeting
	for _, raw := range list.Objects {
		var row struct {
			ID, Days                    int
			Number, City, Country, Date string
			TimeZone                    string `json:"time_zone"`
			Schedule                    string
		}
		if err := json.Unmarshal(raw, &row); err != nil {
			return nil, fmt.Errorf("reading the captured meetings: %w", err)
		}
		date, err := time.Parse(dateFormat, row.Date)
		if err != nil {
			return nil, fmt.Errorf("reading captured meeting %s: %w", row.Number, err)
		}
		schedule, err := strconv.Atoi(lastSegment(row.Schedule))
		if err != nil {
			return nil, fmt.Errorf("reading captured meeting %s: %w", row.Number, err)
		}
		members, err := decodeObject(raw)
		if err != nil {
			return nil, fmt.Errorf("reading captured meeting %s: %w", row.Number, err)
		}
		meetings = append(meetings, &Meeting{
			ID: row.ID, Number: row.Number, Type: "ietf",
			Date: date, Days: row.Days, TimeZone: row.TimeZone, City: row.City, Country: row.Country,
			Schedule: schedule, members: members,
		})
	}
	return meetings, nil
}

// decodeObject decodes a JSON object and keeps its numbers as written.
func decodeObject(raw []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var object map[string]any
	err := d.Decode(&object)
	return object, err
}
