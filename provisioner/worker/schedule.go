package worker

import (
	"fmt"
	"slices"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule says when runs are due. It does not change.
type Schedule struct {
	kinds  []Kind // weakest first
	expect []cron.Schedule
	zone   *time.Location
	offset time.Duration
}

// ParseSchedule reads cron expressions of five fields, or descriptors such as
// @hourly or @every 5m (robfig/cron), and the IANA name of the zone in which they
// are meant. Each run is due by offset later than the expressions say: one figure
// for the life of a worker, so that its runs stay evenly apart, and the max-age of
// a document is over when the run comes that it was meant for.
func ParseSchedule(sync, meeting, full, timezone string, offset time.Duration) (Schedule, error) {
	zone, err := time.LoadLocation(timezone)
	if err != nil {
		return Schedule{}, fmt.Errorf("schedule.timezone: %w", err)
	}
	s := Schedule{zone: zone, offset: offset}
	for _, one := range []struct {
		kind       Kind
		key, value string
	}{
		{Quick, "schedule.sync", sync},
		{Meeting, "schedule.meeting", meeting},
		{Full, "schedule.full", full},
	} {
		expression, err := cron.ParseStandard(one.value)
		if err != nil {
			return Schedule{}, fmt.Errorf("%s: %q: %w", one.key, one.value, err)
		}
		s.kinds = append(s.kinds, one.kind)
		s.expect = append(s.expect, expression)
	}
	return s, nil
}

// ticks are, for each kind of a schedule, when it is next due; zero: never.
type ticks []time.Time

// tick is a moment at which a run is due, and of what kind.
type tick struct {
	at   time.Time
	kind Kind
}

// from are the ticks after a time. Those of @every count from it.
func (s Schedule) from(now time.Time) ticks {
	t := make(ticks, len(s.kinds))
	for i := range s.kinds {
		t[i] = s.after(i, now)
	}
	return t
}

// after is when a kind is next due after a time.
func (s Schedule) after(kind int, t time.Time) time.Time {
	next := s.expect[kind].Next(t.Add(-s.offset).In(s.zone))
	if next.IsZero() { // never: the thirtieth of February
		return next
	}
	return next.Add(s.offset).UTC()
}

// maxPassed is how many ticks are counted. That many pass only when the clock is
// set forward by months.
const maxPassed = 10_000

// pass takes the ticks up to now out. It returns those that count, the strongest
// kind of each moment: ticks of Meeting count only while a meeting is on.
func (s Schedule) pass(t ticks, now time.Time, on windows) (passed []tick, rest ticks) {
	rest = slices.Clone(t)
	for range maxPassed {
		at := earliest(rest)
		if at.IsZero() || at.After(now) {
			return passed, s.near(rest, now)
		}
		due := tick{at: at}
		for i, kind := range s.kinds {
			if !rest[i].Equal(at) {
				continue
			}
			if kind != Meeting || on.at(at) != "" {
				due.kind = kind
			}
			rest[i] = s.after(i, at)
		}
		if due.kind != "" {
			passed = append(passed, due)
		}
	}
	return passed, s.from(now)
}

// near brings ticks that are further off than they can be up to date: they were
// reckoned before the clock was set back, by more than jumped.
func (s Schedule) near(t ticks, now time.Time) ticks {
	for i, at := range t {
		if at.After(s.after(i, now.Add(jumped))) {
			t[i] = s.after(i, now)
		}
	}
	return t
}

// next is the tick that comes next, if nothing changes: the zero tick if none
// does.
func (s Schedule) next(t ticks, on windows) tick {
	var next tick
	for i, kind := range s.kinds {
		at := t[i]
		if kind == Meeting {
			at = s.within(i, at, on)
		}
		if !at.IsZero() && (next.at.IsZero() || !at.After(next.at)) {
			next = tick{at, kind} // at the same time the later kind is the stronger
		}
	}
	return next
}

// within is the first tick of a kind, from at on, that is in a window; zero if
// there is none.
func (s Schedule) within(kind int, at time.Time, on windows) time.Time {
	for _, w := range on { // by their beginning
		if at.IsZero() || at.After(w.end) {
			continue
		}
		if at.Before(w.begin) {
			at = s.after(kind, w.begin.Add(-1))
		}
		if !at.IsZero() && !at.After(w.end) {
			return at
		}
	}
	return time.Time{}
}

// byStrength are the kinds; the first is none.
var byStrength = []Kind{"", Quick, Meeting, Full}

// stronger is the one of two kinds that runs when both are due.
func stronger(a, b Kind) Kind {
	return byStrength[max(0, slices.Index(byStrength, a), slices.Index(byStrength, b))]
}

// earliest is the first of some times; zero ones are none.
func earliest(times []time.Time) time.Time {
	var first time.Time
	for _, t := range times {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}
