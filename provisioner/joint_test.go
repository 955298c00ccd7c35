package provisioner

import (
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

func TestNotesOfJointSessions(t *testing.T) {
	tests := []struct {
		note string
		want string // names, with spaces between
	}{
		// From the agendas of IETF 108, 110, 111 and 113.
		{"Joint with EXTRA", "extra"},
		{"Joint with ARTAREA", "artarea"},
		{"Joint with MPLS, DETNET, and SPRING", "mpls detnet spring"},
		{"Joint PALS/MPLS/DETNET", "pals mpls detnet"},
		{"Joint PALS/MPLS/DetNet", "pals mpls detnet"},
		{"Joint OpsAWG / OpsAREA", "opsawg opsarea"},
		{"Combined OpsAWG / OpsAREA", "opsawg opsarea"},
		{"Combined OpsAWG/OpsAREA", "opsawg opsarea"},
		{"Split session with DPRIVE", ""},
		{"DNS and BGP", ""},
		{"Privacy & Applications", ""},
		{"New Internet Protocols & Practical Congestion Control", ""},
		{"Split session. First hour: SAAG; second hour: CFRG", ""},

		// Other ways to say it.
		{"joint session with extra", "extra"},
		{"JOINT MEETING OF jmap & extra", "jmap extra"},
		{"Joint meeting between the JMAP WG and the EXTRA working group", "jmap extra"},
		{"Joint session: JMAP, EXTRA", "jmap extra"},
		{"Joint JMAP + EXTRA session", "jmap extra"},
		{"Joint JMAP / EXTRA (second hour only)", "jmap extra"},
		{"Joint  with\u00a0EXTRA,JMAP,  and   UTA.", "extra jmap uta"},
		{"Joint with EXTRA on Tuesday", "extra"},
		{"Joint with 3GPP-IETF", "3gpp-ietf"},
		{"Joint with EXTRA, EXTRA and extra", "extra"},
		{"Bring laptops. Joint with EXTRA", "extra"},
		{"Bring laptops\r\nJoint with EXTRA\r\n", "extra"},
		{"Joint with EXTRA. Joint with JMAP.", "extra jmap"},

		// What only sounds so.
		{"", ""},
		{"Joint", ""},
		{"Joint session", ""},
		{"Joint with", ""},
		{"Joint with / and ,", ""},
		{"Joint core discussion", ""},
		{"Joint core and extra discussion", ""},
		{"Joint EXTRA", ""},
		{"Not joint with EXTRA", ""},
		{"This was once joint with EXTRA", ""},
		{"Disjoint with EXTRA", ""},
		{"Jointly with EXTRA", ""},
		{"See the joint/extra slides", ""},
		{"Joint with <script>", ""},

		// Bounds.
		{strings.Repeat("x", maxNote) + ". Joint with EXTRA", ""},
		{"Joint with " + strings.Repeat("a,b,c,d,e,f,g,h,i,j,", 50), "a b c d e f g h"},
	}
	for _, test := range tests {
		if got := strings.Join(partners(test.note), " "); got != test.want {
			t.Errorf("%.80q names %q, want %q", test.note, got, test.want)
		}
	}
}

func FuzzNotesOfJointSessions(f *testing.F) {
	f.Add("Joint with MPLS, DETNET, and SPRING")
	f.Add("Combined OpsAWG / OpsAREA. Joint session: a+b\xff\n")
	f.Fuzz(func(t *testing.T, note string) {
		names := partners(note)
		if len(names) > maxPartners {
			t.Errorf("%q names %q", note, names)
		}
		for _, name := range names {
			if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || len(name) > maxNote {
				t.Errorf("%q names %q", note, name)
			}
		}
	})
}

// jointSnapshot has a session of quic, joint with cats, that runs at noon, and
// the house rules that look for such sessions.
func jointSnapshot(t *testing.T) (*datatracker.Snapshot, *registry.State, Rules) {
	t.Helper()
	snap, rules := testSnapshot(), testRules(t)
	rules.Joint = true
	s := &snap.Meetings[0].Agenda.Sessions[0]
	s.Start, s.Duration, s.Note = noon.Add(-time.Hour), 2*time.Hour, "Joint with CATS"
	return snap, state(managedRoom("cats", 30), managedRoom("quic", 20)), rules
}

// mirrored adds a session of cats at the same time.
func mirrored(snap *datatracker.Snapshot) (*datatracker.AgendaSession, *datatracker.Session) {
	m := &snap.Meetings[0]
	mirror := m.Agenda.Sessions[0]
	mirror.SessionID, mirror.Acronym, mirror.Note = 102, "cats", ""
	m.Agenda.Sessions = append(m.Agenda.Sessions, mirror)
	m.Sessions = append(m.Sessions, datatracker.Session{ID: 102, Type: "regular", GroupID: 30})
	return &m.Agenda.Sessions[2], &m.Sessions[2]
}

func TestRoomsOfAJointSessionPointToEachOther(t *testing.T) {
	const (
		toCats = " Joint session until 13:00 UTC: see also cats@jabber.example.org."
		toQuic = " Joint session until 13:00 UTC: see also quic@jabber.example.org."
	)
	both := map[string]string{"quic": toCats, "cats": toQuic}
	tests := []struct {
		name string
		edit func(*datatracker.Snapshot, *registry.State, *Rules)
		want map[string]string // pointers by room
	}{
		{"the partner has no session of its own", func(*datatracker.Snapshot, *registry.State, *Rules) {}, both},
		{"the partner's session is mirrored and does not say so", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) { mirrored(s) }, both},
		{"each note names the other", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			mirror, _ := mirrored(s)
			mirror.Note = "Joint with QUIC"
		}, both},
		{"the mirrored session has another room", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			_, row := mirrored(s)
			row.ChatRoom = "cats-live"
		}, map[string]string{"quic": strings.Replace(toCats, "cats", "cats-live", 1), "cats-live": toQuic}},
		{"the mirrored session has the same room", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			_, row := mirrored(s)
			row.ChatRoom = "quic"
		}, nil},
		{"the mirrored session is canceled", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			mirror, row := mirrored(s)
			mirror.Status, row.ChatRoom = "canceled", "cats-live"
		}, both},
		{"a session of the partner at another time is none of it", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			mirror, row := mirrored(s)
			mirror.Start, row.ChatRoom = mirror.Start.Add(time.Minute), "cats-live"
		}, both},
		{"equal slots alone are no joint session", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			mirrored(s)
			s.Meetings[0].Agenda.Sessions[0].Note = "See cats"
		}, nil},
		{"three groups", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			s.Meetings[0].Agenda.Sessions[0].Note = "Joint WIT/QUIC/CATS"
		}, map[string]string{
			"quic": " Joint session until 13:00 UTC: see also cats@jabber.example.org, wit@jabber.example.org.",
			"cats": " Joint session until 13:00 UTC: see also quic@jabber.example.org, wit@jabber.example.org.",
			"wit":  " Joint session until 13:00 UTC: see also cats@jabber.example.org, quic@jabber.example.org.",
		}},
		{"the mirrored session is longer and names a third group", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			mirror, _ := mirrored(s)
			mirror.Duration, mirror.Note = 3*time.Hour, "Joint with WIT"
		}, map[string]string{
			"quic": " Joint session until 14:00 UTC: see also cats@jabber.example.org, wit@jabber.example.org.",
			"cats": " Joint session until 14:00 UTC: see also quic@jabber.example.org, wit@jabber.example.org.",
			"wit":  " Joint session until 14:00 UTC: see also cats@jabber.example.org, quic@jabber.example.org.",
		}},
		{"nobody knows the partner", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			s.Meetings[0].Agenda.Sessions[0].Note = "Joint with ARTAREA"
		}, nil},
		{"it is joint with itself", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			s.Meetings[0].Agenda.Sessions[0].Note = "Joint with QUIC"
		}, nil},
		{"the partner has ended", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) { s.Groups[2].State = "conclude" }, nil},
		{"two groups have the partner's name", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			s.Groups = append(s.Groups, datatracker.Group{ID: 40, Acronym: "cats", Type: "wg", State: "active"})
		}, nil},
		{"a person closed the partner's room", func(_ *datatracker.Snapshot, k *registry.State, _ *Rules) {
			room := k.Rooms["cats"]
			room.State = registry.Closed
			k.Rooms["cats"] = room
		}, nil},
		{"a partner of another name here", func(_ *datatracker.Snapshot, k *registry.State, r *Rules) {
			r.Overrides = map[string]string{"cats": "felines"}
		}, map[string]string{"quic": strings.Replace(toCats, "cats", "felines", 1), "felines": toQuic}},
		{"it has not begun", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			s.Meetings[0].Agenda.Sessions[0].Start = noon.Add(time.Second)
		}, nil},
		{"it begins now", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			s.Meetings[0].Agenda.Sessions[0].Start = noon
			s.Meetings[0].Agenda.Sessions[0].Duration = time.Hour
		}, both},
		{"it ends now", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			s.Meetings[0].Agenda.Sessions[0].Duration = time.Hour
		}, nil},
		{"it is canceled", func(s *datatracker.Snapshot, _ *registry.State, _ *Rules) {
			s.Meetings[0].Agenda.Sessions[0].Status = "canceled"
		}, nil},
		{"rooms.joint is off", func(_ *datatracker.Snapshot, _ *registry.State, r *Rules) { r.Joint = false }, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			snap, known, rules := jointSnapshot(t)
			test.edit(snap, known, &rules)
			without := rules
			without.Joint = false
			plain := Desire(snap, known, without)
			got := map[string]string{}
			for _, room := range Desire(snap, known, rules).Rooms {
				was, _ := plain.Room(room.Name)
				base := was.Values[xmppadmin.FieldDescription]
				if pointer, _ := strings.CutPrefix(room.Values[xmppadmin.FieldDescription], base); pointer != "" {
					got[room.Name] = pointer
				}
				was.Values[xmppadmin.FieldDescription] = room.Values[xmppadmin.FieldDescription]
				if was.fingerprint(rules) != room.fingerprint(rules) || was.Subject != room.Subject || !slices.Equal(was.Reasons, room.Reasons) {
					t.Errorf("beside the pointer room %s is %+v, was %+v", room.Name, room, was)
				}
			}
			for room := range test.want {
				if got[room] != test.want[room] {
					t.Errorf("room %s has the pointer %q, want %q", room, got[room], test.want[room])
				}
			}
			if len(got) != len(test.want) {
				t.Errorf("pointers are %q", got)
			}
		})
	}
}

