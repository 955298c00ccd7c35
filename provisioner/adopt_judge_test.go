package provisioner

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// TestWhatARoomWas loses the registry of one room, and works out from what the
// room says what it was.
func TestWhatARoomWas(t *testing.T) {
	renamed := func(s *datatracker.Snapshot) { s.Groups[1].Acronym = "quick" }
	conclude := func(s *datatracker.Snapshot) { s.Groups[2].State = "bof-conc" }
	pinned := func(r registry.Room, state registry.RoomState) registry.Room {
		r.State, r.Pinned = state, true
		return r
	}
	tests := []struct {
		name  string
		room  registry.Room               // before the registry was lost
		world func(*datatracker.Snapshot) // then, and now; may be nil
		since func(*datatracker.Snapshot) // what happened after; may be nil
		hand  func(*xmppadmin.Room)       // what somebody did to the room; may be nil
		want  registry.Room               // group, state, pin, configured and successor of it count
		note  string                      // a part of it
	}{
		{name: "a working group's", room: managedRoom("quic", 20), want: registry.Room{GroupID: 20, State: registry.Active, Configured: true}},
		{name: "a standing room", room: managedRoom("hallway", 0), want: registry.Room{State: registry.Active, Configured: true}},
		{name: "one of a session that is long over", room: managedRoom("tutorial", 0), want: registry.Room{State: registry.Active, Configured: true}},
		{name: "an ended group's", room: managedRoom("cats", 30), world: conclude, want: registry.Room{GroupID: 30, State: registry.Retired, Configured: true}},
		{name: "that of a group that ended since", room: managedRoom("quic", 20), since: func(s *datatracker.Snapshot) {
			s.Groups[1].State = "conclude"
			s.Meetings = nil
		}, want: registry.Room{GroupID: 20, State: registry.Active, Pinned: true, Configured: true}, note: "rooms retire quic"},
		{name: "an ended group's that was opened again since", room: managedRoom("cats", 30), world: conclude, since: func(s *datatracker.Snapshot) {
			s.Groups[2].State = "active"
		}, want: registry.Room{GroupID: 30, State: registry.Retired, Configured: true}},
		{name: "an ended group's that a session has asked for since", room: managedRoom("cats", 30), world: conclude, since: func(s *datatracker.Snapshot) {
			s.Meetings[0].Agenda.Sessions[0].Acronym, s.Meetings[0].Sessions[0].GroupID = "cats", 30
		}, want: registry.Room{GroupID: 30, State: registry.Retired, Configured: true}},
		{name: "one that a person retired for another", room: func() registry.Room {
			r := pinned(managedRoom("cats", 30), registry.Retired)
			r.Told = "quic"
			return r
		}(), want: registry.Room{GroupID: 30, State: registry.Retired, Pinned: true, Configured: true, Told: "quic"}, note: "rooms restore cats"},
		{name: "a renamed group's", room: managedRoom("quic", 20), world: renamed,
			want: registry.Room{GroupID: 20, State: registry.Retired, Configured: true, Told: "quick"}},
		{name: "a renamed group's that has ended since", room: managedRoom("quic", 20), world: func(s *datatracker.Snapshot) {
			renamed(s)
			s.Groups[1].State = "conclude"
			s.Meetings = nil
		}, want: registry.Room{GroupID: 20, State: registry.Retired, Configured: true}},
		{name: "a renamed group's whose name another group has now", room: managedRoom("quic", 20), world: renamed, since: func(s *datatracker.Snapshot) {
			s.Groups = append(s.Groups, datatracker.Group{ID: 40, Acronym: "quic", Name: "Another", Type: "wg", State: "active"})
		}, want: registry.Room{GroupID: 20, State: registry.Retired, Configured: true, Told: "quick"}},
		{name: "one that a person retired", room: pinned(managedRoom("cats", 30), registry.Retired),
			want: registry.Room{GroupID: 30, State: registry.Retired, Pinned: true, Configured: true}, note: "rooms restore cats"},
		{name: "a standing room that a person retired", room: pinned(managedRoom("hallway", 0), registry.Retired),
			want: registry.Room{State: registry.Retired, Pinned: true, Configured: true}, note: "rooms restore hallway"},
		{name: "one that nothing asks for and a person retired", room: pinned(managedRoom("tutorial", 0), registry.Retired),
			want: registry.Room{State: registry.Retired, Pinned: true, Configured: true}, note: "rooms restore tutorial"},
		{name: "an ended group's that a person keeps", room: pinned(managedRoom("cats", 30), registry.Active), world: conclude,
			want: registry.Room{GroupID: 30, State: registry.Active, Pinned: true, Configured: true}, note: "rooms retire cats"},
		{name: "a closed one", room: managedRoom("quic", 20), hand: func(r *xmppadmin.Room) {
			r.Values[xmppadmin.FieldPublic], r.Moderated = "false", true
		}, want: registry.Room{GroupID: 20, State: registry.Closed, Pinned: true, Configured: true}, note: "rooms restore quic"},
		{name: "one that is moderated and listed", room: managedRoom("quic", 20), hand: func(r *xmppadmin.Room) { r.Moderated = true },
			want: registry.Room{GroupID: 20, State: registry.Active, Configured: true}},
		{name: "one that somebody hid", room: managedRoom("quic", 20), hand: func(r *xmppadmin.Room) { r.Values[xmppadmin.FieldPublic] = "false" },
			want: registry.Room{GroupID: 20, State: registry.Active}},
		{name: "one that somebody described otherwise", room: managedRoom("quic", 20), hand: func(r *xmppadmin.Room) {
			r.Values[xmppadmin.FieldDescription] = "Our own room. See also cats@jabber.example.org"
		}, want: registry.Room{GroupID: 20, State: registry.Active}},
		{name: "one that says nothing that roomctl would", room: managedRoom("tutorial", 0), hand: func(r *xmppadmin.Room) {
			r.Values[xmppadmin.FieldName] = "Ours alone"
		}, note: "nothing says what it is; adopt it by name"},
		{name: "one that points to the others of a joint session", room: managedRoom("quic", 20), hand: func(r *xmppadmin.Room) {
			r.Values[xmppadmin.FieldDescription] += " Joint session until 13:00 UTC: see also cats@jabber.example.org."
		}, want: registry.Room{GroupID: 20, State: registry.Active}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			snap, rules := testSnapshot(), testRules(t)
			if test.world != nil {
				test.world(snap)
			}
			want, ok := Desire(snap, state(managedRoom("quic", 20), test.room), rules).Room(test.room.Name)
			if !ok {
				t.Fatal("nobody ever wanted the room")
			}
			is := asDesired(want, rules)
			is.Values = maps.Clone(is.Values)
			if test.hand != nil {
				test.hand(&is)
			}
			if test.since != nil {
				test.since(snap)
			}

			j := newAdoptionJudge(snap, state(), rules, noon)
			j.all = true
			a, concerns := j.judge(is)
			if !concerns || a.Err != nil || a.Grant {
				t.Fatalf("it does not concern (%t), or %+v", !concerns, a)
			}
			rooms := []adoptee{a}
			j.pin(rooms)
			a = rooms[0]
			got := registry.Room{GroupID: a.room.GroupID, State: a.room.State, Pinned: a.room.Pinned, Configured: a.room.Configured, Told: a.room.Told}
			if got.State != test.want.State || got.GroupID != test.want.GroupID || got.Pinned != test.want.Pinned ||
				got.Configured != test.want.Configured || got.Told != test.want.Told {
				t.Errorf("it was\n%+v, want\n%+v", got, test.want)
			}
			if a.State != a.room.State || !strings.Contains(a.Note, test.note) || test.note == "" && a.Note != "" {
				t.Errorf("%+v", a.Adoption)
			}
		})
	}
}

