package provisioner

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// silentService is a chat service that is told when a room is to be made.
type silentService struct {
	RoomWriter // nothing else may be asked of it
	made       []string
}

func (s *silentService) Profile() xmppadmin.Profile { return xmppadmin.Profile{} }

func (s *silentService) Create(_ context.Context, name string, _ xmppadmin.Spec) error {
	s.made = append(s.made, name)
	return nil
}

func TestNoRoomIsMadeWithoutItsIntentOnDisk(t *testing.T) {
	reg, err := registry.Open(t.Context(), filepath.Join(t.TempDir(), "registry.sqlite"), registry.Identity{})
	if err != nil {
		t.Fatal(err)
	}
	if err := reg.Close(); err != nil { // from now on it takes nothing
		t.Fatal(err)
	}
	service := &silentService{}
	a := &applier{
		rooms: service, reg: reg, known: state(), rules: testRules(t),
		now: func() time.Time { return noon }, step: func(int, int) {},
	}
	results := a.apply(t.Context(), []Change{{Verb: Create, Room: "quic"}, {Verb: Finish, Room: "tls"}, {Verb: Recreate, Room: "wit"}})
	for _, r := range results {
		if r.Err == nil {
			t.Errorf("to %s %s: no error", r.Change.Verb, r.Change.Room)
		}
	}
	if len(results) != 3 || len(service.made) > 0 {
		t.Errorf("%d results, want 3; made without an intent: %q", len(results), service.made)
	}
}
