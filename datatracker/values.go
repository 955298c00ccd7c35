package datatracker

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// dateTime is a point in time as ParseDateTime reads it.
type dateTime struct{ time.Time }

// UnmarshalJSON reads a time; null leaves it zero.
func (d *dateTime) UnmarshalJSON(data []byte) error {
	s, err := jsonString(data)
	if err != nil || s == "" {
		return err
	}
	d.Time, err = ParseDateTime(s)
	return err
}

// ParseDateTime reads a time as the Datatracker writes it. Older releases leave
// the zone out; UTC is meant.
func ParseDateTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04:05", s)
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a date and time", s)
	}
	return t.UTC(), nil
}

// Midnight is when a day begins in a zone. Where the clocks are put forward at
// midnight that is an hour later, and time.Date may give a time of the day before.
func Midnight(year int, month time.Month, day int, zone *time.Location) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, zone)
	if t.Day() != time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Day() {
		_, t = t.ZoneBounds()
	}
	return t
}

// timedelta is a duration as ParseTimedelta reads it.
type timedelta struct{ time.Duration }

// UnmarshalJSON reads a duration; null leaves it zero.
func (d *timedelta) UnmarshalJSON(data []byte) error {
	s, err := jsonString(data)
	if err != nil || s == "" {
		return err
	}
	d.Duration, err = ParseTimedelta(s)
	return err
}

var timedeltaForm = regexp.MustCompile(`^(?:([0-9]{1,5}) days?, )?([0-9]{1,2}):([0-5][0-9]):([0-5][0-9])(?:\.[0-9]{6})?$`)

// ParseTimedelta reads a duration as Python's str(timedelta) writes it: "1:30:00",
// "21 days, 0:00:00". Fractions of a second are dropped. Negative durations are
// errors: nothing here lasts less than nothing.
func ParseTimedelta(s string) (time.Duration, error) {
	m := timedeltaForm.FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("%q is not a duration", s)
	}
	var total time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if m[i+1] == "" {
			continue
		}
		n, err := strconv.Atoi(m[i+1])
		if err != nil {
			return 0, fmt.Errorf("%q is not a duration: %w", s, err)
		}
		total += time.Duration(n) * unit
	}
	return total, nil
}

// reference is a relation to another resource: the URI
// /api/v1/<app>/<model>/<key>/. The zero reference stands for null.
type reference struct{ model, key string }

// UnmarshalJSON reads a URI; null leaves the reference zero.
func (r *reference) UnmarshalJSON(data []byte) error {
	s, err := jsonString(data)
	if err != nil || s == "" {
		return err
	}
	parts := strings.Split(strings.TrimSuffix(s, "/"), "/")
	if len(parts) < 3 || parts[len(parts)-2] == "" || parts[len(parts)-1] == "" {
		return fmt.Errorf("%q is not the URI of a resource", s)
	}
	*r = reference{model: parts[len(parts)-2], key: parts[len(parts)-1]}
	return nil
}

// slug is the key of a name resource, such as grouptypename; "" for null.
func (r reference) slug(model string) (string, error) {
	if r != (reference{}) && r.model != model {
		return "", fmt.Errorf("a %s stands where a %s belongs", r.model, model)
	}
	return r.key, nil
}

// id is the key of a resource that is known by a number; 0 for null.
func (r reference) id(model string) (int, error) {
	key, err := r.slug(model)
	if err != nil || key == "" {
		return 0, err
	}
	id, err := strconv.Atoi(key)
	if err != nil || id <= 0 {
		return 0, fmt.Errorf("%q is not the id of a %s", key, model)
	}
	return id, nil
}

// jsonString reads a string; null is "".
func jsonString(data []byte) (string, error) {
	var s string
	err := json.Unmarshal(data, &s)
	return s, err
}
