package worker_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/provisioner"
	"roomctl/provisioner/worker"
)

func discard() *logrus.Logger {
	log := logrus.New()
	log.SetOutput(io.Discard)
	return log
}

// steps is a follower that does what its test says.
type steps struct {
	at   []string // when it was called
	seen []provisioner.Slot
	do   func(ctx context.Context, now time.Time) (time.Time, error) // nil: nothing, and only after runs
}

func (f *steps) Step(ctx context.Context, now time.Time, slots []provisioner.Slot) (time.Time, error) {
	f.at = append(f.at, now.Format("15:04:05"))
	f.seen = slots
	if f.do == nil {
		return time.Time{}, nil
	}
	return f.do(ctx, now)
}

func requireCalls(t *testing.T, f *steps, want ...string) {
	t.Helper()
	if len(f.at) != len(want) {
		t.Errorf("called at %v, want %v", f.at, want)
		return
	}
	for i, at := range want {
		if f.at[i] != at {
			t.Errorf("called at %v, want %v", f.at, want)
			return
		}
	}
}

func TestFollowersAreCalledAfterEachRunAndAtTheirTime(t *testing.T) {
	after, timed := &steps{}, &steps{}
	timed.do = func(_ context.Context, now time.Time) (time.Time, error) {
		return now.Truncate(time.Minute).Add(7 * time.Minute), nil
	}
	s := newStage(t, worker.Following{What: "one", Follower: after}, worker.Following{What: "two", Follower: timed}).begin()
	s.turn(14 * time.Minute)
	requireCalls(t, after, "11:59:00", "12:00:00")
	requireCalls(t, timed, "11:59:00", "12:00:00", "12:07:00")
}

func TestThatNoSessionIsKnownIsNotThatThereIsNone(t *testing.T) {
	f := &steps{}
	s := newStage(t, worker.Following{What: "one", Follower: f})
	s.onSync(func(context.Context, worker.Order) (*provisioner.Report, error) {
		return nil, errors.New("nobody listens")
	})
	s.begin().turn(10 * time.Minute)
	if len(f.at) == 0 || f.seen != nil {
		t.Errorf("called at %v, and the sessions are %v; want nil", f.at, f.seen)
	}
	s.onSync(nil)
	s.turn(10 * time.Minute)
	if f.seen == nil {
		t.Error("the sessions are nil, want none")
	}
}

func TestTheLastKnownSessionsHoldWhenARunFails(t *testing.T) {
	f := &steps{}
	s := newStage(t, worker.Following{What: "one", Follower: f})
	s.onSync(func(_ context.Context, o worker.Order) (*provisioner.Report, error) {
		if o.Kind == worker.Full {
			return report(session(time.Hour)), nil
		}
		return &provisioner.Report{}, errors.New("nobody listens")
	})
	s.begin().turn(17 * time.Minute)
	if len(f.seen) != 1 || len(f.at) < 3 {
		t.Errorf("in %d calls it saw %v, want one session in the last of them", len(f.at), f.seen)
	}
	if s.State().Meeting != "IETF 126" {
		t.Error("the meeting is no longer on")
	}
}

func TestAFollowerThatFailsIsToldOnceAndStopsNothing(t *testing.T) {
	bad, good := &steps{}, &steps{}
	bad.do = func(_ context.Context, now time.Time) (time.Time, error) {
		return now.Add(time.Minute), errors.New("not connected")
	}
	s := newStage(t, worker.Following{What: "subjects", Follower: bad}, worker.Following{What: "two", Follower: good}).begin()
	s.turn(5 * time.Minute)
	s.requireLog(1, "warning", "subjects: not connected")
	if len(bad.at) < 5 || len(good.at) != 2 {
		t.Errorf("called %d and %d times", len(bad.at), len(good.at))
	}
	bad.do = nil
	s.turn(2 * time.Minute)
	s.requireLog(1, "info", "subjects works again, after it went wrong")
}

func TestAFollowerThatIsNeverSatisfiedIsCalledOnceASecond(t *testing.T) {
	f := &steps{do: func(_ context.Context, now time.Time) (time.Time, error) { return now.Add(-time.Hour), nil }}
	newStage(t, worker.Following{What: "one", Follower: f}).begin().turn(30 * time.Second)
	if len(f.at) != 31 {
		t.Errorf("called %d times in 30 seconds, want 31 times", len(f.at))
	}
}

func TestFollowersAreCalledWhenSomethingChangedForThem(t *testing.T) {
	called := make(chan bool, 3)
	f := &steps{do: func(context.Context, time.Time) (time.Time, error) {
		called <- true
		return time.Time{}, nil
	}}
	s := newStage(t, worker.Following{What: "one", Follower: f}).begin()
	s.turn(5 * time.Minute)
	<-called
	<-called
	s.Call()
	<-called
	s.stop()
	requireCalls(t, f, "11:59:00", "12:00:00", "12:04:00")
}

// A chat server that comes up after roomctl, in the middle of a meeting, is not
// made to wait for the schedule.
func TestARunIsDueWhenSomethingChangedAndNoSessionIsKnown(t *testing.T) {
	called := make(chan []provisioner.Slot)
	s := newStage(t, worker.Following{What: "one", Follower: hearer(called)})
	down := errors.New("nobody listens")
	s.onSync(func(context.Context, worker.Order) (*provisioner.Report, error) { return nil, down })
	s.begin()
	<-called
	s.onSync(nil)
	s.clock.Jump(20 * time.Second)
	s.Call()
	if slots := <-called; slots == nil {
		t.Error("the sessions are still not known")
	}
	s.requireTook("11:59 full, 11:59 full")
	s.Call() // now it is only for the followers
	<-called
	s.requireTook("")
}

