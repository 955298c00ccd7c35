package provisioner

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
)

func nameTemplate(t *testing.T, text string) *template.Template {
	t.Helper()
	parsed, err := template.New("room").Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// officeHours is a session of wit, the only one in the snapshot with a name,
// type and purpose of its own.
const officeHours = 102

func withOfficeHours() *datatracker.Snapshot {
	snap := testSnapshot()
	m := &snap.Meetings[0]
	m.Agenda.Sessions = append(m.Agenda.Sessions, datatracker.AgendaSession{
		SessionID: officeHours, Acronym: "wit", Name: "WIT AD Office Hours", Start: noon.AddDate(0, 0, 10), Duration: time.Hour, Status: "sched",
	})
	m.Sessions = append(m.Sessions, datatracker.Session{ID: officeHours, Type: "other", Purpose: "officehours", GroupID: 10})
	for id := 110; id < 113; id++ { // enough others for the list to be believed when it lacks one
		m.Agenda.Sessions = append(m.Agenda.Sessions, datatracker.AgendaSession{SessionID: id, Acronym: "cats", Start: noon.AddDate(0, 0, 10), Status: "sched"})
		m.Sessions = append(m.Sessions, datatracker.Session{ID: id, Type: "regular", GroupID: 30})
	}
	return snap
}

// forget takes the row of the office hours away.
func forget(s *datatracker.Snapshot) {
	s.Meetings[0].Sessions = slices.Delete(s.Meetings[0].Sessions, 2, 3)
}

func TestSessionRules(t *testing.T) {
	expression := regexp.MustCompile
	tests := []struct {
		name  string
		rules []SessionRule // with a room of their number
		edit  func(*datatracker.Snapshot, *registry.State)
		want  string // room of the office hours
		rule  string
	}{
		{name: "without a rule the group's room", want: "wit"},
		{name: "by purpose", rules: []SessionRule{{Purpose: "officehours"}}, want: "room1", rule: "rooms.sessions[1]"},
		{name: "by type", rules: []SessionRule{{Type: "other"}}, want: "room1", rule: "rooms.sessions[1]"},
		{name: "by name", rules: []SessionRule{{Name: expression("(?i)ad office hours$")}}, want: "room1", rule: "rooms.sessions[1]"},
		{name: "by group", rules: []SessionRule{{Group: "wit"}}, want: "room1", rule: "rooms.sessions[1]"},
		{name: "by all of these", rules: []SessionRule{{Group: "wit", Name: expression("WIT"), Type: "other", Purpose: "officehours"}}, want: "room1", rule: "rooms.sessions[1]"},
		{name: "one of these is another", rules: []SessionRule{{Group: "wit", Name: expression("WIT"), Type: "other", Purpose: "social"}}, want: "wit"},
		{name: "another group", rules: []SessionRule{{Group: "quic"}}, want: "wit"},
		{name: "another name", rules: []SessionRule{{Name: expression("^Office")}}, want: "wit"},
		{name: "the first that matches", rules: []SessionRule{{Group: "quic"}, {Type: "other"}, {Group: "wit"}}, want: "room2", rule: "rooms.sessions[2]"},
		{name: "the group by its name of today", rules: []SessionRule{{Group: "transport"}},
			edit: func(s *datatracker.Snapshot, _ *registry.State) { s.Groups[0].Acronym = "transport" }, want: "room1", rule: "rooms.sessions[1]"},
		{name: "chat_room comes first", rules: []SessionRule{{Group: "wit"}},
			edit: func(s *datatracker.Snapshot, _ *registry.State) { s.Meetings[0].Sessions[2].ChatRoom = "hallway" }, want: "hallway"},
		{name: "a chat_room that is no name does not", rules: []SessionRule{{Group: "wit"}},
			edit: func(s *datatracker.Snapshot, _ *registry.State) { s.Meetings[0].Sessions[2].ChatRoom = "a b" }, want: "room1", rule: "rooms.sessions[1]"},
		{name: "plenary comes later", rules: []SessionRule{{Group: "wit"}},
			edit: func(s *datatracker.Snapshot, _ *registry.State) { s.Meetings[0].Sessions[2].Type = "plenary" }, want: "room1", rule: "rooms.sessions[1]"},
		{name: "without a row the type is unknown", rules: []SessionRule{{Type: "other"}, {Purpose: "officehours"}},
			edit: func(s *datatracker.Snapshot, _ *registry.State) { forget(s) }, want: "wit"},
		{name: "without a row group and name are known", rules: []SessionRule{{Type: "other"}, {Name: expression("Office")}},
			edit: func(s *datatracker.Snapshot, _ *registry.State) { forget(s) }, want: "room2", rule: "rooms.sessions[2]"},
		{name: "without a row it stays where it is linked to", rules: []SessionRule{{Group: "wit"}},
			edit: func(s *datatracker.Snapshot, k *registry.State) {
				forget(s)
				k.Links["126"] = map[int]string{officeHours: "hallway"}
			}, want: "hallway"},
		{name: "a rule of today does not move a past session", rules: []SessionRule{{Group: "wit"}},
			edit: func(s *datatracker.Snapshot, k *registry.State) {
				s.Time = noon.AddDate(0, 1, 0)
				k.Links["126"] = map[int]string{officeHours: "wit"}
			}, want: "wit", rule: "rooms.sessions[1]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			snap, known, rules := withOfficeHours(), state(), testRules(t)
			for i, r := range test.rules {
				r.Room = nameTemplate(t, "Room"+string(rune('1'+i)))
				rules.SessionRooms = append(rules.SessionRooms, r)
			}
			if test.edit != nil {
				test.edit(snap, known)
			}
			d := Desire(snap, known, rules)
			got := d.Meetings[0].Sessions[2]
			if got.Room != test.want || got.Rule != test.rule {
				t.Errorf("the room is %q by %q, want %q by %q", got.Room, got.Rule, test.want, test.rule)
			}
			room, _ := d.Room(got.Room)
			if reason := "session 102 (wit) of IETF 126, by " + test.rule; test.rule != "" && got.Asks && !slices.Contains(room.Reasons, reason) {
				t.Errorf("the reasons are %q", room.Reasons)
			}
		})
	}
}

