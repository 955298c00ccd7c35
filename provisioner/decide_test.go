package provisioner

import (
	"errors"
	"strings"
	"testing"
	"time"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// TestUntouchable walks what the server may say of a room that the registry has.
func TestUntouchable(t *testing.T) {
	ours := []string{"chair@example.org", "roomctl@example.org"}
	tests := []struct {
		name string
		is   xmppadmin.Room
		why  string // "" when a person's decision is carried out
	}{
		{"it is there, and ours", xmppadmin.Room{Existence: xmppadmin.Present, Owners: ours}, ""},
		{"it is ours, and the rest was not read", xmppadmin.Room{Existence: xmppadmin.Present, Owners: ours, Err: errors.New("timed out")}, ""},
		{"it is not there", xmppadmin.Room{Existence: xmppadmin.Absent}, ""},
		{"it was destroyed", xmppadmin.Room{Existence: xmppadmin.Tombstone}, ""},
		{"nobody knows whether it is there", xmppadmin.Room{Err: errors.New("timed out")}, "no definite answer: timed out"},
		{"others own it", xmppadmin.Room{Existence: xmppadmin.Present, Owners: ours[:1]}, "roomctl@example.org is not among its owners"},
		{"nobody owns it", xmppadmin.Room{Existence: xmppadmin.Present, Owners: []string{}}, "roomctl@example.org is not among its owners"},
		{"it tells its owners to owners only", xmppadmin.Room{Existence: xmppadmin.Present, Err: xmppadmin.ErrNotOwner}, "roomctl@example.org is not among its owners"},
		{"its owners were not read", xmppadmin.Room{Existence: xmppadmin.Present, Err: errors.New("timed out")}, "its owners could not be read: timed out"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.is.Name = "quic"
			err := Untouchable(test.is, testRules(t))
			if test.why == "" && err != nil || test.why != "" && (err == nil || !strings.Contains(err.Error(), "room quic is left alone, as ") || !strings.Contains(err.Error(), test.why)) {
				t.Errorf("error %v, want %q", err, test.why)
			}
		})
	}
}

// TestWhoCanTakeOver walks the rooms that people may be sent to from quic.
func TestWhoCanTakeOver(t *testing.T) {
	unfit := func(edit func(*registry.Verified)) func(*registry.Room) {
		return func(r *registry.Room) { edit(&r.Verified) }
	}
	tests := []struct {
		name string
		to   registry.Room
		why  string // "" when it can
	}{
		{"one in service", managedRoom("cats", 30), ""},
		{"one that is not ours", managedRoom("dogs", 30), "room cats is not in service"},
		{"a retired one", inState("cats", 30, registry.Retired), "room cats is not in service"},
		{"a closed one", inState("cats", 30, registry.Closed), "room cats is not in service"},
		{"a destroyed one", inState("cats", 30, registry.Destroyed), "room cats is not in service"},
		{"one that lost our ownership", inState("cats", 30, registry.Active, unfit(func(v *registry.Verified) { v.Ours = false })), "room cats is not known to be fit"},
		{"one that nobody has looked at for a day", inState("cats", 30, registry.Active, unfit(func(v *registry.Verified) { v.At = noon.Add(-25 * time.Hour) })), "room cats is not known to be fit"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := &decider{Syncer: &Syncer{Planner: Planner{Rules: testRules(t), Now: func() time.Time { return noon }}}}
			err := d.takesOver(order{Decision: Decision{Verb: Retire, Room: "quic"}, known: state(managedRoom("quic", 20), test.to)}, "cats")
			if test.why == "" && err != nil || test.why != "" && (err == nil || !strings.Contains(err.Error(), test.why)) {
				t.Errorf("error %v, want %q", err, test.why)
			}
		})
	}
}
