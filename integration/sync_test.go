//go:build integration

package integration

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"roomctl/integration/peer"
	"roomctl/integration/servers"
)

// The main job: all rooms of IETF 113 on an empty server. Each step goes on from the one before.
func TestSync(t *testing.T) {
	onEachServer(t, func(ctx context.Context, t *testing.T, name servers.Name) {
		server := start(ctx, t, name, servers.Options{})
		s, w := newStage(t, server), newWire(t, server)
		s.through(w)
		admin := peer.As(server, "roomctl")

		var planned, synced document
		ok := t.Run("plan on an empty server shows every room and changes nothing", func(t *testing.T) {
			planned = s.run(ctx, t, "plan", "--json").expect(t, 2).document(t)
			w.expectNoWrites(t)
			if _, forms := w.written(); len(forms) > 0 {
				t.Errorf("asked for the owner forms of rooms that are not there, which may start them: %v", forms)
			}
			expectNoRooms(ctx, t, admin, server.MUC)
			if verbs := planned.by(); verbs["create"] < 150 || len(verbs) != 1 {
				t.Errorf("the plan is %v, want the rooms of all groups to be created and nothing else", verbs)
			}
		})
		ok = ok && t.Run("sync does exactly what plan showed", func(t *testing.T) {
			synced = s.run(ctx, t, "sync", "--json").expect(t, 0).document(t)
			sameChanges(t, planned, synced)
			if writes, _ := w.written(); len(writes) < len(planned.Changes) {
				t.Errorf("only %d writing stanzas were seen", len(writes))
			}
			if rooms := len(planned.Changes); synced.Rooms != rooms || synced.Fit != rooms {
				t.Errorf("%d rooms are ours and %d fit, want %d", synced.Rooms, synced.Fit, rooms)
			}
		})
		if !ok {
			return
		}
		t.Run("another client finds the rooms as planned", func(t *testing.T) {
			expectOpen(t, expectAsPlanned(ctx, t, server, planned.Changes, server.JID))
			expectSubjects(ctx, t, server, planned.room(t, "quic"), planned.room(t, "hallway"))
			listed := one(t, server.MUC)(admin.Listed(ctx, server.MUC))
			if len(listed.JIDs) != len(planned.Changes) {
				t.Errorf("%d rooms are listed, want %d", len(listed.JIDs), len(planned.Changes))
			}
		})
		t.Run("the agendas link to rooms that exist and hold upstream's bytes", func(t *testing.T) {
			checkAgendas(ctx, t, s, admin)
		})
		t.Run("plan and sync find nothing to do and write nothing", func(t *testing.T) {
			w.reset(nil)
			before := published(t, s)
			for _, args := range [][]string{{"plan"}, {"sync"}, {"sync", "--quick"}} {
				again := s.run(ctx, t, append(args, "--json")...).expect(t, 0).document(t)
				if len(again.Changes)+len(again.Results)+len(again.Published) > 0 {
					t.Errorf("%s: changes %v, results %v, published %v", args, again.by(), again.Results, again.Published)
				}
			}
			w.expectNoWrites(t)
			if moved := differing(before, published(t, s)); !slices.Equal(moved, []string{"status.json"}) {
				t.Errorf("rewritten: %v, want status.json alone", moved)
			}
		})
	})
}

// addedMember matches one member that roomctl adds to a session of agenda.json, with the white space before it.
var addedMember = regexp.MustCompile(`\s*"chat_(room|jid|url|web_url|archive_url)":\s*"[^"\\]*",`)

// checkAgendas looks at every published agenda: without the added members it is upstream's, and every room that it
// names exists.
func checkAgendas(ctx context.Context, t *testing.T, s *stage, as peer.Peer) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(s.Dir, "www", "meeting", "*", "agenda.json"))
	if err != nil {
		t.Fatal(err)
	}
	linked := make(map[string]bool)
	for _, path := range found {
		document, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		number := filepath.Base(filepath.Dir(path))
		upstream := fetch(ctx, t, s.Datatracker+"/meeting/"+number+"/agenda.json")
		if cut := addedMember.ReplaceAll(document, nil); !bytes.Equal(cut, upstream) {
			t.Errorf("the agenda of %s without the added members is not upstream's", number)
		}
		n := linkedRooms(t, document, linked)
		if number == "113" && n < 100 {
			t.Errorf("only %d sessions of IETF 113 have a room", n)
		}
	}
	if current, err := os.ReadFile(filepath.Join(s.Dir, "www", "agenda.json")); err != nil || linkedRooms(t, current, linked) < 100 {
		t.Errorf("the current agenda has no rooms: %v", err)
	}
	rooms, err := as.Look(ctx, slices.Sorted(maps.Keys(linked))...)
	if err != nil {
		t.Fatal(err)
	}
	for address, room := range rooms {
		if room.Error != "" {
			t.Errorf("an agenda names %s: %s", address, room.Error)
		}
	}
}

// linkedRooms adds the addresses of the rooms that an agenda names, and counts its sessions that name one.
func linkedRooms(t *testing.T, document []byte, linked map[string]bool) (sessions int) {
	t.Helper()
	var meetings map[string][]struct {
		JID string `json:"chat_jid"`
	}
	if err := json.Unmarshal(document, &meetings); err != nil {
		t.Fatal(err)
	}
	for _, objects := range meetings {
		for _, o := range objects {
			if o.JID != "" {
				linked[o.JID] = true
				sessions++
			}
		}
	}
	return sessions
}

// fetch gets a document as the Datatracker serves it.
func fetch(ctx context.Context, t testing.TB, url string) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("fetching %s: %s, %v", url, answer.Status, err)
	}
	return body
}

// published notes every published file: what it holds and when it was written.
func published(t *testing.T, s *stage) map[string]string {
	t.Helper()
	root := filepath.Join(s.Dir, "www")
	files := make(map[string]string)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path) // never fails below root
		files[name] = info.ModTime().String() + "\n" + string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// differing lists the files that are not the same in both.
func differing(before, after map[string]string) []string {
	all := maps.Clone(before)
	maps.Copy(all, after)
	var names []string
	for name := range all {
		if before[name] != after[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
