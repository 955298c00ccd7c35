package worker_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"roomctl/provisioner"
	"roomctl/provisioner/worker"
)

func TestARunThatSomebodyAsksForBeginsAtOnce(t *testing.T) {
	s := newStage(t).begin()
	s.turn(2 * time.Minute)
	s.took()
	began := make(chan worker.Order)
	s.onSync(func(_ context.Context, o worker.Order) (*provisioner.Report, error) {
		began <- o
		return report(), nil
	})
	if s.Run(worker.Full) {
		t.Error("it waits, and no run is under way")
	}
	if o := <-began; o.Scheduled || o.Kind != worker.Full {
		t.Errorf("it is %+v", o)
	}
	s.requireTook("12:01 full")
}

func TestARunThatSomebodyAsksForDuringARunFollowsIt(t *testing.T) {
	s := newStage(t)
	follows := make(chan bool)
	s.onSync(func(context.Context, worker.Order) (*provisioner.Report, error) {
		s.onSync(func(context.Context, worker.Order) (*provisioner.Report, error) {
			follows <- true
			return report(), nil
		})
		for range 3 {
			if !s.Run(worker.Quick) {
				t.Error("it does not wait, and a run is under way")
			}
		}
		return report(), nil
	})
	s.begin()
	<-follows
	s.turn(30 * time.Second)
	s.requireTook("11:59 full, 11:59 quick") // one, however often it was asked for
}

func TestARunHasALimit(t *testing.T) {
	s := newStage(t)
	s.Worker = worker.New(s.duty(), worker.Options{Clock: s.clock, Log: discard(), Limit: time.Millisecond})
	var cause error
	s.onSync(func(ctx context.Context, _ worker.Order) (*provisioner.Report, error) {
		<-ctx.Done()
		cause = context.Cause(ctx)
		return nil, cause
	})
	s.begin().turn(time.Second)
	if cause == nil || !strings.Contains(cause.Error(), "longer than its limit of 1ms") {
		t.Errorf("the run ended for %v", cause)
	}
	if last := s.State().Last; last.Outcome != "failed" || !strings.Contains(last.Failure, "its limit of 1ms") {
		t.Errorf("the state tells %+v", last)
	}
}

func TestAWorkerThatDoesNotGetOnIsStuck(t *testing.T) {
	s := newStage(t)
	in, out := make(chan bool), make(chan bool)
	s.onSync(func(context.Context, worker.Order) (*provisioner.Report, error) {
		in <- true
		<-out // whatever becomes of the context
		return report(), nil
	})
	s.begin()
	<-in
	s.clock.Jump(20*time.Minute + time.Second)
	if s.Stuck() {
		t.Error("stuck, and the run may still be about to end for its limit")
	}
	s.clock.Jump(time.Minute)
	if !s.Stuck() {
		t.Error("not stuck, and the run did not end for its limit")
	}
	s.onSync(nil)
	close(out)
	s.turn(3 * time.Hour)
	if s.Stuck() {
		t.Error("stuck, and it goes on")
	}
}

// Followers have less time than runs, and sleeping is no standstill.
func TestAFollowerThatDoesNotEndIsStuck(t *testing.T) {
	in, out := make(chan bool), make(chan bool)
	f := &steps{do: func(context.Context, time.Time) (time.Time, error) {
		in <- true
		<-out
		return time.Time{}, nil
	}}
	s := newStage(t)
	duty := s.duty(worker.Following{What: "one", Follower: f})
	var err error
	if duty.Schedule, err = worker.ParseSchedule("0 0 * * *", "0 0 * * *", "0 0 * * *", "UTC", 0); err != nil {
		t.Fatal(err)
	}
	s.Worker = worker.New(duty, worker.Options{Clock: s.clock, Log: discard()})
	s.begin()
	<-in
	s.clock.Jump(6 * time.Minute)
	if s.Stuck() {
		t.Error("stuck, and the step may still be about to end for its limit")
	}
	s.clock.Jump(time.Second)
	if !s.Stuck() {
		t.Error("not stuck, and the step did not end for its limit")
	}
	close(out)
	s.turn(3 * time.Hour)
	if s.Stuck() {
		t.Error("stuck, and it only sleeps")
	}
}

func TestAnotherDutyTakesOverBetweenRuns(t *testing.T) {
	s := newStage(t)
	in, out := make(chan bool), make(chan bool)
	s.onSync(func(context.Context, worker.Order) (*provisioner.Report, error) {
		s.onSync(nil)
		in <- true
		<-out
		return report(), nil
	})
	s.begin()
	<-in
	taken := make(chan error, 1)
	other := s.duty()
	other.Schedule, _ = worker.ParseSchedule("*/20 * * * *", "@hourly", "0 0 1 1 *", "UTC", 0)
	go func() { taken <- s.Take(t.Context(), other) }()
	select {
	case err := <-taken:
		t.Errorf("it took over (%v) in the middle of a run", err)
	default:
	}
	close(out)
	if err := <-taken; err != nil {
		t.Fatal(err)
	}
	if s.closed != 1 {
		t.Errorf("the first duty was closed %d times, want once", s.closed)
	}
	s.turn(50 * time.Minute)
	s.requireTook("11:59 full, 11:59 full, 12:00 quick, 12:20 quick, 12:40 quick")
	s.stop()
	if s.closed != 2 {
		t.Errorf("duties were closed %d times, want each once", s.closed)
	}
	if err := s.Take(t.Context(), s.duty()); err == nil {
		t.Error("a worker that has ended took a duty")
	}
}

func TestADutyIsNotTakenWhenItsContextEnds(t *testing.T) {
	s := newStage(t)
	in, out := make(chan bool), make(chan bool)
	s.onSync(func(context.Context, worker.Order) (*provisioner.Report, error) {
		in <- true
		<-out
		return report(), nil
	})
	s.begin()
	<-in
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("nobody wants it any more")
	cancel(gone)
	if err := s.Take(ctx, s.duty()); !errors.Is(err, gone) {
		t.Errorf("got %v, want %v", err, gone)
	}
	close(out)
}

// A worker that is to end tells the run to, waits for it, and closes its duty.
func TestTheEndInTheMiddleOfARun(t *testing.T) {
	s := newStage(t)
	in := make(chan bool)
	s.onSync(func(ctx context.Context, _ worker.Order) (*provisioner.Report, error) {
		close(in)
		<-ctx.Done()
		return nil, context.Cause(ctx)
	})
	s.begin()
	<-in
	s.stop()
	s.requireLog(1, "info", "the worker ends in the middle of a run")
	s.requireLog(0, "warning", "")
	if s.closed != 1 {
		t.Errorf("the duty was closed %d times, want once", s.closed)
	}
	if last := s.State().Last; !last.Ended.IsZero() {
		t.Errorf("a run that was cut off counts as %+v", last)
	}
}

// Something may change for the followers, in another goroutine, while the rooms are
// left for the next duty. The race detector sees it.
func TestSomethingChangesWhileADutyIsTakenOver(t *testing.T) {
	s := newStage(t)
	d := s.duty()
	var calling sync.WaitGroup
	d.Close = func(context.Context) {
		calling.Add(1)
		go func() {
			defer calling.Done()
			s.Call()
		}()
		for range 1000 { // lets it, and waits for nothing: the detector would take that for order
			runtime.Gosched()
		}
	}
	s.begin()
	for range 2 {
		if err := s.Take(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	s.stop()
	calling.Wait()
}
