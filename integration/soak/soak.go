// Package soak lets `roomctl serve` work for many days, compressed, on the stage of package day: IETF meetings and interims
// come and go, agendas change until the last minute, people set subjects, connections break, programs are killed, the
// Datatracker is away. Whatever happens, what the people in the rooms see and hear is judged minute by minute, and the
// process must not grow. All chance comes from one seed.
package soak

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/day"
	"roomctl/integration/house"
	"roomctl/provisioner/health"
	"roomctl/provisioner/worker"
)

// Options say what to play.
type Options struct {
	Chat *house.Embedded
	Seed uint64
	Days int

	Quiet bool // nothing happens: there are no sessions, and nothing goes wrong

	// Followers are called as those of roomctl are: a test plants a leak with one. It may be nil.
	Followers []worker.Following
}

const aDay = 24 * time.Hour

// start is when it begins.
var start = time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)

// A soak is one run of the package.
type soak struct {
	*day.Stage
	t       testing.TB
	rng     *rand.Rand
	chat    *house.Embedded
	agendas *agendas
	counts  map[string]int
}

// Run plays, and fails the test as soon as something is wrong. The samples are of the ends of all days.
func Run(ctx context.Context, t testing.TB, o Options) []Sample {
	t.Helper()
	t.Logf("seed %d: %d days", o.Seed, o.Days)
	s := &soak{t: t, rng: rand.New(rand.NewPCG(o.Seed, 5)), chat: o.Chat, counts: map[string]int{}}
	s.agendas = &agendas{rng: rand.New(rand.NewPCG(o.Seed, 6))}
	s.Stage = day.New(ctx, t, day.Options{
		Chat: o.Chat, From: start, World: s.agendas.begin, Silent: []string{groups()[0]},
		Enter:       func(context.Context) (day.Witness, error) { return day.Inside(o.Chat), nil },
		Followers:   o.Followers,
		Every:       15 * time.Minute, // and each minute in the hours of sessions
		ChatTimeout: 3 * time.Second,  // the price of each answer that never comes
	})
	var samples []Sample
	for n := range o.Days {
		if o.Quiet {
			s.To(start.Add(time.Duration(n+1) * aDay))
		} else {
			s.day(n)
		}
		s.sweep()
		samples = append(samples, sample())
	}
	var done []string
	for _, what := range slices.Sorted(maps.Keys(s.counts)) {
		done = append(done, fmt.Sprintf("%d %s", s.counts[what], what))
	}
	t.Logf("seed %d: %s; %d times a subject told of a session, %d announcements were heard, %d runs were missed",
		o.Seed, strings.Join(done, ", "), s.Judge.Counts.Subjects, s.Judge.Counts.Announcements, s.Serving.State().Missed)
	return samples
}

// An event is something that happens on a day.
type event struct {
	at time.Time
	do func()
}

// day plays one day, to midnight.
func (s *soak) day(n int) {
	s.t.Helper()
	midnight := s.Clock.Now().Truncate(aDay)
	s.Edit("a new day", func(w *datatrackertest.World) { s.agendas.plan(w, midnight, n) })
	var sessions []*datatrackertest.Session
	s.Update(s.t, func(w *datatrackertest.World) { sessions = today(w, midnight) })

	events := []event{{midnight.Add(aDay), func() {}}}
	add := func(at time.Time, do func()) { events = append(events, event{at, do}) }
	if len(sessions) > 0 {
		s.counts["days with sessions"]++
		add(midnight.Add(8*time.Hour), func() { s.Every = time.Minute })
		add(midnight.Add(21*time.Hour), func() { s.Every = 15 * time.Minute })
		for range 6 {
			add(s.during(midnight), s.edit)
		}
		for range 4 {
			add(s.during(midnight), s.person)
		}
		for range 3 {
			add(s.before(sessions), s.mishap)
		}
	}
	if s.rng.IntN(3) == 0 {
		add(midnight.Add(time.Duration(s.rng.IntN(24*60))*time.Minute), s.mishap)
	}
	if s.rng.IntN(3) == 0 {
		at := time.Duration(1+s.rng.IntN(4)) * time.Hour
		if len(sessions) > 0 && s.rng.IntN(2) == 0 {
			at += 8 * time.Hour
		}
		add(midnight.Add(at), s.outage)
	}
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	for _, e := range events {
		s.To(e.at)
		e.do()
	}
	if s.Health.Level == health.Red {
		s.t.Errorf("on the evening of day %d health is red: %v", n, s.Health.Problems)
	}
}

// during is a time in the hours of sessions.
func (s *soak) during(midnight time.Time) time.Time {
	return midnight.Add(8*time.Hour + time.Duration(s.rng.IntN(11*60))*time.Minute)
}

// before is a minute before a session begins, or is announced.
func (s *soak) before(sessions []*datatrackertest.Session) time.Time {
	at := sessions[s.rng.IntN(len(sessions))].Start.Add(-time.Minute)
	if s.rng.IntN(2) == 0 {
		at = at.Add(-15 * time.Minute)
	}
	return at
}

// sweep drops what the servers of the test keep of the day.
func (s *soak) sweep() {
	s.chat.Server.ResetStanzas()
	for _, r := range s.chat.Server.Rooms() {
		if err := s.chat.Forget(r.Name); err != nil {
			s.t.Fatal(err)
		}
	}
	s.Judge.Forget()
	s.Datatracker.ResetRequests()
	s.Wire.Forget()
}
