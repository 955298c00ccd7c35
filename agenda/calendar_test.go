package agenda

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/agenda/ical"
)

// calendarMeeting is a meeting in New York during which clocks are set forward,
// on 2026-03-08 at 07:00 UTC.
func calendarMeeting() Meeting {
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, time.UTC) }
	link := func(room string) SessionLink {
		return SessionLink{
			Room:       room,
			JID:        room + "@jabber.example.org",
			URL:        "xmpp:" + room + "@jabber.example.org?join",
			WebURL:     "https://chat.example.org/#converse/room?jid=" + room + "@jabber.example.org",
			ArchiveURL: "https://logs.example.org/" + room + "/",
		}
	}
	return Meeting{
		Number: "126", Title: "IETF 126", City: "New York", TimeZone: "America/New_York",
		Date: at(7, 5, 0), Days: 7, Agenda: []byte(`{"126": []}`), Current: true,
		Sessions: []Session{
			{
				ID: 30004, Acronym: "quic", GroupName: "QUIC", GroupType: "wg", GroupState: "active", Area: "wit",
				Name: "QUIC", Type: "regular", Start: at(9, 13, 30), Duration: 2 * time.Hour, Location: "Grand Ballroom 1",
				Status: "sched", Document: "https://datatracker.ietf.org/meeting/126/materials/agenda-126-quic-01",
				Joint: []string{"can"}, Link: link("quic"), Sequence: 3, Modified: at(1, 8, 0),
			},
			{
				ID: 30001, Acronym: "hackathon", GroupName: "Hackathon", GroupType: "adhoc", GroupState: "active",
				Name: "Hackathon Kickoff", Type: "other", Start: at(7, 14, 0), Duration: 30 * time.Minute, Location: "Hall A",
				Status: "sched", Note: "Bring a laptop; food, too", Link: link("hackathon"), Modified: at(1, 9, 0),
			},
			{
				ID: 30007, Acronym: "Can", GroupName: "Computing-Aware Networking", GroupType: "wg", GroupState: "bof", Area: "rtg",
				Name: "Computing-Aware Networking", Type: "regular", Start: at(8, 6, 59), Duration: time.Hour,
				Status: "canceled", Link: link("can"), Sequence: 1, Modified: at(2, 7, 0),
			},
			{ID: 30009, Name: "Welcome Reception", Type: "other", Start: at(8, 22, 0), Status: "sched"},
			{
				ID: 30010, Acronym: "a\r\nATTACH:file:///etc/passwd", GroupState: "bof", Area: `int,"x"`,
				Name:      "Evil; \"name\", C:\\new\r\nEND:VEVENT\u202e\x00\x1b[31m \U0001f30d",
				GroupName: "Evil", Type: "regular:\n;", Location: "Room\n1; 2nd floor",
				Note:     strings.Repeat("<b>ż\u2028</b> ", 500) + "the end",
				Document: "javascript:alert(1)", Start: at(10, 15, 0), Duration: time.Hour, Status: "RESCHEDULED\nX:1",
				Link: SessionLink{
					Room: "quic", JID: "quic@jabber.example.org", WebURL: "https://chat.example.org/ \"\r\nX:<\xff>",
					ArchiveURL: "https://logs.example.org/a \"b\"/ż?c#d%20e",
				},
				Modified: at(3, 7, 0),
			},
			{
				ID: 30004, Acronym: "quic", GroupName: "QUIC", GroupType: "wg", GroupState: "active", Area: "wit",
				Name: "QUIC", Type: "regular", Start: at(11, 13, 30), Duration: time.Hour, Status: "resched", Modified: at(1, 8, 0),
			},
		},
	}
}

func calendarPublication() Publication {
	interim := Meeting{
		Number: "interim-2026-quic-02", Title: "interim-2026-quic-02", TimeZone: "Europe/Vienna", Days: 1,
		Sessions: []Session{{
			ID: 31000, Acronym: "quic", GroupName: "QUIC", Area: "wit", Name: "QUIC", Type: "regular",
			Start: time.Date(2026, 4, 20, 14, 0, 0, 0, time.UTC), Duration: 90 * time.Minute, Status: "sched",
			Link: SessionLink{Room: "quic", JID: "quic@jabber.example.org"},
		}},
	}
	return Publication{
		Site: Site{
			MUC: "jabber.example.org", BaseURL: "https://rooms.example.org",
			Datatracker: "https://datatracker.ietf.org",
		},
		Meetings: []Meeting{calendarMeeting(), interim},
		Rooms:    []Room{{Name: "hallway"}, {Name: "quic"}},
	}
}

