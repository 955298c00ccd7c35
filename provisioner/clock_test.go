package provisioner

import (
	"fmt"
	"testing"
	"time"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
)

// jumps are what may happen to the clock between two runs.
var jumps = []struct {
	name string
	by   time.Duration
}{
	{"set back by a year", -365 * 24 * time.Hour},
	{"set back by a day", -24 * time.Hour},
	{"set back by two hours", -2 * time.Hour},
	{"right", 0},
	{"set forward by a day", 24 * time.Hour},
	{"set forward by a year", 365 * 24 * time.Hour},
}

// TestAClockThatJumpsTakesNoLinkAway: a room that was verified at a time that is
// now to come, or long past, is unknown, and unknown leaves links as they were.
func TestAClockThatJumpsTakesNoLinkAway(t *testing.T) {
	for _, jump := range jumps {
		t.Run(jump.name, func(t *testing.T) {
			known := manyRooms(30)
			m := MeetingRooms{Number: "126", Title: "IETF 126"}
			known.Links["126"] = map[int]string{}
			for name, r := range known.Rooms {
				id := r.GroupID
				m.Sessions = append(m.Sessions, SessionRoom{ID: id, GroupID: id, Room: name, Asks: true})
				known.Links["126"][id] = name
			}
			got := linkSessions(m, known, testRules(t), nil, noon.Add(jump.by))
			if len(got.Links) != 30 || len(got.Removed) > 0 || len(got.Lacking) > 0 || got.Withheld != nil {
				t.Errorf("%d links, removed %v, lacking %v, withheld %v", len(got.Links), got.Removed, got.Lacking, got.Withheld)
			}
			for _, r := range known.Rooms {
				if fit := r.Verified.Fit(noon.Add(jump.by), true); fit != (jump.by == 0) {
					t.Errorf("a room verified an hour before is fit: %v", fit)
				}
			}
		})
	}
}

// TestAClockThatJumpsRetiresNoRoom: a group that goes on keeps its room, however
// the meetings lie around the time.
func TestAClockThatJumpsRetiresNoRoom(t *testing.T) {
	for _, jump := range jumps {
		t.Run(jump.name, func(t *testing.T) {
			snap := testSnapshot()
			snap.Time = noon.Add(jump.by)
			known := state(managedRoom("quic", 20), managedRoom("cats", 30), managedRoom("hallway", 0), managedRoom("plenary", 0))
			d := Desire(snap, known, testRules(t))
			for name := range known.Rooms {
				want, ok := d.Room(name)
				if !ok || want.State != registry.Active {
					t.Errorf("room %s: %+v", name, want)
				}
			}
		})
	}
}

// TestAClockSetBackRetiresLess: before a meeting it may still have a session for
// a group that has ended; after it, not.
func TestAClockSetBackRetiresLess(t *testing.T) {
	for _, jump := range jumps {
		t.Run(jump.name, func(t *testing.T) {
			snap := testSnapshot()
			snap.Groups[1].State = "conclude"
			snap.Time = noon.Add(jump.by)
			want := registry.Active
			if snap.Time.After(snap.Meetings[0].End()) {
				want = registry.Retired
			}
			d := Desire(snap, state(managedRoom("quic", 20)), testRules(t))
			if room, ok := d.Room("quic"); !ok || room.State != want {
				t.Errorf("the room is %s, want %s", room.State, want)
			}
		})
	}
}

// TestLimitsDoNotDependOnTheClock: they are about numbers, whatever the time.
func TestLimitsDoNotDependOnTheClock(t *testing.T) {
	for _, jump := range jumps {
		t.Run(jump.name, func(t *testing.T) {
			by := grounds(t, manyRooms(50), Options{})
			by.Snapshot.Time = noon.Add(jump.by)
			g := Guard(append(many(Configure, 30), many(Retire, 30)...), by)
			if len(g.Changes) > 0 {
				t.Errorf("%d changes pass", len(g.Changes))
			}
			if by.Known.Synced.IsZero() {
				t.Error("the create guard does not count")
			}
		})
	}
}

// TestAClockSetBackMakesNoSourceFresh: nobody knows how old a copy is that was
// read at a time still to come.
func TestAClockSetBackMakesNoSourceFresh(t *testing.T) {
	for _, jump := range jumps {
		t.Run(jump.name, func(t *testing.T) {
			s := datatracker.Source{Name: "groups", Outcome: datatracker.LastGood, Read: noon, Problem: fmt.Errorf("503")}
			stale := jump.by.Abs() > time.Hour
			if got := Stale(s.Read, noon.Add(jump.by)); got != stale {
				t.Errorf("stale: %v, want %v", got, stale)
			}
			r := &Report{Ended: noon.Add(jump.by), Sources: []datatracker.Source{s}}
			if got := r.Failures() > 0; got != stale {
				t.Errorf("the run is partial: %v, want %v", got, stale)
			}
		})
	}
}

// TestAQuickPassTrustsNoRoomFromTheFuture: it is read in full.
func TestAQuickPassTrustsNoRoomFromTheFuture(t *testing.T) {
	room := managedRoom("quic", 20)
	room.Verified.At = noon.Add(-time.Minute)
	for _, jump := range jumps {
		if got := trusted(&Desired{}, state(room), testRules(t), "quic", noon.Add(jump.by)); got != (jump.by == 0) {
			t.Errorf("the clock is %s: trusted is %v", jump.name, got)
		}
	}
}
