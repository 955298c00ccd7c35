package provisioner

import (
	"regexp"
	"testing"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
)

// Everything that can name a session's room names another one. Case by case what
// comes first is taken away, so that an explanation which does not follow
// desirer.roomOf tells of a room that the session does not have.
func TestTheRuleThatIsToldIsTheOneThatNamedTheRoom(t *testing.T) {
	type world struct {
		snap  *datatracker.Snapshot
		known *registry.State
		rules *Rules
	}
	row := func(w world) *datatracker.Session { return &w.snap.Meetings[0].Sessions[0] }
	noChatRoom := func(w world) { row(w).ChatRoom = "" }
	noRule := func(w world) { noChatRoom(w); w.rules.SessionRooms = nil }
	notPlenary := func(w world) { noRule(w); row(w).Type = "regular" }
	noRow := func(w world) { w.snap.Meetings[0].Sessions = w.snap.Meetings[0].Sessions[1:] }
	notLinked := func(w world) { w.known.Links = map[string]map[int]string{} }
	over := func(w world) { w.snap.Time = noon.AddDate(0, 1, 0) }
	tests := []struct {
		name string
		edit []func(world)
		room string
		rule string
	}{
		{"chat_room comes first", nil, "by-chat-room", `its chat_room in the Datatracker is "By-Chat-Room"`},
		{"of a past meeting too", []func(world){over}, "by-chat-room", `its chat_room in the Datatracker is "By-Chat-Room"`},
		{"then a rule of the house", []func(world){noChatRoom}, "by-rule", "the configuration has a rule for it: rooms.sessions[1]"},
		{"a chat_room that is no name counts for nothing", []func(world){func(w world) { row(w).ChatRoom = "no name" }},
			"by-rule", "the configuration has a rule for it: rooms.sessions[1]"},
		{"a rule does not move a past session", []func(world){noChatRoom, over}, "by-link", "it stays where it is linked: its meeting is over"},
		{"one that was never linked it names", []func(world){noChatRoom, over, notLinked}, "by-rule", "the configuration has a rule for it: rooms.sessions[1]"},
		{"then the type", []func(world){noRule}, "plenary", "its type is plenary"},
		{"of a past meeting likewise", []func(world){noRule, over}, "plenary", "its type is plenary"},
		{"then the group by its name of today", []func(world){notPlenary}, "by-group", "the room of its group by-group (20, wg, active)"},
		{"a past meeting goes by the agenda", []func(world){notPlenary, over}, "by-agenda", `the room of the acronym "by-agenda" on the agenda`},
		{"an unknown group goes by the agenda", []func(world){notPlenary, func(w world) { row(w).GroupID = 99 }},
			"by-agenda", `the room of the acronym "by-agenda" on the agenda`},
		{"without a row the link stays", []func(world){noRow}, "by-link", "it stays where it is linked: it has no row in the REST sessions"},
		{"without a row and a link a rule of the house", []func(world){noRow, notLinked}, "by-rule", "the configuration has a rule for it: rooms.sessions[1]"},
		{"without any of these the agenda", []func(world){noRule, noRow, notLinked}, "by-agenda", `the room of the acronym "by-agenda" on the agenda`},
		{"nothing names it", []func(world){notPlenary, over, func(w world) { w.snap.Meetings[0].Agenda.Sessions[0].Acronym = "" }},
			"", "none: no room can be named for it"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rules := testRules(t)
			rules.SessionRooms = []SessionRule{{Name: regexp.MustCompile("^QUIC$"), Room: nameTemplate(t, "by-rule")}}
			w := world{snap: testSnapshot(), known: state(managedRoom("by-link", 20)), rules: &rules}
			w.known.Links["126"] = map[int]string{100: "by-link"}
			w.snap.Groups[1].Acronym = "by-group"
			w.snap.Meetings[0].Agenda.Sessions[0].Acronym = "by-agenda"
			*row(w) = datatracker.Session{ID: 100, Type: "plenary", GroupID: 20, ChatRoom: "By-Chat-Room"}
			for _, edit := range test.edit {
				edit(w)
			}
			e := &explainer{snap: w.snap, known: w.known, seen: w.known, rules: rules, desired: Desire(w.snap, w.known, rules)}
			got := e.session(100)
			if len(got) != 1 || got[0].Room != test.room || got[0].Rule != test.rule {
				t.Errorf("explained %+v, want room %q: %s", got, test.room, test.rule)
			}
		})
	}
}
