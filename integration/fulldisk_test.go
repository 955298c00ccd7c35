//go:build integration

package integration

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin/xmpptest"
)

// block is the least that a tmpfs gives to a file.
const block = 4096

// A disk is a small file system of its own, at a folder of the test.
type disk struct {
	dir     string
	ballast string // the file that fills it
}

// newDisk mounts an empty disk for the length of the test. It needs root with the right to mount.
func newDisk(t testing.TB, dir string) disk {
	t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m,mode=755"); err != nil {
		t.Fatalf("mounting a small disk at %s: %v", dir, err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return disk{dir, filepath.Join(dir, "ballast")}
}

// fill leaves so many blocks free.
func (d disk) fill(t testing.TB, free int) {
	t.Helper()
	file, err := os.Create(d.ballast)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	size, full := int64(0), make([]byte, block)
	for err == nil {
		var n int
		n, err = file.Write(full)
		size += int64(n)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("filling the disk: %v", err)
	}
	if err := file.Truncate(max(size-int64(free)*block, 0)); err != nil {
		t.Fatal(err)
	}
}

// relieve makes room again.
func (d disk) relieve(t testing.TB) {
	t.Helper()
	if err := os.Remove(d.ballast); err != nil {
		t.Fatal(err)
	}
}

// The disk of the state folder fills up at every moment of a first sync: whatever is on the server then is in the
// registry, what is published is whole, and with space again the next sync makes the rest.
func TestStateDiskIsFull(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	inMidApply := false
	for free, ended := 0, -1; ended != 0; free += 3 {
		t.Run(fmt.Sprintf("%d blocks free", free), func(t *testing.T) {
			s, chat := newEmbeddedStage(t)
			newDisk(t, filepath.Join(s.Dir, "www")) // a folder that is there, and has space
			d := newDisk(t, filepath.Join(s.Dir, "state"))
			d.fill(t, free)
			run := s.run(ctx, t, "sync")
			if ended = run.status; ended != 0 {
				// Once rooms are begun it may be single rooms that fail, and not the run.
				if run.status != 4 || !strings.Contains(run.stdout, "Failed to create") {
					run.expect(t, 1)
				}
				expectSaysFull(t, run, d.dir, "free some space on that disk", "make sure that the folder may be written")
				inMidApply = inMidApply || len(chat.Rooms()) > 0
			}
			expectRecorded(ctx, t, s, chat)
			expectWhole(t, published(t, s))

			d.relieve(t)
			done := s.run(ctx, t, "sync", "--json").expect(t, 0).document(t)
			if done.Rooms != len(chat.Rooms()) || done.Fit != done.Rooms || done.Rooms < 5 {
				t.Errorf("with space again %d rooms are ours, %d fit, and the server has %d", done.Rooms, done.Fit, len(chat.Rooms()))
			}
			s.run(ctx, t, "plan").expect(t, 0)
		})
		if t.Failed() {
			return
		}
	}
	if !inMidApply {
		t.Error("the disk was never full in mid-apply")
	}
}

// A state folder that worked so far and has no space left: nothing is sent that would change a room.
func TestStateDiskIsFullBeforeAChange(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s, chat := newEmbeddedStage(t)
	d := newDisk(t, filepath.Join(s.Dir, "state"))
	s.run(ctx, t, "sync").expect(t, 0)
	s.update(t, func(w *datatrackertest.World) { w.Group("quic").Name = "Quite Another Name" })
	before, agendas := whatIsRecorded(ctx, t, s), published(t, s)

	d.fill(t, 0)
	chat.ResetStanzas()
	expectSaysFull(t, s.run(ctx, t, "sync").expect(t, 1), d.dir, "free some space on that disk")
	expectNothingSent(t, chat)
	if after := whatIsRecorded(ctx, t, s); len(after.Rooms) != len(before.Rooms) || len(after.Intents) > 0 {
		t.Errorf("the registry had %d rooms, and has %d and %d intents", len(before.Rooms), len(after.Rooms), len(after.Intents))
	}
	if moved := differing(agendas, published(t, s)); len(moved) > 0 {
		t.Errorf("rewritten: %v", moved)
	}

	d.relieve(t)
	if done := s.run(ctx, t, "sync", "--json").expect(t, 0).document(t); done.room(t, "quic").value("name") == "" {
		t.Errorf("with space again the changes are %v, want the new name of quic among them", done.Changes)
	}
}

// The disk of the published folder fills up at every moment of a sync: each file is the old one or the new one, the
// rooms are made and recorded all the same, and with space again the next sync publishes the rest.
func TestPublishedDiskIsFull(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for free, ended := 0, -1; ended != 0; free += 1 + free/4 {
		t.Run(fmt.Sprintf("%d blocks free", free), func(t *testing.T) {
			s, chat := newEmbeddedStage(t)
			d := newDisk(t, filepath.Join(s.Dir, "www"))
			s.run(ctx, t, "sync").expect(t, 0)
			old, made := published(t, s), len(chat.Rooms())
			s.update(t, func(w *datatrackertest.World) {
				w.AddGroup(datatrackertest.Group{Acronym: "fresh", Name: "A New Group", Type: "wg", State: "active", Parent: w.Group("sec")})
				for _, session := range w.Meeting("113").Sessions {
					session.Name += " " + strings.Repeat("renamed ", 500)
				}
			})

			d.fill(t, free)
			run := s.run(ctx, t, "sync")
			if ended = run.status; ended != 0 {
				expectSaysFull(t, run.expect(t, 1), d.dir, "the file is as it was: make room on the disk of "+d.dir)
			}
			if rooms := len(chat.Rooms()); rooms != made+1 {
				t.Errorf("the server has %d rooms, want the %d of before and the new one", rooms, made)
			}
			expectRecorded(ctx, t, s, chat)
			filled := published(t, s)
			delete(filled, "ballast")
			expectWhole(t, filled)

			d.relieve(t)
			s.run(ctx, t, "sync").expect(t, 0)
			now := published(t, s)
			for _, name := range differing(filled, old) {
				if filled[name] != now[name] && name != "status.json" {
					t.Errorf("%s was neither the old file nor the new one: it had %q", name, firstDifference(filled[name], now[name]))
				}
			}
			if moved := differing(now, old); len(moved) < 4 {
				t.Errorf("with space again only %v were rewritten", moved)
			}
			s.run(ctx, t, "plan").expect(t, 0)
		})
		if t.Failed() {
			return
		}
	}
}

// expectSaysFull checks that a run names a file of the full disk, and one of the things that can be done.
func expectSaysFull(t testing.TB, run outcome, dir string, remedies ...string) {
	t.Helper()
	said := run.stdout + run.stderr
	if !strings.Contains(said, dir+"/") || !strings.Contains(said, "no space left") && !strings.Contains(said, "is full") {
		t.Errorf("nothing says which file cannot be written:\n%s", said)
	}
	for _, remedy := range remedies {
		if strings.Contains(said, remedy) {
			return
		}
	}
	t.Errorf("nothing says what to do:\n%s", said)
}

// whatIsRecorded reads the registry, which checks the whole file. A registry that was never made reads as empty.
func whatIsRecorded(ctx context.Context, t testing.TB, s *stage) *registry.State {
	t.Helper()
	reader, err := registry.OpenReader(ctx, filepath.Join(s.Dir, "state", "registry.sqlite"),
		registry.Identity{MUC: s.MUC, Datatracker: s.Datatracker})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	known, err := reader.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return known
}

// expectRecorded checks that no room is on the server without the registry knowing that roomctl made it.
func expectRecorded(ctx context.Context, t testing.TB, s *stage, chat *xmpptest.Server) {
	t.Helper()
	known := whatIsRecorded(ctx, t, s)
	for _, room := range chat.Rooms() {
		_, ours := known.Rooms[room.Name]
		_, begun := known.Intents[room.Name]
		if !ours && !begun {
			t.Errorf("room %s was made and is not recorded", room.Name)
		}
	}
}

// firstDifference is the first line of a published file that another one has not, after the time.
func firstDifference(file, other string) string {
	lines, others := strings.Split(file, "\n"), strings.Split(other, "\n")
	for i := 1; i < len(lines); i++ {
		if i >= len(others) || lines[i] != others[i] {
			return lines[i]
		}
	}
	return ""
}
