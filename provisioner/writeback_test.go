package provisioner

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
)

// setRoom gives a session of testSnapshot a chat_room of its own.
func setRoom(snap *datatracker.Snapshot, session int, name string) {
	for i := range snap.Meetings[0].Sessions {
		if s := &snap.Meetings[0].Sessions[i]; s.ID == session {
			s.ChatRoom = name
		}
	}
}

func TestNamedOtherwise(t *testing.T) {
	const edit = "https://datatracker.example.org/meeting/session/100/edit"
	tests := []struct {
		name  string
		rules func(*Rules)
		snap  func(*datatracker.Snapshot)
		known *registry.State

		computed, room, why string // of session 100; room "": no difference
		obstacle            string // "" when it is possible
		url                 string // default edit
	}{
		{name: "nothing differs"},
		{name: "a chat_room of its own", snap: func(s *datatracker.Snapshot) { setRoom(s, 100, "wgchairs") }},
		{name: "an acronym that is mapped", rules: func(r *Rules) { r.Overrides = map[string]string{"quic": "quic2"} },
			computed: "quic", room: "quic2", why: "rooms.overrides maps quic to it"},
		{name: "a chat_room that is mapped", rules: func(r *Rules) { r.Overrides = map[string]string{"lunch": "wgchairs"} },
			snap:     func(s *datatracker.Snapshot) { setRoom(s, 100, "Lunch") },
			computed: "Lunch", room: "wgchairs", why: "rooms.overrides maps lunch to it"},
		{name: "a chat_room in upper case", snap: func(s *datatracker.Snapshot) { setRoom(s, 100, "QUIC") },
			computed: "QUIC", room: "quic", why: "names of rooms are in lower case"},
		{name: "a chat_room that cannot name a room", snap: func(s *datatracker.Snapshot) { setRoom(s, 100, "the quic room") },
			computed: "the quic room", room: "quic", why: `"the quic room" cannot be the name of a room`,
			obstacle: "a person chose that chat_room"},
		{name: "a group renamed during the meeting",
			snap: func(s *datatracker.Snapshot) {
				s.Groups[1].Acronym = "quicker"
				s.Time = s.Meetings[0].Date.Add(time.Minute)
			},
			computed: "quic", room: "quicker", why: "the group has another acronym now"},
		{name: "a group renamed before the meeting", snap: func(s *datatracker.Snapshot) { s.Groups[1].Acronym = "quicker" },
			computed: "quic", room: "quicker", why: "the group has another acronym now", obstacle: "the agenda still has the old acronym"},
		{name: "a name of 33 characters", rules: func(r *Rules) { r.Overrides = map[string]string{"quic": strings.Repeat("q", 33)} },
			computed: "quic", room: strings.Repeat("q", 33), why: "rooms.overrides", obstacle: "at most 32 characters"},
		{name: "a name that is mapped again", rules: func(r *Rules) { r.Overrides = map[string]string{"quic": "quic2", "quic2": "quic3"} },
			computed: "quic", room: "quic2", why: "rooms.overrides", obstacle: "maps that name to another one again"},
		{name: "a meeting that is over",
			rules:    func(r *Rules) { r.Overrides = map[string]string{"quic": "quic2"} },
			snap:     func(s *datatracker.Snapshot) { s.Time = s.Meetings[0].End().Add(time.Minute) },
			computed: "quic", room: "quic2", why: "rooms.overrides", obstacle: "the meeting is over"},
		{name: "an interim",
			rules: func(r *Rules) { r.Overrides = map[string]string{"quic": "quic2"} },
			snap: func(s *datatracker.Snapshot) {
				m := &s.Meetings[0]
				m.Type, m.Number, m.Current = "interim", "interim-2026-quic-01", false
			},
			computed: "quic", room: "quic2", why: "rooms.overrides", obstacle: "the form cannot save interims",
			url: "https://datatracker.example.org/admin/meeting/session/100/change/"},
		{name: "a room that two groups claim",
			rules:    func(r *Rules) { r.Overrides = map[string]string{"quic": "cats"} },
			computed: "quic", room: "cats", why: "rooms.overrides", obstacle: "two groups claim the room"},
		{name: "groups from an earlier copy",
			rules: func(r *Rules) { r.Overrides = map[string]string{"quic": "quic2"} },
			snap: func(s *datatracker.Snapshot) {
				s.Sources = []datatracker.Source{{Name: "groups", Outcome: datatracker.LastGood}}
			},
			computed: "quic", room: "quic2", why: "rooms.overrides", obstacle: "groups could not be read in this run"},
		{name: "an agenda from an earlier copy",
			rules: func(r *Rules) { r.Overrides = map[string]string{"quic": "quic2"} },
			snap: func(s *datatracker.Snapshot) {
				s.Sources = []datatracker.Source{
					{Name: "groups"}, {Name: "IETF 126 agenda", Meeting: "126", Outcome: datatracker.LastGood},
				}
			},
			computed: "quic", room: "quic2", why: "rooms.overrides", obstacle: "IETF 126 agenda could not be read in this run"},
		{name: "another meeting's agenda from an earlier copy",
			rules: func(r *Rules) { r.Overrides = map[string]string{"quic": "quic2"} },
			snap: func(s *datatracker.Snapshot) {
				s.Sources = []datatracker.Source{
					{Name: "IETF 126 agenda", Meeting: "126", Outcome: datatracker.Unchanged},
					{Name: "interim-2026-quic-01 agenda", Meeting: "interim-2026-quic-01", Outcome: datatracker.LastGood},
				}
			},
			computed: "quic", room: "quic2", why: "rooms.overrides"},
		{name: "a session that is canceled",
			rules: func(r *Rules) { r.Overrides = map[string]string{"quic": "quic2"} },
			snap:  func(s *datatracker.Snapshot) { s.Meetings[0].Agenda.Sessions[0].Status = "canceled" }},
		{name: "a session without a row",
			rules: func(r *Rules) { r.Overrides = map[string]string{"quic": "quic2"} },
			snap:  func(s *datatracker.Snapshot) { s.Meetings[0].Sessions = s.Meetings[0].Sessions[1:] }},
		{name: "a session that is on the agenda twice",
			rules: func(r *Rules) { r.Overrides = map[string]string{"quic": "quic2"} },
			snap: func(s *datatracker.Snapshot) {
				a := s.Meetings[0].Agenda
				a.Sessions = append(a.Sessions, a.Sessions[0])
			},
			computed: "quic", room: "quic2", why: "rooms.overrides"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rules, snap, known := testRules(t), testSnapshot(), tt.known
			if known == nil {
				known = state()
			}
			if tt.rules != nil {
				tt.rules(&rules)
			}
			if tt.snap != nil {
				tt.snap(snap)
			}
			desired := Desire(snap, known, rules)
			got := namedOtherwise(snap, snap.Meetings[0], desired.Meetings[0], rules)
			if tt.room == "" {
				if len(got) != 0 {
					t.Errorf("%+v, want no difference", got)
				}
				return
			}
			if len(got) != 1 {
				t.Fatalf("%d differences, want one: %+v", len(got), got)
			}
			d := got[0]
			if d.Session != 100 || d.Computed != tt.computed || d.Room != tt.room || !strings.Contains(d.Why, tt.why) {
				t.Errorf("%+v", d)
			}
			if d.Possible != (tt.obstacle == "") || !strings.Contains(d.Obstacle, tt.obstacle) {
				t.Errorf("possible %t, obstacle %q, want %q", d.Possible, d.Obstacle, tt.obstacle)
			}
			if want := tt.url; want == "" && d.EditURL != edit || want != "" && d.EditURL != want {
				t.Errorf("to be edited at %s", d.EditURL)
			}
		})
	}
}

