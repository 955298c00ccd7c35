package announce

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// days lives through meeting days: an agenda that changes, a server that refuses
// or is gone, a program that is started again.
type days struct {
	*stage
	reg    *registry.Registry // open for all of the days
	rng    *rand.Rand
	faults bool
	slots  []provisioner.Slot
	agenda map[string]bool // "session start" that was ever on
	sent   map[string]int  // times that a message was sent that arrived, or may have
}

// texts tell what a message is about.
func (d *days) restart() {
	d.stage.restart(everything)
	texts, err := provisioner.ParseSessionTexts("", "before {{.Session}} {{.Start.Unix}} {{.Before}}", "start {{.Session}} {{.Start.Unix}}",
		"moved {{.Session}} {{.Start.Unix}}", "cancelled {{.Session}} {{.Start.Unix}}")
	if err != nil {
		d.t.Fatal(err)
	}
	d.Texts = texts
	d.Say = d.say
	d.Read = func(ctx context.Context) ([]registry.Announced, error) { return d.reg.Announced(ctx, time.Time{}) }
	d.Store = func(_ context.Context, do func(*registry.Registry) error) error {
		if d.unwritable != nil {
			return d.unwritable
		}
		return do(d.reg)
	}
}

// say is the chat server. It holds every message against the clock and against
// what was said before.
func (d *days) say(_ context.Context, room, text string) error {
	if d.sent[text] > 0 {
		d.t.Errorf("%s: %q is said again in %s", d.now, text, room)
	}
	kind, _, _ := strings.Cut(text, " ")
	var session string
	var unix int64
	if _, err := fmt.Sscanf(text, kind+" %s %d", &session, &unix); err != nil {
		d.t.Errorf("%q: %v", text, err)
	}
	early, tooLate := time.Duration(0), late
	switch {
	case strings.HasSuffix(text, "1 hour"):
		early, tooLate = time.Hour, late-time.Hour
	case strings.HasSuffix(text, "15 minutes"):
		early, tooLate = 15*time.Minute, late-15*time.Minute
	case kind != "start":
		early, tooLate = 8*ahead, time.Hour
	}
	if after := d.now.Sub(time.Unix(unix, 0)); after < -early || after >= tooLate {
		d.t.Errorf("%s: %q is said %v after the start", d.now, text, after)
	}
	if !d.agenda[session+" "+fmt.Sprint(unix)] {
		d.t.Errorf("%s: %q is about no session that ever was", d.now, text)
	}
	if d.faults {
		switch d.rng.IntN(4) {
		case 0:
			return errRefused
		case 1:
			return ErrNotSent
		case 2:
			d.sent[text]++
			return xmppadmin.ErrDisconnected
		}
	}
	d.sent[text]++
	return nil
}

// change is what a run finds: now and then a session is moved or cancelled.
func (d *days) change() {
	for i := range d.slots {
		s := &d.slots[i]
		switch d.rng.IntN(400) {
		case 0:
			s.Off = !s.Off
		case 1:
			by := time.Duration(d.rng.IntN(240)-60) * time.Minute
			s.Start, s.End = s.Start.Add(by), s.End.Add(by)
		}
		d.note(*s)
	}
}

func (d *days) note(s provisioner.Slot) {
	d.agenda[fmt.Sprintf("%s %d", s.Name, s.Start.Unix())] = true
}

// live goes through the time until end: a run every five minutes, a step after it
// and whenever one is wanted.
func (d *days) live(end time.Time) {
	run := d.now
	for d.now.Before(end) {
		if !d.now.Before(run) {
			d.change()
			run = run.Add(5 * time.Minute)
		}
		if d.faults && d.rng.IntN(40) == 0 {
			d.restart()
		}
		d.unwritable = nil
		if d.faults && d.rng.IntN(10) == 0 {
			d.unwritable = context.DeadlineExceeded
		}
		next, err := d.Step(d.t.Context(), d.now, d.slots)
		if err != nil && !d.faults {
			d.t.Errorf("%s: %v", d.now, err)
		}
		d.unwritable = nil
		if !next.IsZero() && !next.After(d.now) {
			d.t.Fatalf("%s: the next step is wanted at %s", d.now, next)
		}
		if next.IsZero() || next.After(run) {
			next = run
		}
		d.expect(d.now, next)
		d.now = next
	}
}

// expect fails the test if a session that started meanwhile was not announced,
// unless there are faults.
func (d *days) expect(from, to time.Time) {
	for _, s := range d.slots {
		text := fmt.Sprintf("start %s %d", s.Name, s.Start.Unix())
		if !d.faults && !s.Off && s.Start.After(from.Add(-5*time.Minute)) && !s.Start.After(from) && d.sent[text] == 0 && d.agendaBefore(s) {
			d.t.Errorf("%s: nobody said %q before %s", from, text, to)
		}
	}
}

// agendaBefore says whether the step at the start of a session could know of it:
// one that was moved into the past is not announced.
func (d *days) agendaBefore(s provisioner.Slot) bool {
	return d.sent[fmt.Sprintf("before %s %d 15 minutes", s.Name, s.Start.Unix())] > 0
}

func TestMeetingDays(t *testing.T) {
	for _, faults := range []bool{false, true} {
		for seed := range uint64(2) {
			t.Run(fmt.Sprintf("faults %t, seed %d", faults, seed), func(t *testing.T) {
				d := &days{stage: newStage(t, everything), rng: rand.New(rand.NewPCG(seed, 7)), faults: faults,
					agenda: map[string]bool{}, sent: map[string]int{}}
				var err error
				if d.reg, err = registry.Open(t.Context(), d.path, testIdentity); err != nil {
					t.Fatal(err)
				}
				defer d.reg.Close()
				d.restart()
				for id := range 12 {
					s := in(fmt.Sprintf("room%d", id%5), session(id, ten.Add(time.Duration(d.rng.IntN(96))*15*time.Minute)))
					s.Name = fmt.Sprintf("s%d", id)
					d.slots = append(d.slots, s)
					d.note(s)
				}
				d.live(d.now.Add(30 * time.Hour))
				if len(d.sent) < 12 {
					t.Errorf("only %d messages were sent", len(d.sent))
				}
			})
		}
	}
}
