package sessionclock

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// What failed is tried again after firstWait, then after twice as long each time,
// up to a longest.
const (
	firstWait   = 5 * time.Second
	shortWait   = time.Minute
	longestWait = 10 * time.Minute // when a person has thrown us out
)

// backoff says when something that failed is tried again. The zero backoff: now.
type backoff struct {
	until time.Time
	wait  time.Duration
}

// failed puts the next attempt off.
func (b *backoff) failed(now time.Time, longest time.Duration) {
	b.wait = min(max(2*b.wait, firstWait), longest)
	b.until = now.Add(b.wait)
}

// waits says whether it is too early to try again. A wait that is longer than it
// was when it began is over: the clock was set back.
func (b backoff) waits(now time.Time) bool {
	return now.Before(b.until) && b.until.Sub(now) <= b.wait
}

// maxTroubles bounds what one error tells.
const maxTroubles = 3

// failed notes that something was tried in a room in vain, and when it is tried
// again.
func (v *visit) failed(now time.Time) {
	v.backoff.failed(now, shortWait)
	v.tells(fmt.Errorf("it is tried again: %w", v.err))
}

// tells notes why the subject is not as it should be.
func (v *visit) tells(why error) {
	what := "still tells of a session that is over"
	if len(v.slots) > 0 {
		what = "does not tell of the session that is on"
	}
	v.trouble = fmt.Errorf("the subject of room %s %s: %w", v.room, what, why)
}

// tell joins what is wrong: that was found in this Step, and what rooms are waiting
// with to be tried again.
func (c *Clock) tell(found ...error) error {
	list := slices.DeleteFunc(append(found, c.found...), func(err error) bool { return err == nil })
	for _, room := range slices.Sorted(maps.Keys(c.stays)) {
		if err := c.stays[room].trouble; err != nil {
			list = append(list, err)
		}
	}
	if more := len(list) - maxTroubles; more > 0 {
		list = append(list[:maxTroubles], fmt.Errorf("and %d more rooms have their troubles", more))
	}
	return errors.Join(list...)
}
