//go:build integration

package integration

import (
	"context"
	"encoding/json"
	"testing"

	"roomctl/integration/servers"
)

// The README's settings give roomctl what it needs on each server, and no more: a server of the tests has them, and
// TestReadmeSettingsForProsody and TestReadmeSettingsForEjabberd hold that it has no others.
func TestReadmeSettingsAreWhatRoomctlUses(t *testing.T) {
	onEachServer(t, func(ctx context.Context, t *testing.T, name servers.Name) {
		s := newStage(t, start(ctx, t, name, servers.Options{}))
		checked := s.run(ctx, t, "check", "--json").expect(t, 0)
		var told struct {
			Findings []struct {
				What, Note, Do string
				OK             bool
			}
		}
		if err := json.Unmarshal([]byte(checked.stdout), &told); err != nil {
			t.Fatalf("%v in\n%s", err, checked.stdout)
		}
		seen := make(map[string]bool)
		for _, f := range told.Findings {
			seen[f.What] = true
			if !f.OK || f.Do != "" {
				t.Errorf("%s: %s; %s", f.What, f.Note, f.Do)
			}
		}
		for _, what := range []string{"chat server", "dialect", "logging"} {
			if !seen[what] {
				t.Errorf("check says nothing about the %s", what)
			}
		}
	})
}
