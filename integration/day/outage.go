package day

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/proxy"
	"roomctl/provisioner"
	"roomctl/provisioner/health"
	"roomctl/provisioner/notify"
)

// An Outage is something that goes wrong for a while and passes.
type Outage struct {
	Name string
	For  time.Duration

	// Rules are those of which one is to turn health red, within that time of the outage's beginning; none: health is not
	// to turn red.
	Rules  []health.Rule
	Within time.Duration

	// Rooms says that roomctl does not reach the rooms, or what it knows of them, meanwhile.
	Rooms bool

	// Datatracker says that the Datatracker cannot be asked: the agenda that is known holds.
	Datatracker bool

	// Untold says that operators may hear of it or not: it may be over before they are told, or keep roomctl from that.
	Untold bool

	Sets bool // it sets the clock

	start func(testing.TB, *Stage) (mend func())
}

// Outages lists what may go wrong on any server while a meeting is on.
func Outages() []Outage {
	const meeting = health.MaxAgeInMeeting
	return []Outage{
		{Name: "the network is cut for 30 seconds", For: 30 * time.Second, Rooms: true, start: cut},
		{Name: "the network is cut for half an hour", For: 30 * time.Minute, Rules: []health.Rule{health.Chat, health.SyncAge},
			Within: health.DownAfter, Rooms: true, start: cut},
		{Name: "the Datatracker is down for two hours", For: 2 * time.Hour, Rules: []health.Rule{health.Datatracker},
			Within: meeting, Datatracker: true, start: datatrackerDown},
		// What comes again within two hours, as after the outage before, is not told again.
		{Name: "the agenda cannot be read for two hours", For: 2 * time.Hour, Rules: []health.Rule{health.Source},
			Within: provisioner.StaleAfter + inMeeting, Datatracker: true, Untold: true, start: agendaDown},
		{Name: "the agenda cannot be read for half an hour, and the last copy is lost", For: 30 * time.Minute, Rules: []health.Rule{health.Source},
			Within: inMeeting, Datatracker: true, Untold: true, start: noAgenda},
		{Name: "the registry is locked by another command for half an hour", For: 30 * time.Minute, Rules: []health.Rule{health.SyncAge},
			Within: meeting, Rooms: true, start: locked},
		{Name: "the clock jumps back by ten minutes", For: 2 * time.Minute, Rules: []health.Rule{health.Clock}, Rooms: true, Sets: true,
			Untold: true, start: jump(-10 * time.Minute)},
		{Name: "the clock jumps forward by two hours", For: 2 * time.Minute, Rooms: true, Sets: true, Untold: true, start: jump(2 * time.Hour)},
		{Name: "roomctl is killed and started again", Rooms: true, start: killed},
	}
}

// Silence is a server that answers nothing any more. Each answer that never comes takes time, for which see
// Options.ChatTimeout.
func Silence() Outage {
	return Outage{Name: "the chat server is silent for twelve minutes", For: 12 * time.Minute, Rules: []health.Rule{health.Chat, health.SyncAge},
		Within: health.MaxAgeInMeeting, Rooms: true, start: silence}
}

// AtNight lists the same when no meeting is on.
func AtNight() []Outage {
	return []Outage{
		{Name: "the network is cut for an hour", For: time.Hour, Rules: []health.Rule{health.Chat},
			Within: health.DownAfter, Rooms: true, start: cut},
		{Name: "the Datatracker is down for three hours", For: 3 * time.Hour, Rules: []health.Rule{health.Datatracker},
			Within: health.MaxAge, Datatracker: true, start: datatrackerDown},
		{Name: "the registry is locked by another command for an hour", For: time.Hour, Rules: []health.Rule{health.SyncAge},
			Within: health.MaxAge, start: locked},
		{Name: "a run hangs", For: 5 * time.Minute, Rooms: true, Sets: true, Untold: true, start: hanging},
	}
}

// Restart is a server that is restarted, which takes it half a minute. Everybody in the rooms comes in again.
func Restart(server func(context.Context) error) Outage {
	return Outage{Name: "the chat server is restarted", For: 30 * time.Second, Rooms: true, start: func(t testing.TB, s *Stage) func() {
		s.Wire.Refuse()
		if err := server(s.ctx); err != nil {
			t.Fatal(err)
		}
		s.Reenter()
		return func() {
			if err := s.Wire.Accept(); err != nil {
				t.Fatal(err)
			}
		}
	}}
}

// slack is what the stated time may be exceeded by: health is looked at once a minute.
const slack = time.Minute

// Play lets the outage happen now, and waits until all must be well again.
func (o Outage) Play(t testing.TB, s *Stage) {
	t.Helper()
	s.Tell("%s", o.Name)
	if s.Health.Level != health.Green {
		s.fail("before it health is %s: %v", s.Health.Level, s.Health.Problems)
	}
	told := len(s.Serving.Notices())
	s.Loose, s.urgent = o.Datatracker, true
	began := s.Clock.Now()
	mend := o.start(t, s)
	began = o.later(began, s.Clock.Now()) // the clock may have been set
	end := began.Add(o.For)
	if o.Rooms {
		s.Judge.Trouble(end)
	}
	s.To(end)
	switch {
	case len(o.Rules) == 0 && !s.Red.IsZero():
		s.fail("%s: health is red for %v", o.Name, s.Health.Problems)
	case len(o.Rules) == 0:
	case s.Red.IsZero():
		s.fail("%s: health did not turn red", o.Name)
	case !s.Health.Has(o.Rules...):
		s.fail("%s: health is red for %v", o.Name, s.Health.Problems)
	case s.Red.Sub(began) > o.Within+slack:
		s.fail("%s: health turned red after %s, and is to within %s", o.Name, s.Red.Sub(began), o.Within)
	}
	mend()
	s.urgent = false
	s.Tell("that is over")
	s.Settle()
	if s.Health.Level != health.Green {
		s.fail("%s: after that health is %s: %v", o.Name, s.Health.Level, s.Health.Problems)
	}
	s.Loose = false
	if !o.Untold {
		o.told(s, s.Serving.Notices()[min(told, len(s.Serving.Notices())):])
	}
}