// calendarFile is one file of those that calendars makes.
func calendarFile(t *testing.T, p Publication, path string) []byte {
	t.Helper()
	files, err := calendars(p)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(files, func(f file) bool { return f.path == path })
	if i < 0 {
		t.Fatalf("no file %s", path)
	}
	checkCalendar(t, files[i].data)
	return files[i].data
}

// checkCalendar holds a calendar against what every one must be.
func checkCalendar(t *testing.T, data []byte) ical.Component {
	t.Helper()
	text, ok := strings.CutSuffix(string(data), "\r\n")
	for _, line := range strings.Split(text, "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") || strings.ToValidUTF8(line, "") != line {
			t.Errorf("%d octets: %q", len(line), line)
		}
	}
	decoded, err := ical.Decode(data)
	if !ok || err != nil || !bytes.Equal(ical.Encode(decoded), data) {
		t.Fatalf("not a calendar: %v", err)
	}
	if len(decoded.Components) == 0 {
		t.Error("nothing is in the calendar")
	}
	return decoded
}

func TestCalendarGolden(t *testing.T) {
	local := calendarPublication()
	local.Site.BaseURL, local.Site.Datatracker = "", ""
	empty := calendarPublication()
	empty.Meetings[0].Sessions = nil
	unknown := calendarPublication()
	unknown.Meetings[0].TimeZone = "Local"
	for _, tt := range []struct {
		golden, path string
		p            Publication
	}{
		{"calendar-meeting.ics", "meeting/126/agenda.ics", calendarPublication()},
		{"calendar-current.ics", "agenda.ics", empty},
		{"calendar-room.ics", "rooms/quic/calendar.ics", calendarPublication()},
		{"calendar-room-without-sessions.ics", "rooms/hallway/calendar.ics", calendarPublication()},
		{"calendar-session-without-addresses.ics", "meeting/126/session/30001.ics", local},
		{"calendar-group-in-utc.ics", "meeting/126/sessions/can.ics", unknown},
	} {
		t.Run(tt.golden, func(t *testing.T) {
			golden(t, "testdata/"+tt.golden, calendarFile(t, tt.p, tt.path))
		})
	}
}

func TestCalendarPaths(t *testing.T) {
	p := calendarPublication()
	files, err := calendars(p)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.path)
	}
	want := []string{
		"meeting/126/agenda.ics", "agenda.ics",
		"meeting/126/sessions/can.ics", "meeting/126/sessions/hackathon.ics", "meeting/126/sessions/quic.ics",
		"meeting/126/session/30001.ics", "meeting/126/session/30004.ics", "meeting/126/session/30007.ics",
		"meeting/126/session/30009.ics", "meeting/126/session/30010.ics",
		"rooms/hallway/calendar.ics", "rooms/quic/calendar.ics",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestCalendarOfARoomWithAnImpossibleNameStopsNoOther(t *testing.T) {
	p := calendarPublication()
	p.Rooms = []Room{{Name: "../../etc"}, {Name: "quic"}}
	files, err := calendars(p)
	if err == nil || !strings.Contains(err.Error(), `room "../../etc"`) {
		t.Errorf("got %v", err)
	}
	if last := files[len(files)-1].path; last != "rooms/quic/calendar.ics" {
		t.Errorf("the last file is %s", last)
	}
}

func TestCalendarDoesNotDependOnUpstreamsOrder(t *testing.T) {
	p := calendarPublication()
	want := calendarFile(t, p, "agenda.ics")
	slices.Reverse(p.Meetings[0].Sessions)
	p.Time = time.Now()
	if got := calendarFile(t, p, "agenda.ics"); !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCalendarOfASessionWhoseRoomIsNotFitHasNoChat(t *testing.T) {
	p := calendarPublication()
	for i := range p.Meetings[0].Sessions {
		p.Meetings[0].Sessions[i].Link, p.Meetings[0].Sessions[i].Joint = SessionLink{}, nil
	}
	got := calendarFile(t, p, "agenda.ics")
	for _, word := range []string{"CONFERENCE", "xmpp:", "Chat", "rooms/quic"} {
		if bytes.Contains(got, []byte(word)) {
			t.Errorf("%q is in\n%s", word, got)
		}
	}
}
