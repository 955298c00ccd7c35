// Package years plays ten years of the IETF against roomctl: groups are born, chartered, renamed, swapped and concluded,
// acronyms go to other groups, meetings and interims come and go, agendas change until the last minute; people make
// rooms, change them, take roomctl out of them, and give orders; upstream, the chat server and the clock have bad days.
// After each run of roomctl the invariants of this package must hold. All chance comes from one seed.
package years

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
	"roomctl/integration/faults"
	"roomctl/integration/house"
	"roomctl/provisioner"
)

// Options say what to play.
type Options struct {
	Chat  house.Chat
	Seed  uint64
	Steps int

	// Span is how much time the steps cover; 0: twelve days each, and ten years at most.
	Span time.Duration

	// Faults are the mishaps that may happen.
	Faults []faults.Fault
}

// start is when the simulation begins.
var start = time.Date(2026, 3, 4, 10, 30, 0, 0, time.UTC)

// A simulation is one run of the package.
type simulation struct {
	t       testing.TB
	ctx     context.Context // of the whole simulation
	options Options
	rng     *rand.Rand
	house   *house.House
	history *history
	ledger  *ledger
	oracle  *oracle

	step    int
	lastRun int64
	begun   map[string]bool // rooms with an intent before the run
	refused []string        // guards that held something in the last good run
	story   []string        // the last that happened, for messages
	counts  map[string]int  // what was done, for the closing line
}

// Run plays, and fails the test at the first invariant that is broken.
func Run(ctx context.Context, t testing.TB, o Options) {
	t.Helper()
	if o.Span == 0 {
		o.Span = min(10*365*day, time.Duration(o.Steps)*12*day)
	}
	s := &simulation{
		t: t, ctx: ctx, options: o, rng: rand.New(rand.NewPCG(o.Seed, 1)),
		ledger: newLedger(o.Chat.Login().JID), counts: make(map[string]int), begun: make(map[string]bool),
	}
	t.Logf("seed %d: %d steps in %d days", o.Seed, o.Steps, int(o.Span/day))
	var err error
	if s.history, err = newHistory(rand.New(rand.NewPCG(o.Seed, 2))); err != nil {
		t.Fatal(err)
	}
	s.house = house.New(t, house.Options{
		Chat: o.Chat, Now: start, MinGroups: 5,
		World: datatrackertest.Options{Meeting: captured[0], Starts: start.AddDate(0, 0, 10)},
	})
	s.house.Rules.Limits = limits()
	s.house.Update(t, s.history.begin)
	if err := s.play(); err != nil {
		s.fail("%v", err)
	}
	var done []string
	for _, what := range slices.Sorted(maps.Keys(s.counts)) {
		done = append(done, fmt.Sprintf("%d %s", s.counts[what], what))
	}
	t.Logf("seed %d: %d steps until %s: %s", o.Seed, o.Steps, s.house.Now().Format(time.DateOnly), strings.Join(done, ", "))
}

// limits are low enough for so few rooms to meet them.
func limits() provisioner.Limits {
	l := provisioner.DefaultLimits()
	l.Retire.Count, l.Reconfigure.Count, l.Create.Count = 2, 4, 4
	return l
}

// play goes through the steps. The first sync finds an empty server.
func (s *simulation) play() error {
	s.witness()
	if err := s.goodDay(); err != nil {
		return err
	}
	for s.step = 1; s.step <= s.options.Steps; s.step++ {
		passed := s.pass()
		var told []string
		s.house.Update(s.t, func(w *datatrackertest.World) { told = s.history.happen(w, s.house.Now(), passed) })
		for _, line := range told {
			s.tell("%s", line)
		}
		s.witness()
		if err := s.meddle(s.ctx); err != nil {
			return err
		}
		if err := s.anyDay(); err != nil {
			return err
		}
		if err := s.order(s.ctx); err != nil {
			return err
		}
		s.witness()
		if err := s.goodDay(); err != nil {
			return err
		}
	}
	return nil
}

// pass moves the clock on: by a day or two at an IETF meeting, and else so that the last step ends the span.
func (s *simulation) pass() time.Duration {
	left := start.Add(s.options.Span).Sub(s.house.Now())
	by := time.Duration(float64(left) / float64(s.options.Steps-s.step+1) * (0.5 + s.rng.Float64()))
	if s.oracle.frozen {
		by = min(by, time.Duration(1+s.rng.IntN(2))*day)
	}
	by = max(by, time.Hour).Truncate(time.Minute)
	s.house.Travel(s.house.Now().Add(by))
	s.tell("it is %s", s.house.Now().Format("2006-01-02 15:04"))
	return by
}

// witness looks at the world as it is now, and counts what people may have to be told.
func (s *simulation) witness() {
	before := s.oracle
	s.house.Update(s.t, func(w *datatrackertest.World) {
		s.oracle = look(w, s.house.Now(), s.house.Rules.Fixed, s.house.Rules.GroupTypes, s.house.Rules.Overrides)
	})
	if before != nil {
		for id, g := range s.oracle.groups {
			if was, known := before.groups[id]; known && before.room(was.Acronym) != s.oracle.room(g.Acronym) {
				s.ledger.renamed(before.room(was.Acronym))
			}
		}
	}
	s.ledger.witness(s.oracle, s.history.names)
}

// tell adds a line to the story.
func (s *simulation) tell(format string, args ...any) {
	const kept = 60
	s.story = append(s.story, fmt.Sprintf("%d: ", s.step)+fmt.Sprintf(format, args...))
	s.story = s.story[max(0, len(s.story)-kept):]
}

// check holds a run against invariants.
func (s *simulation) check(o observed, invariants []invariant) {
	s.t.Helper()
	for _, i := range invariants {
		s.violated(i.rule, o, i.broken(o))
	}
}

// violated ends the test unless nothing is broken.
func (s *simulation) violated(invariant string, o observed, broken []string) {
	s.t.Helper()
	if len(broken) == 0 {
		return
	}
	during := ""
	if o.faulty != "" {
		during = ", during: " + o.faulty
	}
	complaints := ""
	if o.report != nil {
		complaints = strings.Join(house.Complaints(o.report), "\n\t")
	}
	s.fail("%s (run %d%s) breaks the rule %q:\n\t%s\nit said:\n\t%s", o.what, o.run.ID, during, invariant, strings.Join(broken, "\n\t"), complaints)
}

// fail ends the test with all that is needed to see it again.
func (s *simulation) fail(format string, args ...any) {
	s.t.Helper()
	s.t.Fatalf("seed %d, step %d, %s: %s\nwhat happened before:\n\t%s", s.options.Seed, s.step,
		s.house.Now().Format("2006-01-02 15:04"), fmt.Sprintf(format, args...), strings.Join(s.story, "\n\t"))
}

// sync runs roomctl sync and takes down what it did.
func (s *simulation) sync(what string, o provisioner.Options, faulty string) (observed, error) {
	known, err := s.house.State(s.ctx)
	if err != nil {
		return observed{}, err
	}
	s.begun = make(map[string]bool)
	for name := range known.Intents {
		s.begun[name] = true
	}
	run, err := s.observe(s.ctx, observed{what: what, quick: o.Quick, faulty: faulty}, func() (*provisioner.Report, error) {
		return s.house.Sync(s.ctx, o)
	})
	if err == nil {
		s.check(run, s.always())
		s.ledger.made(run.before, run.after)
		s.counts["changes"] += len(run.trail)
	}
	return run, err
}
