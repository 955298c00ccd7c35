package sessionclock

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// The longest waits before what failed is tried again.
const (
	shortWait   = time.Minute
	longestWait = 10 * time.Minute // when a person has thrown us out
)

// maxTroubles bounds what one error tells.
const maxTroubles = 3

// failed notes that something was tried in a room in vain, and when it is tried
// again.
func (v *visit) failed(now time.Time) {
	v.backoff = v.backoff.Failed(now, shortWait)
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
