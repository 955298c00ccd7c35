package worker

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/provisioner"
)

// noon is a Wednesday.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// usual is the schedule of a configuration without one, but for the jitter.
func usual(t *testing.T) Schedule {
	t.Helper()
	return parse(t, "*/15 * * * *", "*/5 * * * *", "@hourly", "UTC", 0)
}

func parse(t *testing.T, sync, meeting, full, zone string, offset time.Duration) Schedule {
	t.Helper()
	s, err := ParseSchedule(sync, meeting, full, zone, offset)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shown are ticks as a reader sees them: "12:15 quick".
func shown(ticks []tick) string {
	var list []string
	for _, t := range ticks {
		list = append(list, fmt.Sprintf("%s %s", t.at.UTC().Format("15:04:05"), t.kind))
	}
	return strings.Join(list, ", ")
}

func TestTicksOfASchedule(t *testing.T) {
	all := windows{{begin: noon.Add(-time.Hour), end: noon.Add(48 * time.Hour), title: "IETF 126"}}
	for _, tt := range []struct {
		name     string
		schedule Schedule
		on       windows
		from, to time.Duration
		want     string
	}{
		{"full beats quick, which a meeting's beats when one is on", usual(t), all, -time.Minute, 16 * time.Minute,
			"12:00:00 full, 12:05:00 meeting, 12:10:00 meeting, 12:15:00 meeting"},
		{"a meeting's do not count when none is on", usual(t), nil, -time.Minute, 31 * time.Minute,
			"12:00:00 full, 12:15:00 quick, 12:30:00 quick"},
		{"a moment at which one begins counts, and none after its end", usual(t),
			windows{{begin: noon.Add(5 * time.Minute), end: noon.Add(10 * time.Minute), title: "x"}}, 0, 14 * time.Minute,
			"12:05:00 meeting, 12:10:00 meeting"},
		{"each comes later by the offset", parse(t, "*/15 * * * *", "*/5 * * * *", "@hourly", "UTC", 17*time.Second), nil, 0, 16 * time.Minute,
			"12:00:17 full, 12:15:17 quick"},
		{"a moment that has just been is over", usual(t), nil, 0, 15 * time.Minute, "12:15:00 quick"},
		{"intervals count from the beginning", parse(t, "@every 7s", "@every 1h", "@every 14s", "UTC", 0), nil, 0, 29 * time.Second,
			"12:00:07 quick, 12:00:14 full, 12:00:21 quick, 12:00:28 full"},
		{"expressions are meant in their zone", parse(t, "30 21 * * *", "0 0 1 1 *", "0 0 1 1 *", "Asia/Tokyo", 0), nil, 0, 24 * time.Hour,
			"12:30:00 quick"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			from := tt.schedule.from(noon.Add(tt.from))
			passed, rest := tt.schedule.pass(from, noon.Add(tt.to), tt.on)
			if got := shown(passed); got != tt.want {
				t.Errorf("passed\n%s, want\n%s", got, tt.want)
			}
			if again, _ := tt.schedule.pass(rest, noon.Add(tt.to), tt.on); len(again) > 0 {
				t.Errorf("they pass again: %s", shown(again))
			}
		})
	}
}

// In Vienna the night of 29 March 2026 has no half past two, and that of 25
// October has two of them.
func TestAScheduleInANightThatIsAnHourShorterOrLonger(t *testing.T) {
	s := parse(t, "*/15 * * * *", "0 0 1 1 *", "@hourly", "Europe/Vienna", 0)
	for name, day := range map[string]time.Time{
		"shorter": time.Date(2026, 3, 28, 23, 59, 0, 0, time.UTC),
		"longer":  time.Date(2026, 10, 24, 21, 59, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			passed, _ := s.pass(s.from(day), day.Add(4*time.Hour), nil)
			if len(passed) != 16 {
				t.Fatalf("%d ticks in four hours, want 16: %s", len(passed), shown(passed))
			}
			for i, one := range passed {
				if want := day.Add(time.Minute + time.Duration(i)*15*time.Minute); !one.at.Equal(want) {
					t.Errorf("tick %d is at %s, want %s", i, one.at, want)
				}
			}
		})
	}
}

func TestAClockThatIsSetForwardByYearsIsNoEndlessList(t *testing.T) {
	s := usual(t)
	later := noon.AddDate(10, 0, 0)
	passed, rest := s.pass(s.from(noon), later, nil)
	if len(passed) > maxPassed {
		t.Errorf("%d ticks", len(passed))
	}
	if next := earliest(rest); !next.After(later) {
		t.Errorf("the next tick is %s, want one after %s", next, later)
	}
}