// manyDifferences is a meeting of so many sessions of which some differ.
func manyDifferences(sessions, differing int) (*datatracker.Snapshot, *DatatrackerReport) {
	yes := true
	r := &DatatrackerReport{Mode: WriteBackForm, PointsHere: &yes}
	m := datatracker.Meeting{Number: "126", Type: "ietf", Agenda: &datatracker.Agenda{Sessions: make([]datatracker.AgendaSession, sessions)}}
	for i := range differing {
		r.Differences = append(r.Differences, Difference{Session: i + 1, Meeting: "126", Title: "IETF 126", Acronym: "g" + strconv.Itoa(i), Room: "r" + strconv.Itoa(i), Possible: true})
	}
	return &datatracker.Snapshot{Meetings: []datatracker.Meeting{m}}, r
}

func TestPlanWriteBack(t *testing.T) {
	no := false
	fine, also := registry.Change{Field: FieldChatRoom, Error: "refused"}, registry.Change{Field: "agenda_note", Reasons: []string{"session 7 (tls) of IETF 126"}}
	tests := []struct {
		name                string
		sessions, differing int
		change              func(*DatatrackerReport)
		last                registry.Change // written to the Datatracker; zero: nothing was
		options             Options
		planned             int
		withheld            string
	}{
		{"few", 100, 3, nil, registry.Change{}, Options{}, 3, ""},
		{"as many as the count", 100, 20, nil, registry.Change{}, Options{}, 20, ""},
		{"one more", 100, 21, nil, registry.Change{}, Options{}, 0, "sessions of IETF 126 to set the chat_room of: 21; the limit is 20, of 100 sessions"},
		{"as many as the percentage", 200, 40, nil, registry.Change{}, Options{}, 40, ""},
		{"one more than the percentage", 200, 41, nil, registry.Change{}, Options{}, 0, "41; the limit is 40, of 200 sessions"},
		{"allowed", 100, 21, nil, registry.Change{}, Options{Allow: []string{RuleWriteBack}}, 21, ""},
		{"another rule allowed", 100, 21, nil, registry.Change{}, Options{Allow: []string{RuleCreate}}, 0, "21; the limit is 20"},
		{"one room named", 100, 21, nil, registry.Change{}, Options{Only: []string{"r7"}}, 1, ""},
		{"reported only", 100, 3, func(r *DatatrackerReport) { r.Mode = WriteBackReport }, registry.Change{}, Options{}, 0, ""},
		{"links that lead elsewhere", 100, 3, func(r *DatatrackerReport) { r.PointsHere = &no }, registry.Change{}, Options{}, 0, ""},
		{"links that are not known", 100, 3, func(r *DatatrackerReport) { r.PointsHere = nil }, registry.Change{}, Options{}, 0, ""},
		{"one that is not possible", 100, 3, func(r *DatatrackerReport) { r.Differences[1].Possible = false }, registry.Change{}, Options{}, 2, ""},
		{"after a change that was refused", 100, 3, nil, fine, Options{}, 3, ""},
		{"after a change of more than that", 100, 3, nil, also, Options{}, 0, "when the chat_room of session 7 (tls) of IETF 126 was set, its agenda_note changed too; look at it first"},
		{"after one, a room named", 100, 3, nil, also, Options{Only: []string{"r0", "r1", "r2"}}, 0, "agenda_note"},
		{"after one, and allowed", 100, 3, nil, also, Options{Allow: []string{RuleWriteBack}}, 3, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			snap, r := manyDifferences(tt.sessions, tt.differing)
			if tt.change != nil {
				tt.change(r)
			}
			known := &registry.State{Last: map[string]registry.Change{}}
			if tt.last.Field != "" {
				known.Last[string(WriteChatRoom)] = tt.last
			}
			withheld := r.plan(snap, known, testRules(t), tt.options)
			if r.Pending() != tt.planned {
				t.Errorf("%d are planned, want %d", r.Pending(), tt.planned)
			}
			if tt.withheld == "" {
				if len(withheld) != 0 {
					t.Errorf("withheld %+v", withheld)
				}
				return
			}
			checkWithheld(t, withheld, RuleWriteBack, tt.withheld)
			if len(withheld[0].Changes) != tt.differing || withheld[0].Allow != "roomctl sync --allow write-back" {
				t.Errorf("%d changes, %q", len(withheld[0].Changes), withheld[0].Allow)
			}
		})
	}
}

func TestLinkedDifferences(t *testing.T) {
	unfit := managedRoom("quic2", 20)
	unfit.Verified.Logged = false
	tests := []struct {
		name string
		room registry.Room
		link string
		want bool
	}{
		{"linked to a fit room", managedRoom("quic2", 20), "quic2", true},
		{"not linked", managedRoom("quic2", 20), "", false},
		{"linked to the room from before", managedRoom("quic2", 20), "quic", false},
		{"linked to a room that is not fit", unfit, "quic2", false},
		{"linked to a room that is not ours", managedRoom("other", 20), "quic2", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &DatatrackerReport{Differences: []Difference{{Session: 100, Meeting: "126", Room: "quic2"}}}
			r.see(map[string]map[int]string{"126": {100: tt.link}}, state(tt.room), testRules(t), noon)
			if got := r.Differences[0].Linked; got != tt.want {
				t.Errorf("linked %t", got)
			}
		})
	}
}
