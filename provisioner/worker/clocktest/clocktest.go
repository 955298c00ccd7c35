// Package clocktest has a clock that tests turn by hand: a week takes
// milliseconds.
package clocktest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"roomctl/provisioner/worker"
)

// Clock stands still until it is turned. It is safe for concurrent use.
type Clock struct {
	mu     sync.Mutex
	now    time.Time
	timers []*timer      // that have not gone off
	set    chan struct{} // closed, and made anew, with every new timer
}

// New is a clock that stands at a time.
func New(now time.Time) *Clock { return &Clock{now: now, set: make(chan struct{})} }

// Now is where the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// NewTimer sets an alarm; one of no time goes off at once.
func (c *Clock) NewTimer(d time.Duration) worker.Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &timer{clock: c, at: c.now.Add(d), c: make(chan time.Time, 1)}
	if d <= 0 {
		t.c <- c.now
		return t
	}
	c.timers = append(c.timers, t)
	close(c.set)
	c.set = make(chan struct{})
	return t
}

// Turn waits until somebody sleeps, turns the clock to the next alarm, but not
// past until, and lets it go off. It says whether one did. The error is that of
// ctx, which ended while everybody was awake.
func (c *Clock) Turn(ctx context.Context, until time.Time) (bool, error) {
	for {
		c.mu.Lock()
		if len(c.timers) > 0 {
			defer c.mu.Unlock()
			return c.turn(until), nil
		}
		set := c.set
		c.mu.Unlock()
		select {
		case <-set:
		case <-ctx.Done():
			return false, fmt.Errorf("waiting for somebody to sleep: %w", context.Cause(ctx))
		}
	}
}

// turn is Turn while c.mu is held and there are timers.
func (c *Clock) turn(until time.Time) bool {
	next := slices.MinFunc(c.timers, func(a, b *timer) int { return a.at.Compare(b.at) })
	if next.at.After(until) {
		if until.After(c.now) { // else it jumped past it
			c.now = until
		}
		return false
	}
	c.now = next.at
	c.drop(next)
	next.c <- c.now
	return true
}

// TurnTo turns the clock to a time, alarm by alarm: each time it waits until
// those that were woken sleep again. Then nobody is awake.
func (c *Clock) TurnTo(ctx context.Context, until time.Time) error {
	for {
		if rang, err := c.Turn(ctx, until); err != nil || !rang {
			return err
		}
	}
}

// Jump sets the clock forward or back, as a person does: sleepers go on sleeping
// for as long as they meant to.
func (c *Clock) Jump(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	for _, t := range c.timers {
		t.at = t.at.Add(d)
	}
}

func (c *Clock) drop(t *timer) bool {
	i := slices.Index(c.timers, t)
	if i >= 0 {
		c.timers = slices.Delete(c.timers, i, i+1)
	}
	return i >= 0
}

// timer is one alarm.
type timer struct {
	clock *Clock
	at    time.Time
	c     chan time.Time // takes one
}

func (t *timer) C() <-chan time.Time { return t.c }

func (t *timer) Stop() bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	return t.clock.drop(t)
}
