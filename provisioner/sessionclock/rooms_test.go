package sessionclock

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

// TestOnlyRoomsThatMayBeWrittenTo: the registry decides, whatever is linked.
func TestOnlyRoomsThatMayBeWrittenTo(t *testing.T) {
	tests := []struct {
		name   string
		change func(ctx context.Context, w *world) error
		want   string   // in the error
		during []string // what is done when that happens in the middle of the session
	}{
		{"a room that is not ours", func(_ context.Context, w *world) error {
			w.slots[0].Room = "dnsop"
			return nil
		}, "not known to be there and ours", []string{"quic: " + ownOf("quic"), "quic: leaves"}},
		{"a room that lost us as its owner", func(ctx context.Context, w *world) error {
			return w.reg.SetVerified(ctx, "quic", registry.Verified{At: at(0), Exists: true, Public: true})
		}, "not known to be there and ours", []string{"quic: leaves"}},
		{"a room that is gone", func(ctx context.Context, w *world) error {
			return w.reg.SetVerified(ctx, "quic", registry.Verified{At: at(0)})
		}, "not known to be there and ours", []string{"quic: leaves"}},
		{"a room that a person destroyed", func(ctx context.Context, w *world) error {
			return w.reg.SetState(ctx, "quic", registry.Destroyed)
		}, "not known to be there and ours", []string{"quic: leaves"}},
		{"a room that a person closed", func(ctx context.Context, w *world) error {
			return w.reg.SetState(ctx, "quic", registry.Closed)
		}, "roomctl rooms restore quic", []string{"quic: " + ownOf("quic"), "quic: leaves"}},
		{"a room that a person holds", func(ctx context.Context, w *world) error {
			return w.reg.SetHold(ctx, "quic", registry.Hold{Since: at(0), Why: "a vote"})
		}, "hold --release quic", []string{"quic: leaves"}},
	}
	for _, test := range tests {
		for _, before := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, before the session: %t", test.name, before), func(t *testing.T) {
				w := newWorld(t, "quic")
				w.slots = []provisioner.Slot{slot(1, "quic", 0, 60)}
				if !before {
					w.quietly(0)
					w.slots[0].End = at(90) // there is something to set
				}
				w.did()
				if err := test.change(t.Context(), w); err != nil {
					t.Fatal(err)
				}
				if _, err := w.step(10); err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("error %v, want one with %q", err, test.want)
				}
				if before {
					w.expect()
				} else {
					w.expect(test.during...)
				}
				if told := w.stepping(11, 89); told != 1 {
					t.Errorf("the trouble changes %d times", told)
				}
				w.expect()
			})
		}
	}
}

// TestARoomThatIsLetGo has its subject back, although the session is over.
func TestARoomThatIsLetGo(t *testing.T) {
	w := newWorld(t, "quic")
	w.slots = []provisioner.Slot{slot(1, "quic", 0, 60)}
	w.quietly(0)
	if err := w.reg.SetHold(t.Context(), "quic", registry.Hold{Since: at(1)}); err != nil {
		t.Fatal(err)
	}
	w.did()
	if _, err := w.step(60); err == nil || !strings.Contains(err.Error(), "is over: a person holds it") {
		t.Errorf("error %v", err)
	}
	w.expect("quic: leaves")
	if err := w.reg.SetHold(t.Context(), "quic", registry.Hold{}); err != nil {
		t.Fatal(err)
	}
	w.quietly(70)
	w.expect("quic: enters", "quic: "+ownOf("quic"), "quic: leaves")
}

// TestARunThatSetsTheRoomsOwnSubject does not fight with the clock: the session's
// is set once more, and at the end the new one is there. So it is when the clock
// that set the session's was another one.
func TestARunThatSetsTheRoomsOwnSubject(t *testing.T) {
	for name, restarted := range map[string]bool{"while the clock works": false, "after a restart": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "quic")
			w.slots = []provisioner.Slot{slot(1, "quic", 0, 60)}
			w.quietly(0)
			if restarted {
				w.restart()
				w.quietly(5)
			}
			w.did()
			w.say("quic", "QUIC again")
			if err := w.reg.SetSubject(t.Context(), "quic", "QUIC again"); err != nil {
				t.Fatal(err)
			}
			w.quietly(10)
			w.expect("quic: " + tells("quic", 60))
			w.quietly(20)
			w.expect()
			w.quietly(60)
			w.expect("quic: QUIC again", "quic: leaves")
		})
	}
}

// TestARoomThatIsRetiredWhileASessionIsOn says where to go, and nothing else.
func TestARoomThatIsRetiredWhileASessionIsOn(t *testing.T) {
	w := newWorld(t, "quic")
	w.slots = []provisioner.Slot{slot(1, "quic", 0, 60)}
	w.quietly(0)
	w.did()
	w.say("quic", "please go to tls")
	err := errors.Join(w.reg.SetSubject(t.Context(), "quic", "please go to tls"), w.reg.SetState(t.Context(), "quic", registry.Retired))
	if err != nil {
		t.Fatal(err)
	}
	w.quietly(10)
	w.expect()
	w.quietly(60)
	w.expect("quic: leaves")
	w.shows()
}

// TestNoMoreStaysThanTheLimit: the rooms that it is in already are kept.
func TestNoMoreStaysThanTheLimit(t *testing.T) {
	var names []string
	for i := range maxStays + 10 {
		names = append(names, fmt.Sprintf("room%03d", i))
	}
	w := newWorld(t, names...)
	for i, name := range names[10:] {
		w.slots = append(w.slots, slot(i, name, 0, 60))
	}
	w.quietly(0)
	was := w.inside()
	if len(was) != maxStays {
		t.Fatalf("the clock is in %d rooms", len(was))
	}
	for i, name := range names[:10] {
		w.slots = append(w.slots, slot(1000+i, name, 10, 60))
	}
	if _, err := w.step(10); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%d rooms at once", maxStays+10)) {
		t.Errorf("error %v", err)
	}
	if got := w.inside(); !slices.Equal(got, was) {
		t.Errorf("the clock is in %d other rooms now", len(got))
	}
}

// TestRoomsAreEnteredTogether, a few at a time.
func TestRoomsAreEnteredTogether(t *testing.T) {
	var names []string
	for i := range 2 * inFlight {
		names = append(names, fmt.Sprintf("room%02d", i))
	}
	w := newWorld(t, names...)
	for i, name := range names {
		w.slots = append(w.slots, slot(i, name, 0, 60))
	}
	var mu sync.Mutex
	waiting, most := 0, 0
	full := make(chan struct{})
	w.restart(func(o *Options) {
		o.Enter = func(ctx context.Context, name string) (Occupant, error) {
			mu.Lock()
			waiting++
			most = max(most, waiting)
			if waiting == inFlight {
				select {
				case <-full:
				default:
					close(full)
				}
			}
			mu.Unlock()
			<-full // nobody comes in before so many are at the doors
			mu.Lock()
			waiting--
			mu.Unlock()
			return w.enter(ctx, name)
		}
	})
	w.quietly(0)
	if most != inFlight || len(w.inside()) != len(names) {
		t.Errorf("%d rooms at a time, in %d", most, len(w.inside()))
	}
}
