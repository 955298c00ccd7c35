package datatrackertest

import (
	"fmt"
	"strings"
	"time"
)

// DefaultChatURLPattern is the Datatracker's own CHAT_URL_PATTERN (Datatracker
// ietf/settings.py).
const DefaultChatURLPattern = "https://zulip.ietf.org/#narrow/stream/{chat_room_name}"

// agendaDataNumber takes the meeting's number from the path of its agenda data.
func agendaDataNumber(path string) (number string, ok bool) {
	number, prefixed := strings.CutPrefix(path, "/api/meeting/")
	number, suffixed := strings.CutSuffix(number, "/agenda-data")
	return number, prefixed && suffixed && number != "" && !strings.Contains(number, "/")
}

// agendaData makes the agenda data of an IETF meeting (Datatracker
// ietf/meeting/views.py, generate_agenda_data). Interims have none. The real
// site keeps it for minutes, or for a week; this one makes it anew.
func (s *Server) agendaData(number string, f *Fault) (document, error) {
	m := s.world.Meeting(number)
	if m == nil || m.Type != "ietf" {
		return document{}, errNotFound
	}
	schedule := []map[string]any{}
	if m.Schedule != 0 {
		for _, session := range m.Sessions {
			schedule = append(schedule, session.agendaDataItem(number, s.world.ChatURLPattern))
		}
	}
	doc, err := restDocument(map[string]any{
		"meeting": map[string]any{
			"number": number, "city": m.City, "timezone": m.TimeZone,
			"startDate": m.Date.Format(dateFormat), "endDate": m.Date.AddDate(0, 0, max(m.Days-1, 0)).Format(dateFormat),
			"infoNote": "", "warningNote": "", "prelimAgendaDate": "",
		},
		"categories": []any{}, "floors": []any{},
		"isCurrentMeeting": m == s.world.current(), "usesNotes": true,
		"schedule": f.spoil(schedule),
	})
	doc.maxAge = 0
	return doc, err
}

// agendaDataItem is the session as agenda data has it.
func (s *Session) agendaDataItem(meeting, pattern string) map[string]any {
	name := s.Name
	if name == "" {
		name = s.GroupThen.Name
	}
	parent := map[string]any{}
	if s.GroupThen.Parent != "" {
		parent["acronym"] = s.GroupThen.Parent
	}
	chat := strings.ReplaceAll(pattern, "{chat_room_name}", s.chatRoomName())
	return map[string]any{
		"id": s.Assignment, "sessionId": s.ID,
		"room": s.Location, "location": map[string]any{},
		"acronym": s.GroupThen.Acronym, "groupAcronym": s.GroupThen.Acronym, "groupName": s.GroupThen.Name, "groupParent": parent,
		"name": name, "slotName": "", "short": s.Short, "note": s.Note, "remoteInstructions": s.RemoteInstructions,
		"startDateTime": s.Start.UTC().Format("2006-01-02T15:04:05-07:00"), "duration": int(s.Duration / time.Second),
		"status": s.Status, "type": s.Type, "purpose": s.Purpose,
		"isBoF": s.GroupThen.State == "bof", "isProposed": s.GroupThen.State == "proposed",
		"filterKeywords": []string{s.GroupThen.Acronym}, "orderInMeeting": 1, "sessionToken": nil,
		"flags": map[string]any{"agenda": false, "showAgenda": true}, "agenda": map[string]any{"url": nil},
		"links": map[string]any{
			"chat": chat, "chatArchive": chat, "recordings": []any{},
			"videoStream": nil, "audioStream": nil, "webex": nil, "onsiteTool": nil,
			"calendar": fmt.Sprintf("/meeting/%s/session/%d.ics", meeting, s.ID),
		},
	}
}

// chatRoomName is Session.chat_room_name of the Datatracker
// (ietf/meeting/models.py).
func (s *Session) chatRoomName() string {
	switch {
	case s.ChatRoom != "":
		return s.ChatRoom
	case s.Type == "plenary":
		return "plenary"
	}
	return s.GroupThen.Acronym
}
