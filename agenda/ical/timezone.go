package ical

import (
	"fmt"
	"time"
)

// TimeZone is the VTIMEZONE (RFC 5545 section 3.6.5) of a zone, good for times
// from from to to: one observance for each time between two changes of the
// clocks, with a STANDARD among them wherever the zone has one. A zone without
// changes has one STANDARD.
func TimeZone(loc *time.Location, from, to time.Time) Component {
	zone := Component{Name: "VTIMEZONE"}
	zone.AddText("TZID", loc.String())
	t := from.In(loc)
	if start, _ := t.ZoneBounds(); t.IsDST() && !start.IsZero() {
		t = start.Add(-time.Second) // some programs want a STANDARD
	}
	for {
		start, end := t.ZoneBounds()
		zone.Components = append(zone.Components, observance(t, start))
		if end.IsZero() || end.After(to) {
			return zone
		}
		t = end
	}
}

// observance is the time around t in which clocks are not changed. start is when
// it begins; zero: it always was so.
func observance(t, start time.Time) Component {
	c := Component{Name: "STANDARD"}
	if t.IsDST() {
		c.Name = "DAYLIGHT"
	}
	before := offset(t)
	if start.IsZero() {
		start = time.Unix(0, 0)
	} else {
		before = offset(start.Add(-time.Second))
	}
	// The clocks show the old time when they are changed.
	c.Add("DTSTART", start.UTC().Add(before).Format(localForm))
	c.Add("TZOFFSETFROM", utcOffset(before))
	c.Add("TZOFFSETTO", utcOffset(offset(t)))
	name, _ := t.Zone()
	c.AddText("TZNAME", name)
	return c
}

// utcOffset is a value of type UTC-OFFSET (RFC 5545 section 3.3.14). Seconds are
// those of local mean times, before there were zones.
func utcOffset(d time.Duration) string {
	sign := "+"
	if d < 0 {
		sign, d = "-", -d
	}
	value := fmt.Sprintf("%s%02d%02d", sign, d/time.Hour, d%time.Hour/time.Minute)
	if seconds := d % time.Minute / time.Second; seconds != 0 {
		value += fmt.Sprintf("%02d", seconds)
	}
	return value
}
