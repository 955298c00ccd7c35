package main

import (
	"errors"
	"path/filepath"
	"testing"

	"roomctl/config"
	"roomctl/provisioner/lock"
)

// holdServiceLock has a serve hold its lock in a state folder until the test ends.
func holdServiceLock(t *testing.T, state string, by lock.Holder) {
	t.Helper()
	held, err := lock.Acquire(t.Context(), filepath.Join(state, serviceFolder), by, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { held.Release() })
}

func TestTheServiceIsKnownByItsLock(t *testing.T) {
	h := &house{config: &config.Config{StateDir: t.TempDir()}}
	if s, err := h.service(); s != nil || err != nil {
		t.Errorf("without a lock: %+v, %v", s, err)
	}
	by := lock.Holder{Command: "serve", PID: 4711, Host: "chat", Began: epoch}
	holdServiceLock(t, h.config.StateDir, by)
	if s, err := h.service(); err != nil || s == nil || *s != (service{Running: true, PID: 4711, Host: "chat", Began: epoch}) {
		t.Errorf("while it is held: %+v, %v", s, err)
	}
}

func TestASecondServeIsToldOfTheFirst(t *testing.T) {
	by := lock.Holder{Command: "serve", PID: 4711, Host: "chat", Began: epoch}
	held := &lock.HeldError{Dir: "/state/worker", Holder: by}
	err := beside(held)
	want := "roomctl serve already runs here: process 4711 since " + epoch.Local().Format("2006-01-02 15:04:05 MST") + "; roomctl control status asks it"
	if err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	if status := statusOf(err); status != exitLocked {
		t.Errorf("the exit status is %d, want %d", status, exitLocked)
	}
	if err := beside(&lock.HeldError{}); err.Error() != "roomctl serve already runs here; roomctl control status asks it" {
		t.Errorf("of one that began a moment ago: %q", err)
	}
	if other := errors.New("no space left"); beside(other) != other {
		t.Error("another error is changed")
	}
}
