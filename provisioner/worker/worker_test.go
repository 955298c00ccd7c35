package worker_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"roomctl/provisioner"
	"roomctl/provisioner/lock"
	"roomctl/provisioner/worker"
)

const day = 24 * time.Hour

func TestAWeekByTheSchedule(t *testing.T) {
	s := newStage(t)
	s.onSync(func(context.Context, worker.Order) (*provisioner.Report, error) {
		return report(session(2*day), session(3*day)), nil
	})
	s.begin().turn(7 * day)
	count := map[worker.Kind]int{}
	for _, r := range s.runs {
		count[r.Kind]++
		if !r.Scheduled {
			t.Errorf("the run at %s is nobody's wish", r.at)
		}
	}
	// The first run, and 168 hours. The meeting is on for 27 hours, from 59 minutes
	// past an hour to 59 minutes past one: 2 ticks of 5 minutes in each quarter that
	// is not the full hour's count for it, and 3 of the hour's 4 quarters do.
	want := map[worker.Kind]int{worker.Full: 1 + 168, worker.Meeting: 27 * 11, worker.Quick: (168 - 27) * 3}
	for _, kind := range []worker.Kind{worker.Full, worker.Meeting, worker.Quick} {
		if count[kind] != want[kind] {
			t.Errorf("%d runs of kind %s, want %d", count[kind], kind, want[kind])
		}
	}
	if n := s.State().Missed; n != 0 {
		t.Errorf("%d runs were missed", n)
	}
}

func TestTheFirstRunBeginsAtOnceAndInFull(t *testing.T) {
	s := newStage(t).begin()
	s.turn(16 * time.Minute)
	s.requireTook("11:59 full, 12:00 full, 12:15 quick")
}

func TestWhatTheStateTells(t *testing.T) {
	s := newStage(t)
	s.onSync(func(_ context.Context, o worker.Order) (*provisioner.Report, error) {
		if o.Kind == worker.Full {
			if now := s.State(); now.Running != worker.Full || !now.Since.Equal(s.clock.Now()) {
				t.Errorf("during a run the state is %+v", now)
			}
			return report(session(time.Hour)), nil
		}
		return nil, errors.New("the disk is full")
	})
	s.begin().turn(0)
	first := s.State()
	if !first.Began.Equal(epoch) || first.Running != "" || first.Last.Outcome != "done" || first.Last.Failure != "" ||
		!first.Good.Equal(epoch) || first.Meeting != "IETF 126" || first.NextKind != worker.Full || !first.Next.Equal(epoch.Add(time.Minute)) {
		t.Errorf("after the first run the state is %+v", first)
	}
	s.turn(6 * time.Minute)
	second := s.State()
	if second.Last.Kind != worker.Meeting || second.Last.Outcome != "failed" || second.Last.Failure != "the disk is full" ||
		!second.Good.Equal(epoch.Add(time.Minute)) || second.NextKind != worker.Meeting {
		t.Errorf("after a failed run the state is %+v", second)
	}
}

// A run may take longer than the time to the next one: that is missed, and told
// once, and not made up for.
func TestRunsThatAreDueWhileOneIsUnderWayAreMissed(t *testing.T) {
	s := newStage(t)
	s.onSync(func(_ context.Context, o worker.Order) (*provisioner.Report, error) {
		if o.Kind == worker.Quick {
			s.clock.Jump(17 * time.Minute) // which the run takes
		}
		return report(), nil
	})
	s.begin().turn(59 * time.Minute)
	s.requireTook("11:59 full, 12:00 full, 12:15 quick, 12:45 quick")
	if n := s.State().Missed; n != 2 {
		t.Errorf("%d were missed, want 2", n)
	}
	if len(s.missed) != 2 || s.missed[0] != worker.Quick || s.missed[1] != worker.Full {
		t.Errorf("missed were %v, want a quick and a full one", s.missed)
	}
	s.requireLog(1, "warning", "missed, 1 since 12:30:00 UTC: the run (quick) took 17m0s")
	s.requireLog(0, "warning", "missed, 1 since 13:00:00 UTC")

	s.onSync(nil)
	s.turn(20 * time.Minute)
	s.requireLog(1, "info", "the schedule works again, after it went wrong")
}

func TestARunThatCannotHaveTheLockIsMissed(t *testing.T) {
	s := newStage(t)
	held := &lock.HeldError{Dir: "state", Holder: lock.Holder{Command: "sync", PID: 4711, Host: "chat", Began: epoch}}
	s.onSync(func(_ context.Context, o worker.Order) (*provisioner.Report, error) {
		want := time.Minute
		if s.clock.Now().Equal(epoch) {
			want = 30 * time.Second // half the time to the next one
		}
		if o.Wait != want {
			t.Errorf("it may wait %s for the lock, want %s", o.Wait, want)
		}
		return nil, held
	})
	s.begin().turn(2 * time.Minute)
	s.requireTook("11:59 full, 12:00 full, 12:01 full") // no session is known yet
	state := s.State()
	if state.Missed != 3 || len(s.missed) != 3 || !state.Last.Ended.IsZero() {
		t.Errorf("%d missed, last run %+v; want 3 and none", state.Missed, state.Last)
	}
	s.requireLog(1, "warning", "state folder state is in use by")
	s.requireLog(2, "debug", "state folder state is in use by")
	s.onSync(nil)
	s.turn(time.Minute)
	s.requireTook("12:02 full")
	s.onSync(func(context.Context, worker.Order) (*provisioner.Report, error) { return nil, held })
	s.turn(15 * time.Minute)
	s.requireTook("12:15 quick") // now the schedule says when
	s.onSync(nil)
	s.turn(15 * time.Minute)
	s.requireLog(2, "info", "the schedule works again")
}

