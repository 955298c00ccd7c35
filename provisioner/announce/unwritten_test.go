package announce

import (
	"context"
	"errors"
	"testing"

	"roomctl/provisioner"
)

func TestNothingIsSaidThatCannotBeWrittenDown(t *testing.T) {
	s := newStage(t, Settings{Start: true})
	slots := []provisioner.Slot{session(1, ten), in("tls", session(2, ten))}
	s.want("09:59:00", slots, nil, "10:00:00", "")
	s.unwritable = errors.New("the disk is full")
	s.want("10:00:00", slots, nil, "10:00:05", "the disk is full")
	s.want("10:00:05", slots, nil, "10:00:15", "the disk is full")
	s.unwritable = nil
	s.unreadable = errors.New("the disk is gone")
	s.want("10:00:15", slots, nil, "10:00:20", "the disk is gone")
	s.unreadable = nil
	s.want("10:00:20", slots, []string{"quic", "tls"}, "", "")
}

func TestNotKnownToBeAcceptedWhenThatCannotBeWrittenDown(t *testing.T) {
	s := newStage(t, Settings{Start: true})
	slots := []provisioner.Slot{session(1, ten)}
	s.want("09:00:00", slots, nil, "10:00:00", "")
	s.answer = func(context.Context) error {
		s.unwritable = errors.New("the disk is full")
		return nil
	}
	s.want("10:00:00", slots, []string{starts}, "10:00:05", "the disk is full")
	s.unwritable, s.answer = nil, nil
	s.want("10:00:05", slots, nil, "", "")
	if r := s.rows()["start"]; !r.Accepted.IsZero() {
		t.Errorf("the registry has %+v", r)
	}
}

// A person's command may take the lock in that moment: the row says that something
// was sent, and only this Announcer knows better.
func TestNotSentAndThatCannotBeWrittenDown(t *testing.T) {
	for name, answer := range map[string]error{"never sent": ErrNotSent, "refused": errRefused} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, Settings{Start: true})
			slots := []provisioner.Slot{session(1, ten)}
			s.answer = func(context.Context) error {
				s.unwritable = errors.New("another run holds the lock")
				return answer
			}
			s.want("10:00:00", slots, []string{starts}, "10:00:05", "another run holds the lock")
			s.unwritable, s.answer = nil, nil
			s.want("10:00:05", slots, []string{starts}, "", "")
			if r := s.rows()["start"]; r.Accepted.IsZero() || len(s.unsent) > 0 {
				t.Errorf("the registry has %+v, and %v is kept", r, s.unsent)
			}
			s.want("10:00:10", slots, nil, "", "")
		})
	}
}
