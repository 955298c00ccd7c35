//go:build integration

package integration

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
)

// roomctl is killed, as kill -9 does, while it publishes: when it has begun to write new files beside the old ones, when
// many are written, and when they take the old ones' places. Every published file is whole all the while, and the next
// run publishes the rest and clears away what was left.
func TestKilledWhilePublishing(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s, _ := newEmbeddedStageOf(t, datatrackertest.Options{})
	s.run(ctx, t, "sync").expect(t, 0)

	moments := []struct {
		name    string
		reached func(old, now map[string]string) bool
	}{
		{"the first new file is begun", func(_, now map[string]string) bool { return len(temporary(now)) > 0 }},
		{"many new files are written", func(_, now map[string]string) bool { return len(temporary(now)) > 50 }},
		{"new files are in place", func(old, now map[string]string) bool { return len(replaced(old, now)) > 0 }},
		{"many new files are in place", func(old, now map[string]string) bool { return len(replaced(old, now)) > 50 }},
	}
	between := 0 // how often some files were new and others not yet
	for round := range 2 {
		for _, moment := range moments {
			t.Run(fmt.Sprintf("%s, %d", moment.name, round+1), func(t *testing.T) {
				old := stamps(t, s)
				s.update(t, func(w *datatrackertest.World) {
					for _, session := range w.Meeting("113").Sessions {
						session.Name = fmt.Sprintf("Renamed %d at %q", round, moment.name)
					}
				})
				killWhen(ctx, t, s, func(now map[string]string) bool { return moment.reached(old, now) })
				now := stamps(t, s)
				left, done := temporary(now), replaced(old, now)
				if t.Logf("%d files are in place, %d are left beside theirs", len(done), len(left)); len(left) > 0 && len(done) > 0 {
					between++
				}
				expectWhole(t, withoutTemporary(published(t, s)))

				s.run(ctx, t, "sync").expect(t, 0)
				expectWhole(t, published(t, s))
				for _, session := range sessionsOf(t, filepath.Join(s.Dir, "www", "meeting", "113", "agenda.json")) {
					if !strings.HasPrefix(session.Name, fmt.Sprintf("Renamed %d", round)) {
						t.Fatalf("session %d is called %q: the agenda is the old one", session.ID, session.Name)
					}
				}
			})
		}
	}
	if between == 0 {
		t.Error("roomctl was never killed when some files were in place and others were not")
	}
}

// killWhen starts a sync and kills it as soon as a condition holds for the published files, or when it is too late.
func killWhen(ctx context.Context, t *testing.T, s *stage, reached func(now map[string]string) bool) {
	t.Helper()
	before := stamps(t, s)["status.json"]
	process, finish := s.start(ctx, t, "sync")
	for ctx.Err() == nil {
		now := stamps(t, s)
		if reached(now) || now["status.json"] != before { // which is written last
			break
		}
	}
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if run := finish(); run.status != -1 {
		t.Logf("it was too late to kill it: exit status %d", run.status)
	}
}

// stamps are the times at which the files below the published folder were written, by path, temporary files included.
func stamps(t testing.TB, s *stage) map[string]string {
	t.Helper()
	found := make(map[string]string)
	root := filepath.Join(s.Dir, "www")
	for _, pattern := range []string{"*", "rooms/*/*", "meeting/*/*", "meeting/*/*/*", "rooms/*/.*", "meeting/*/*/.*"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if info, err := os.Lstat(file); err == nil && info.Mode().IsRegular() { // one that has just gone is not there
				found[strings.TrimPrefix(file, root+"/")] = info.ModTime().Format(time.RFC3339Nano)
			}
		}
	}
	return found
}

// temporary are the files that are not published: new ones beside their places.
func temporary(files map[string]string) []string {
	return slices.DeleteFunc(slices.Collect(maps.Keys(files)), func(name string) bool {
		return !strings.HasPrefix(filepath.Base(name), ".")
	})
}

// replaced are the published files that have changed.
func replaced(old, now map[string]string) []string {
	return slices.DeleteFunc(slices.Collect(maps.Keys(now)), func(name string) bool {
		return strings.HasPrefix(filepath.Base(name), ".") || old[name] == now[name]
	})
}

// withoutTemporary takes away what is not published.
func withoutTemporary(files map[string]string) map[string]string {
	for _, name := range temporary(files) {
		delete(files, name)
	}
	return files
}
