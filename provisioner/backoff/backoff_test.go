package backoff_test

import (
	"testing"
	"time"

	"roomctl/provisioner/backoff"
)

func TestWaitingGrowsToItsLongest(t *testing.T) {
	ten := time.Date(2026, 7, 20, 10, 0, 0, 0, time.UTC)
	var b backoff.Backoff
	if b.Waits(ten) {
		t.Error("nothing failed, and it waits")
	}
	for _, want := range []time.Duration{5, 10, 20, 40, 60, 60} {
		b = b.Failed(ten, time.Minute)
		if got := b.Until.Sub(ten); got != want*time.Second {
			t.Errorf("waits %v, want %v", got, want*time.Second)
		}
	}
	for at, want := range map[time.Duration]bool{0: true, time.Minute - 1: true, time.Minute: false, -1: false, -time.Hour: false} {
		if got := b.Waits(ten.Add(at)); got != want {
			t.Errorf("%v later it waits: %t, want %t", at, got, want)
		}
	}
}