// Settle goes on until all is well again, whatever happened before.
func (s *Stage) Settle() {
	s.t.Helper()
	s.To(s.Clock.Now().Add(s.recovery()))
}

// recovery is how long after an outage all is well again: there was a run, all documents were read again, and roomctl has
// tried again what was in vain.
func (s *Stage) recovery() time.Duration {
	if s.Serving.State().Meeting == "" {
		return max(maxAge, settled) + usually
	}
	return max(maxAge, settled) + inMeeting
}

// later is when the outage began: before it was made, unless the clock was set by it.
func (o Outage) later(before, now time.Time) time.Time {
	if o.Sets {
		return now
	}
	return before
}

// told checks what operators were told: of each problem once when it came, and once when it was over.
func (o Outage) told(s *Stage, notices []notify.Message) {
	s.t.Helper()
	open := map[string]bool{}
	for _, n := range notices {
		switch {
		case n.Kind == notify.First && !open[n.Key]:
			open[n.Key] = true
		case n.Kind == notify.Solved && open[n.Key]:
			delete(open, n.Key)
		default:
			s.fail("%s: operators were told of %s as %s, in %v", o.Name, n.Key, n.Kind, notices)
		}
	}
	if len(open) > 0 {
		s.fail("%s: operators were not told that it is over: %v", o.Name, notices)
	}
	isRed := slices.ContainsFunc(notices, func(n notify.Message) bool { return n.Kind == notify.First })
	if isRed != (len(o.Rules) > 0) {
		s.fail("%s: operators were told %v", o.Name, notices)
	}
}

func cut(t testing.TB, s *Stage) func() {
	s.Wire.Refuse()
	if err := s.Serving.Lost(s.ctx); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := s.Wire.Accept(); err != nil {
			t.Fatal(err)
		}
	}
}

// silence lets the server say nothing more, on a connection that stays. In the end it is cut: what roomctl asked meanwhile
// is never answered.
func silence(t testing.TB, s *Stage) func() {
	speak := s.Wire.Break(func(st proxy.Stanza) proxy.Action {
		if st.From == proxy.Server {
			return proxy.Drop
		}
		return proxy.Forward
	})
	return func() {
		speak()
		s.Wire.Cut()
		if err := s.Serving.Lost(s.ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// datatrackerDown is a site that is overloaded, and says for how long, so that nobody waits for another attempt.
func datatrackerDown(_ testing.TB, s *Stage) func() {
	return s.Datatracker.Fault(datatrackertest.Fault{Kind: datatrackertest.Status, RetryAfter: "3600"})
}

func agendaDown(_ testing.TB, s *Stage) func() {
	return s.Datatracker.Fault(datatrackertest.Fault{Kind: datatrackertest.Status, Pattern: regexp.MustCompile(`/agenda\.json`), RetryAfter: "3600"})
}

func noAgenda(t testing.TB, s *Stage) func() {
	copies, err := filepath.Glob(filepath.Join(s.Cache(), "*agenda*"))
	if err != nil || len(copies) == 0 {
		t.Fatalf("the copies of agendas: %v, %v", copies, err)
	}
	for _, name := range copies {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	return agendaDown(t, s)
}

func locked(t testing.TB, s *Stage) func() {
	held, err := s.Lock(s.ctx)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := held.Release(); err != nil {
			t.Error(err)
		}
	}
}

// jump sets the clock. What is judged from then on is judged by the new time.
func jump(by time.Duration) func(testing.TB, *Stage) func() {
	return func(_ testing.TB, s *Stage) func() {
		s.Clock.Jump(by)
		return func() {}
	}
}

func killed(t testing.TB, s *Stage) func() {
	if err := s.Serving.Crash(); err != nil {
		t.Fatal(err)
	}
	s.Serve()
	return func() {}
}

// hanging is a run that takes longer than any may. The machine's own limit would end it: here only the clock runs.
func hanging(t testing.TB, s *Stage) func() {
	hung := make(chan health.Verdict, 1)
	s.Serving.During(func() {
		s.Serving.During(nil)
		began := s.Clock.Now()
		for v := s.Serving.Health(s.ctx); ; v = s.Serving.Health(s.ctx) {
			if v.Has(health.Stuck) || s.Clock.Now().Sub(began) > time.Hour {
				hung <- v
				return
			}
			s.Clock.Jump(time.Minute)
		}
	})
	s.Serving.Run("full")
	began := s.Clock.Now()
	var v health.Verdict
	select {
	case v = <-hung:
	case <-s.ctx.Done():
		t.Fatal("no run began")
	}
	if took := s.Clock.Now().Sub(began); !v.Has(health.Stuck) || took > health.StuckAfter+slack {
		t.Errorf("after %s of a run health says %v", took, v.Problems)
	}
	return func() {}
}