func TestNamesBySessionRules(t *testing.T) {
	tests := []struct {
		name, text, session string
		want                string
		warning             string
	}{
		{name: "members", text: "ietf{{.Meeting}}-{{.Acronym}}", want: "ietf126-wit"},
		{name: "the session's name", text: "{{.Session}}", session: "Newcomers' Coffee Break (in Gather)", want: "newcomers-coffee-break-in-gather"},
		{name: "upper case", text: "Office", want: "office"},
		{name: "an override has no say", text: "quic-hours", want: "quic-hours"},
		{name: "no name at all", text: "{{.Session}}", session: "???", want: "wit", warning: `session 102 of IETF 126: rooms.sessions[1]: "" cannot be the name of a room; the group's room is used`},
		{name: "a name that is too long", text: "{{.Session}}", session: strings.Repeat("word ", 20), want: "wit", warning: "cannot be the name of a room; the group's room is used"},
		{name: "a template that fails", text: "{{index .Session 50}}", want: "wit", warning: "the group's room is used"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			snap, rules := withOfficeHours(), testRules(t)
			if test.session != "" {
				snap.Meetings[0].Agenda.Sessions[2].Name = test.session
			}
			rules.SessionRooms = []SessionRule{{Group: "wit", Room: nameTemplate(t, test.text)}}
			rules.Overrides = map[string]string{"quic-hours": "elsewhere"}
			d := Desire(snap, state(), rules)
			if got := d.Meetings[0].Sessions[2].Room; got != test.want {
				t.Errorf("the room is %q, want %q", got, test.want)
			}
			warned := slices.ContainsFunc(d.Problems, func(p Problem) bool {
				return !p.Failure && p.Session == officeHours && strings.Contains(p.Text, test.warning)
			})
			if warned != (test.warning != "") {
				t.Errorf("problems are %+v", d.Problems)
			}
		})
	}
}
