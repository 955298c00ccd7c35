package datatracker

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// listOf is a list of one page.
func listOf(rows ...string) []page {
	body := fmt.Sprintf(`{"meta":{"limit":1000,"next":null,"offset":0,"previous":null,"total_count":%d},"objects":[%s]}`,
		len(rows), strings.Join(rows, ","))
	return []page{{URL: "https://datatracker.example/api/v1/x/y/?limit=1000", Body: []byte(body)}}
}

func TestDecodeGroups(t *testing.T) {
	const avt = `{"id":941,"acronym":"avt","name":"Audio/Video Transport","state":"/api/v1/name/groupstatename/conclude/",
		"type":"/api/v1/name/grouptypename/wg/","parent":"/api/v1/group/group/1683/","ad":null,"description":"About \"AVT\".",
		"list_email":"avt@ietf.org","used_roles":"[]","unused_states":[],"time":"2011-12-09T20:00:00Z"}`
	full := Group{ID: 941, Acronym: "avt", Name: "Audio/Video Transport", Type: "wg", State: "conclude",
		ParentID: 1683}
	tests := []struct {
		name string
		rows []string
		want []Group
		bad  string
	}{
		{name: "a whole row", rows: []string{avt}, want: []Group{full}},
		{name: "no type, state or parent", rows: []string{`{"id":1,"acronym":"ietf","type":null,"state":null,"parent":null,"description":null}`}, want: []Group{{ID: 1, Acronym: "ietf"}}},
		{name: "members that nobody reads, of another type", rows: []string{`{"id":1,"acronym":"ietf","description":["a","b"],"list_email":7}`}, want: []Group{{ID: 1, Acronym: "ietf"}}},
		{name: "an acronym that cannot name a room", rows: []string{`{"id":1,"acronym":"Bad Name"}`}, want: []Group{{ID: 1, Acronym: "Bad Name"}}},
		{name: "one acronym twice", rows: []string{`{"id":1,"acronym":"a"}`, `{"id":2,"acronym":"a"}`}, want: []Group{{ID: 1, Acronym: "a"}, {ID: 2, Acronym: "a"}}},
		{name: "one id twice", rows: []string{avt, avt}, bad: "row 2: 941 is in the list twice"},
		{name: "an id as text", rows: []string{`{"id":"941","acronym":"avt"}`}, bad: "row 1"},
		{name: "an acronym as a number", rows: []string{`{"id":941,"acronym":6}`}, bad: "acronym"},
		{name: "no acronym", rows: []string{`{"id":941}`}, bad: "group 941: id or acronym is missing"},
		{name: "no id", rows: []string{`{"acronym":"avt"}`}, bad: "id or acronym is missing"},
		{name: "a state for a type", rows: []string{`{"id":941,"acronym":"avt","type":"/api/v1/name/groupstatename/active/"}`}, bad: "type of group 941: a groupstatename stands where a grouptypename belongs"},
		{name: "a state as a list", rows: []string{`{"id":941,"acronym":"avt","state":["active"]}`}, bad: "row 1"},
		{name: "a parent that is no group", rows: []string{`{"id":941,"acronym":"avt","parent":"/api/v1/person/person/3/"}`}, bad: "parent of group 941"},
		{name: "a row that is no object", rows: []string{`"avt"`}, bad: "row 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decodeGroups(listOf(tt.rows...))
			checkError(t, err, tt.bad)
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestDecodeGroupTypes(t *testing.T) {
	tests := []struct {
		name, row string
		want      groupType
		bad       string
	}{
		{name: "with chat", row: `{"type":"/api/v1/name/grouptypename/wg/","has_default_chat":true}`, want: groupType{"wg", true}},
		{name: "without chat", row: `{"type":"/api/v1/name/grouptypename/area/","has_default_chat":false}`, want: groupType{"area", false}},
		{name: "named by its own URI only", row: `{"resource_uri":"/api/v1/group/groupfeatures/rg/","has_default_chat":true}`, want: groupType{"rg", true}},
		{name: "the flag missing", row: `{"type":"/api/v1/name/grouptypename/wg/"}`, bad: "has_default_chat is missing"},
		{name: "the flag as text", row: `{"type":"/api/v1/name/grouptypename/wg/","has_default_chat":"True"}`, bad: "row 1"},
		{name: "the type missing", row: `{"has_default_chat":true}`, bad: "type or has_default_chat is missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decodeGroupTypes(listOf(tt.row))
			checkError(t, err, tt.bad)
			if err == nil && got[0] != tt.want {
				t.Errorf("got %+v, want %+v", got[0], tt.want)
			}
		})
	}
}

func TestDecodeMeetings(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	const row = `{"id":1619,"number":"116","date":"2023-03-25","days":7,"time_zone":"Asia/Tokyo","city":"Yokohama","type":"/api/v1/name/meetingtypename/ietf/"}`
	tests := []struct {
		name, row string
		want      Meeting
		bad       string
	}{
		{name: "a whole row", row: row, want: Meeting{ID: 1619, Number: "116", Type: "ietf", City: "Yokohama",
			Date: time.Date(2023, 3, 25, 0, 0, 0, 0, tokyo), Days: 7, TimeZone: "Asia/Tokyo"}},
		{name: "a zone nobody knows", row: strings.Replace(row, "Asia/Tokyo", "Mars/Olympus", 1), want: Meeting{ID: 1619, Number: "116", Type: "ietf",
			City: "Yokohama", Date: time.Date(2023, 3, 25, 0, 0, 0, 0, time.UTC), Days: 7, TimeZone: "Mars/Olympus"}},
		{name: "a first day that has no midnight", row: strings.NewReplacer("Asia/Tokyo", "America/Santiago", "2023-03-25", "2026-09-06").Replace(row), want: Meeting{ID: 1619, Number: "116", Type: "ietf",
			City: "Yokohama", Date: time.Date(2026, 9, 6, 4, 0, 0, 0, time.UTC), Days: 7, TimeZone: "America/Santiago"}},
		{name: "a number that is a path", row: strings.Replace(row, `"116"`, `"../../etc"`, 1), bad: "not valid"},
		{name: "no number", row: strings.Replace(row, `"number":"116",`, ``, 1), bad: "not valid"},
		{name: "a date that is none", row: strings.Replace(row, "2023-03-25", "2023-02-30", 1), bad: "date of meeting 116"},
		{name: "days as text", row: strings.Replace(row, `:7`, `:"7"`, 1), bad: "days"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decodeMeetings(listOf(tt.row))
			checkError(t, err, tt.bad)
			if err != nil {
				return
			}
			if !got[0].Date.Equal(tt.want.Date) {
				t.Errorf("date %v, want %v", got[0].Date, tt.want.Date)
			}
			got[0].Date = tt.want.Date
			if !reflect.DeepEqual(got[0], tt.want) {
				t.Errorf("got  %+v\nwant %+v", got[0], tt.want)
			}
		})
	}
}

func TestDecodeSessions(t *testing.T) {
	const row = `{"id":25907,"type":"/api/v1/name/timeslottypename/regular/","purpose":"/api/v1/name/sessionpurposename/officehours/","meeting":"/api/v1/meeting/meeting/747/","group":"/api/v1/group/group/1803/","name":"","chat_room":"hallway","requested_duration":"1:30:00"}`
	tests := []struct {
		name, row string
		want      meetingSession
		bad       string
	}{
		{name: "a whole row", row: row, want: meetingSession{Session{ID: 25907, Type: "regular", Purpose: "officehours", GroupID: 1803, ChatRoom: "hallway"}, 747}},
		{name: "no group", row: strings.Replace(row, `"/api/v1/group/group/1803/"`, `null`, 1), want: meetingSession{Session{ID: 25907, Type: "regular", Purpose: "officehours", ChatRoom: "hallway"}, 747}},
		{name: "no chat room", row: strings.Replace(row, `"hallway"`, `null`, 1), want: meetingSession{Session{ID: 25907, Type: "regular", Purpose: "officehours", GroupID: 1803}, 747}},
		{name: "no purpose", row: strings.Replace(row, `"purpose":"/api/v1/name/sessionpurposename/officehours/",`, ``, 1), want: meetingSession{Session{ID: 25907, Type: "regular", GroupID: 1803, ChatRoom: "hallway"}, 747}},
		{name: "a type for a purpose", row: strings.Replace(row, `sessionpurposename`, `timeslottypename`, 1), bad: "purpose of session 25907: a timeslottypename stands where a sessionpurposename belongs"},
		{name: "a chat room as a number", row: strings.Replace(row, `"hallway"`, `5`, 1), bad: "chat_room"},
		{name: "a group by its acronym", row: strings.Replace(row, `group/1803`, `group/quic`, 1), bad: "group of session 25907"},
		{name: "an embedded meeting", row: strings.Replace(row, `"/api/v1/meeting/meeting/747/"`, `{"id":747}`, 1), bad: "row 1"},
		{name: "no id", row: strings.Replace(row, `"id":25907,`, ``, 1), bad: "session 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decodeSessions(listOf(tt.row))
			checkError(t, err, tt.bad)
			if err == nil && got[0] != tt.want {
				t.Errorf("got %+v, want %+v", got[0], tt.want)
			}
		})
	}
}
