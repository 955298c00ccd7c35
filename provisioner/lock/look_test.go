package lock

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestLookSaysWhoHoldsTheLock(t *testing.T) {
	by := Holder{Command: "sync", PID: 4711, Host: "otherhost", Began: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)}
	dir := filepath.Join(t.TempDir(), "state")
	look := func(when string, want Holder, wantHeld bool) {
		t.Helper()
		if got, held, err := Look(dir); got != want || held != wantHeld || err != nil {
			t.Errorf("%s: %+v, %t (%v), want %+v, %t", when, got, held, err, want, wantHeld)
		}
	}
	look("without a folder", Holder{}, false)
	if _, err := os.Lstat(dir); err == nil {
		t.Error("Look made the folder")
	}
	l, err := Acquire(t.Context(), dir, by, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	look("while it is held", by, true)
	look("while it is held, again", by, true)
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	look("after it was released", Holder{}, false)
	l, err = Acquire(t.Context(), dir, by, 0, nil)
	if err != nil {
		t.Errorf("looking keeps others out: %v", err)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
}

func TestLookTellsWhoWasKilled(t *testing.T) {
	dir := t.TempDir()
	cmd := hold(t, dir)
	cmd.Process.Kill()
	cmd.Wait()
	if got, held, err := Look(dir); got != syncing || held || err != nil {
		t.Errorf("after a kill: %+v, %t (%v), want %+v, who does not hold it", got, held, err, syncing)
	}
	if err := acquire(t, dir, Holder{Command: "publish"}).Release(); err != nil {
		t.Fatal(err)
	}
	if got, held, err := Look(dir); got != (Holder{}) || held || err != nil {
		t.Errorf("after the next one let go: %+v, %t (%v), want nobody", got, held, err)
	}
}

func TestLookReportsAFileThatCannotBeOpened(t *testing.T) {
	dir := t.TempDir()
	loop := filepath.Join(dir, fileName)
	if err := os.Symlink(loop, loop); err != nil {
		t.Fatal(err)
	}
	if _, held, err := Look(dir); err == nil || held {
		t.Errorf("held %t (%v), want an error", held, err)
	}
}