// TestWhatIsNotAdopted has rooms that nobody can, or should, take over.
func TestWhatIsNotAdopted(t *testing.T) {
	rules := testRules(t)
	gone := datatracker.Group{ID: 40, Acronym: "avt", Type: "wg", State: "conclude"}
	told := datatracker.Source{Name: datatracker.AcronymsSource, Outcome: datatracker.Fresh}
	stale := datatracker.Source{Name: datatracker.AcronymsSource, Outcome: datatracker.LastGood}
	theirs := []string{"alice@example.org"}
	tests := []struct {
		name     string
		is       xmppadmin.Room
		source   datatracker.Source
		concerns bool
		note     string // a part of it; "" for none
		err      string
	}{
		{"a stranger's", xmppadmin.Room{Name: "friends", Existence: xmppadmin.Present, Owners: theirs}, told, false, "", ""},
		{"an ended group's, made by others", xmppadmin.Room{Name: "avt", Existence: xmppadmin.Present, Owners: theirs}, told, true, "adopt it by name", ""},
		{"one whose group may not have been told", xmppadmin.Room{Name: "dime", Existence: xmppadmin.Present, Owners: []string{rules.Self}}, stale, true, "try again later", ""},
		{"one that is not there", xmppadmin.Room{Name: "quic", Existence: xmppadmin.Absent}, told, false, "", "does not exist"},
		{"one that was destroyed", xmppadmin.Room{Name: "quic", Existence: xmppadmin.Tombstone}, told, false, "", "does not exist"},
		{"one that does not answer", xmppadmin.Room{Name: "quic", Err: xmppadmin.ErrDisconnected}, told, true, "", "looking at room quic"},
		{"one whose owners could not be read", xmppadmin.Room{Name: "quic", Existence: xmppadmin.Present, Err: xmppadmin.ErrDisconnected}, told, true, "", "reading the owners of room quic"},
		{"one that is ours already", xmppadmin.Room{Name: "cats", Existence: xmppadmin.Present, Owners: []string{rules.Self}}, told, true, OursAlready, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			snap := testSnapshot()
			snap.Groups = append(snap.Groups, gone)
			snap.Sources = []datatracker.Source{test.source}
			j := newAdoptionJudge(snap, state(managedRoom("cats", 30)), rules, noon)
			j.all = true
			a, concerns := j.judge(test.is)
			if concerns != test.concerns || a.State != "" || a.Grant || !strings.Contains(a.Note, test.note) || test.note == "" && a.Note != "" {
				t.Errorf("concerns %t, %+v", concerns, a.Adoption)
			}
			if (a.Err != nil) != (test.err != "") || a.Err != nil && !strings.Contains(a.Err.Error(), test.err) {
				t.Errorf("error %v, want %q", a.Err, test.err)
			}
		})
	}
}

