package main

import (
	"slices"
	"testing"
	"time"

	"roomctl/provisioner/worker"
	"roomctl/provisioner/worker/clocktest"
)

// The services of many places do not ask the Datatracker all in the same second.
func TestRunsAreLaterByAPartOfTheJitter(t *testing.T) {
	h := newWard(t).house
	drawn := func(jitter time.Duration) time.Duration {
		t.Helper()
		h.config.Schedule.Jitter = jitter
		schedule, err := h.schedule()
		if err != nil {
			t.Fatal(err)
		}
		w := worker.New(worker.Duty{Schedule: schedule}, worker.Options{Clock: clocktest.New(epoch)})
		return w.State().Next.Sub(epoch) % (15 * time.Minute) // the usual schedule
	}
	const jitter = 30 * time.Second
	var all []time.Duration
	for range 100 {
		all = append(all, drawn(jitter))
	}
	if least, most := slices.Min(all), slices.Max(all); least < 0 || most >= jitter || least == most {
		t.Errorf("a hundred draws are from %s to %s, want different ones in [0s, %s)", least, most, jitter)
	}
	if got := drawn(0); got != 0 {
		t.Errorf("without jitter runs are later by %s", got)
	}
}
