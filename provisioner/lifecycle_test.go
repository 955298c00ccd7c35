package provisioner

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// inState is a room of ours in some state.
func inState(name string, group int, s registry.RoomState, edit ...func(*registry.Room)) registry.Room {
	room := managedRoom(name, group)
	room.State = s
	for _, e := range edit {
		e(&room)
	}
	return room
}

func pinned(r *registry.Room) { r.Pinned = true }

func told(to string) func(*registry.Room) { return func(r *registry.Room) { r.Told = to } }

// group changes one group of a snapshot.
func group(s *datatracker.Snapshot, id int, edit func(*datatracker.Group)) {
	for i := range s.Groups {
		if s.Groups[i].ID == id {
			edit(&s.Groups[i])
		}
	}
}

func TestDesireKeepsToWhatPersonsDecided(t *testing.T) {
	concluded := func(g *datatracker.Group) { g.State = "conclude" }
	called := func(name string) func(*datatracker.Group) {
		return func(g *datatracker.Group) { g.Acronym = name }
	}
	tests := []struct {
		name      string
		room      registry.Room
		others    []registry.Room
		edit      func(*datatracker.Snapshot)
		state     registry.RoomState // "": not desired
		successor string
		reason    string
		says      string // part of the description
	}{
		{name: "an active group's room that a person retired stays retired", room: inState("quic", 20, registry.Retired, pinned),
			state: registry.Retired, reason: "a person retired it", says: "This room is no longer in use; it stays open. Chat room of the QUIC working group"},
		{name: "without the person it wakes", room: inState("quic", 20, registry.Retired), state: registry.Active, says: "Chat room of the QUIC"},
		{name: "an ended group's room that a person retired says that the group has ended", room: inState("cats", 30, registry.Retired, pinned),
			edit:  func(s *datatracker.Snapshot) { group(s, 30, concluded) },
			state: registry.Retired, reason: "a person retired it", says: "The group cats has ended"},
		{name: "an ended group's room that a person restored stays in service", room: inState("cats", 30, registry.Active, pinned),
			edit:  func(s *datatracker.Snapshot) { group(s, 30, concluded) },
			state: registry.Active, reason: "a person keeps it in service", says: "Chat room of"},
		{name: "the old room of a renamed group that a person restored stays in service", room: inState("old", 30, registry.Active, pinned),
			state: registry.Active, reason: "a person keeps it in service", says: "Chat room of"},
		{name: "a person's successor is pointed to", room: inState("quic", 20, registry.Retired, pinned, told("wit")),
			others: []registry.Room{managedRoom("wit", 10)},
			state:  registry.Retired, successor: "wit", says: "Please go to wit@jabber.example.org"},
		{name: "nobody is sent to a room that was closed since", room: inState("quic", 20, registry.Retired, pinned, told("wit")),
			others: []registry.Room{inState("wit", 10, registry.Closed)},
			state:  registry.Retired, says: noLongerInUse},
		{name: "a standing room that a person retired", room: inState("hallway", 0, registry.Retired, pinned),
			state: registry.Retired, says: noLongerInUse + "Chat room of the IETF."},
		{name: "a closed room is not desired", room: inState("quic", 20, registry.Closed, pinned)},
		{name: "a destroyed room is not desired", room: inState("quic", 20, registry.Destroyed, pinned)},
		{name: "a room is not handed over to one that a person closed", room: inState("old", 30, registry.Active),
			others: []registry.Room{inState("cats", 30, registry.Closed)},
			state:  registry.Active, reason: "nothing says that the room may go"},
		{name: "a room is not handed over to one that a person retired", room: inState("old", 30, registry.Active),
			others: []registry.Room{inState("cats", 30, registry.Retired, pinned)},
			state:  registry.Active, reason: "nothing says that the room may go"},
		{name: "a renamed group's old room says nothing of an end when a person closes the new one", room: inState("old", 30, registry.Retired, told("cats")),
			others: []registry.Room{inState("cats", 30, registry.Closed)},
			state:  registry.Retired, reason: "nothing says that the room may go", says: noLongerInUse},
		{name: "a renamed group's old room goes to the new one", room: inState("old", 30, registry.Active),
			state: registry.Retired, successor: "cats", says: "Please go to cats@jabber.example.org"},
		{name: "renamed a second time, the first room points to the third", room: inState("older", 30, registry.Retired, told("old")),
			others: []registry.Room{inState("old", 30, registry.Active)},
			state:  registry.Retired, successor: "cats", says: "Please go to cats@jabber.example.org"},
		{name: "a group of the old name again wakes its old room", room: inState("cats", 30, registry.Retired, told("new")),
			others: []registry.Room{inState("new", 30, registry.Active)}, state: registry.Active},
		{name: "a replaced group's room waits for a person to say where to go", room: inState("cats", 30, registry.Active),
			edit:  func(s *datatracker.Snapshot) { group(s, 30, func(g *datatracker.Group) { g.State = "replaced" }) },
			state: registry.Retired, reason: "roomctl rooms retire cats --successor OTHER"},
		{name: "two groups that swap their acronyms: one room is held", room: managedRoom("quic", 20), others: []registry.Room{managedRoom("cats", 30)},
			edit: func(s *datatracker.Snapshot) { group(s, 20, called("cats")); group(s, 30, called("quic")) }},
		{name: "two groups that swap their acronyms: the other is held", room: managedRoom("cats", 30), others: []registry.Room{managedRoom("quic", 20)},
			edit: func(s *datatracker.Snapshot) { group(s, 20, called("cats")); group(s, 30, called("quic")) }},
		{name: "a BOF that is chartered keeps its room", room: managedRoom("cats", 30),
			edit:  func(s *datatracker.Snapshot) { group(s, 30, func(g *datatracker.Group) { g.State = "active" }) },
			state: registry.Active, says: "working group"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			snap, known := testSnapshot(), state(append(test.others, test.room)...)
			if test.edit != nil {
				test.edit(snap)
			}
			room, desired := Desire(snap, known, testRules(t)).Room(test.room.Name)
			if !desired {
				if test.state != "" {
					t.Fatal("it is not desired")
				}
				return
			}
			if room.State != test.state || room.Successor != test.successor {
				t.Errorf("it is %q, its successor %q; want %q, %q", room.State, room.Successor, test.state, test.successor)
			}
			if reasons := strings.Join(room.Reasons, "\n"); !strings.Contains(reasons, test.reason) {
				t.Errorf("reasons %s\nwant %q among them", reasons, test.reason)
			}
			if d := room.Values[xmppadmin.FieldDescription]; !strings.Contains(d, test.says) {
				t.Errorf("it says %q, want %q in it", d, test.says)
			}
		})
	}
}

