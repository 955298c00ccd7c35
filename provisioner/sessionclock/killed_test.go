package sessionclock

import (
	"context"
	"fmt"
	"testing"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

// TestKilledAnywhere: a clock is cut off after each of its writes to the registry
// and to rooms, and another goes on. The session is told of once, and at the end
// everything is as it was.
func TestKilledAnywhere(t *testing.T) {
	const persons = "bring your slides"
	for _, before := range []string{ownOf("quic"), persons, ""} {
		for cut := range 9 {
			t.Run(fmt.Sprintf("%q, after %d writes", before, cut), func(t *testing.T) {
				w := newWorld(t, "quic")
				w.slots = []provisioner.Slot{slot(1, "quic", 0, 60), slot(2, "quic", 60, 120)}
				w.say("quic", before)
				w.killedAfter(cut)
				said := map[string]int{}
				for m := 0; m <= 130; m += 10 {
					if _, err := w.step(m); err != nil {
						w.restart()
						w.quietly(m)
					}
					for _, did := range w.did() {
						said[did]++
					}
				}
				for _, text := range []string{tells("quic", 60), tells("quic", 120)} {
					if n := said["quic: "+text]; n != 1 {
						t.Errorf("%q was set %d times", text, n)
					}
				}
				want := before
				if want == "" {
					want = ownOf("quic")
				}
				if got := w.subject("quic"); got != want {
					t.Errorf("at last the subject is %q, want %q", got, want)
				}
				if in := w.inside(); len(in) > 0 {
					t.Errorf("at last the clock is in %v", in)
				}
				w.shows()
			})
		}
	}
}

// TestKilledAndBegunAgainWhenAllIsOver: nobody remembers that the last subject was
// set, and it is known all the same.
func TestKilledAndBegunAgainWhenAllIsOver(t *testing.T) {
	for name, slots := range map[string][]provisioner.Slot{
		"one after the other": {slot(1, "quic", 0, 60), slot(2, "quic", 60, 120)},
		"two at once":         {slot(1, "quic", 0, 60), slot(2, "quic", 0, 120)},
		"one in the other":    {slot(1, "quic", 0, 120), slot(2, "quic", 30, 60)},
		"the first of three":  {slot(1, "quic", 0, 60), slot(2, "quic", 10, 120), slot(3, "quic", 20, 120)},
	} {
		for cut := range 9 {
			t.Run(fmt.Sprintf("%s, after %d writes", name, cut), func(t *testing.T) {
				w := newWorld(t, "quic")
				w.slots = slots
				w.say("quic", "bring your slides")
				w.killedAfter(cut)
				for m := 0; m <= 110; m += 10 {
					if _, err := w.step(m); err != nil {
						break
					}
				}
				w.restart()
				w.quietly(130)
				if got := w.subject("quic"); got != "bring your slides" {
					t.Errorf("at last the subject is %q", got)
				}
				if in := w.inside(); len(in) > 0 {
					t.Errorf("at last the clock is in %v", in)
				}
				w.shows()
			})
		}
	}
}

// TestKilledAndThenTheSessionIsCancelled: what was on tells what may have been set.
func TestKilledAndThenTheSessionIsCancelled(t *testing.T) {
	for cut := range 4 {
		t.Run(fmt.Sprintf("after %d writes", cut), func(t *testing.T) {
			w := newWorld(t, "quic")
			w.slots = []provisioner.Slot{slot(1, "quic", 0, 60)}
			w.killedAfter(cut)
			if _, err := w.step(0); (err == nil) != (cut == 3) {
				t.Errorf("error %v", err)
			}
			w.restart()
			w.slots[0].Off = true
			w.quietly(10)
			if got := w.subject("quic"); got != ownOf("quic") {
				t.Errorf("at last the subject is %q", got)
			}
			w.shows()
		})
	}
}

// TestTheEndInTheMiddleOfAStep: what was set by then is in the registry.
func TestTheEndInTheMiddleOfAStep(t *testing.T) {
	w := newWorld(t, "quic")
	w.slots = []provisioner.Slot{slot(1, "quic", 0, 60)}
	ctx, stop := context.WithCancel(t.Context())
	w.restart(func(o *Options) {
		enter := o.Enter
		o.Enter = func(ctx context.Context, room string) (Occupant, error) {
			defer stop()
			return enter(ctx, room)
		}
	})
	if _, err := w.clock.Step(ctx, at(0), w.slots); err != nil {
		t.Error(err)
	}
	w.expect("quic: enters", "quic: "+tells("quic", 60))
	w.shows(registry.Showing{Room: "quic", Session: 1, Subject: tells("quic", 60), Since: at(0)})
}
