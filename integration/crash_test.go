//go:build integration

package integration

import (
	"context"
	"encoding/json"
	"os/exec"
	"slices"
	"testing"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/proxy"
	"roomctl/integration/servers"
)

// roomctl is killed, as kill -9 does, at every stanza of a run that makes one room, once before the server gets the
// stanza and once when the server has it but the answer has not come back. The next run finishes the room.
func TestKilledWhileCreating(t *testing.T) {
	onEachServer(t, func(ctx context.Context, t *testing.T, name servers.Name) {
		server := start(ctx, t, name, servers.Options{})
		s, w := newStage(t, server), newWire(t, server)
		s.through(w)
		victims := keepVictims(t, s)
		planned := s.run(ctx, t, "plan", "--json").expect(t, 2).document(t)

		var made []change
		for _, delivered := range []bool{false, true} {
			kills := 0
			for ; ; kills++ {
				if len(victims) == 0 {
					t.Fatalf("no run came to its end; the last was killed at stanza %d", kills)
				}
				room := victims[0]
				victims = victims[1:]
				if !killAndFinish(ctx, t, s, w, room, kills+1, delivered) {
					break // there is no such stanza: the run ended by itself
				}
				made = append(made, planned.room(t, room))
			}
			if t.Logf("killed at %d stanzas, delivered: %v", kills, delivered); kills < 3 {
				t.Errorf("only %d kills", kills)
			}
		}
		expectOpen(t, expectAsPlanned(ctx, t, server, made, server.JID))
		expectSubjects(ctx, t, server, made...)
		expectSettled(ctx, t, s, made)
	})
}

// keepVictims leaves some working groups on the Datatracker, and no sessions, so that a run that makes one of their
// rooms has little else to ask for. It lists their rooms: more than there are stanzas at which to kill.
func keepVictims(t *testing.T, s *stage) []string {
	t.Helper()
	var groups []string
	s.update(t, func(w *datatrackertest.World) {
		for _, m := range w.Meetings {
			m.Sessions = nil
		}
		for _, g := range w.Groups {
			if g.Type == "wg" && g.State == "active" && len(groups) < 40 {
				groups = append(groups, g.Acronym)
			}
		}
	})
	s.keepOnly(t, groups...)
	return groups
}

// killAndFinish kills a sync of one room at its n-th stanza from the first write on, and then syncs again. It tells
// whether the first sync came to its n-th stanza.
func killAndFinish(ctx context.Context, t *testing.T, s *stage, w *wire, room string, n int, delivered bool) bool {
	t.Helper()
	var process *exec.Cmd
	started := make(chan struct{})
	w.reset(func(is seen) proxy.Action {
		if is.since != n {
			return proxy.Forward
		}
		<-started
		if err := process.Process.Kill(); err != nil {
			t.Errorf("killing roomctl: %v", err)
		}
		if delivered {
			return proxy.Forward
		}
		return proxy.Cut
	})
	process, finish := s.start(ctx, t, "sync", "--only", room)
	close(started)
	first := finish()
	w.reset(nil)
	if first.status != -1 {
		first.expect(t, 0)
		return false
	}

	second := s.run(ctx, t, "sync", "--only", room, "--json")
	if second.status != 0 {
		t.Fatalf("%s was killed at stanza %d, delivered: %v; the next run ended with %d\n%s%s",
			room, n, delivered, second.status, abridged(second.stdout), second.stderr)
	}
	for _, p := range second.document(t).Problems {
		t.Errorf("%s was killed at stanza %d, delivered: %v; the next run is in doubt: %s", room, n, delivered, p.Text)
	}
	return true
}

// expectSettled checks that roomctl counts each of the rooms as its own and as fit, and has nothing more to do to them.
func expectSettled(ctx context.Context, t *testing.T, s *stage, made []change) {
	t.Helper()
	var list struct {
		Rooms []struct {
			Name string `json:"name"`
			Fit  bool   `json:"fit"`
		} `json:"rooms"`
	}
	if err := json.Unmarshal([]byte(s.run(ctx, t, "rooms", "list", "--json").expect(t, 0).stdout), &list); err != nil {
		t.Fatal(err)
	}
	fit := make(map[string]bool)
	for _, room := range list.Rooms {
		fit[room.Name] = room.Fit
	}
	pending := roomNames(s.run(ctx, t, "plan", "--json").expect(t, 2).document(t).Changes)
	for _, c := range made {
		if !fit[c.Room] {
			t.Errorf("%s is not ours or not fit", c.Room)
		}
		if slices.Contains(pending, c.Room) {
			t.Errorf("%s is not finished", c.Room)
		}
	}
}
