package datatracker

import (
	"maps"
	"regexp"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
)

const agendaDataOf113 = `/api/meeting/113/agenda-data`

// chatQuery asks for the chat links too.
func chatQuery() Query {
	q := testQuery()
	q.ChatLinks = true
	return q
}

func TestChatLinks(t *testing.T) {
	server := startDatatracker(t)
	update(t, server, func(w *datatrackertest.World) { w.SetChatRoom(29355, "tls2") })
	c := newTestClient(t, Options{URL: server.URL()})

	if m := meeting(t, mustPoll(t, c, testQuery()), "113"); m.ChatLinks != nil {
		t.Errorf("%d chat links although nobody asked", len(m.ChatLinks))
	}
	q := chatQuery()
	q.Meetings = []string{"111"}
	s := mustPoll(t, c, q)
	links := meeting(t, s, "113").ChatLinks
	if got, want := links[29355], "https://zulip.ietf.org/#narrow/stream/tls2"; got != want || len(links) < 150 {
		t.Errorf("%d links, that of tls is %q, want %q", len(links), got, want)
	}
	if len(s.ChatSources) != 1 || s.ChatSources[0].Name != "IETF 113 agenda data" || s.ChatSources[0].Outcome != Fresh {
		t.Errorf("sources of chat links: %+v", s.ChatSources)
	}
	for _, m := range s.Meetings {
		if m.Number != "113" && m.ChatLinks != nil {
			t.Errorf("meeting %s, which is over or an interim, has chat links", m.Number)
		}
	}
	s = mustPoll(t, c, chatQuery())
	if s.ChatSources[0].Outcome != Unchanged || !maps.Equal(meeting(t, s, "113").ChatLinks, links) {
		t.Errorf("asked again: %s, %d links", s.ChatSources[0].Outcome, len(meeting(t, s, "113").ChatLinks))
	}
}

// TestChatLinksFail shows that nothing else suffers when agenda data does not
// come, with and without a last good copy.
func TestChatLinksFail(t *testing.T) {
	for name, f := range map[string]datatrackertest.Fault{
		"404":               badStatus(404, "", agendaDataOf113),
		"503":               badStatus(503, "", agendaDataOf113),
		"an HTML page":      fault(datatrackertest.HTML200, agendaDataOf113),
		"cut short":         fault(datatrackertest.TruncatedJSON, agendaDataOf113),
		"wrong types":       fault(datatrackertest.WrongTypes, agendaDataOf113),
		"a lost connection": fault(datatrackertest.Disconnect, agendaDataOf113),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startDatatracker(t)
			c := newTestClient(t, Options{URL: server.URL()})
			remove := server.Fault(f)
			s := mustPoll(t, c, chatQuery())
			requireAll(t, s, Fresh)
			if src := s.ChatSources[0]; src.Outcome != Missing || src.Problem == nil || meeting(t, s, "113").ChatLinks != nil {
				t.Errorf("without a copy: %s, %v, %d links", src.Outcome, src.Problem, len(meeting(t, s, "113").ChatLinks))
			}
			remove()
			mustPoll(t, c, chatQuery())
			server.Fault(f)
			s = mustPoll(t, c, chatQuery())
			requireAll(t, s, Unchanged)
			if src := s.ChatSources[0]; src.Outcome != LastGood || src.Problem == nil || len(meeting(t, s, "113").ChatLinks) < 150 {
				t.Errorf("with a copy: %s, %v, %d links", src.Outcome, src.Problem, len(meeting(t, s, "113").ChatLinks))
			}
		})
	}
}

func TestAgendaDataThatHangsEndsThePollInTime(t *testing.T) {
	server := startDatatracker(t)
	c := newTestClient(t, Options{URL: server.URL(), RequestTimeout: 300 * time.Millisecond})
	server.Fault(datatrackertest.Fault{Kind: datatrackertest.Timeout, Pattern: regexp.MustCompile(agendaDataOf113)})
	s := mustPoll(t, c, chatQuery())
	checkError(t, s.ChatSources[0].Problem, "no complete answer")
	if s.Time.Sub(testNow) > 20*time.Second {
		t.Errorf("the poll took %s", s.Time.Sub(testNow))
	}
}

func TestDecodeAgendaData(t *testing.T) {
	tests := []struct {
		name, body string
		want       map[int]string
		bad        string
	}{
		{"links", `{"schedule":[{"sessionId":1,"links":{"chat":"xmpp:tls@x"}},{"sessionId":2,"links":{"chat":"xmpp:quic@x"}}],"floors":7}`,
			map[int]string{1: "xmpp:tls@x", 2: "xmpp:quic@x"}, ""},
		{"a session without a link", `{"schedule":[{"sessionId":1,"links":{"chat":null}},{"sessionId":2,"links":{}}]}`, map[int]string{}, ""},
		{"an empty schedule", `{"schedule":[]}`, map[int]string{}, ""},
		{"no schedule", `{"meeting":{}}`, nil, "schedule is missing"},
		{"a schedule that is null", `{"schedule":null}`, nil, "schedule is missing"},
		{"a list", `[]`, nil, "not agenda data"},
		{"a schedule that is an object", `{"schedule":{}}`, nil, "not agenda data"},
		{"a session id as text", `{"schedule":[{"sessionId":"1","links":{"chat":"x"}}]}`, nil, "sessionId"},
		{"no session id", `{"schedule":[{"links":{"chat":"x"}}]}`, nil, "item 1 of the schedule: sessionId or links is missing"},
		{"no links", `{"schedule":[{"sessionId":1}]}`, nil, "item 1 of the schedule"},
		{"an item that is null", `{"schedule":[null]}`, nil, "item 1 of the schedule"},
		{"a link as a list", `{"schedule":[{"sessionId":1,"links":{"chat":[]}}]}`, nil, "chat"},
		{"cut short", `{"schedule":[{"sessionId":1,`, nil, "cut short"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decodeAgendaData([]byte(tt.body))
			checkError(t, err, tt.bad)
			if !maps.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