func TestWhoAsksForARoomThatAPersonClosedIsTold(t *testing.T) {
	for _, s := range []registry.RoomState{registry.Closed, registry.Destroyed} {
		t.Run(string(s), func(t *testing.T) {
			known := state(inState("quic", 20, s), inState("gone", 99, s), inState("attic", 0, s)) // nothing asks for the last two
			known.Rooms["quic"] = func() registry.Room { r := known.Rooms["quic"]; r.Verified.Public = false; return r }()
			known.Links["126"] = map[int]string{100: "quic"}
			rules := testRules(t)
			d := Desire(testSnapshot(), known, rules)
			checkProblems(t, d.Problems, nil, []string{
				"room quic is " + string(s) + ", as a person decided, and wanted: group quic (20, wg, active), session 100 (quic) of IETF 126; to have it back: roomctl rooms restore quic"})

			rules.Limits.MinLinked = 0
			links := linkSessions(d.Meetings[0], known, rules, nil, noon)
			if !slices.Equal(links.Removed, []int{100}) {
				t.Errorf("these sessions lose their link: %v", links.Removed)
			}
			want := "its room is " + string(s) + ", as a person decided; to have it back: roomctl rooms restore quic"
			if !slices.ContainsFunc(links.Lacking, func(l LackingRoom) bool { return l.Session == 100 && l.Why == want }) {
				t.Errorf("lacking %+v, want session 100: %s", links.Lacking, want)
			}
		})
	}
}

func TestTheSessionsOfAReusedAcronymAreTold(t *testing.T) {
	snap, known := testSnapshot(), state(managedRoom("quic", 5))
	snap.Groups = append(snap.Groups, datatracker.Group{ID: 5, Acronym: "quic", Name: "Old", Type: "wg", State: "conclude"})
	d := Desire(snap, known, testRules(t))
	checkProblems(t, d.Problems, []string{"room quic belongs to group quic (5, wg, conclude), but now group quic (20, wg, active) has that acronym"}, nil)
	links := linkSessions(d.Meetings[0], known, testRules(t), nil, noon)
	if len(links.Links) != 0 || len(links.Lacking) != 2 || links.Lacking[0].Why != "two groups claim its room" {
		t.Errorf("links %v, lacking %+v", links.Links, links.Lacking)
	}
}

