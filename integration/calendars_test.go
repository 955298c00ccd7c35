//go:build integration

package integration

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/agenda/web"
	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/servers"
	"roomctl/integration/validate"
)

// The agendas of real meetings, moved to where clocks change in the middle of them: five programs that others wrote read
// every calendar as the published agenda has it.
func TestCalendars(t *testing.T) {
	meetings := map[string]string{
		"108": "Europe/Madrid",
		"110": "Europe/Prague",
		"111": "America/Los_Angeles",
		"113": "Europe/Vienna",
	}
	for number, zone := range meetings {
		t.Run("IETF "+number, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			s, _ := newEmbeddedStageOf(t, datatrackertest.Options{Meeting: number, Starts: beforeClocksChange(t, zone)})
			s.update(t, func(w *datatrackertest.World) { // of its neighbours, one might be the next meeting
				w.Meetings = slices.DeleteFunc(w.Meetings, func(m *datatrackertest.Meeting) bool {
					return m.Type == "ietf" && m.Number != number
				})
			})
			s.BaseURL = "https://rooms.example.org"
			s.WebPattern = "https://chat.example.org/#converse/room?jid={chat_room_name}@" + servers.MUC
			s.run(ctx, t, "sync").expect(t, 0)

			expectLinked(t, sessionsOf(t, filepath.Join(s.Dir, "www", "meeting", number, "agenda.json")))
			want := eventsOfAgendas(t, s)
			expectAcrossChange(t, want, "meeting/"+number+"/agenda.ics", zone)
			streams := streams(t, s)
			for name := range want {
				if _, ok := streams[name]; !ok {
					t.Errorf("%s is not published", name)
				}
			}
			for query, events := range asServed(want["agenda.ics"]) {
				want[query], streams[query] = events, served(t, s, query)
			}
			read, err := validate.Calendars(ctx, streams)
			if err != nil {
				t.Fatal(err)
			}
			if len(read) != 5 {
				t.Errorf("%d parsers have read them, want 5", len(read))
			}
			for parser, calendars := range read {
				for name := range streams {
					expectEvents(t, parser+" reads "+name, calendars[name], want[name])
				}
				t.Logf("%s: %d calendars, %d events in the whole agenda", parser, len(calendars), len(calendars["meeting/"+number+"/agenda.ics"].Events))
			}
		})
	}
}

// asServed is what the current agenda's calendar should hold when it is asked for with a query, by query.
func asServed(all map[string]validate.Event) map[string]map[string]validate.Event {
	return map[string]map[string]validate.Event{
		"agenda.ics?tz=utc":           all,
		"agenda.ics?hidetypes=nosuch": all,
		"agenda.ics?show=nosuch":      {},
	}
}

// served is a file of the published folder as the pages' handler sends it.
func served(t testing.TB, s *stage, query string) string {
	t.Helper()
	answer := httptest.NewRecorder()
	request := httptest.NewRequest(http.MethodGet, "/"+query, nil)
	web.New(filepath.Join(s.Dir, "www"), web.Options{}).ServeHTTP(answer, request)
	if answer.Code != http.StatusOK {
		t.Fatalf("%s: status %d: %s", query, answer.Code, answer.Body)
	}
	return answer.Body.String()
}

// beforeClocksChange is two days before the next time that clocks are changed in a zone.
func beforeClocksChange(t testing.TB, zone string) time.Time {
	t.Helper()
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	_, change := time.Now().In(location).ZoneBounds()
	if change.IsZero() {
		t.Fatalf("clocks are not changed in %s", zone)
	}
	return change.AddDate(0, 0, -2)
}

// expectAcrossChange checks that the test tests something: clocks change between the events of a calendar.
func expectAcrossChange(t testing.TB, want map[string]map[string]validate.Event, name, zone string) {
	t.Helper()
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	offsets := make(map[int]bool)
	for _, event := range want[name] {
		_, offset := time.Unix(int64(event.Start), 0).In(location).Zone()
		offsets[offset] = true
	}
	if len(offsets) != 2 {
		t.Errorf("the sessions of %s are at %d offsets from UTC, want 2", name, len(offsets))
	}
}

// expectLinked checks that each session that takes place has a room.
func expectLinked(t testing.TB, sessions []session) {
	t.Helper()
	for _, session := range sessions {
		if session.Room == "" && !session.cancelled() {
			t.Errorf("session %d (%s) at %s has no room", session.ID, session.Group.Acronym, session.Start)
		}
	}
	if len(sessions) < 100 {
		t.Errorf("only %d sessions", len(sessions))
	}
}

