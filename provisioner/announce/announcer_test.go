package announce

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

const (
	inAnHour = "quic: In 1 hour, at 10:00 UTC: QUIC | https://rooms.example.org/meeting/126/ | Note Well: https://note.example.org/"
	starts   = "quic: Starting now: QUIC, until 11:00 UTC"
)

func TestADayOfASession(t *testing.T) {
	s := newStage(t, everything)
	slots := []provisioner.Slot{session(1, ten)}
	s.want("08:00:00", slots, nil, "09:00:00", "")
	s.want("08:30:00", slots, nil, "09:00:00", "")
	s.want("09:00:00", slots, []string{inAnHour}, "09:45:00", "")
	s.want("09:00:10", slots, nil, "09:45:00", "")
	s.restart(everything)
	s.want("09:45:00", slots, []string{"quic: In 15 minutes, at 10:00 UTC: QUIC |"}, "10:00:00", "")
	s.want("10:00:01", slots, []string{starts}, "", "")
	moved := []provisioner.Slot{session(1, ten.Add(30*time.Minute))}
	s.want("10:05:00", moved, []string{"quic: Moved: QUIC is on Tue 17 Mar, 10:30 UTC, not on Tue 17 Mar, 10:00 UTC | https"}, "10:15:00", "")
	s.want("10:05:30", moved, nil, "10:15:00", "")
	s.want("10:15:00", moved, []string{"quic: In 15 minutes, at 10:30 UTC: QUIC |"}, "10:30:00", "")
	s.want("10:20:00", []provisioner.Slot{off(moved[0])}, []string{"quic: Cancelled: QUIC on Tue 17 Mar, 10:30 UTC does not take place | https"}, "", "")
	s.want("10:30:00", []provisioner.Slot{off(moved[0])}, nil, "", "")
	for _, r := range s.rows() {
		if r.Accepted.IsZero() || r.Begun.IsZero() || r.Room != "quic" || r.Session != 1 {
			t.Errorf("the registry has %+v", r)
		}
	}
	if n := len(s.rows()); n != 5 {
		t.Errorf("the registry has %d kinds, want 5", n)
	}
}

func TestNothingIsSaidTwice(t *testing.T) {
	slots := []provisioner.Slot{session(1, ten)}
	tests := map[string]struct {
		answer error
		again  bool
		row    bool // stays
		next   string
	}{
		"accepted":                      {nil, false, true, ""},
		"refused":                       {errRefused, true, false, "10:00:05"},
		"refused by the room's absence": {errors.New("sending a message to quic: the room is absent"), true, false, "10:00:05"},
		"never sent":                    {errors.Join(ErrNotSent, xmppadmin.ErrDisconnected), true, false, "10:00:05"},
		"connection lost":               {xmppadmin.ErrDisconnected, false, true, ""},
		"no answer in time":             {context.DeadlineExceeded, false, true, ""},
		"interrupted":                   {context.Canceled, false, true, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, Settings{Start: true})
			s.answer = func(context.Context) error {
				r, ok := s.rows()["start"]
				if !ok || !r.Accepted.IsZero() || !r.Begun.Equal(ten) {
					t.Errorf("while it is sent, the registry has %+v (%t)", r, ok)
				}
				return test.answer
			}
			problem := ""
			if test.answer != nil {
				problem = test.answer.Error()
			}
			s.want("10:00:00", slots, []string{starts}, test.next, problem)
			r, ok := s.rows()["start"]
			if ok != test.row || r.Accepted.IsZero() == (test.answer == nil) {
				t.Errorf("then the registry has %+v (%t)", r, ok)
			}
			s.answer = nil
			again := []string{starts}
			if !test.again {
				again = nil
			}
			s.want("10:00:05", slots, again, "", "")
			s.restart(Settings{Start: true})
			s.want("10:00:06", slots, nil, "", "")
		})
	}
}

func TestKilledWhileSending(t *testing.T) {
	s := newStage(t, Settings{Start: true})
	s.answer = func(context.Context) error { panic("killed") }
	func() {
		defer func() { _ = recover() }()
		_, _, _ = s.step("10:00:00", session(1, ten))
	}()
	s.answer = nil
	s.restart(Settings{Start: true})
	s.want("10:00:10", []provisioner.Slot{session(1, ten)}, nil, "", "")
}

