package provisioner_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin/xmpptest"
)

// childPlace makes the test binary do one sync of the place in it, as a process
// that can be killed.
const childPlace = "PROVISIONER_TEST_PLACE"

func TestMain(m *testing.M) {
	text, child := os.LookupEnv(childPlace)
	if !child {
		os.Exit(m.Run())
	}
	if err := syncOnce(text); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func syncOnce(text string) error {
	var p place
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	s, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer s.Registry.Close()
	_, err = s.Sync(ctx, provisioner.Options{})
	return err
}

// runChild syncs in another process, which is killed when the server has got
// the nth of the stanzas that are about a room: it is carried out, but the child
// never learns so. It says whether there were so many.
func (h *house) runChild(t *testing.T, room string, nth int) (killed bool) {
	t.Helper()
	text, err := json.Marshal(h.place)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), childPlace+"="+string(text))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	started := make(chan struct{})
	seen := 0 // of one connection, so by one goroutine
	defer h.chat.Fault(xmpptest.Fault{Hook: func(s xmpptest.Stanza) {
		if s.Room != room && !strings.Contains(s.XML, ">"+room+"<") {
			return
		}
		if seen++; seen == nth {
			<-started
			if err := cmd.Process.Kill(); err != nil { // SIGKILL: nothing can be tidied up
				t.Errorf("killing the child: %v", err)
			}
			h.chat.Disconnect()
		}
	}})()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	close(started)
	if err := cmd.Wait(); err == nil {
		return false
	} else if cmd.ProcessState.ExitCode() >= 0 {
		t.Fatalf("the child failed by itself: %v: %s", err, stderr.String())
	}
	return true
}

// TestKilled kills a sync between any two stanzas of the creation of a room, and
// so between any two entries in the registry. The next run finishes: one room,
// whole and ours, no doubt left, and the audit trail tells that it was made.
func TestKilled(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat, groups: []string{"quic"}})
			h.settle(t)
			nth := 0
			for killed := true; killed; {
				nth++
				name := fmt.Sprintf("killed%d", nth)
				h.update(t, func(w *datatrackertest.World) {
					w.AddGroup(datatrackertest.Group{Acronym: name, Name: "Killed", Type: "wg", State: "active"})
				})
				before := h.rooms()
				killed = h.runChild(t, name, nth)
				requireDone(t, h.sync(t))
				requireMadeOnce(t, h, name)
				h.requireRooms(t, before, name)
			}
			t.Logf("%d stanzas are about a new room", nth-1)
			if nth < 6 {
				t.Errorf("a creation has only %d stanzas", nth)
			}
			h.requireQuiet(t)
		})
	}
}

// requireMadeOnce fails unless a room is whole and ours and the audit trail has
// it made, by one run.
func requireMadeOnce(t *testing.T, h *house, name string) {
	t.Helper()
	requireOurs(t, h, name)
	changes, err := h.Registry.Changes(t.Context(), registry.ChangeFilter{Room: name})
	if err != nil {
		t.Fatal(err)
	}
	var runs []int64
	for _, c := range changes {
		if (c.Verb == "create" || c.Verb == "finish") && c.Error == "" && !slices.Contains(runs, c.Run) {
			runs = append(runs, c.Run)
		}
	}
	if len(runs) != 1 {
		t.Errorf("room %s was made by runs %v, by the trail %+v", name, runs, changes)
	}
}
