package datatracker

import (
	"encoding/json"
	"errors"
	"fmt"
)

// agendaObject is one object of agenda.json (Datatracker
// ietf/meeting/views.py, agenda_json). Sessions, locations and areas are mixed
// in one list and told apart by objtype; the other members are a session's.
type agendaObject struct {
	ObjType    string       `json:"objtype"`
	ID         int          `json:"id"` // of the assignment to a timeslot
	SessionID  int          `json:"session_id"`
	Group      *agendaGroup `json:"group"`
	Name       string       `json:"name"`
	Start      dateTime     `json:"start"`
	Duration   timedelta    `json:"duration"`
	Location   string       `json:"location"`
	Status     string       `json:"status"`
	AgendaNote string       `json:"agenda_note"`
	Agenda     string       `json:"agenda"` // URL
	Modified   dateTime     `json:"modified"`
}

type agendaGroup struct {
	Acronym string `json:"acronym"`
	Name    string `json:"name"`
	Type    string `json:"type"`
	State   string `json:"state"`
	Parent  string `json:"parent"`
}

// decodeAgenda reads agenda.json of one meeting. An empty agenda is normal: the
// meeting has no official schedule yet. The one key is the meeting's number, or
// "None" where the address leaves the number out.
func decodeAgenda(number string, body []byte) (*Agenda, error) {
	var document map[string][]json.RawMessage
	if err := json.Unmarshal(body, &document); err != nil {
		return nil, fmt.Errorf("the answer is cut short or not an agenda: %w", err)
	}
	objects, ok := document[number]
	if !ok {
		objects, ok = document["None"]
	}
	if !ok || objects == nil || len(document) != 1 {
		return nil, fmt.Errorf("the answer is not the agenda of meeting %s", number)
	}
	agenda := &Agenda{Raw: body, Sessions: []AgendaSession{}}
	seen := make(map[int]bool)
	for i, data := range objects {
		s, isSession, err := decodeAgendaObject(data)
		if err != nil {
			return nil, fmt.Errorf("object %d: %w", i+1, err)
		}
		if !isSession {
			continue
		}
		if seen[s.ID] {
			return nil, fmt.Errorf("object %d: assignment %d is on the agenda twice", i+1, s.ID)
		}
		seen[s.ID] = true
		agenda.Sessions = append(agenda.Sessions, s.session())
	}
	return agenda, nil
}

// decodeAgendaObject reads one object as far as it is a session: members of the
// same name mean other things elsewhere.
func decodeAgendaObject(data []byte) (agendaObject, bool, error) {
	var kind struct {
		ObjType string `json:"objtype"`
	}
	if err := json.Unmarshal(data, &kind); err != nil {
		return agendaObject{}, false, err
	}
	switch kind.ObjType {
	case "":
		return agendaObject{}, false, errors.New("objtype is missing")
	case "session":
	default:
		return agendaObject{}, false, nil
	}
	var o agendaObject
	if err := json.Unmarshal(data, &o); err != nil {
		return agendaObject{}, false, err
	}
	if o.ID <= 0 || o.SessionID <= 0 || o.Start.IsZero() {
		return agendaObject{}, false, fmt.Errorf("session %d: id, session_id or start is missing", o.SessionID)
	}
	return o, true, nil
}

func (o agendaObject) session() AgendaSession {
	s := AgendaSession{
		SessionID: o.SessionID,
		Name:      o.Name,
		Start:     o.Start.Time,
		Duration:  o.Duration.Duration,
		Location:  o.Location,
		Status:    o.Status,
		Note:      o.AgendaNote,
		Document:  o.Agenda,
		Modified:  o.Modified.Time,
	}
	if o.Group != nil {
		s.Acronym, s.GroupName = o.Group.Acronym, o.Group.Name
		s.GroupType, s.State = o.Group.Type, o.Group.State
		s.Area = o.Group.Parent
	}
	return s
}
