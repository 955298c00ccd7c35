package datatracker

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// captures are agendas of real meetings, as the Datatracker served them.
func captures(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("datatrackertest/data/agenda-*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no captured agendas: %v, %v", files, err)
	}
	found := make(map[string][]byte)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		number := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "agenda-"), ".json")
		found[number] = data
	}
	return found
}

func TestDecodeAgendaOfRealMeetings(t *testing.T) {
	want := map[string]int{"108": 128, "110": 142, "111": 156, "113": 151}
	for number, data := range captures(t) {
		agenda, err := decodeAgenda(number, data)
		if err != nil {
			t.Errorf("IETF %s: %v", number, err)
			continue
		}
		if len(agenda.Sessions) != want[number] {
			t.Errorf("IETF %s has %d sessions, want %d", number, len(agenda.Sessions), want[number])
		}
		if !bytes.Equal(agenda.Raw, data) {
			t.Errorf("IETF %s: the raw bytes are not upstream's", number)
		}
	}
}

func TestDecodeAgendaReadsEveryMember(t *testing.T) {
	body := `{"115": [
	  {"objtype": "location", "id": 7, "name": "Kensington 1", "modified": "2023-01-04T11:21:23Z"},
	  {"objtype": "session", "id": 108439, "session_id": 30002, "name": "Secure Asset Transfer Protocol",
	   "group": {"acronym": "satp", "name": "SATP", "parent": "sec", "state": "bof", "type": "wg"},
	   "start": "2022-11-10T13:00:00Z", "duration": "2:00:00", "location": "Kensington 1", "status": "sched",
	   "agenda_note": "Joint with EXTRA", "agenda": "https://www.example.org/agenda-115-satp",
	   "modified": "2023-01-04T11:21:23Z", "is_bof": true, "new_member": [1]}]}`
	agenda, err := decodeAgenda("115", []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	want := []AgendaSession{{
		SessionID: 30002, Acronym: "satp", GroupName: "SATP", GroupType: "wg", State: "bof", Area: "sec",
		Name:  "Secure Asset Transfer Protocol",
		Start: time.Date(2022, 11, 10, 13, 0, 0, 0, time.UTC), Duration: 2 * time.Hour,
		Location: "Kensington 1", Status: "sched", Note: "Joint with EXTRA",
		Document: "https://www.example.org/agenda-115-satp",
		Modified: time.Date(2023, 1, 4, 11, 21, 23, 0, time.UTC),
	}}
	if !reflect.DeepEqual(agenda.Sessions, want) {
		t.Errorf("got  %+v\nwant %+v", agenda.Sessions, want)
	}
}

func TestDecodeAgenda(t *testing.T) {
	const session = `{"objtype":"session","id":1,"session_id":2,"start":"2022-11-10T13:00:00Z","duration":"1:00:00"}`
	tests := []struct {
		name, body string
		want       int
		bad        string
	}{
		{name: "an agenda still empty", body: `{"126": []}`},
		{name: "the key of the current agenda", body: `{"None": [` + session + `]}`, want: 1},
		{name: "a session without group, place and status", body: `{"126": [` + session + `]}`, want: 1},
		{name: "a group of null", body: `{"126": [` + strings.Replace(session, `"id"`, `"group":null,"location":null,"id"`, 1) + `]}`, want: 1},
		{name: "an object of a new type", body: `{"126": [{"objtype":"sponsor","id":"x","start":5}]}`},
		{name: "another meeting's agenda", body: `{"125": [` + session + `]}`, bad: "not the agenda of meeting 126"},
		{name: "two meetings", body: `{"125": [], "126": []}`, bad: "not the agenda of meeting 126"},
		{name: "a list of null", body: `{"126": null}`, bad: "not the agenda of meeting 126"},
		{name: "an error in JSON", body: `{"error": "no such meeting"}`, bad: "not an agenda"},
		{name: "an empty object", body: `{}`, bad: "not the agenda of meeting 126"},
		{name: "cut short", body: `{"126": [` + session, bad: "cut short"},
		{name: "nothing", body: ``, bad: "cut short"},
		{name: "no objtype", body: `{"126": [{"id":1}]}`, bad: "object 1: objtype is missing"},
		{name: "an object that is a list", body: `{"126": [` + session + `, []]}`, bad: "object 2"},
		{name: "a session id as text", body: `{"126": [` + strings.Replace(session, `:2,`, `:"2",`, 1) + `]}`, bad: "session_id"},
		{name: "no session id", body: `{"126": [` + strings.Replace(session, `"session_id":2,`, ``, 1) + `]}`, bad: "session_id or start is missing"},
		{name: "no start", body: `{"126": [` + strings.Replace(session, `"start":"2022-11-10T13:00:00Z",`, ``, 1) + `]}`, bad: "start is missing"},
		{name: "a start that is no time", body: `{"126": [` + strings.Replace(session, `2022-11-10T13`, `noon`, 1) + `]}`, bad: "not a date and time"},
		{name: "a duration that is none", body: `{"126": [` + strings.Replace(session, `1:00:00`, `an hour`, 1) + `]}`, bad: "not a duration"},
		{name: "the same assignment twice", body: `{"126": [` + session + `,` + session + `]}`, bad: "assignment 1 is on the agenda twice"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agenda, err := decodeAgenda("126", []byte(tt.body))
			checkError(t, err, tt.bad)
			if err != nil {
				return
			}
			if agenda.Sessions == nil || len(agenda.Sessions) != tt.want {
				t.Errorf("got %d sessions (nil: %t), want %d", len(agenda.Sessions), agenda.Sessions == nil, tt.want)
			}
		})
	}
}

func TestMeetingEnd(t *testing.T) {
	zone := time.FixedZone("west", -5*3600)
	m := Meeting{Number: "114", Type: "ietf", Date: time.Date(2022, 7, 23, 0, 0, 0, 0, zone), Days: 7}
	if want := time.Date(2022, 7, 30, 0, 0, 0, 0, zone); !m.End().Equal(want) {
		t.Errorf("without an agenda it ends %v, want %v", m.End(), want)
	}
	start := time.Date(2022, 7, 29, 14, 0, 0, 0, time.UTC)
	m.Agenda = &Agenda{Sessions: []AgendaSession{{Start: start, Duration: 2 * time.Hour}, {Start: start.Add(-time.Hour), Duration: time.Hour}}}
	if want := start.Add(2 * time.Hour); !m.End().Equal(want) {
		t.Errorf("with an agenda it ends %v, want %v", m.End(), want)
	}
}

func FuzzDecodeAgenda(f *testing.F) {
	f.Add([]byte(`{"113": []}`))
	f.Add([]byte(`{"None": [{"objtype":"session","id":1,"session_id":2,"start":"2022-11-10T13:00:00Z","duration":"1:00:00","group":{"acronym":"quic"}}]}`))
	f.Add([]byte(`{"113": [{"objtype":"location","id":7}, {"objtype":"parent"}]}`))
	f.Add([]byte(`{"113": [null, 1, "x", [], {}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		agenda, err := decodeAgenda("113", body)
		if err != nil {
			return
		}
		if !bytes.Equal(agenda.Raw, body) {
			t.Error("the raw bytes are not upstream's")
		}
		for _, s := range agenda.Sessions {
			if s.SessionID <= 0 || s.Start.IsZero() || s.Duration < 0 {
				t.Errorf("session %+v was believed", s)
			}
		}
	})
}