func TestARefusalIsTriedLessAndLessOftenUntilItIsTooLate(t *testing.T) {
	s := newStage(t, Settings{Start: true})
	slots := []provisioner.Slot{session(1, ten), in("tls", session(2, ten))}
	s.answer = func(context.Context) error {
		if strings.HasPrefix(s.said[len(s.said)-1], "quic") {
			return errRefused
		}
		return nil
	}
	s.want("10:00:00", slots, []string{"quic", "tls"}, "10:00:05", "announcing session 1 (start) in room quic: message of")
	s.want("10:00:02", slots, nil, "10:00:05", "")
	s.want("10:00:05", slots, []string{"quic"}, "10:00:15", "refused")
	s.want("10:00:15", slots, []string{"quic"}, "10:00:35", "refused")
	s.want("10:00:35", slots, []string{"quic"}, "10:01:15", "refused")
	s.want("10:01:15", slots, []string{"quic"}, "", "refused") // the next would be too late
	s.log.Reset()
	s.want("10:02:35", slots, nil, "", "")
	if log := s.log.String(); !strings.Contains(log, "too late to announce") || !strings.Contains(log, "room=quic") || strings.Contains(log, "tls") {
		t.Errorf("the log says %q", log)
	}
	if len(s.vain) > 0 {
		t.Errorf("still kept: %v", s.vain)
	}
	s.log.Reset()
	s.want("10:02:36", slots, nil, "", "")
	if s.log.Len() > 0 {
		t.Errorf("the log says again %q", s.log.String())
	}
}

func TestTheRestWaitsWhileTheServerCannotBeReached(t *testing.T) {
	for name, answer := range map[string]error{"not sent": ErrNotSent, "unknown": xmppadmin.ErrDisconnected} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, Settings{Start: true})
			slots := []provisioner.Slot{session(1, ten), in("tls", session(2, ten)), in("dns", session(3, ten))}
			s.answer = func(context.Context) error { return answer }
			s.want("10:00:00", slots, []string{"dns"}, "10:00:05", answer.Error())
			s.answer = nil
			rest := []string{"quic", "tls", "dns"}
			if answer != ErrNotSent {
				rest = rest[:2]
			}
			s.want("10:00:05", slots, rest, "", "")
		})
	}
}

// The rooms of several sessions are asked in order, and the first does not answer.
func TestARoomThatDoesNotAnswerSilencesNoOther(t *testing.T) {
	s := newStage(t, Settings{Start: true})
	slots := []provisioner.Slot{in("art", session(1, ten)), in("quic", session(2, ten)), in("tls", session(3, ten))}
	s.answer = func(context.Context) error {
		if strings.HasPrefix(s.said[len(s.said)-1], "art") {
			return ErrNotSent
		}
		return nil
	}
	s.want("10:00:00", slots, []string{"art"}, "10:00:05", ErrNotSent.Error())
	s.want("10:00:05", slots, []string{"quic", "tls", "art"}, "10:00:15", ErrNotSent.Error())
	s.want("10:00:15", slots, []string{"art"}, "10:00:35", ErrNotSent.Error())
}

func TestNoBurstAfterAnOutage(t *testing.T) {
	s := newStage(t, everything)
	slots := []provisioner.Slot{session(1, ten), session(2, ten.Add(5*time.Minute)), session(3, ten.Add(30*time.Minute))}
	s.want("08:00:00", slots, nil, "09:00:00", "")
	s.want("10:10:00", slots, nil, "10:15:00", "")
	s.want("10:15:00", slots, []string{"quic: In 15 minutes"}, "10:30:00", "")
}