func TestAFailureIsToldOnceAndItsEnd(t *testing.T) {
	s := newStage(t)
	s.onSync(func(context.Context, worker.Order) (*provisioner.Report, error) {
		return nil, errors.New("logging in as roomctl@localhost: nobody listens")
	})
	s.begin().turn(46 * time.Minute)
	s.requireTook("11:59 full, 12:00 full, 12:15 quick, 12:30 quick, 12:45 quick")
	s.requireLog(1, "warning", "nobody listens (roomctl check tells what works")
	s.requireLog(4, "debug", "nobody listens (roomctl check tells what works")
	s.onSync(nil)
	s.turn(30 * time.Minute)
	s.requireLog(1, "info", "sync works again, after it went wrong 5 times")
}

func TestWhatIsWithheldIsToldOnce(t *testing.T) {
	s := newStage(t)
	s.onSync(func(context.Context, worker.Order) (*provisioner.Report, error) {
		r := report()
		r.Withheld = []provisioner.Withheld{{Rule: provisioner.RuleRetire}, {Rule: provisioner.RuleHold}}
		return r, nil
	})
	s.begin().turn(46 * time.Minute)
	s.requireLog(1, "warning", "withheld by retire; roomctl plan shows it")
	if state := s.State(); state.Last.Outcome != "withheld" || state.Good.IsZero() {
		t.Errorf("the state is %+v", state)
	}
}

func TestNothingRunsDuringAPause(t *testing.T) {
	s := newStage(t)
	s.begin().turn(0)
	s.requireTook("11:59 full")
	s.locked(func() { s.paused = true })
	s.turn(50 * time.Minute)
	s.requireTook("")
	s.requireLog(1, "info", "roomctl is paused since 2026-03-04 11:59 UTC, until a person resumes it, by alice; nothing runs")
	s.locked(func() { s.paused = false })
	s.turn(2 * time.Minute)
	s.requireTook("12:50 full") // what was due most, once
	s.requireLog(1, "info", "roomctl is no longer paused")
	if n := s.State().Missed; n != 0 {
		t.Errorf("%d were missed, and a person wanted it so", n)
	}
}

func TestAClockThatIsSet(t *testing.T) {
	for _, tt := range []struct {
		name string
		by   time.Duration
		want string // within 20 minutes
	}{
		{"forward by a day: what is due runs once", day, "12:05 full, 12:15 quick"},
		{"forward by ten years", 10 * 365 * day, "12:05 full, 12:15 quick"},
		{"back by a day: the schedule goes on from there", -day, "12:15 quick"},
		{"back by ten years", -10 * 365 * day, "12:15 quick"},
		{"by less than a minute: nothing happens", 30 * time.Second, "12:15 quick"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t).begin()
			s.turn(5 * time.Minute)
			s.took()
			s.clock.Jump(tt.by)
			s.turn(15 * time.Minute)
			s.requireTook(tt.want)
			told := 1
			if tt.by.Abs() <= time.Minute {
				told = 0
			}
			s.requireLog(told, "warning", "the clock jumped by ")
			if n := s.State().Missed; n != 0 {
				t.Errorf("%d were missed", n)
			}
			s.took()
			s.turn(time.Hour)
			if got := strings.Count(s.took(), ","); got != 3 {
				t.Errorf("%d runs in the next hour, want 4", got+1)
			}
		})
	}
}

// A run that has just begun is not begun again.
func TestAClockThatIsSetBackByALittle(t *testing.T) {
	s := newStage(t).begin()
	s.turn(time.Minute + 10*time.Second)
	s.requireTook("11:59 full, 12:00 full")
	s.clock.Jump(-30 * time.Second)
	s.turn(10 * time.Minute)
	s.requireTook("")
}

// The clock may also be set while a run is under way.
func TestAClockThatIsSetDuringARun(t *testing.T) {
	for _, by := range []time.Duration{day, -day} {
		t.Run(by.String(), func(t *testing.T) {
			s := newStage(t).begin()
			s.turn(5 * time.Minute)
			s.onSync(func(context.Context, worker.Order) (*provisioner.Report, error) {
				s.clock.Jump(by)
				s.onSync(nil)
				return report(), nil
			})
			s.turn(15 * time.Minute)
			s.took()
			s.turn(time.Hour)
			if got := strings.Count(s.took(), ","); got != 3 {
				t.Errorf("%d runs in the next hour, want 4", got+1)
			}
			s.requireLog(1, "warning", "the clock jumped by ")
			if n := s.State().Missed; n != 0 {
				t.Errorf("%d were missed", n)
			}
		})
	}
}

// Or while a follower is at work: nobody sleeps then, and no run looks.
func TestAClockThatIsSetBackDuringAStep(t *testing.T) {
	f := &steps{}
	s := newStage(t, worker.Following{What: "subjects", Follower: f}).begin()
	s.turn(5 * time.Minute)
	s.took()
	f.do = func(context.Context, time.Time) (time.Time, error) {
		f.do = nil
		s.clock.Jump(-2 * time.Hour)
		return time.Time{}, nil
	}
	s.turn(15 * time.Minute)
	s.requireTook("12:15 quick, 10:30 quick, 10:45 quick, 11:00 full, 11:15 quick, 11:30 quick, 11:45 quick, 12:00 full, 12:15 quick")
	if n := s.State().Missed; n != 0 {
		t.Errorf("%d were missed", n)
	}
}
