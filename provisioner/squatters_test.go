package provisioner

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"text/template"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
)

func TestNamesThatWillBeWanted(t *testing.T) {
	tests := []struct {
		name   string
		change func(*datatracker.Snapshot, *registry.State, *Rules)
		want   []string // each name with a part of its reason
	}{
		{"nothing but what is wanted already", func(*datatracker.Snapshot, *registry.State, *Rules) {}, nil},
		{"a session that was requested and is on no agenda", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			s.Groups = append(s.Groups, datatracker.Group{ID: 40, Acronym: "avt", Type: "wg", State: "conclude"})
			s.Meetings[0].Sessions = append(s.Meetings[0].Sessions, datatracker.Session{ID: 102, Type: "regular", GroupID: 40})
		}, []string{"avt: session 102 of IETF 126 was requested by group avt (40, wg, conclude)"}},
		{"one with a room of its own", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			s.Meetings[0].Sessions = append(s.Meetings[0].Sessions, datatracker.Session{ID: 102, Type: "regular", GroupID: 20, ChatRoom: "Tutorial"})
		}, []string{"tutorial: session 102 of IETF 126 was requested"}},
		{"one with a room that cannot be", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			s.Meetings[0].Sessions = append(s.Meetings[0].Sessions, datatracker.Session{ID: 102, Type: "regular", GroupID: 20, ChatRoom: "no/room"})
		}, nil},
		{"one of a group that was not read", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			s.Meetings[0].Sessions = append(s.Meetings[0].Sessions, datatracker.Session{ID: 102, Type: "regular", GroupID: 4711})
		}, nil},
		{"one of a meeting that has no agenda yet", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			s.Meetings[0].Agenda = nil
			s.Meetings[0].Sessions[0].ChatRoom = "tutorial"
		}, []string{"tutorial: session 100 of IETF 126 was requested"}},
		{"one of a meeting that is over", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			s.Time = noon.AddDate(0, 1, 0)
			s.Meetings[0].Sessions = append(s.Meetings[0].Sessions, datatracker.Session{ID: 102, Type: "regular", GroupID: 20, ChatRoom: "tutorial"})
		}, nil},
		{"one whose room is ours already", func(s *datatracker.Snapshot, known *registry.State, _ *Rules) {
			s.Meetings[0].Sessions = append(s.Meetings[0].Sessions, datatracker.Session{ID: 102, Type: "regular", GroupID: 20, ChatRoom: "tutorial"})
			known.Rooms["tutorial"] = managedRoom("tutorial", 0)
		}, nil},
		{"a group in a state that says nothing", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			s.Groups = append(s.Groups, datatracker.Group{ID: 40, Acronym: "newwg", Type: "wg", State: "unknown"})
		}, []string{"newwg: group newwg (40, wg, unknown)"}},
		{"a group that has ended", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			s.Groups = append(s.Groups, datatracker.Group{ID: 40, Acronym: "avt", Type: "wg", State: "conclude"})
		}, nil},
		{"a group of a type without rooms", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			s.Groups = append(s.Groups, datatracker.Group{ID: 40, Acronym: "sdo", Type: "sdo", State: "unknown"})
		}, nil},
		{"the rooms of the meeting after this one", func(_ *datatracker.Snapshot, _ *registry.State, r *Rules) {
			r.MeetingRooms = []*template.Template{template.Must(template.New("").Parse("ietf{{.Meeting}}-noc"))}
		}, []string{"ietf127-noc: room of IETF 127 (rooms.meeting)"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			snap, known, rules := testSnapshot(), state(), testRules(t)
			test.change(snap, known, &rules)
			names := coming(snap, Desire(snap, known, rules), known, rules)
			var got []string
			for _, name := range slices.Sorted(maps.Keys(names)) {
				got = append(got, name+": "+names[name])
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("coming\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}
