package agenda

import (
	"fmt"
	"time"

	"roomctl/agenda/ical"
	"roomctl/datatracker"
)

// zone is the meeting's time zone; UTC when it is not known, or not known here.
func (m Meeting) zone() *time.Location {
	zone, err := ical.Zone(m.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// span is a stretch of time: from Start up to End.
type span struct{ Start, End time.Time }

// days are the days of a meeting, from midnight to midnight.
func days(m Meeting) span {
	year, month, day := m.Date.Date()
	return span{m.Date, datatracker.Midnight(year, month, day+max(m.Days, 1), m.Date.Location())}
}

// end is when the last day of a meeting is over, and its last session, which may
// go on past midnight.
func (m Meeting) end() time.Time {
	end := days(m).End
	for _, s := range m.Sessions {
		if s.End().After(end) {
			end = s.End()
		}
	}
	return end
}

// dates are the days of a meeting, for people: "March 19 - 25, 2022"; "" when
// they are not known.
func dates(m Meeting) string {
	if m.Date.IsZero() {
		return ""
	}
	first, last := m.Date, m.Date.AddDate(0, 0, max(m.Days, 1)-1)
	switch {
	case first.Equal(last):
		return first.Format("January 2, 2006")
	case first.Year() != last.Year():
		return first.Format("January 2, 2006") + " - " + last.Format("January 2, 2006")
	case first.Month() != last.Month():
		return first.Format("January 2") + " - " + last.Format("January 2, 2006")
	}
	return first.Format("January 2") + " - " + last.Format("2, 2006")
}

// midnight is when t's day began in its zone.
func midnight(t time.Time) time.Time {
	year, month, day := t.Date()
	return datatracker.Midnight(year, month, day, t.Location())
}

// zoneName names a zone and how far its clocks are from UTC at two times:
// "Europe/Vienna (UTC+1)".
func zoneName(zone *time.Location, first, last time.Time) string {
	if zone == time.UTC {
		return "UTC"
	}
	offset := fromUTC(first.In(zone))
	if later := fromUTC(last.In(zone)); later != offset {
		offset += ", later " + later
	}
	return zone.String() + " (" + offset + ")"
}

// fromUTC is how far the clocks are from UTC: "UTC+1", "UTC-3:30".
func fromUTC(t time.Time) string {
	_, seconds := t.Zone()
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	text := fmt.Sprintf("UTC%c%d", sign, seconds/3600)
	if minutes := seconds / 60 % 60; minutes != 0 {
		text += fmt.Sprintf(":%02d", minutes)
	}
	return text
}
