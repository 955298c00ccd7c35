// Package backoff says when something that failed is tried again: after a few
// seconds, then after twice as long each time.
package backoff

import "time"

// First is the first wait.
const First = 5 * time.Second

// Backoff is how far something is that failed. The zero Backoff is for what did
// not, and waits for nothing.
type Backoff struct {
	Until time.Time // when it is tried again
	wait  time.Duration
}

// Failed is the Backoff after one more failure, with a wait of at most longest.
func (b Backoff) Failed(now time.Time, longest time.Duration) Backoff {
	wait := min(max(2*b.wait, First), longest)
	return Backoff{Until: now.Add(wait), wait: wait}
}

// Waits says whether it is too early to try again. A wait that seems longer than
// it was to be began before the clock was set back, and is over.
func (b Backoff) Waits(now time.Time) bool {
	return now.Before(b.Until) && b.Until.Sub(now) <= b.wait
}
