//go:build integration

package integration

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/servers"
)

// listedRoom is what of `rooms list --json` must come back with the registry.
type listedRoom struct {
	Name      string `json:"name"`
	State     string `json:"state"`
	Pinned    bool   `json:"pinned"`
	GroupID   int    `json:"group_id"`
	Successor string `json:"successor"`
	Fit       bool   `json:"fit"`
}

// A registry that is lost comes back from what the server and the Datatracker say, and no room needs any change.
func TestLostRegistry(t *testing.T) {
	onEachServer(t, func(ctx context.Context, t *testing.T, name servers.Name) {
		s := newStage(t, start(ctx, t, name, servers.Options{}))
		s.run(ctx, t, "sync").expect(t, 0)
		s.update(t, func(w *datatrackertest.World) {
			w.RenameGroup("tls", "tlsng")
			w.SetGroupState("sframe", "conclude")
			w.SetGroupState("can", "active")
		})
		s.run(ctx, t, "sync").expect(t, 0)
		s.run(ctx, t, "rooms", "retire", "wgchairs", "--successor", "hallway").expect(t, 0)
		s.run(ctx, t, "rooms", "retire", "oauth").expect(t, 0)
		s.run(ctx, t, "rooms", "close", "art").expect(t, 0)
		s.run(ctx, t, "sync").expect(t, 0)
		before := s.rooms(ctx, t)
		for room, state := range map[string]string{
			"quic": "active", "tls": "retired", "tlsng": "active", "sframe": "retired", "wgchairs": "retired", "oauth": "retired", "art": "closed",
		} {
			if before[room].State != state {
				t.Fatalf("%s is %+v, want it %s", room, before[room], state)
			}
		}

		files, err := filepath.Glob(filepath.Join(s.Dir, "state", "registry.sqlite*"))
		if err != nil || len(files) == 0 {
			t.Fatalf("files of the registry: %v, %v", files, err)
		}
		for _, file := range files {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
		s.run(ctx, t, "rooms", "adopt", "--all").expect(t, 0)
		after := s.rooms(ctx, t)
		for room, was := range before {
			if is := after[room]; is != was {
				t.Errorf("%s was %+v, and is now %+v", room, was, is)
			}
		}
		if len(after) != len(before) {
			t.Errorf("%d rooms are there, want %d", len(after), len(before))
		}
		s.run(ctx, t, "plan").expect(t, 0)
		if synced := s.run(ctx, t, "sync", "--json").expect(t, 0).document(t); len(synced.Changes) > 0 {
			t.Errorf("the next sync changed %+v", synced.Changes)
		}
	})
}

// rooms are the rooms that roomctl lists, by name.
func (s *stage) rooms(ctx context.Context, t testing.TB) map[string]listedRoom {
	t.Helper()
	var doc struct {
		Rooms []listedRoom `json:"rooms"`
	}
	if err := json.Unmarshal([]byte(s.run(ctx, t, "rooms", "list", "--json").expect(t, 0).stdout), &doc); err != nil {
		t.Fatal(err)
	}
	rooms := map[string]listedRoom{}
	for _, room := range doc.Rooms {
		rooms[room.Name] = room
	}
	return rooms
}