// streams are all published calendars, by path.
func streams(t testing.TB, s *stage) map[string]string {
	t.Helper()
	root := os.DirFS(filepath.Join(s.Dir, "www"))
	found := make(map[string]string)
	err := fs.WalkDir(root, ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".ics" {
			return err
		}
		text, err := fs.ReadFile(root, name)
		found[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// eventsOfAgendas is what each calendar should hold, by path and UID, according to the published agendas. Calendars that
// hold nothing are not among them.
func eventsOfAgendas(t testing.TB, s *stage) map[string]map[string]validate.Event {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(s.Dir, "www", "meeting", "*", "agenda.json"))
	if err != nil || len(found) == 0 {
		t.Fatalf("%d agendas are published: %v", len(found), err)
	}
	want := make(map[string]map[string]validate.Event)
	put := func(name string, event validate.Event) {
		if want[name] == nil {
			want[name] = make(map[string]validate.Event)
		}
		want[name][event.UID] = event
	}
	for _, file := range found {
		number := filepath.Base(filepath.Dir(file))
		seen := make(map[int]int)
		for _, session := range sessionsOf(t, file) {
			event := session.event(t)
			event.UID = fmt.Sprintf("ietf-%s-session-%d", number, session.ID)
			if seen[session.ID]++; seen[session.ID] > 1 { // it takes place twice
				event.UID += fmt.Sprintf("-%d", seen[session.ID])
			}
			event.UID += "@" + s.MUC
			put("meeting/"+number+"/agenda.ics", event)
			put(fmt.Sprintf("meeting/%s/session/%d.ics", number, session.ID), event)
			if acronym := session.Group.Acronym; acronym != "" {
				put("meeting/"+number+"/sessions/"+acronym+".ics", event)
			}
			if session.Room != "" {
				put("rooms/"+session.Room+"/calendar.ics", event)
			}
			if !strings.HasPrefix(number, "interim-") {
				put("agenda.ics", event)
			}
		}
	}
	return want
}

// A session is an object of a published agenda.json, as far as the tests read it.
type session struct {
	ID       int       `json:"session_id"`
	Type     string    `json:"objtype"`
	Name     string    `json:"name"`
	Start    time.Time `json:"start"`
	Duration string    `json:"duration"` // as in 1:30:00
	Status   string    `json:"status"`
	Group    struct {
		Acronym string `json:"acronym"`
	} `json:"group"`
	Room       string `json:"chat_room"`
	JID        string `json:"chat_jid"`
	URL        string `json:"chat_url"`
	WebURL     string `json:"chat_web_url"`
	ArchiveURL string `json:"chat_archive_url"`
}

// sessionsOf reads the sessions of a published agenda.json, sorted by time.
func sessionsOf(t testing.TB, file string) []session {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var meetings map[string][]session
	if err := json.Unmarshal(text, &meetings); err != nil {
		t.Fatalf("reading %s: %v", file, err)
	}
	var sessions []session
	for _, objects := range meetings {
		for _, o := range objects {
			if o.Type == "session" {
				sessions = append(sessions, o)
			}
		}
	}
	slices.SortStableFunc(sessions, func(a, b session) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
	})
	return sessions
}

// cancelled says that the session does not take place, or not then.
func (s session) cancelled() bool {
	return slices.Contains([]string{"canceled", "canceledpa", "resched", "notmeet", "deleted", "disappr"}, s.Status)
}

// event is the session as a parser should see it, without UID.
func (s session) event(t testing.TB) validate.Event {
	t.Helper()
	var hours, minutes, seconds int
	if _, err := fmt.Sscanf(s.Duration, "%d:%d:%d", &hours, &minutes, &seconds); err != nil {
		t.Fatalf("the duration of session %d is %q: %v", s.ID, s.Duration, err)
	}
	begin := float64(s.Start.Unix())
	event := validate.Event{Start: begin, End: begin + float64((hours*60+minutes)*60+seconds), Status: "CONFIRMED"}
	if s.cancelled() {
		event.Status = "CANCELLED"
	}
	for _, link := range []string{s.URL, s.WebURL} {
		if link != "" {
			event.Conferences = append(event.Conferences, link)
		}
	}
	return event
}

// expectEvents checks what a parser made of one calendar.
func expectEvents(t testing.TB, what string, got validate.Calendar, want map[string]validate.Event) {
	t.Helper()
	if got.Error != "" || len(got.Errors) > 0 {
		t.Errorf("%s: %s %v", what, got.Error, got.Errors)
		return
	}
	if len(got.Events) != len(want) {
		t.Errorf("%s: %d events, want %d", what, len(got.Events), len(want))
	}
	for _, event := range got.Events {
		is, ok := want[event.UID]
		switch {
		case !ok:
			t.Errorf("%s: an event %s, which no agenda has", what, event.UID)
		case event.Start != is.Start || event.End != is.End:
			t.Errorf("%s: %s is from %.0f to %.0f, want %.0f to %.0f", what, event.UID, event.Start, event.End, is.Start, is.End)
		case event.Status != is.Status || event.Summary == "" || !slices.Equal(event.Conferences, is.Conferences):
			t.Errorf("%s: %+v, want %+v and a summary", what, event, is)
		}
	}
}
