package worker_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"roomctl/provisioner"
	"roomctl/provisioner/worker"
)

// A step may take longer than the time to the next run: that is missed and told, as
// it is behind a slow run.
func TestRunsThatAreDueDuringAStep(t *testing.T) {
	after, before := false, true
	for _, tt := range []struct {
		name   string
		begins time.Duration // the step that takes its time, after 12:00
		before bool          // it comes before a run that is due then, else after it
		takes  time.Duration // the clock is set by as much where that is no time that a step takes
		paused bool          // a person paused roomctl during that step
		took   string        // the runs of the next twenty minutes
		missed []worker.Kind
		log    string // at level warning; "": none
	}{
		{"one run is due: it is late", 0, after, 20 * time.Minute, false, "12:20 quick, 12:30 quick", nil, ""},
		{"two are: the first is missed", 0, after, 40 * time.Minute, false, "12:40 quick, 12:45 quick, 13:00 full",
			[]worker.Kind{worker.Quick}, "missed, 1 since 12:15:00 UTC: subjects took 40m0s"},
		{"the strongest is made up for", 45 * time.Minute, after, 35 * time.Minute, false, "13:20 full, 13:30 quick",
			[]worker.Kind{worker.Quick}, "missed, 1 since 13:15:00 UTC: subjects took 35m0s"},
		{"no run is due when the step begins", 7 * time.Minute, before, 40 * time.Minute, false, "12:47 quick, 13:00 full",
			[]worker.Kind{worker.Quick, worker.Quick}, "missed, 2 since 12:15:00 UTC: subjects took 40m0s"},
		{"one is, and waits", 15 * time.Minute, before, 40 * time.Minute, false, "12:55 quick, 13:00 full, 13:15 quick",
			[]worker.Kind{worker.Quick, worker.Quick}, "missed, 2 since 12:15:00 UTC: subjects took 40m0s"},
		{"the clock was set forward: what is due runs once", 0, after, day, false, "12:00 full, 12:15 quick", nil, "the clock jumped by 23h0m0s"},
		{"the clock was set back", 0, after, -40 * time.Minute, false, "11:30 quick, 11:45 quick, 12:00 full, 12:15 quick", nil, "the clock jumped by -40m0s"},
		{"a pause began: nothing is missed", 0, after, 40 * time.Minute, true, "", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := &steps{}
			s := newStage(t, worker.Following{What: "subjects", Follower: f})
			f.do = func(_ context.Context, now time.Time) (time.Time, error) {
				if begins := epoch.Add(time.Minute + tt.begins); now.Before(begins) {
					if tt.before {
						return begins, nil
					}
					return time.Time{}, nil // after the next run
				}
				f.do = nil
				s.took()
				s.locked(func() { s.paused = tt.paused })
				s.clock.Jump(tt.takes)
				return time.Time{}, nil
			}
			s.begin()
			for f.do != nil {
				s.turn(time.Minute)
			}
			s.turn(20 * time.Minute)
			s.requireTook(tt.took)
			if !slices.Equal(s.missed, tt.missed) || s.State().Missed != len(tt.missed) {
				t.Errorf("missed were %v, and the state has %d, want %v", s.missed, s.State().Missed, tt.missed)
			}
			if tt.log == "" {
				s.requireLog(0, "warning", "")
				return
			}
			s.requireLog(1, "warning", "")
			s.requireLog(1, "warning", tt.log)
		})
	}
}

// Steps that are slow again and again are told of once.
func TestStepsThatAreSlowAreToldOnce(t *testing.T) {
	f := &steps{}
	s := newStage(t, worker.Following{What: "subjects", Follower: f})
	slow := 3
	f.do = func(context.Context, time.Time) (time.Time, error) {
		if slow > 0 {
			slow--
			s.clock.Jump(40 * time.Minute)
		}
		return time.Time{}, nil
	}
	s.begin().turn(3 * time.Hour)
	s.requireLog(1, "warning", "missed, ")
	s.requireLog(2, "debug", "missed, ")
	s.requireLog(1, "info", "the schedule works again, after it went wrong 3 times")
}

// What the clock shows after it was set is not what a step took.
func TestAClockThatIsSetBeforeAStep(t *testing.T) {
	f := &steps{}
	s := newStage(t, worker.Following{What: "subjects", Follower: f}).begin()
	s.turn(5 * time.Minute)
	f.do = func(context.Context, time.Time) (time.Time, error) {
		f.do = nil
		s.clock.Jump(2 * time.Second) // which the step takes
		return time.Time{}, nil
	}
	s.onSync(func(context.Context, worker.Order) (*provisioner.Report, error) {
		s.onSync(nil)
		s.clock.Jump(day)
		return report(), nil
	})
	s.turn(day + 20*time.Minute)
	s.requireLog(1, "warning", "")
	s.requireLog(1, "warning", "the clock jumped by ")
	if n := s.State().Missed; n != 0 {
		t.Errorf("%d were missed", n)
	}
}

// A machine that is busy, or a clock that is set by a little.
func TestRunsThatAreDueBeforeTheAlarmGoesOff(t *testing.T) {
	s := newStage(t)
	duty := s.duty()
	var err error
	if duty.Schedule, err = worker.ParseSchedule("@every 10s", "0 0 1 1 *", "0 0 1 1 *", "UTC", 0); err != nil {
		t.Fatal(err)
	}
	s.Worker = worker.New(duty, worker.Options{Clock: s.clock, Log: s.logger()})
	s.begin().turn(15 * time.Second)
	s.clock.Jump(35 * time.Second)
	s.turn(15 * time.Second)
	s.requireLog(1, "warning", "missed, 3 since 11:59:20 UTC: the machine was late by 35s")
	s.requireLog(1, "info", "the schedule works again")
	if n := s.State().Missed; n != 3 {
		t.Errorf("%d were missed, want 3", n)
	}
}
