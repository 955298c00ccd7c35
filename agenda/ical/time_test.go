package ical

import (
	"testing"
	"time"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := Zone(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestAddTime(t *testing.T) {
	for name, tt := range map[string]struct{ zone, at, want string }{
		"winter":                                  {"America/New_York", "2026-03-08T06:59:59Z", "DTSTART;TZID=America/New_York:20260308T015959\r\n"},
		"summer, a second later":                  {"America/New_York", "2026-03-08T07:00:00Z", "DTSTART;TZID=America/New_York:20260308T030000\r\n"},
		"the first of two times half past one":    {"America/New_York", "2026-11-01T05:30:00Z", "DTSTART;TZID=America/New_York:20261101T013000\r\n"},
		"the second of the two is in UTC":         {"America/New_York", "2026-11-01T06:30:00Z", "DTSTART:20261101T063000Z\r\n"},
		"two o'clock comes once":                  {"America/New_York", "2026-11-01T07:00:00Z", "DTSTART;TZID=America/New_York:20261101T020000\r\n"},
		"a zone ahead by three quarters":          {"Asia/Kathmandu", "2026-03-08T00:00:00Z", "DTSTART;TZID=Asia/Kathmandu:20260308T054500\r\n"},
		"a zone set back by half an hour, before": {"Australia/Lord_Howe", "2026-04-04T14:45:00Z", "DTSTART;TZID=Australia/Lord_Howe:20260405T014500\r\n"},
		"and after":                               {"Australia/Lord_Howe", "2026-04-04T15:15:00Z", "DTSTART:20260404T151500Z\r\n"},
		"UTC":                                     {"UTC", "2026-03-08T06:59:59Z", "DTSTART:20260308T065959Z\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var c Component
			c.AddTime("DTSTART", instant(t, tt.at), zone(t, tt.zone))
			if got := lines(c.Properties[0]); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if got, err := c.Properties[0].Time(); err != nil || !got.Equal(instant(t, tt.at)) {
				t.Errorf("it is read as %v, %v", got, err)
			}
		})
	}
}

func TestTimeRefuses(t *testing.T) {
	in := func(zone, value string) Property {
		p := Property{Name: "DTSTART", Value: value}
		if zone != "" {
			p.Params = []Param{{"TZID", []string{zone}}}
		}
		return p
	}
	for name, p := range map[string]Property{
		"a floating time":     in("", "20260308T015959"),
		"a date":              in("", "20260308"),
		"no time at all":      in("", ""),
		"a zone of UTC times": in("America/New_York", "20260308T015959Z"),
		"an unknown zone":     in("Mars/Olympus_Mons", "20260308T015959"),
		"the machine's zone":  in("Local", "20260308T015959"),
		"a file elsewhere":    in("../../../etc/passwd", "20260308T015959"),
	} {
		if got, err := p.Time(); err == nil {
			t.Errorf("%s is read as %v", name, got)
		}
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Hour:                      "PT1H",
		90 * time.Minute:               "PT1H30M",
		45 * time.Second:               "PT45S",
		26*time.Hour + 3*time.Second:   "PT26H3S",
		-15 * time.Minute:              "-PT15M",
		0:                              "PT0S",
		-time.Millisecond:              "PT0S",
		time.Hour + 5*time.Millisecond: "PT1H",
	} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%v) = %s, want %s", d, got, want)
		}
	}
}
