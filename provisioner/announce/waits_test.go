package announce

import (
	"context"
	"errors"
	"testing"
	"time"

	"roomctl/provisioner"
)

func TestWaitingBeginsAnewAfterASuccess(t *testing.T) {
	slots := []provisioner.Slot{session(1, ten), in("tls", session(2, ten.Add(time.Minute)))}
	for name, fault := range map[string]struct{ on, off func(*stage) }{
		"the registry cannot be read":    {func(s *stage) { s.unreadable = errors.New("broken") }, func(s *stage) { s.unreadable = nil }},
		"the registry cannot be written": {func(s *stage) { s.unwritable = errors.New("broken") }, func(s *stage) { s.unwritable = nil }},
		"the server cannot be reached": {
			func(s *stage) {
				s.answer = func(context.Context) error { return errors.Join(errors.New("broken"), ErrNotSent) }
			},
			func(s *stage) { s.answer = nil },
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, Settings{Start: true})
			s.want("09:59:00", slots, nil, "10:00:00", "")
			try := func(clock, next string) {
				t.Helper()
				if _, got, err := s.step(clock, slots...); err == nil || got != next {
					t.Errorf("%s: wants to be called at %q (%v), want %q", clock, got, err, next)
				}
			}
			fault.on(s)
			try("10:00:00", "10:00:05")
			try("10:00:05", "10:00:15")
			fault.off(s)
			s.want("10:00:15", slots, []string{"quic"}, "10:01:00", "")
			fault.on(s)
			try("10:01:00", "10:01:05")
		})
	}
}

func TestAfterALongOutageAnnouncementsArePunctualAgain(t *testing.T) {
	s := newStage(t, Settings{Start: true, Moved: true})
	s.want("06:00:00", []provisioner.Slot{session(1, ten)}, nil, "10:00:00", "")
	slots := []provisioner.Slot{session(1, ten.Add(time.Hour)), in("tls", session(2, ten))}
	s.answer = func(context.Context) error { return ErrNotSent }
	for clock := "09:50:00"; clock < "09:59:45"; {
		_, next, err := s.step(clock, slots...)
		if err == nil || next <= clock {
			t.Fatalf("%s: the next step is at %q (%v)", clock, next, err)
		}
		clock = next
	}
	s.answer = nil
	s.want("10:00:30", slots, []string{"tls: Starting now", "quic: Moved"}, "11:00:00", "")
}
