package sessionclock

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"roomctl/provisioner"
)

// oracle knows what the subject of one room must be, by simpler means than the
// clock: it is told everything as it happens, and is never cut off.
type oracle struct {
	under   string       // what is there when no session is told of
	persons bool         // it was set while a session was told of: it wins
	on      map[int]bool // the sessions, when the clock last looked
}

// says is a person who sets a subject.
func (o *oracle) says(subject string) {
	o.under = subject
	o.persons = len(o.on) > 0
}

// want is the subject once the clock has looked at the room.
func (o *oracle) want(slots []provisioner.Slot, texts provisioner.SessionTexts) string {
	on := map[int]bool{}
	for _, s := range slots {
		on[s.Session] = true
		if !o.on[s.Session] {
			o.persons = false
		}
	}
	o.on = on
	if len(slots) == 0 || o.persons {
		return o.under
	}
	text, err := texts.Of(slots...).Render(texts.Subject)
	if err != nil {
		return err.Error()
	}
	return text
}

// TestRandomDays plays days in which persons set subjects, the agenda changes,
// connections are cut and the program is restarted, each at any time. Each
// sub-test is one seed.
func TestRandomDays(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			randomDay(t, rand.New(rand.NewPCG(seed, 127)))
		})
	}
}

func randomDay(t *testing.T, r *rand.Rand) {
	w := newWorld(t, "quic", "tls")
	rooms := map[string]*oracle{"quic": {under: ownOf("quic")}, "tls": {under: ownOf("tls")}}
	names := []string{"quic", "tls"}
	for id := range 8 {
		start := r.IntN(300)
		w.slots = append(w.slots, slot(id, names[id%2], start, start+2+r.IntN(90)))
	}
	for m := -10; m < 420; m += 2 {
		switch name := names[r.IntN(2)]; r.IntN(12) {
		case 0:
			subject := fmt.Sprintf("word %d", m)
			if w.say(name, subject); r.IntN(4) == 0 {
				subject = ownOf(name)
				w.say(name, subject)
			}
			rooms[name].says(subject)
		case 1:
			w.cut()
		case 2:
			w.restart()
		case 3:
			w.change(r, m)
		}
		w.quietly(m)
		w.quietly(m + 1) // whatever was waited for after a cut
		on, _ := Schedule(w.slots, w.now)
		for _, name := range names {
			var slots []provisioner.Slot
			if i := slices.IndexFunc(on, func(s Show) bool { return s.Room == name }); i >= 0 {
				slots = on[i].Slots
			}
			if got, want := w.subject(name), rooms[name].want(slots, w.clock.Texts); got != want {
				t.Fatalf("at minute %d the subject of %s is %q, want %q", m, name, got, want)
			}
			if in := slices.Contains(w.inside(), name); in != (len(slots) > 0) {
				t.Fatalf("at minute %d, in %s: %t, sessions %v", m, name, in, slots)
			}
		}
	}
	w.shows()
}

// change lets a session that is not over end at another time, or not take place.
func (w *world) change(r *rand.Rand, m int) {
	s := &w.slots[r.IntN(len(w.slots))]
	switch {
	case !s.End.After(at(m)):
	case r.IntN(3) == 0:
		s.Off = true
	case s.Start.After(at(m)):
		s.Start = at(m + 2*(1+r.IntN(40)))
		s.End = s.Start.Add(s.End.Sub(at(m)) / 2)
	default:
		s.End = at(m + 1 + r.IntN(60))
	}
}
