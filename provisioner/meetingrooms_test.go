package provisioner

import (
	"slices"
	"strings"
	"testing"
	"text/template"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

func TestMeetingRooms(t *testing.T) {
	tests := []struct {
		name  string
		texts []string
		edit  func(*datatracker.Snapshot)
		want  []string // rooms beside those without rooms.meeting
		fails string
	}{
		{name: "none"},
		{name: "names with and without the number", texts: []string{"hackathon", "IETF{{.Meeting}}-NOC"}, want: []string{"hackathon", "ietf126-noc"}},
		{name: "before there is an agenda", texts: []string{"hackathon"}, want: []string{"hackathon"},
			edit: func(s *datatracker.Snapshot) { s.Meetings[0].Agenda.Sessions = []datatracker.AgendaSession{} }},
		{name: "while the agenda is unknown", texts: []string{"hackathon"}, want: []string{"hackathon"},
			edit: func(s *datatracker.Snapshot) { s.Meetings[0].Agenda = nil }},
		{name: "no meeting is current", texts: []string{"hackathon"}, edit: func(s *datatracker.Snapshot) { s.Meetings[0].Current = false }},
		{name: "interims have none", texts: []string{"hackathon"}, edit: func(s *datatracker.Snapshot) { s.Meetings[0].Type = "interim" }},
		{name: "the name of a group's room", texts: []string{"quic"}},
		{name: "an override has no say", texts: []string{"noc"}, want: []string{"noc"}},
		{name: "a name that cannot be one stops no other", texts: []string{"{{.Acronym}}", "noc"}, want: []string{"noc"}, fails: `rooms.meeting: for IETF 126, "" cannot be the name of a room`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			snap, rules := testSnapshot(), testRules(t)
			rules.Overrides = map[string]string{"noc": "elsewhere"}
			if test.edit != nil {
				test.edit(snap)
			}
			want := append(roomNames(Desire(snap, state(), rules)), test.want...)
			slices.Sort(want)
			for _, text := range test.texts {
				rules.MeetingRooms = append(rules.MeetingRooms, nameTemplate(t, text))
			}
			d := Desire(snap, state(), rules)
			if got := roomNames(d); !slices.Equal(got, want) {
				t.Errorf("rooms are %q, want %q", got, want)
			}
			for _, name := range test.want {
				if room, _ := d.Room(name); !slices.Contains(room.Reasons, "room of IETF 126 (rooms.meeting)") || room.GroupID != 0 {
					t.Errorf("%s is %+v", name, room)
				}
			}
			failed := slices.ContainsFunc(d.Problems, func(p Problem) bool { return p.Failure && strings.Contains(p.Text, test.fails) })
			if failed != (test.fails != "") {
				t.Errorf("problems are %+v", d.Problems)
			}
		})
	}
}

func TestAMeetingRoomThatIsAGroupsHasOneMoreReason(t *testing.T) {
	snap, rules := testSnapshot(), testRules(t)
	rules.MeetingRooms = []*template.Template{nameTemplate(t, "quic")}
	room, _ := Desire(snap, state(), rules).Room("quic")
	if room.GroupID != 20 || !slices.Contains(room.Reasons, "room of IETF 126 (rooms.meeting)") || len(room.Reasons) != 3 {
		t.Errorf("the room is %+v", room)
	}
}

func TestAMeetingRoomStaysAsItIsWhenTheNextMeetingIsCurrent(t *testing.T) {
	snap, rules := testSnapshot(), testRules(t)
	for _, text := range []string{"hackathon", "ietf{{.Meeting}}-noc"} {
		rules.MeetingRooms = append(rules.MeetingRooms, nameTemplate(t, text))
	}
	known := state(managedRoom("hackathon", 0), managedRoom("ietf126-noc", 0))
	before := Desire(snap, known, rules)
	snap.Meetings[0].Number = "127"
	after := Desire(snap, known, rules)
	for name, title := range map[string]string{"hackathon": "IETF hackathon", "ietf126-noc": "IETF 126: ietf126-noc"} {
		was, _ := before.Room(name)
		is, _ := after.Room(name)
		if is.State != registry.Active || is.fingerprint(rules) != was.fingerprint(rules) || is.Subject != was.Subject {
			t.Errorf("%s is %+v, was %+v", name, is, was)
		}
		if is.Values[xmppadmin.FieldName] != title {
			t.Errorf("%s is called %q", name, is.Values[xmppadmin.FieldName])
		}
	}
	if _, made := after.Room("ietf127-noc"); !made {
		t.Errorf("rooms are %q", roomNames(after))
	}
	noc, _ := after.Room("ietf126-noc")
	if got := noc.Values[xmppadmin.FieldDescription]; !strings.HasPrefix(got, "Chat room of IETF 126. ") {
		t.Errorf("it says %q", got)
	}
}

func TestMeetingThatANameTells(t *testing.T) {
	tests := []struct{ template, name, want string }{
		{"ietf{{.Meeting}}-noc", "ietf126-noc", "126"},
		{"ietf{{.Meeting}}-noc2", "ietf126-noc2", "126"},
		{"{{.Meeting}}", "126", "126"},
		{"ietf{{.Meeting}}-noc", "ietf-noc", ""},
		{"ietf{{.Meeting}}-noc", "ietf126-hackathon", ""},
		{"hackathon", "hackathon", ""},
		{"6lo-hackathon", "6lo-hackathon", ""},
		{"{{index .Meeting 9}}", "126", ""},
	}
	for _, test := range tests {
		if got := numberIn(nameTemplate(t, test.template), test.name); got != test.want {
			t.Errorf("%q tells %q in %q, want %q", test.template, got, test.name, test.want)
		}
	}
}