func TestNoSessionChangesItsRoomBecauseItIsJoint(t *testing.T) {
	snap, known, rules := jointSnapshot(t)
	mirrored(snap)
	with := Desire(snap, known, rules)
	rules.Joint = false
	without := Desire(snap, known, rules)
	for i, s := range with.Meetings[0].Sessions {
		was := without.Meetings[0].Sessions[i]
		if s.Room != was.Room || s.GroupID != was.GroupID || s.Asks != was.Asks {
			t.Errorf("session %d is %+v, without the note %+v", s.ID, s, was)
		}
	}
	if !slices.Equal(roomNames(with), roomNames(without)) {
		t.Errorf("rooms are %q, without the note %q", roomNames(with), roomNames(without))
	}
}

func TestPointerAloneIsTold(t *testing.T) {
	const (
		base    = "Chat room of the QUIC working group (wit). Questions: rooms@example.org"
		pointer = " Joint session until 13:00 UTC: see also cats@jabber.example.org."
		other   = " Joint session until 14:30 UTC: see also cats@jabber.example.org, wit@jabber.example.org."
	)
	description := func(was, is string) []FieldChange {
		return []FieldChange{{Field: string(xmppadmin.FieldDescription), Old: was, New: is}}
	}
	tests := []struct {
		name   string
		fields []FieldChange
		want   bool
	}{
		{"nothing", nil, false},
		{"it comes", description(base, base+pointer), true},
		{"it goes", description(base+pointer, base), true},
		{"it changes", description(base+pointer, base+other), true},
		{"it comes to a room without a description", description("", pointer), true},
		{"the server wraps lines", description("Chat  room of the QUIC working group (wit). Questions:\nrooms@example.org ", base+pointer), true},
		{"the text changes", description("other", base), false},
		{"the text changes as it comes", description("other", base+pointer), false},
		{"the text changes as it goes", description(base+pointer, "other"), false},
		{"it is not at the end", description(base+pointer+" More.", base), false},
		{"it names no room", description(base+" Joint session until 13:00 UTC: see also everybody.", base), false},
		{"the name changes too", append(description(base, base+pointer), FieldChange{Field: string(xmppadmin.FieldName), New: "QUIC"}), false},
		{"it is in the name", []FieldChange{{Field: string(xmppadmin.FieldName), Old: "QUIC", New: "QUIC" + pointer}}, false},
	}
	for _, test := range tests {
		if got := pointing(test.fields); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
