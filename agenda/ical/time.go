package ical

import (
	"errors"
	"fmt"
	"time"
)

// Forms of the value type DATE-TIME (RFC 5545 section 3.3.5).
const (
	localForm = "20060102T150405"
	utcForm   = "20060102T150405Z"
)

// UTC is t as a DATE-TIME in UTC, to the second.
func UTC(t time.Time) string { return t.UTC().Format(utcForm) }

// AddTime appends a property with a time of the zone: in local form with a TZID,
// or in UTC if loc is UTC. The calendar needs the zone's TimeZone then.
//
// Where clocks are set back, a local time comes twice and means the first of the
// two (RFC 5545 section 3.3.5); the second is written in UTC.
func (c *Component) AddTime(name string, t time.Time, loc *time.Location) {
	t = t.In(loc)
	if loc == time.UTC || repeats(t) != 0 {
		c.Add(name, UTC(t))
		return
	}
	c.Add(name, t.Format(localForm), Param{Name: "TZID", Values: []string{loc.String()}})
}

// Time is the time that a property's value stands for: one in UTC, or a local
// one of the zone that its TZID names.
func (p Property) Time() (time.Time, error) {
	tzid := p.Param("TZID")
	if tzid == "" {
		t, err := time.Parse(utcForm, p.Value)
		if err != nil {
			return time.Time{}, fmt.Errorf("%s: %.40q is not a time in UTC", p.Name, p.Value)
		}
		return t, nil
	}
	loc, err := Zone(tzid)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: %w", p.Name, err)
	}
	t, err := time.ParseInLocation(localForm, p.Value, loc)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: %.40q is not a local time", p.Name, p.Value)
	}
	return t.Add(-repeats(t)), nil
}

// repeats is how long before t clocks last showed the same time, if they have
// been set back in between; else 0.
func repeats(t time.Time) time.Duration {
	start, _ := t.ZoneBounds()
	if start.IsZero() {
		return 0
	}
	back := offset(start.Add(-time.Second)) - offset(t)
	if back > 0 && t.Sub(start) < back {
		return back
	}
	return 0
}

// offset is how far t's zone is ahead of UTC.
func offset(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}

// Zone is the zone of an IANA name, which may come from outside. This machine's
// own zone, which package time calls Local, is none.
func Zone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, errors.New("no time zone is named")
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("finding time zone %.80q: %w", name, err)
	}
	return loc, nil
}

// Duration is d as a value of type DURATION (RFC 5545 section 3.3.6), to the
// second: PT1H30M.
func Duration(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	d = d.Truncate(time.Second)
	value := sign + "PT"
	for _, part := range []struct {
		unit time.Duration
		name string
	}{{time.Hour, "H"}, {time.Minute, "M"}, {time.Second, "S"}} {
		if n := d / part.unit; n > 0 {
			value += fmt.Sprintf("%d%s", n, part.name)
		}
		d %= part.unit
	}
	if value == sign+"PT" {
		return "PT0S"
	}
	return value
}
