package datatracker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// agendaData is what is used of /api/meeting/<number>/agenda-data (Datatracker
// ietf/meeting/views.py, generate_agenda_data). It is the only document that
// tells the chat link that the Datatracker computes for a session, and with it
// the Datatracker's CHAT_URL_PATTERN.
type agendaData struct {
	Schedule []struct {
		SessionID int `json:"sessionId"`
		Links     *struct {
			Chat string `json:"chat"`
		} `json:"links"`
	} `json:"schedule"`
}

// decodeAgendaData reads the chat links by session id. Sessions without one are
// left out.
func decodeAgendaData(body []byte) (map[int]string, error) {
	var data agendaData
	if err := json.Unmarshal(body, &data); err != nil {
		return nil, fmt.Errorf("the answer is cut short or not agenda data: %w", err)
	}
	if data.Schedule == nil {
		return nil, errors.New("the answer is not agenda data: schedule is missing")
	}
	links := make(map[int]string, len(data.Schedule))
	for i, s := range data.Schedule {
		if s.SessionID <= 0 || s.Links == nil {
			return nil, fmt.Errorf("item %d of the schedule: sessionId or links is missing", i+1)
		}
		if s.Links.Chat != "" {
			links[s.SessionID] = s.Links.Chat
		}
	}
	return links, nil
}

// agendaDataDocument is the agenda data of one IETF meeting.
func (p *poll) agendaDataDocument(m Meeting) document[map[int]string] {
	return document[map[int]string]{
		name:    m.Title() + " agenda data",
		meeting: m.Number,
		file:    "agenda-data-" + m.Number + ".json",
		first:   []string{"/api/meeting/" + m.Number + "/agenda-data"},
		decode:  func(pages []page) (map[int]string, error) { return decodeAgendaData(pages[0].Body) },
	}
}

// readChatLinks fills in the chat links of the IETF meetings that are not over.
// Interims have no agenda data. Its sources stand apart: no room and no link
// depends on them.
func (p *poll) readChatLinks(ctx context.Context, meetings []Meeting) (sources []Source, err error) {
	for i := range meetings {
		m := &meetings[i]
		if m.Type != "ietf" || !m.Current && m.End().Before(p.query.Now) {
			continue
		}
		r, err := read(ctx, p, p.agendaDataDocument(*m))
		if err != nil {
			return nil, err
		}
		m.ChatLinks = r.value
		sources = append(sources, r.source)
	}
	return sources, nil
}
