package datatrackertest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
)

// agendaSession is what the tests look at in an agenda.
type agendaSession struct {
	ObjType   string `json:"objtype"`
	SessionID int    `json:"session_id"`
	Group     struct{ Acronym, State string }
	IsBOF     bool `json:"is_bof"`
	Name      string
	Start     time.Time
	Status    string
	Modified  time.Time
}

// agenda reads the sessions of an agenda.
func agenda(t *testing.T, s *datatrackertest.Server, number string) []agendaSession {
	t.Helper()
	var document map[string][]agendaSession
	decode(t, get(t, s, "/meeting/"+number+"/agenda.json"), &document)
	objects, ok := document[number]
	if !ok {
		t.Fatalf("agenda of %s has no such key", number)
	}
	var sessions []agendaSession
	for _, o := range objects {
		if o.ObjType == "session" {
			sessions = append(sessions, o)
		}
	}
	return sessions
}

// session finds a group's first session on an agenda.
func session(t *testing.T, s *datatrackertest.Server, number, acronym string) agendaSession {
	t.Helper()
	for _, a := range agenda(t, s, number) {
		if a.Group.Acronym == acronym {
			return a
		}
	}
	t.Fatalf("no session of %s on the agenda of %s", acronym, number)
	return agendaSession{}
}

func TestAnUnmovedAgendaIsTheCaptureByteForByte(t *testing.T) {
	for _, number := range []string{"108", "110", "111", "113"} {
		s := start(t, unmoved(t, number))
		got, want := get(t, s, "/meeting/"+number+"/agenda.json"), capture(t, "agenda-"+number+".json")
		if !bytes.Equal(got, want) {
			t.Errorf("agenda of IETF %s differs from the capture at byte %d", number, firstDifference(got, want))
		}
	}
}

func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

func TestTheMeetingMovesByWholeDays(t *testing.T) {
	// IETF 113 began on 2022-03-19; its first session is at 08:30 of that day.
	for name, c := range map[string]struct {
		starts time.Time
		first  string
	}{
		"ten days ahead when nothing is said": {time.Time{}, "2026-03-14T08:30:00Z"},
		"to the date asked for":               {time.Date(2026, 7, 18, 23, 59, 0, 0, time.UTC), "2026-07-18T08:30:00Z"},
		"into the past":                       {time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), "2020-01-01T08:30:00Z"},
	} {
		s := start(t, datatrackertest.Options{Starts: c.starts})
		first := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
		for _, session := range agenda(t, s, "113") {
			if session.Start.Before(first) {
				first = session.Start
			}
			if session.Modified.After(now) {
				t.Errorf("%s: session %d was modified in the future, %v", name, session.SessionID, session.Modified)
			}
		}
		if got := first.Format(time.RFC3339); got != c.first {
			t.Errorf("%s: the first session starts %s, want %s", name, got, c.first)
		}
	}
}

func TestTheCurrentAgendaIsKeyedNone(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	current := bytes.Replace(get(t, s, "/meeting/agenda.json"), []byte(`"None": [`), []byte(`"113": [`), 1)
	if !bytes.Equal(current, get(t, s, "/meeting/113/agenda.json")) {
		t.Error("the current agenda is not that of IETF 113 under another key")
	}
}

func TestTheCurrentMeetingMovesOnAfterAWeek(t *testing.T) {
	for days, want := range map[int]int{0: 186, 6: 186, 8: 0} { // objects on the agenda
		clock := now.AddDate(0, 0, days)
		s := start(t, datatrackertest.Options{Starts: now, Now: func() time.Time { return clock }})
		var document map[string][]any
		decode(t, get(t, s, "/meeting/agenda.json"), &document)
		if got := len(document["None"]); got != want {
			t.Errorf("%d days after the start: %d objects, want %d", days, got, want)
		}
	}
}

func TestTheNextMeetingHasNoAgendaYet(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	if got, want := string(get(t, s, "/meeting/114/agenda.json")), "{\n  \"114\": []\n}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestThePreviousCaptureServesAsThePast(t *testing.T) {
	for chosen, past := range map[string]string{"113": "111", "111": "110", "110": "108"} {
		s := start(t, datatrackertest.Options{Meeting: chosen})
		sessions := agenda(t, s, past)
		if len(sessions) < 100 {
			t.Errorf("IETF %s has %d sessions", past, len(sessions))
		}
		for _, session := range sessions {
			if !session.Start.Before(now) {
				t.Errorf("IETF %s, session %d starts in the future: %v", past, session.SessionID, session.Start)
			}
		}
	}
}

func TestInterimsLieWithin90Days(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	var list struct {
		Objects []struct{ Number, Date, City, Type string }
	}
	decode(t, get(t, s, "/api/v1/meeting/meeting/?type=interim&date__gte=2026-03-04&date__lte=2026-06-02&order_by=date"), &list)
	var got []string
	for _, m := range list.Objects {
		sessions := agenda(t, s, m.Number)
		got = append(got, fmt.Sprintf("%s %s %d", m.Date, m.Number, len(sessions)))
		for i, session := range sessions {
			acronym := strings.TrimSuffix(strings.TrimPrefix(m.Number, "interim-2026-"), m.Number[len(m.Number)-3:])
			start, err := time.Parse("2006-01-02", m.Date)
			if err != nil {
				t.Fatal(err)
			}
			if session.Group.Acronym != acronym || session.Status != "sched" || !session.Start.Equal(start.Add(time.Duration(16+i)*time.Hour)) {
				t.Errorf("%s: session %+v", m.Number, session)
			}
		}
	}
	want := "2026-03-25 interim-2026-oauth-02 1,2026-04-08 interim-2026-quic-01 2," +
		"2026-04-22 interim-2026-3gpp-ietf-01 1,2026-05-06 interim-2026-mls-01 1"
	if strings.Join(got, ",") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ","), want)
	}
	if r, _ := do(t, s, http.MethodGet, "/meeting/interim-2026-oauth-01/agenda.json"); r.StatusCode != http.StatusOK {
		t.Errorf("the interim that is over: %s", r.Status)
	}
}
