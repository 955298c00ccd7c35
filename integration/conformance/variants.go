package conformance

import (
	"errors"
	"testing"

	"roomctl/xmppadmin"
)

// RunUnlogged puts a service that cannot log rooms to its tests.
func RunUnlogged(t *testing.T, target Target) {
	s := newSuite(t, target)
	t.Run("a room that must be logged is not created", func(t *testing.T) {
		for _, end := range []string{"unlogged-a", "unlogged-b"} { // the second time it is known beforehand
			name := s.name(end)
			if err := s.service.Create(limited(t), name, described()); !errors.Is(err, xmppadmin.ErrCannotLog) {
				t.Fatalf("creating it: %v", err)
			}
			s.wantExistence(t, name, xmppadmin.Absent)
		}
		if got := s.service.Profile().Logging; got != xmppadmin.LoggingNo {
			t.Errorf("after that, logging is %q", got)
		}
	})
	t.Run("a room that need not be logged is created", func(t *testing.T) {
		fresh := open(t, target.Options) // that has not found out yet
		spec := described()
		spec.RequireLogging = false
		name := s.name("unlogged-c")
		if err := fresh.Create(limited(t), name, spec); err != nil {
			t.Fatal(err)
		}
		room := fresh.Read(limited(t), name)
		if room.Err != nil {
			t.Fatal(room.Err)
		}
		if got, known := room.Values[xmppadmin.FieldLogging]; got == "true" {
			t.Errorf("it is said to be logged (%q, %v)", got, known)
		}
		delete(room.Values, xmppadmin.FieldLogging)
		delete(spec.Values, xmppadmin.FieldLogging)
		wantValues(t, room, spec.Values)
	})
}

// RunUnprivileged puts a service to its tests on which the account may do
// nothing, and rooms are made by administrators only.
func RunUnprivileged(t *testing.T, target Target) {
	s := newSuite(t, target)
	name := s.name("denied")
	t.Run("creating is refused and leaves nothing behind", func(t *testing.T) {
		if err := s.service.Create(limited(t), name, described()); !errors.Is(err, xmppadmin.ErrNotPermitted) {
			t.Errorf("creating it: %v", err)
		}
		s.wantExistence(t, name, xmppadmin.Absent)
	})
	t.Run("announcing is refused", func(t *testing.T) {
		if _, err := s.service.Announce(limited(t), "a", "b"); !errors.Is(err, xmppadmin.ErrNotPermitted) {
			t.Errorf("announcing: %v", err)
		}
	})
}
