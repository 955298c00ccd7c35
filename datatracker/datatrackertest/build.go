package datatrackertest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// newWorld builds the world of the captures, moved in time so that the chosen
// meeting begins on the day of starts.
func newWorld(now func() time.Time, starts time.Time, number string) (*World, error) {
	i := slices.Index(capturedAgendas, number)
	if i < 0 {
		return nil, fmt.Errorf("no captured agenda of IETF %s, only of %s", number, strings.Join(capturedAgendas, ", "))
	}
	w := &World{now: now}
	var err error
	// The groups' rows are as old as the newest capture.
	if w.Groups, err = readGroups(time.Date(2023, 1, 31, 0, 0, 0, 0, time.UTC)); err != nil {
		return nil, err
	}
	if w.GroupFeatures, err = readGroupFeatures(); err != nil {
		return nil, err
	}
	if w.Meetings, err = readMeetings(); err != nil {
		return nil, err
	}
	if err := w.keepUntilNext(number); err != nil {
		return nil, err
	}
	// The newest capture before the chosen one serves as the past.
	for _, captured := range capturedAgendas[max(i-1, 0) : i+1] {
		if err := readAgenda(w.Meeting(captured), w.Group); err != nil {
			return nil, err
		}
	}
	year, month, first := starts.Date()
	begins := time.Date(year, month, first, 0, 0, 0, 0, time.UTC)
	if err := w.shift(begins.Sub(w.Meeting(number).Date)); err != nil {
		return nil, err
	}
	w.addInterims(now().UTC().Truncate(day))
	return w, nil
}

// keepUntilNext drops the meetings after the one that follows number, and takes
// the schedule from that one: it is the next meeting, whose agenda is empty.
func (w *World) keepUntilNext(number string) error {
	chosen, err := strconv.Atoi(number)
	if err != nil {
		return fmt.Errorf("meeting %q: %w", number, err)
	}
	next := strconv.Itoa(chosen + 1)
	i := slices.IndexFunc(w.Meetings, func(m *Meeting) bool { return m.Number == next })
	if i < 0 {
		return fmt.Errorf("no captured row of IETF %s", next)
	}
	w.Meetings = w.Meetings[i:] // newest first
	w.Meetings[0].Schedule = 0
	return nil
}

// shift moves the world in time by whole days. The times of last modification
// move as far, but none beyond the present: the captures were taken months
// after the meetings, and a Last-Modified of the future is not allowed
// (RFC 9110 section 8.8.2.1).
func (w *World) shift(by time.Duration) error {
	newest := w.Groups[0].Time
	for _, m := range w.Meetings {
		for _, s := range m.Sessions {
			newest = later(newest, s.Modified)
		}
	}
	age := w.now().Sub(newest)
	back := min(by, floorDays(age))
	for _, g := range w.Groups {
		g.Time = g.Time.Add(back)
	}
	for _, m := range w.Meetings {
		m.Date = m.Date.Add(by)
		for _, s := range m.Sessions {
			s.Start = s.Start.Add(by)
			s.Modified = s.Modified.Add(back)
		}
		for _, place := range m.places {
			text, _ := place["modified"].(string)
			modified, err := time.Parse(timeFormat, text)
			if err != nil {
				return fmt.Errorf("agenda of %s: %w", m.Number, err)
			}
			place["modified"] = modified.Add(back).Format(timeFormat)
		}
	}
	return nil
}

// floorDays is the largest number of whole days that is not above d.
func floorDays(d time.Duration) time.Duration {
	whole := d.Truncate(day)
	if whole > d {
		whole -= day
	}
	return whole
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
