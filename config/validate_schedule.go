package config

import (
	"fmt"
	"strings"
	"time"
)

// validate checks when serve runs. Expressions come out with single spaces.
func (s *Schedule) validate(p *problems) {
	defaults := Default().Schedule
	expressions := []struct {
		key     string
		text    *string
		example string
	}{
		{"schedule.sync", &s.Sync, defaults.Sync},
		{"schedule.meeting", &s.Meeting, defaults.Meeting},
		{"schedule.full", &s.Full, defaults.Full},
	}
	for _, e := range expressions {
		*e.text = strings.Join(strings.Fields(*e.text), " ")
		if *e.text == "" {
			p.missing(e.key, fmt.Sprintf("%q", e.example))
			continue
		}
		schedule, err := parseCron(*e.text)
		if err != nil {
			p.add(e.key, "%v", err)
			continue
		}
		s.validateJitter(e.key, shortest(schedule), p)
	}
	if _, err := time.LoadLocation(s.Timezone); err != nil || s.Timezone == "" || s.Timezone == "Local" {
		p.add("schedule.timezone", "%q is not the name of a time zone, such as UTC or Europe/Vienna", s.Timezone)
	}
	if s.Jitter < 0 {
		p.add("schedule.jitter", "is %s, must be 0s or more", shortDuration(s.Jitter))
	}
}

// validateJitter wants each run to begin well before the next is due. Without a
// word in the file about it, the jitter is as long as it can be.
func (s *Schedule) validateJitter(key string, interval time.Duration, p *problems) {
	switch _, set := p.lines["schedule.jitter"]; {
	case s.Jitter <= interval/2:
	case set:
		p.add("schedule.jitter", "is %s, more than half of the %s between two runs of %s", shortDuration(s.Jitter), shortDuration(interval), key)
	default:
		s.Jitter = interval / 2
	}
}

// Warnings are what works, but hardly as it was meant.
func (c *Config) Warnings() []Problem {
	p := &problems{}
	c.Schedule.warn(p)
	return p.found
}

// warn tells of schedules that always coincide: one run at a time is made, full
// before meeting before quick. And of those that come too seldom.
func (s *Schedule) warn(p *problems) {
	sync, errSync := parseCron(s.Sync)
	meeting, errMeeting := parseCron(s.Meeting)
	full, errFull := parseCron(s.Full)
	if errSync != nil || errMeeting != nil || errFull != nil {
		return // these are problems
	}
	if within(sync, full) {
		p.add("schedule.sync", "%q never comes without schedule.full, %q: there are no quick runs", s.Sync, s.Full)
	}
	s.warnAge("schedule.sync", s.Sync, longest(sync, full), maxAge, p)
	switch {
	case within(meeting, full):
		p.add("schedule.meeting", "%q never comes without schedule.full, %q: a meeting is followed no faster than other days", s.Meeting, s.Full)
	case within(meeting, sync):
		p.add("schedule.meeting", "%q never comes without schedule.sync, %q: a meeting is followed no faster than other days", s.Meeting, s.Sync)
	}
	s.warnAge("schedule.meeting", s.Meeting, longest(sync, meeting, full), maxAgeInMeeting, p)
}

// How old the last good sync may be until roomctl is not well, and that while a
// meeting is on (provisioner/health).
const (
	maxAge          = 45 * time.Minute
	maxAgeInMeeting = 10 * time.Minute
)

// warnAge tells of a schedule that health takes for runs that are missing.
func (s *Schedule) warnAge(key, expression string, gap, limit time.Duration, p *problems) {
	if gap >= limit {
		p.add(key, "%q leaves %s between two runs: health is red when there was no good one for %s", expression, shortDuration(gap), shortDuration(limit))
	}
}
