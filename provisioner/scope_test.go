package provisioner

import (
	"slices"
	"testing"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
)

// TestWhatEachGroupStateMeans asks for the room of a group without sessions,
// made long ago or not yet.
func TestWhatEachGroupStateMeans(t *testing.T) {
	tests := []struct {
		state string
		new   bool // is a room made?
		kept  registry.RoomState
	}{
		{"active", true, registry.Active},
		{"bof", true, registry.Active},
		{"proposed", true, registry.Active},
		{"dormant", true, registry.Active},
		{"conclude", false, registry.Retired},
		{"bof-conc", false, registry.Retired},
		{"abandon", false, registry.Retired},
		{"replaced", false, registry.Retired},
		{"unknown", false, registry.Active},
		{"", false, registry.Active},
		{"a state of tomorrow", false, registry.Active},
	}
	for _, test := range tests {
		t.Run(test.state, func(t *testing.T) {
			rules, snap := testRules(t), testSnapshot()
			i := slices.IndexFunc(snap.Groups, func(g datatracker.Group) bool { return g.Acronym == "cats" })
			snap.Groups[i].State = test.state
			if _, made := Desire(snap, state(), rules).Room("cats"); made != test.new {
				t.Errorf("a new room is made: %v, want %v", made, test.new)
			}
			room, ok := Desire(snap, state(managedRoom("cats", 30)), rules).Room("cats")
			if !ok || room.State != test.kept {
				t.Errorf("the room of before is desired: %v, %q, want %q", ok, room.State, test.kept)
			}
		})
	}
}

// TestWhichSessionsAskForARoom goes through the Datatracker's session statuses
// (names.json, sessionstatusname).
func TestWhichSessionsAskForARoom(t *testing.T) {
	asks := map[string]bool{
		"sched": true, "schedw": true, "scheda": true, "appr": true, "apprw": true, "": true, "of tomorrow": true,
		"canceled": false, "canceledpa": false, "resched": false, "notmeet": false, "deleted": false, "disappr": false,
	}
	for status, want := range asks {
		t.Run(status, func(t *testing.T) {
			rules, snap := testRules(t), testSnapshot()
			rules.Fixed = nil
			snap.Meetings[0].Agenda.Sessions[1].Status = status // the plenary: no group asks for its room
			d := Desire(snap, state(), rules)
			if _, made := d.Room("plenary"); made != want {
				t.Errorf("its room is desired: %v, want %v", made, want)
			}
			if session := d.Meetings[0].Sessions[1]; session.Asks != want || session.Room != "plenary" {
				t.Errorf("session %+v, want it with its room, asking for it: %v", session, want)
			}
		})
	}
}