func TestMovedAndCancelledWhileNobodyRan(t *testing.T) {
	s := newStage(t, Settings{Moved: true, Cancelled: true})
	before := []provisioner.Slot{session(1, ten), in("tls", session(2, ten)), in("dns", session(3, ten.Add(72*time.Hour)))}
	s.want("06:00:00", before, nil, "", "")
	s.restart(Settings{Moved: true, Cancelled: true})
	after := []provisioner.Slot{
		session(1, ten.Add(time.Hour)), in("tls", off(session(2, ten))), in("dns", session(3, ten.Add(73*time.Hour))),
		in("art", session(4, ten)), // new
	}
	s.want("07:00:00", after, []string{"quic: Moved", "tls: Cancelled"}, "", "")
	s.restart(Settings{Moved: true, Cancelled: true})
	s.want("07:00:01", after, nil, "", "")
}

func TestAMoveThatWasRefusedIsNotForgotten(t *testing.T) {
	s := newStage(t, Settings{Moved: true})
	s.want("06:00:00", []provisioner.Slot{session(1, ten)}, nil, "", "")
	s.answer = func(context.Context) error { return errRefused }
	moved := []provisioner.Slot{session(1, ten.Add(time.Hour))}
	s.want("07:00:00", moved, []string{"quic: Moved"}, "07:00:05", "refused")
	s.restart(Settings{Moved: true})
	s.answer = nil
	s.want("08:00:00", moved, []string{"quic: Moved: QUIC is on Tue 17 Mar, 11:00 UTC, not on Tue 17 Mar, 10:00 UTC"}, "", "")
	s.want("08:00:01", moved, nil, "", "")
}

func TestAPauseIsSilent(t *testing.T) {
	s := newStage(t, Settings{Before: []time.Duration{time.Hour}, Start: true})
	slots := []provisioner.Slot{session(1, ten)}
	s.paused = true
	s.want("08:00:00", slots, nil, "09:00:00", "")
	s.want("09:00:00", slots, nil, "09:00:30", "")
	s.want("09:30:00", slots, nil, "10:00:00", "")
	s.want("10:00:00", slots, nil, "10:00:30", "")
	if rows, err := s.all(t.Context()); err != nil || len(rows) > 0 {
		t.Errorf("the registry has %+v (%v)", rows, err)
	}
	s.paused = false
	s.want("10:00:30", slots, []string{starts}, "", "")
}

func TestOffIsOff(t *testing.T) {
	s := newStage(t, Settings{})
	s.unreadable = errors.New("it was read")
	s.want("10:00:00", []provisioner.Slot{session(1, ten)}, nil, "", "")
}

func TestWhatIsInHandIsBroughtToItsEnd(t *testing.T) {
	s := newStage(t, Settings{Start: true})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	s.answer = func(inner context.Context) error {
		stop()
		return inner.Err()
	}
	s.now = ten
	_, err := s.Step(ctx, ten, []provisioner.Slot{session(1, ten), in("tls", session(2, ten))})
	if err != nil || len(s.said) != 1 || s.rows()["start"].Accepted.IsZero() {
		t.Errorf("said %q (%v), and the registry has %+v", s.said, err, s.rows())
	}
}

func TestRowsOfThePastAreForgotten(t *testing.T) {
	s := newStage(t, Settings{Start: true})
	old := row(9, ten.Add(-8*24*time.Hour), Start)
	kept := row(8, ten.Add(-6*24*time.Hour), Start)
	err := s.store(t.Context(), func(reg *registry.Registry) error {
		return errors.Join(reg.Announce(t.Context(), old), reg.Announce(t.Context(), kept))
	})
	if err != nil {
		t.Fatal(err)
	}
	s.want("10:05:00", nil, nil, "", "")
	if rows, err := s.all(t.Context()); err != nil || len(rows) != 1 || rows[0].Session != 8 {
		t.Errorf("the registry has %+v (%v)", rows, err)
	}
}

func TestTheClockIsSetBack(t *testing.T) {
	s := newStage(t, Settings{Start: true})
	slots := []provisioner.Slot{session(1, ten), in("tls", session(2, ten))}
	s.answer = func(context.Context) error {
		if strings.HasPrefix(s.said[len(s.said)-1], "tls") {
			return ErrNotSent
		}
		return nil
	}
	s.want("10:00:30", slots, []string{"quic", "tls"}, "10:00:35", "nothing was sent")
	s.answer = nil
	s.want("08:00:00", slots, nil, "10:00:00", "")
	s.want("10:00:00", slots, []string{"tls"}, "", "")
}
