package announce

import "time"

// What failed is tried again after firstWait, then after twice as long each time,
// up to a longest wait: a long one for what the server refuses, as each attempt may
// show in the room's log, and else one that leaves time to be punctual.
const (
	firstWait   = 5 * time.Second
	refusedWait = 15 * time.Minute
	brokenWait  = 30 * time.Second
)

// backoff says when something that failed is tried again. The zero backoff: now.
type backoff struct {
	until time.Time
	wait  time.Duration
}

// failed is the backoff after one more failure.
func (b backoff) failed(now time.Time, longest time.Duration) backoff {
	wait := min(max(2*b.wait, firstWait), longest)
	return backoff{until: now.Add(wait), wait: wait}
}

// waits says whether it is too early to try again. A wait that seems longer than
// it was to be began before the clock was set back, and is over.
func (b backoff) waits(now time.Time) bool {
	return now.Before(b.until) && b.until.Sub(now) <= b.wait
}
