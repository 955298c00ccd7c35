package ical

import (
	"strings"
	"testing"
)

// observed shows the observances of a zone, one a line.
func observed(zone Component) string {
	var b strings.Builder
	for _, c := range zone.Components {
		b.WriteString(c.Name)
		for _, p := range c.Properties {
			b.WriteString(" " + p.Value)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestTimeZone(t *testing.T) {
	for name, tt := range map[string]struct{ zone, from, to, want string }{
		"clocks are set forward during the meeting": {
			"America/New_York", "2026-03-07T12:00:00Z", "2026-03-13T12:00:00Z",
			"STANDARD 20251102T020000 -0400 -0500 EST\n" +
				"DAYLIGHT 20260308T020000 -0500 -0400 EDT\n",
		},
		"a meeting in winter needs one": {
			"America/New_York", "2026-01-07T12:00:00Z", "2026-01-13T12:00:00Z",
			"STANDARD 20251102T020000 -0400 -0500 EST\n",
		},
		"a meeting in summer has the winter before": {
			"Europe/Vienna", "2022-07-20T12:00:00Z", "2022-07-21T12:00:00Z",
			"STANDARD 20211031T030000 +0200 +0100 CET\n" +
				"DAYLIGHT 20220327T020000 +0100 +0200 CEST\n",
		},
		"a meeting that ends when clocks change": {
			"Europe/Vienna", "2022-03-20T12:00:00Z", "2022-03-27T01:00:00Z",
			"STANDARD 20211031T030000 +0200 +0100 CET\n" +
				"DAYLIGHT 20220327T020000 +0100 +0200 CEST\n",
		},
		"a zone whose last change is long ago": {
			"Asia/Tokyo", "2015-11-01T12:00:00Z", "2015-11-06T12:00:00Z",
			"STANDARD 19510909T010000 +1000 +0900 JST\n",
		},
		"a local mean time with seconds": {
			"Europe/Amsterdam", "1930-01-01T12:00:00Z", "1930-01-02T12:00:00Z",
			"STANDARD 19291006T030000 +011932 +001932 AMT\n",
		},
		"a zone without any change": {
			"Etc/GMT+5", "2015-11-01T12:00:00Z", "2015-11-06T12:00:00Z",
			"STANDARD 19691231T190000 -0500 -0500 -05\n",
		},
		"UTC": {
			"UTC", "2015-11-01T12:00:00Z", "2015-11-06T12:00:00Z",
			"STANDARD 19700101T000000 +0000 +0000 UTC\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := TimeZone(zone(t, tt.zone), instant(t, tt.from), instant(t, tt.to))
			if tzid, _ := got.Property("TZID"); got.Name != "VTIMEZONE" || tzid.Value != tt.zone {
				t.Errorf("got a %s of %s", got.Name, tzid.Value)
			}
			if got := observed(got); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}