func TestTheNextTick(t *testing.T) {
	tomorrow := windows{{begin: noon.Add(24*time.Hour + time.Minute), end: noon.Add(30 * time.Hour), title: "IETF 126"}}
	for _, tt := range []struct {
		name     string
		schedule Schedule
		on       windows
		want     tick
	}{
		{"is the earliest", usual(t), nil, tick{noon.Add(15 * time.Minute), Quick}},
		{"is one of a meeting's while one is on", usual(t), windows{{begin: noon, end: noon.Add(time.Hour)}}, tick{noon.Add(5 * time.Minute), Meeting}},
		{"may be the first of a meeting to come", parse(t, "0 0 1 1 *", "*/5 * * * *", "0 0 1 1 *", "UTC", 0), tomorrow, tick{noon.Add(24*time.Hour + 5*time.Minute), Meeting}},
		{"is none of a meeting that is too short for one", parse(t, "0 0 1 1 *", "0 0 * * *", "0 0 1 1 *", "UTC", 0), tomorrow, tick{time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Full}},
		{"is none when nothing is ever due", parse(t, "0 0 30 2 *", "0 0 30 2 *", "0 0 30 2 *", "UTC", 0), tomorrow, tick{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.schedule.next(tt.schedule.from(noon), tt.on)
			if !got.at.Equal(tt.want.at) || got.kind != tt.want.kind {
				t.Errorf("next is %s, want %s", shown([]tick{got}), shown([]tick{tt.want}))
			}
		})
	}
}

func TestAScheduleThatCannotBeReadIsRefusedByItsKey(t *testing.T) {
	for want, s := range map[string][4]string{
		"schedule.sync":     {"61 * * * *", "@hourly", "@hourly", "UTC"},
		"schedule.meeting":  {"@hourly", "soon", "@hourly", "UTC"},
		"schedule.full":     {"@hourly", "@hourly", "* * * * * *", "UTC"},
		"schedule.timezone": {"@hourly", "@hourly", "@hourly", "Mars/Olympus"},
	} {
		if _, err := ParseSchedule(s[0], s[1], s[2], s[3], 0); err == nil || !strings.HasPrefix(err.Error(), want+":") {
			t.Errorf("%v: got %v, want an error that begins with %s", s, err, want)
		}
	}
}

func TestWhenMeetingsAreOn(t *testing.T) {
	slot := func(meeting string, ietf bool, start time.Duration, off bool) provisioner.Slot {
		return provisioner.Slot{Meeting: meeting, Title: "title of " + meeting, IETF: ietf, Off: off,
			Start: noon.Add(start), End: noon.Add(start + time.Hour)}
	}
	const day = 24 * time.Hour
	slots := []provisioner.Slot{
		slot("126", true, 0, false), slot("126", true, 4*day, false),
		slot("126", true, -3*day, true), slot("126", true, 7*day, true), // cancelled
		slot("interim-2026-quic-01", false, 10*day, false), slot("interim-2026-quic-01", false, 10*day+3*time.Hour, false),
		slot("interim-2026-quic-01", false, 12*day, false),
		slot("interim-2026-tls-01", false, day, false), // during the other one
	}
	slices.Reverse(slots)
	on := meetings(slots)
	for _, tt := range []struct {
		name string
		at   time.Duration
		want string
	}{
		{"not more than an hour before its first session", -time.Hour - time.Second, ""},
		{"an hour before its first session", -time.Hour, "title of 126"},
		{"at night", 2*day + 14*time.Hour, "title of 126"},
		{"the IETF meeting rather than an interim", day, "title of 126"},
		{"an hour after its last session", 4*day + 2*time.Hour, "title of 126"},
		{"not longer", 4*day + 2*time.Hour + time.Second, ""},
		{"not for a session that was cancelled", 7 * day, ""},
		{"an interim, between its sessions of a day", 10*day + 2*time.Hour, "title of interim-2026-quic-01"},
		{"an interim not on a day between", 11 * day, ""},
		{"an interim on its second day", 12 * day, "title of interim-2026-quic-01"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := on.at(noon.Add(tt.at)); got != tt.want {
				t.Errorf("on is %q, want %q", got, tt.want)
			}
		})
	}
	if len(meetings(nil)) > 0 {
		t.Error("a meeting is on without any session")
	}
}

func TestSinceWhenMeetingsHaveBeenOn(t *testing.T) {
	slot := func(meeting string, start, length time.Duration) provisioner.Slot {
		return provisioner.Slot{Meeting: meeting, Title: meeting, Start: noon.Add(start), End: noon.Add(start + length)}
	}
	on := meetings([]provisioner.Slot{
		slot("long", 0, 6*time.Hour), slot("within", time.Hour, time.Hour), slot("next", 7*time.Hour+30*time.Minute, time.Hour),
		slot("after a break", 11*time.Hour, 30*time.Minute),
	})
	for at, want := range map[time.Duration]time.Duration{
		-time.Hour:                    -time.Hour,
		90 * time.Minute:              -time.Hour,
		7*time.Hour + 10*time.Minute:  -time.Hour, // the next one has begun an hour before its session
		9*time.Hour + 30*time.Minute:  -time.Hour,
		10 * time.Hour:                10 * time.Hour,
		11*time.Hour + 15*time.Minute: 10 * time.Hour,
	} {
		if got := on.since(noon.Add(at)); !got.Equal(noon.Add(want)) {
			t.Errorf("%s after noon: since %s, want %s", at, got, noon.Add(want))
		}
	}
	for _, at := range []time.Duration{-61 * time.Minute, 9*time.Hour + 45*time.Minute, 13 * time.Hour} {
		if got := on.since(noon.Add(at)); !got.IsZero() {
			t.Errorf("%s after noon, when none is on: since %s", at, got)
		}
	}
}
