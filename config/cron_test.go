package config

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestWhatIsRightIsNoProblem(t *testing.T) {
	for _, text := range []string{
		"* * * * *", "*/15 * * * *", "0,30 8-18 * * mon-fri", "5 4 29 2 *", "0 0 1 JAN ?", "59 23 31 12 6",
		"@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually", "@every 1s", "@every 1h30m",
	} {
		if _, err := parseCron(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestShortest(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"* * * * *":     time.Minute,
		"*/15 * * * *":  15 * time.Minute,
		"*/7 * * * *":   4 * time.Minute, // from 56 to the full hour
		"0,59 * * * *":  time.Minute,
		"0,59 8 * * *":  59 * time.Minute,
		"@hourly":       time.Hour,
		"30 6,18 * * *": 12 * time.Hour,
		"0 3 * * sun":   24 * time.Hour, // at least
		"0,50 23 * * *": 50 * time.Minute,
		"@every 90s":    90 * time.Second,
	} {
		s, err := parseCron(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := shortest(s); got != want {
			t.Errorf("%s comes every %v, want %v", text, got, want)
		}
	}
}

func TestWithin(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"@hourly", "*/15 * * * *", true},
		{"*/15 * * * *", "@hourly", false},
		{"0-59 * * * *", "* * * * *", true},
		{"* * * * *", "0-59 * * * *", true},
		{"5 * * * *", "*/15 * * * *", false},
		{"0 8 * * *", "0 8-18 * * *", true},
		{"0 7 * * *", "0 8-18 * * *", false},
		{"0 0 * jan *", "@daily", true},
		{"@daily", "0 0 * jan *", false},
		{"0 0 * * mon-fri", "@daily", true},
		{"0 0 * * sat", "0 0 * * mon-fri", false},
		{"0 0 1 * *", "0 0 1 * mon", true},  // the first day of the month, or any Monday
		{"0 0 1 * mon", "0 0 1 * *", false}, // not all Mondays are such a day
		{"0 0 * * mon", "0 0 1 * mon", true},
		{"@every 10m", "@every 5m", true},
		{"@every 5m", "@every 10m", false},
		{"@every 1h", "@hourly", false}, // nobody knows
		{"@hourly", "@every 1h", false},
	} {
		a, errA := parseCron(tt.a)
		b, errB := parseCron(tt.b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if got := within(a, b); got != tt.want {
			t.Errorf("%q within %q: %v", tt.a, tt.b, got)
		}
	}
}

func TestJitterIsAsLongAsItCanBeUnlessItIsSet(t *testing.T) {
	for schedule, want := range map[string]time.Duration{
		"":                                  30 * time.Second,
		`  sync: "@every 5s"`:               2500 * time.Millisecond,
		`  meeting: "@every 50s"`:           25 * time.Second,
		"  jitter: 150s":                    150 * time.Second,
		"  full: \"* * * * *\"":             30 * time.Second,
		"  jitter: 0s\n  sync: '@every 1s'": 0,
	} {
		c, err := Parse([]byte(smallest + "schedule:\n" + schedule + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		if c.Schedule.Jitter != want {
			t.Errorf("with %s the jitter is %v, want %v", schedule, c.Schedule.Jitter, want)
		}
	}
}

func TestWarningsTellOfSchedulesThatCoincideOrComeSeldom(t *testing.T) {
	const (
		noQuick     = "there are no quick runs"
		noFaster    = "a meeting is followed no faster than other days"
		neverIsFull = " never comes without schedule.full, "
		neverIsSync = " never comes without schedule.sync, "
	)
	seldom := func(key, expression, gap, limit string) Problem {
		return Problem{Key: key, Text: fmt.Sprintf("%q leaves %s between two runs: health is red when there was no good one for %s", expression, gap, limit)}
	}
	for name, tt := range map[string]struct {
		sync, meeting, full string
		want                []Problem
	}{
		"once an hour":                   {"30 * * * *", "*/5 * * * *", "30 1 * * *", []Problem{seldom("schedule.sync", "30 * * * *", "1h", "45m")}},
		"never at night":                 {"*/15 6-22 * * *", "*/5 * * * *", "0 6-22 * * *", []Problem{seldom("schedule.sync", "*/15 6-22 * * *", "7h15m", "45m")}},
		"seldom, and the full ones not":  {"30 * * * *", "*/5 * * * *", "@hourly", nil},
		"once a month":                   {"@monthly", "*/5 * * * *", "@yearly", []Problem{seldom("schedule.sync", "@monthly", "168h", "45m")}},
		"every 45 minutes":               {"@every 45m", "*/5 * * * *", "@every 2h", []Problem{seldom("schedule.sync", "@every 45m", "45m", "45m")}},
		"every 44 minutes":               {"@every 44m", "*/5 * * * *", "@every 2h", nil},
		"the defaults":                   {"*/15 * * * *", "*/5 * * * *", "@hourly", nil},
		"a meeting as on other days":     {"*/15 * * * *", "*/15 * * * *", "@hourly", []Problem{{Key: "schedule.meeting", Text: `"*/15 * * * *"` + neverIsSync + `"*/15 * * * *": ` + noFaster}, seldom("schedule.meeting", "*/15 * * * *", "15m", "10m")}},
		"a meeting slower than that":     {"*/5 * * * *", "*/10 * * * *", "@hourly", []Problem{{Key: "schedule.meeting", Text: `"*/10 * * * *"` + neverIsSync + `"*/5 * * * *": ` + noFaster}}},
		"full runs only":                 {"0 * * * *", "*/5 * * * *", "@hourly", []Problem{{Key: "schedule.sync", Text: `"0 * * * *"` + neverIsFull + `"@hourly": ` + noQuick}, seldom("schedule.sync", "0 * * * *", "1h", "45m")}},
		"full runs in meetings, too":     {"*/15 * * * *", "0,30 * * * *", "*/10 * * * *", []Problem{{Key: "schedule.meeting", Text: `"0,30 * * * *"` + neverIsFull + `"*/10 * * * *": ` + noFaster}, seldom("schedule.meeting", "0,30 * * * *", "10m", "10m")}},
		"the same time since the start":  {"@every 5s", "@every 5s", "@every 1m", []Problem{{Key: "schedule.meeting", Text: `"@every 5s"` + neverIsSync + `"@every 5s": ` + noFaster}}},
		"not to be known before serving": {"@every 15m", "*/15 * * * *", "@every 1h", []Problem{seldom("schedule.meeting", "*/15 * * * *", "15m", "10m")}},
	} {
		t.Run(name, func(t *testing.T) {
			c := Default()
			c.Schedule.Sync, c.Schedule.Meeting, c.Schedule.Full = tt.sync, tt.meeting, tt.full
			if got := c.Warnings(); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