// TestHandingOver plans the retirement of "old", whose group is now called cats.
func TestHandingOver(t *testing.T) {
	absent := xmppadmin.Room{Existence: xmppadmin.Absent}
	tests := []struct {
		name   string
		old    registry.Room
		new    xmppadmin.Room
		want   []string
		fields []string
		notice string
	}{
		{"the new room is made first", managedRoom("old", 30), absent, []string{"create cats", "retire old"}, []string{"description", "state", "successor", "subject", "message"}, ""},
		{"people were told already", inState("old", 30, registry.Active, told("cats")), absent, []string{"create cats", "retire old"}, []string{"description", "state", "successor", "subject"}, ""},
		{"people were told of another room", inState("old", 30, registry.Active, told("dogs")), absent, []string{"create cats", "retire old"}, []string{"description", "state", "successor", "subject", "message"}, ""},
		{"a retired room's people are not told again", inState("old", 30, registry.Retired), absent, []string{"create cats", "configure old"}, []string{"description"}, ""},
		{"the new room is somebody else's", managedRoom("old", 30), xmppadmin.Room{Existence: xmppadmin.Present}, nil, nil, "room old stays in service: cats should take over from it, but that is not ours"},
		{"nobody knows whether there is a new room", managedRoom("old", 30), xmppadmin.Room{Err: errors.New("no answer")}, nil, nil, "room old stays in service: cats should take over from it, but nobody knows whether it is there"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rules, known, snap := testRules(t), state(test.old), testSnapshot()
			before, _ := Desire(snap, state(), rules).Room("quic")
			is := asDesired(before, rules)
			d := Desire(snap, known, rules)
			old, _ := d.Room("old")
			old.Values = map[xmppadmin.Field]string{xmppadmin.FieldDescription: old.Values[xmppadmin.FieldDescription]}
			cats, _ := d.Room("cats")
			plan := Diff(&Desired{Rooms: []DesiredRoom{cats, old}}, &Observed{Rooms: map[string]xmppadmin.Room{"old": is, "cats": test.new}}, known, rules)
			var got, fields []string
			for _, c := range plan.Changes {
				got = append(got, string(c.Verb)+" "+c.Room)
				if c.Room == "old" {
					fields = nil
					for _, f := range c.Fields {
						fields = append(fields, f.Field)
					}
					if f, ok := c.Field(FieldMessage); ok && !strings.Contains(f.New, "please go to cats@jabber.example.org (xmpp:cats@jabber.example.org?join)") {
						t.Errorf("people are told %q", f.New)
					}
				}
			}
			if !slices.Equal(got, test.want) || !slices.Equal(fields, test.fields) {
				t.Errorf("planned %q, of the old room %q; want %q, %q", got, fields, test.want, test.fields)
			}
			checkText(t, "notice", test.notice, len(plan.Notices), func(i int) string { return plan.Notices[i].Text })
		})
	}
}

// TestYoung walks what may be destroyed without being closed first.
func TestYoung(t *testing.T) {
	young := inState("quic", 20, registry.Active, func(r *registry.Room) { r.Since = noon.Add(-time.Hour) })
	tests := []struct {
		name string
		room func(*registry.Room)
		is   func(*xmppadmin.Room)
		why  string
	}{
		{name: "made an hour ago, empty, never linked"},
		{name: "made a second less than a day ago", room: func(r *registry.Room) { r.Since = noon.Add(-24*time.Hour + time.Second) }},
		{name: "made a day ago", room: func(r *registry.Room) { r.Since = noon.Add(-24 * time.Hour) }, why: "it was made on 2026-03-01 12:00 UTC"},
		{name: "made tomorrow, as the clock was set back", room: func(r *registry.Room) { r.Since = noon.Add(24 * time.Hour) }, why: "it was made on 2026-03-03 12:00 UTC"},
		{name: "adopted", room: func(r *registry.Room) { r.Origin = registry.Adopted }, why: "roomctl did not make it"},
		{name: "linked once", room: func(r *registry.Room) { r.Linked = true }, why: "sessions were linked to it"},
		{name: "somebody is inside", is: func(r *xmppadmin.Room) { *r.Occupants = 1 }, why: "there are 1 people in it"},
		{name: "the server does not say who is inside", is: func(r *xmppadmin.Room) { r.Occupants = nil }, why: "does not say whether anybody is in it"},
		{name: "it could not be read in full", is: func(r *xmppadmin.Room) { r.Err = errors.New("timed out") }, why: "who is in it is not known: timed out"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			room := young
			if test.room != nil {
				test.room(&room)
			}
			is := xmppadmin.Room{Occupants: new(int)}
			if test.is != nil {
				test.is(&is)
			}
			d := &decider{Syncer: &Syncer{Planner: Planner{Now: func() time.Time { return noon }}}}
			err := d.young(order{Decision: Decision{Room: "quic"}, room: room, is: is})
			if test.why == "" && err != nil || test.why != "" && (err == nil || !strings.Contains(err.Error(), test.why)) {
				t.Errorf("error %v, want %q", err, test.why)
			}
		})
	}
}
