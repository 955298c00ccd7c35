package provisioner

import (
	"slices"
	"strings"
	"testing"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

func TestDesireNames(t *testing.T) {
	tests := []struct {
		name  string
		edit  func(*datatracker.Snapshot, *registry.State, *Rules)
		want  []string // rooms
		fails []string // parts of failures
		warns []string // parts of warnings
	}{
		{
			name: "groups in scope, standing rooms and sessions have rooms",
			want: []string{"cats", "hallway", "plenary", "quic", "wit"},
		},
		{
			name: "a group type without default chat and not configured has none",
			edit: func(s *datatracker.Snapshot, _ *registry.State, r *Rules) { r.GroupTypes = nil },
			want: []string{"cats", "hallway", "plenary", "quic"},
		},
		{
			name: "a session of a group out of scope has a room all the same",
			edit: func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
				s.Groups = append(s.Groups, datatracker.Group{ID: 40, Acronym: "3gpp-ietf", Name: "3GPP", Type: "iabasg", State: "active"})
				s.Meetings[0].Agenda.Sessions = append(s.Meetings[0].Agenda.Sessions, datatracker.AgendaSession{SessionID: 102, Acronym: "3gpp-ietf", Start: noon, Status: "sched"})
				s.Meetings[0].Sessions = append(s.Meetings[0].Sessions, datatracker.Session{ID: 102, GroupID: 40})
			},
			want: []string{"3gpp-ietf", "cats", "hallway", "plenary", "quic", "wit"},
		},
		{
			name: "chat_room names the session's room",
			edit: func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
				s.Meetings[0].Sessions[0].ChatRoom = "CodeSprint"
			},
			want: []string{"cats", "codesprint", "hallway", "plenary", "quic", "wit"},
		},
		{
			name: "a chat_room that cannot be a name falls back to the group with a warning",
			edit: func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
				s.Meetings[0].Sessions[0].ChatRoom = "code sprint"
			},
			want:  []string{"cats", "hallway", "plenary", "quic", "wit"},
			warns: []string{`session 100 of IETF 126: chat_room "code sprint" cannot be the name of a room`},
		},
		{
			name: "a chat_room that is what the group's room was called before is told", // written back, perhaps, before the group was renamed
			edit: func(s *datatracker.Snapshot, k *registry.State, _ *Rules) {
				s.Groups[1].Acronym = "quick"
				s.Meetings[0].Sessions[0].ChatRoom = "quic"
				k.Rooms["quic"] = managedRoom("quic", 20)
			},
			want:  []string{"cats", "hallway", "plenary", "quic", "quick", "wit"},
			warns: []string{"session 100 of IETF 126 meets in quic by its chat_room, and its group's room is called quick now"},
		},
		{
			name: "an override maps a name that cannot be one",
			edit: func(s *datatracker.Snapshot, _ *registry.State, r *Rules) {
				s.Groups[1].Acronym = "QU/IC"
				r.Overrides = map[string]string{"qu/ic": "quic"}
			},
			want: []string{"cats", "hallway", "plenary", "quic", "wit"},
		},
		{
			name:  "an acronym that cannot be a name is an error of that room alone",
			edit:  func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) { s.Groups[2].Acronym = "<cats>" },
			want:  []string{"hallway", "plenary", "quic", "wit"},
			fails: []string{`group <cats> (30, wg, bof): "<cats>" cannot be the name of a room; map it under rooms.overrides`},
		},
		{
			name:  "two groups with one acronym hold the room",
			edit:  func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) { s.Groups[2].Acronym = "quic" },
			want:  []string{"hallway", "plenary", "wit"},
			fails: []string{"room quic is claimed by groups quic (20, wg, active) and quic (30, wg, bof)"},
		},
		{
			name: "an acronym reused by another group is disputed",
			edit: func(s *datatracker.Snapshot, k *registry.State, _ *Rules) {
				s.Groups = append(s.Groups, datatracker.Group{ID: 5, Acronym: "quic", Name: "Old", Type: "wg", State: "conclude"})
				k.Rooms["quic"] = managedRoom("quic", 5)
			},
			want:  []string{"cats", "hallway", "plenary", "wit"},
			fails: []string{"room quic belongs to group quic (5, wg, conclude), but now group quic (20, wg, active) has that acronym"},
		},
		{
			name: "a session without REST row goes by the agenda's acronym, with a warning",
			edit: func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
				m := &s.Meetings[0]
				for id := 110; id < 113; id++ { // enough others for the list to be believed
					m.Agenda.Sessions = append(m.Agenda.Sessions, datatracker.AgendaSession{SessionID: id, Acronym: "cats", Start: noon, Status: "sched"})
					m.Sessions = append(m.Sessions, datatracker.Session{ID: id, Type: "regular", GroupID: 30})
				}
				m.Sessions = m.Sessions[1:]
			},
			want:  []string{"cats", "hallway", "plenary", "quic", "wit"},
			warns: []string{"session 100 (quic) of IETF 126 has no row"},
		},
		{
			name: "a list that lacks half the sessions makes no room, and is told once",
			edit: func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
				s.Meetings[0].Agenda.Sessions[1].Acronym = "iesg"
				s.Meetings[0].Sessions = s.Meetings[0].Sessions[:1]
			},
			want:  []string{"cats", "hallway", "quic", "wit"},
			warns: []string{"the REST sessions of IETF 126 lack 1 of the 2 sessions on its agenda, so they are not believed"},
		},
		{
			name: "a session without group has no room",
			edit: func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
				s.Meetings[0].Agenda.Sessions[0].Acronym = ""
				s.Meetings[0].Sessions[0].GroupID = 0
			},
			want:  []string{"cats", "hallway", "plenary", "quic", "wit"},
			fails: []string{"session 100 (QUIC) of IETF 126 has no group"},
		},
		{
			name: "a cancelled session asks for no room",
			edit: func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
				s.Meetings[0].Agenda.Sessions[1].Status = "canceled"
			},
			want: []string{"cats", "hallway", "quic", "wit"},
		},
		{
			name: "a past meeting asks for no room",
			edit: func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) { s.Time = noon.AddDate(0, 1, 0) },
			want: []string{"cats", "hallway", "quic", "wit"},
		},
		{
			name: "a meeting whose agenda was not read asks for nothing",
			edit: func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) { s.Meetings[0].Agenda = nil },
			want: []string{"cats", "hallway", "quic", "wit"},
		},
		{
			name: "a room whose reasons lapsed stays",
			edit: func(_ *datatracker.Snapshot, k *registry.State, _ *Rules) {
				k.Rooms["codesprint"] = managedRoom("codesprint", 0)
			},
			want: []string{"cats", "codesprint", "hallway", "plenary", "quic", "wit"},
		},
		{
			name: "a room whose group was not read is left alone",
			edit: func(_ *datatracker.Snapshot, k *registry.State, _ *Rules) { k.Rooms["dime"] = managedRoom("dime", 77) },
			want: []string{"cats", "hallway", "plenary", "quic", "wit"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			snap, known, rules := testSnapshot(), state(), testRules(t)
			if test.edit != nil {
				test.edit(snap, known, &rules)
			}
			d := Desire(snap, known, rules)
			if got := roomNames(d); !slices.Equal(got, test.want) {
				t.Errorf("rooms %q, want %q", got, test.want)
			}
			checkProblems(t, d.Problems, test.fails, test.warns)
		})
	}
}

