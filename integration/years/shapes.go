package years

import (
	"fmt"
	"time"

	"roomctl/datatracker/datatrackertest"
)

// captured are the real meetings that the simulated ones are made after.
var captured = []string{"108", "110", "111", "113"}

// A shape is what a real meeting was like.
type shape struct {
	number   string
	days     int
	timeZone string
	sessions []slot
}

// A slot is a session of a real meeting, and how long after the meeting's first day it began.
type slot struct {
	datatrackertest.Session
	after time.Duration
}

// shapes reads the captured meetings.
func shapes() ([]shape, error) {
	var all []shape
	for _, number := range captured {
		server, err := datatrackertest.Start(datatrackertest.Options{Meeting: number})
		if err != nil {
			return nil, err
		}
		s := shape{number: number}
		err = server.Update(func(w *datatrackertest.World) {
			m := w.Meeting(number)
			s.days, s.timeZone = m.Days, m.TimeZone
			for _, session := range m.Sessions {
				s.sessions = append(s.sessions, slot{*session, session.Start.Sub(m.Date)})
			}
		})
		server.Close()
		if err != nil {
			return nil, fmt.Errorf("reading the captured IETF %s: %w", number, err)
		}
		all = append(all, s)
	}
	return all, nil
}