// While the chat server was down no run told the sessions, and they may have changed:
// who speaks when it is back knows of that, also when something is due in that moment.
func TestARunComesFirstWhenSomethingChangedAfterOneThatFailed(t *testing.T) {
	for name, since := range map[string]time.Duration{"long ago": 30 * time.Second, "a moment ago": time.Second} {
		t.Run(name, func(t *testing.T) {
			called := make(hearer)
			f := &steps{}
			f.do = func(_ context.Context, now time.Time) (time.Time, error) {
				called <- f.seen
				return now.Add(since), nil
			}
			s := newStage(t, worker.Following{What: "one", Follower: f})
			s.onSync(func(context.Context, worker.Order) (*provisioner.Report, error) {
				return report(session(time.Hour)), nil
			})
			s.begin()
			<-called
			s.onSync(func(context.Context, worker.Order) (*provisioner.Report, error) {
				return nil, errors.New("nobody listens")
			})
			s.Run(worker.Quick)
			if slots := <-called; len(slots) != 1 {
				t.Errorf("after a run that failed: %v", slots)
			}
			moved := session(2 * time.Hour)
			s.onSync(func(context.Context, worker.Order) (*provisioner.Report, error) { return report(moved), nil })
			s.clock.Jump(since)
			s.Call()
			ended := make(chan bool)
			go func() {
				defer close(ended)
				s.turn(10 * time.Second) // a breath
			}()
			if slots := <-called; len(slots) != 1 || !slots[0].Start.Equal(moved.Start) {
				t.Errorf("the sessions are those from before: %v", slots)
			}
			go func() { // whatever is due later
				for range called {
				}
			}()
			<-ended
			s.requireTook("11:59 full, 11:59 quick, 11:59 full")
			s.stop()
			close(called)
		})
	}
}

// A server that lets roomctl in and throws it out, again and again, is not asked
// each time, and a run that opens the connection itself is not the reason for one.
func TestRunsThatFailDoNotChaseEachOther(t *testing.T) {
	s := newStage(t)
	s.onSync(func(context.Context, worker.Order) (*provisioner.Report, error) {
		s.Call() // it has opened the connection
		return nil, errors.New("thrown out")
	})
	s.begin().turn(30 * time.Second)
	s.requireTook("11:59 full")
	for range 20 { // the connection comes and goes every second
		s.Call()
		s.turn(time.Second)
	}
	if n := len(strings.Split(s.took(), ", ")); n > 3 {
		t.Errorf("%d runs in 20 seconds", n)
	}
}

// hearer passes on with which sessions it was called.
type hearer chan []provisioner.Slot

func (h hearer) Step(_ context.Context, _ time.Time, slots []provisioner.Slot) (time.Time, error) {
	h <- slots
	return time.Time{}, nil
}

// A run takes its time; then what was due meanwhile is done first, and with the
// sessions as they are now.
func TestFollowersAreNeverCalledDuringARun(t *testing.T) {
	f := &steps{do: func(_ context.Context, now time.Time) (time.Time, error) { return now.Add(time.Minute), nil }}
	s := newStage(t, worker.Following{What: "one", Follower: f})
	s.onSync(func(_ context.Context, o worker.Order) (*provisioner.Report, error) {
		before := len(f.at)
		s.clock.Jump(5*time.Minute + 30*time.Second)
		if len(f.at) != before {
			t.Error("it was called in the middle")
		}
		return report(session(time.Hour)), nil
	})
	if err := s.begin().clock.TurnTo(t.Context(), epoch.Add(time.Minute)); err != nil { // the run sets it past that
		t.Fatal(err)
	}
	requireCalls(t, f, "12:04:30")
}

// A jump of the clock may have made anything due.
func TestFollowersAreCalledWhenTheClockWasSetBack(t *testing.T) {
	f := &steps{do: func(_ context.Context, now time.Time) (time.Time, error) { return now.Add(time.Hour), nil }}
	s := newStage(t, worker.Following{What: "one", Follower: f}).begin()
	s.turn(5 * time.Minute)
	s.clock.Jump(-day)
	s.turn(2 * time.Minute)
	requireCalls(t, f, "11:59:00", "12:00:00", "12:05:00")
}

func TestFollowersAreCalledAtTheBeginningOfAPause(t *testing.T) {
	f := &steps{}
	s := newStage(t, worker.Following{What: "one", Follower: f})
	s.paused = true
	s.begin().turn(10 * time.Minute)
	s.requireTook("")
	requireCalls(t, f, "11:59:00")
}

// What is cut off by the end is no trouble, and nothing follows it.
func TestTheEndInTheMiddleOfAStep(t *testing.T) {
	in := make(chan bool)
	first, second := &steps{}, &steps{}
	first.do = func(ctx context.Context, _ time.Time) (time.Time, error) {
		close(in)
		<-ctx.Done()
		return time.Time{}, context.Cause(ctx)
	}
	s := newStage(t, worker.Following{What: "one", Follower: first}, worker.Following{What: "two", Follower: second}).begin()
	<-in
	s.stop()
	requireCalls(t, second)
	s.requireLog(0, "warning", "")
}
