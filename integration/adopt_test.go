//go:build integration

package integration

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/peer"
	"roomctl/integration/servers"
)

// handMade is how many rooms exist before roomctl comes.
const handMade = 200

// A service that was kept by hand so far is taken over: nothing changes before a person says so, and then just what
// plan shows.
func TestAdoption(t *testing.T) {
	onEachServer(t, func(ctx context.Context, t *testing.T, name servers.Name) {
		server := start(ctx, t, name, servers.Options{OpenCreation: true})
		s := newStage(t, server)
		s.update(t, addGroups)
		all := s.run(ctx, t, "plan", "--json").expect(t, 2).document(t).Changes
		existing, missing := all[:handMade], all[handMade:]
		addresses := makeByHand(ctx, t, server, existing)
		alice := peer.As(server, "alice")
		before := whole(ctx, t, alice, addresses...)

		ok := t.Run("the first sync changes none of them and says what to type", func(t *testing.T) {
			first := s.run(ctx, t, "sync").expect(t, 4)
			for _, text := range []string{"Not ours, so untouched: 200 rooms", "roomctl rooms adopt --all"} {
				if !strings.Contains(first.stdout, text) {
					t.Errorf("%q is not said:\n%s", text, abridged(first.stdout))
				}
			}
			if after := whole(ctx, t, alice, addresses...); !reflect.DeepEqual(before, after) {
				t.Error("rooms of somebody else have changed")
			}
			expectAsPlanned(ctx, t, server, missing, server.JID)
		})
		ok = ok && t.Run("adopting makes roomctl an owner and nothing else", func(t *testing.T) {
			s.run(ctx, t, "rooms", "adopt", "--all").expect(t, 0)
			after := whole(ctx, t, alice, addresses...)
			if !reflect.DeepEqual(before[0], after[0]) {
				t.Error("the configuration of rooms has changed")
			}
			for address, room := range after[1] {
				if slices.Sort(room.JIDs); !slices.Equal(room.JIDs, []string{"alice@" + server.Domain, server.JID}) {
					t.Errorf("%s is owned by %v, want alice and roomctl", address, room.JIDs)
				}
			}
		})
		if !ok {
			return
		}
		t.Run("the next sync does exactly what plan shows", func(t *testing.T) {
			planned := s.run(ctx, t, "plan", "--json").expect(t, 2).document(t)
			if verbs := planned.by(); !reflect.DeepEqual(verbs, map[string]int{"configure": handMade}) {
				t.Errorf("the plan is %v, want %d rooms to be configured", verbs, handMade)
			}
			synced := s.run(ctx, t, "sync", "--json").expect(t, 0).document(t)
			sameChanges(t, planned, synced)
			expectAsPlanned(ctx, t, server, existing, "alice@"+server.Domain, server.JID)
			s.run(ctx, t, "plan").expect(t, 0)
		})
	})
}

// addGroups makes the groups more than the rooms that are made by hand.
func addGroups(w *datatrackertest.World) {
	for i := range 60 {
		w.AddGroup(datatrackertest.Group{
			Acronym: fmt.Sprintf("more%02d", i), Name: fmt.Sprintf("Group %d more", i),
			Type: "wg", State: "active", Parent: w.Group("art"),
		})
	}
}

// makeByHand makes rooms of those names as alice, with names of her own. It returns their addresses.
func makeByHand(ctx context.Context, t testing.TB, server *servers.Server, wanted []change) []string {
	t.Helper()
	addresses := jids(server, roomNames(wanted))
	fields := map[string]string{"muc#roomconfig_roomname": "Made by hand", "muc#roomconfig_persistentroom": "1"}
	made, err := peer.As(server, "alice").Create(ctx, fields, addresses...)
	if err != nil {
		t.Fatal(err)
	}
	for address, room := range made {
		if room.Error != "" {
			t.Fatalf("alice could not make %s: %s (%s)", address, room.Error, room.Text)
		}
	}
	return addresses
}
