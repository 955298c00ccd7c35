package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// cronFields are the fields of an expression, in their order.
var cronFields = []struct{ name, values string }{
	{"minute", "0 to 59"},
	{"hour", "0 to 23"},
	{"day of the month", "1 to 31"},
	{"month", "1 to 12, or jan to dec"},
	{"day of the week", "0 (Sunday) to 6, or sun to sat"},
}

// parseCron reads an expression as cron.ParseStandard does, and says in words
// what is wrong with it.
func parseCron(text string) (cron.Schedule, error) {
	switch {
	case strings.HasPrefix(text, "@"):
		return parseDescriptor(text)
	case strings.HasPrefix(text, "TZ="), strings.HasPrefix(text, "CRON_TZ="):
		return nil, errors.New("must not name a time zone: schedule.timezone does")
	}
	fields := strings.Fields(text)
	if len(fields) != len(cronFields) {
		return nil, fmt.Errorf("must be 5 fields (minute, hour, day of the month, month, day of the week), and %q has %d", text, len(fields))
	}
	for i, field := range fields {
		alone := []string{"*", "*", "*", "*", "*"}
		alone[i] = field
		_, err := cron.ParseStandard(strings.Join(alone, " "))
		if err != nil || slices.Contains(strings.Split(field, ","), "") { // an empty item would be no time at all
			return nil, fmt.Errorf("%q is no %s: these are %s, also in lists (2,4), ranges (2-4) and steps (*/2)", field, cronFields[i].name, cronFields[i].values)
		}
	}
	s, err := cron.ParseStandard(strings.Join(fields, " "))
	if err != nil {
		return nil, err
	}
	if s.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fmt.Errorf("%q never comes: there is no such day", text)
	}
	return s, nil
}

// parseDescriptor reads what begins with @.
func parseDescriptor(text string) (cron.Schedule, error) {
	if every, ok := strings.CutPrefix(text, "@every "); ok {
		d, err := time.ParseDuration(every)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%q is not @every and a time with a unit, such as @every 10m", text)
		case d < time.Second || d%time.Second != 0: // the library would make whole seconds of it, without a word
			return nil, fmt.Errorf("%q must be whole seconds, 1s or more", text)
		}
	}
	s, err := cron.ParseStandard(text)
	if err != nil {
		return nil, fmt.Errorf("%q is unknown; there are @hourly, @daily, @weekly, @monthly, @yearly, and @every 10m", text)
	}
	return s, nil
}

// shortest is the least time between two runs of a schedule.
func shortest(s cron.Schedule) time.Duration {
	switch s := s.(type) {
	case cron.ConstantDelaySchedule:
		return s.Delay
	case *cron.SpecSchedule:
		const day = 24 * 60 // minutes
		least, first, last := day, -1, 0
		for minute := range day {
			if s.Hour&(1<<(minute/60)) == 0 || s.Minute&(1<<(minute%60)) == 0 {
				continue
			}
			if first < 0 {
				first = minute
			} else {
				least = min(least, minute-last)
			}
			last = minute
		}
		return time.Duration(min(least, day-last+first)) * time.Minute // the day after, too
	}
	return 0
}

// longest is the most time between two runs when all these schedules are kept, in an
// ordinary week. Where none of them runs in it, it is a week.
func longest(all ...cron.Schedule) time.Duration {
	const week = 7 * 24 * time.Hour
	least, byClock := week, []cron.Schedule{}
	for _, s := range all {
		if every, ok := s.(cron.ConstantDelaySchedule); ok {
			least = min(least, every.Delay)
			continue
		}
		byClock = append(byClock, s)
	}
	monday := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	gap, end := time.Duration(0), monday.Add(week)
	for at := monday; at.Before(end); {
		next := end
		for _, s := range byClock {
			if n := s.Next(at); !n.IsZero() && n.Before(next) {
				next = n
			}
		}
		gap, at = max(gap, next.Sub(at)), next
	}
	return min(gap, least)
}

// within says whether a never comes without b. Of schedules of which one counts
// from the start of serve (@every) and the other by the clock this is not known.
func within(a, b cron.Schedule) bool {
	switch a := a.(type) {
	case cron.ConstantDelaySchedule:
		b, ok := b.(cron.ConstantDelaySchedule)
		return ok && a.Delay%b.Delay == 0
	case *cron.SpecSchedule:
		b, ok := b.(*cron.SpecSchedule)
		return ok && (a.Minute&^b.Minute|a.Hour&^b.Hour|a.Month&^b.Month)&^anyValue == 0 && daysWithin(a, b)
	}
	return false
}

// anyValue is the bit of a field that package cron sets where the field is *.
const anyValue = 1 << 63

func daysWithin(a, b *cron.SpecSchedule) bool {
	for day := 1; day <= 31; day++ {
		for weekday := range 7 {
			if comesOn(a, day, weekday) && !comesOn(b, day, weekday) {
				return false
			}
		}
	}
	return true
}

// comesOn follows crontab(5): where both fields about days are restricted, one
// that matches is enough.
func comesOn(s *cron.SpecSchedule, day, weekday int) bool {
	byDay, byWeekday := s.Dom&(1<<day) != 0, s.Dow&(1<<weekday) != 0
	if (s.Dom|s.Dow)&anyValue != 0 {
		return byDay && byWeekday
	}
	return byDay || byWeekday
}