func checkProblems(t *testing.T, problems []Problem, fails, warns []string) {
	t.Helper()
	var gotFails, gotWarns []string
	for _, p := range problems {
		if p.Failure {
			gotFails = append(gotFails, p.Text)
		} else {
			gotWarns = append(gotWarns, p.Text)
		}
	}
	for _, c := range []struct {
		kind      string
		got, want []string
	}{{"failures", gotFails, fails}, {"warnings", gotWarns, warns}} {
		if len(c.got) != len(c.want) {
			t.Errorf("%s %q, want %q", c.kind, c.got, c.want)
			continue
		}
		for i := range c.want {
			if !strings.Contains(c.got[i], c.want[i]) {
				t.Errorf("%s: %q does not contain %q", c.kind, c.got[i], c.want[i])
			}
		}
	}
}

func TestDesireState(t *testing.T) {
	tests := []struct {
		name      string
		edit      func(*datatracker.Snapshot, *registry.State)
		room      string
		state     registry.RoomState
		successor string
	}{
		{"a group in state conclude retires its room", func(s *datatracker.Snapshot, k *registry.State) {
			s.Groups[2].State = "conclude"
			k.Rooms["cats"] = managedRoom("cats", 30)
		}, "cats", registry.Retired, ""},
		{"nothing is retired while an agenda is unknown", func(s *datatracker.Snapshot, k *registry.State) {
			s.Groups[2].State = "conclude"
			s.Meetings[0].Agenda = nil
			k.Rooms["cats"] = managedRoom("cats", 30)
		}, "cats", registry.Active, ""},
		{"nothing is retired while a document is missing", func(s *datatracker.Snapshot, k *registry.State) {
			s.Groups[2].State = "conclude"
			s.Sources = []datatracker.Source{{Name: "interim meetings", Outcome: datatracker.Missing}}
			k.Rooms["cats"] = managedRoom("cats", 30)
		}, "cats", registry.Active, ""},
		{"a coming session keeps the room of an ended group in service", func(s *datatracker.Snapshot, k *registry.State) {
			s.Groups[1].State = "conclude"
			k.Rooms["quic"] = managedRoom("quic", 20)
		}, "quic", registry.Active, ""},
		{"an unknown state changes nothing", func(s *datatracker.Snapshot, k *registry.State) {
			s.Groups[2].State = "unknown"
			k.Rooms["cats"] = managedRoom("cats", 30)
		}, "cats", registry.Active, ""},
		{"a group that is active again wakes its room", func(s *datatracker.Snapshot, k *registry.State) {
			r := managedRoom("quic", 20)
			r.State = registry.Retired
			k.Rooms["quic"] = r
		}, "quic", registry.Active, ""},
		{"a room retired with nothing new stays retired", func(s *datatracker.Snapshot, k *registry.State) {
			r := managedRoom("cats", 30)
			r.State = registry.Retired
			k.Rooms["cats"] = r
			s.Groups[2].State = "unknown"
		}, "cats", registry.Retired, ""},
		{"the old room of a renamed group points to the new one", func(s *datatracker.Snapshot, k *registry.State) {
			k.Rooms["can"] = managedRoom("can", 30)
		}, "can", registry.Retired, "cats"},
		{"but not where another group claims that name too", func(s *datatracker.Snapshot, k *registry.State) {
			k.Rooms["can"] = managedRoom("can", 30)
			s.Groups = append(s.Groups, datatracker.Group{ID: 40, Acronym: "cats", Name: "Others", Type: "wg", State: "active"})
		}, "can", registry.Active, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			snap, known := testSnapshot(), state()
			test.edit(snap, known)
			room, ok := Desire(snap, known, testRules(t)).Room(test.room)
			if !ok {
				t.Fatalf("room %s is not desired", test.room)
			}
			if room.State != test.state || room.Successor != test.successor {
				t.Errorf("state %s, successor %q; want %s, %q", room.State, room.Successor, test.state, test.successor)
			}
		})
	}
}

