package worker

import "time"

// Kind is a kind of run.
type Kind string

// When several are due at the same time, the last of these is the one that runs.
const (
	Quick   Kind = "quick"   // schedule.sync: reads only the rooms that may have changed
	Meeting Kind = "meeting" // schedule.meeting: the same, while a meeting is on
	Full    Kind = "full"    // schedule.full: reads every room
)

// Run is one run that ended.
type Run struct {
	Kind    Kind
	Began   time.Time
	Ended   time.Time
	Outcome string // as the registry has it: done, withheld, partial, failed
	Failure string // why it failed; "" when it did not
}

// State is what a worker is at.
type State struct {
	Began   time.Time // the worker itself
	Running Kind      // "" between runs
	Since   time.Time // when that run began; zero between runs

	Last Run       // zero before the first has ended
	Good time.Time // when a run last ended that did not fail; zero: none since the worker began

	Next     time.Time // of the schedule
	NextKind Kind
	Missed   int    // runs that were due and were not begun
	Meeting  string // title of the meeting that is on, an hour before and after included; "" when none is

	// MeetingSince is since when one meeting or another has been on without a break;
	// zero when none is.
	MeetingSince time.Time
}
