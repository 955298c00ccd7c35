package provisioner

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// refusingService makes no room, and then says what is there.
type refusingService struct {
	RoomWriter // nothing else may be asked of it
	there      xmppadmin.Room
}

func (refusingService) Profile() xmppadmin.Profile { return xmppadmin.Profile{} }

func (refusingService) Create(context.Context, string, xmppadmin.Spec) error {
	return errors.New("refused")
}

func (s refusingService) Look(context.Context, string) xmppadmin.Room { return s.there }
func (s refusingService) Read(context.Context, string) xmppadmin.Room { return s.there }

// afterFailure is the registry after a run in which room quic could not be made.
func afterFailure(t *testing.T, rooms RoomWriter, rules Rules) *registry.State {
	t.Helper()
	reg, err := registry.Open(t.Context(), filepath.Join(t.TempDir(), "registry.sqlite"), registry.Identity{})
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	run, err := reg.BeginRun(t.Context(), registry.Run{Command: "sync", Began: noon})
	if err != nil {
		t.Fatal(err)
	}
	a := &applier{
		rooms: rooms, reg: reg, run: run, known: state(), rules: rules,
		now: func() time.Time { return noon }, step: func(int, int) {},
	}
	if results := a.apply(t.Context(), []Change{{Verb: Create, Room: "quic", GroupID: 20}}); len(results) != 1 || results[0].Err == nil {
		t.Errorf("results %v, want one failure", results)
	}
	known, err := reg.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return known
}

// TestAnIntentGoesOnlyWhenNothingOfOursIsLeft fails to make a room: in any doubt
// about what is there, the next run has to know that it may be ours.
func TestAnIntentGoesOnlyWhenNothingOfOursIsLeft(t *testing.T) {
	rules := testRules(t)
	present := func(owners ...string) xmppadmin.Room {
		return xmppadmin.Room{Existence: xmppadmin.Present, Owners: owners}
	}
	tests := []struct {
		name  string
		there xmppadmin.Room
		kept  bool
	}{
		{"nothing is there", xmppadmin.Room{Existence: xmppadmin.Absent}, false},
		{"a tombstone is there", xmppadmin.Room{Existence: xmppadmin.Tombstone}, false},
		{"somebody else's room is there", present("alice@example.org"), false},
		{"nobody knows what is there", xmppadmin.Room{Existence: xmppadmin.Unknown}, true},
		{"nobody tells the owners", xmppadmin.Room{Existence: xmppadmin.Present}, true},
		{"half a room of ours is there", present(rules.Self), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			known := afterFailure(t, refusingService{there: test.there}, rules)
			if _, kept := known.Intents["quic"]; kept != test.kept {
				t.Errorf("the intent is kept: %v, want %v", kept, test.kept)
			}
		})
	}
}

// slowService does not answer in time to what makes a room, and says then that
// there is none yet.
type slowService struct{ refusingService }

func (slowService) Create(context.Context, string, xmppadmin.Spec) error {
	return fmt.Errorf("set command of quic: no answer within 20s: %w", context.DeadlineExceeded)
}

// TestAnIntentOutlivesAnAnswerThatNeverCame: whether the request takes effect is not
// known, so that a look that comes before it proves nothing. Without the intent the
// room would be a stranger's, for roomctl, once it is there.
func TestAnIntentOutlivesAnAnswerThatNeverCame(t *testing.T) {
	rules := testRules(t)
	known := afterFailure(t, slowService{refusingService{there: xmppadmin.Room{Existence: xmppadmin.Absent}}}, rules)
	if _, kept := known.Intents["quic"]; !kept {
		t.Error("the intent is gone")
	}

	// The server carries the request out after all.
	want, _ := Desire(testSnapshot(), known, rules).Room("quic")
	p := &Plan{}
	p.room(want, xmppadmin.Room{Name: "quic", Existence: xmppadmin.Present, Owners: []string{rules.Self}}, known, rules)
	if len(p.Foreign) > 0 || len(p.Changes) != 1 || p.Changes[0].Verb != Finish {
		t.Errorf("the next plan has changes %+v, and foreign rooms %+v", p.Changes, p.Foreign)
	}
}