func TestDesireTexts(t *testing.T) {
	snap, rules := testSnapshot(), testRules(t)
	rules.Texts.LogPattern = "https://logs.example.org/{chat_room_name}/"
	rules.Texts.Contact = "support@example.org"
	tests := []struct {
		room, title, description, subject string
	}{
		{"quic", "QUIC (quic)",
			"Chat room of the QUIC working group (wit). https://datatracker.example.org/group/quic/about/ Everything said here is logged publicly and permanently: https://logs.example.org/quic/ The Note Well applies: https://www.ietf.org/about/note-well/ Questions: support@example.org",
			"QUIC | https://datatracker.example.org/group/quic/about/ | Note Well: https://www.ietf.org/about/note-well/"},
		{"cats", "Computing-Aware Traffic Steering (cats BOF)",
			"Chat room of the Computing-Aware Traffic Steering BOF (wit). https://datatracker.example.org/group/cats/about/ Everything said here is logged publicly and permanently: https://logs.example.org/cats/ The Note Well applies: https://www.ietf.org/about/note-well/ Questions: support@example.org",
			"Computing-Aware Traffic Steering | https://datatracker.example.org/group/cats/about/ | Note Well: https://www.ietf.org/about/note-well/"},
		{"hallway", "IETF hallway",
			"Chat room of the IETF. Everything said here is logged publicly and permanently: https://logs.example.org/hallway/ The Note Well applies: https://www.ietf.org/about/note-well/ Questions: support@example.org",
			"IETF hallway | Note Well: https://www.ietf.org/about/note-well/"},
	}
	d := Desire(snap, state(), rules)
	for _, test := range tests {
		room, _ := d.Room(test.room)
		if got := room.Values[xmppadmin.FieldName]; got != test.title {
			t.Errorf("%s: name %q, want %q", test.room, got, test.title)
		}
		if got := room.Values[xmppadmin.FieldDescription]; got != test.description {
			t.Errorf("%s: description\n%q, want\n%q", test.room, got, test.description)
		}
		if room.Subject != test.subject {
			t.Errorf("%s: subject %q, want %q", test.room, room.Subject, test.subject)
		}
	}
}

func TestDesireTentativeTexts(t *testing.T) {
	snap := testSnapshot()
	snap.Groups = snap.Groups[1:] // the area was not read
	room, _ := Desire(snap, state(), testRules(t)).Room("quic")
	if !room.Tentative[xmppadmin.FieldDescription] {
		t.Error("a description made without the area must not change an existing room")
	}
}

func TestParseTextsRefusesUnknownFields(t *testing.T) {
	if _, err := ParseTexts("{{.Nonsense}}", "", ""); err == nil || !strings.Contains(err.Error(), "room's name") {
		t.Errorf("error %v, want one that names the template", err)
	}
}