// TestARoomThatLostOurOwnershipKeepsWhatIsKnownOfIt hands one over again.
func TestARoomThatLostOurOwnershipKeepsWhatIsKnownOfIt(t *testing.T) {
	known := managedRoom("quic", 20)
	known.Held = registry.Hold{Since: noon.Add(-time.Hour), Why: "an experiment"}
	known.State, known.Pinned = registry.Retired, true
	j := newAdoptionJudge(testSnapshot(), state(known), testRules(t), noon)
	a, concerns := j.judge(xmppadmin.Room{Name: "quic", Existence: xmppadmin.Present, Err: xmppadmin.ErrNotOwner})
	if !concerns || !a.Grant || a.State != registry.Retired || a.room.Held != known.Held || !a.room.Pinned {
		t.Errorf("it is taken as %+v", a)
	}
}

func TestNamesThatATextMentions(t *testing.T) {
	j := newAdoptionJudge(testSnapshot(), state(), testRules(t), noon)
	is := xmppadmin.Room{Name: "quic", Values: map[xmppadmin.Field]string{
		xmppadmin.FieldName:        "QUIC (Cats)",
		xmppadmin.FieldDescription: "Go to lounge@jabber.example.org. Not to lounge@example.net, nor quic@jabber.example.org. https://datatracker.example.org/group/wit/about/",
	}}
	if got, want := j.mentioned(is), []string{"lounge", "wit", "cats"}; !slices.Equal(got, want) {
		t.Errorf("mentioned are %q, want %q", got, want)
	}
}
