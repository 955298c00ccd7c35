package sessionclock

import (
	"testing"

	"roomctl/provisioner"
	"roomctl/provisioner/backoff"
)

// story is one course of events in the room quic, whose session 1 is on from
// minute 0 to minute 60.
type story struct {
	name string
	tell func(w *world)
	end  string // the subject at minute 130
}

func (s story) test(t *testing.T) {
	w := newWorld(t, "quic", "tls")
	w.slots = []provisioner.Slot{slot(1, "quic", 0, 60)}
	s.tell(w)
	w.quietly(130)
	w.did()
	if got := w.subject("quic"); got != s.end {
		t.Errorf("at last the subject is %q, want %q", got, s.end)
	}
	if in := w.inside(); len(in) > 0 {
		t.Errorf("at last the clock is in %v", in)
	}
	w.shows()
}

func TestPersonsSubjects(t *testing.T) {
	const persons = "bring your slides"
	stories := []story{
		{"one that was there before comes back", func(w *world) {
			w.say("quic", persons)
			w.quietly(0)
			w.expect("quic: enters", "quic: "+tells("quic", 60))
			w.quietly(60)
			w.expect("quic: "+persons, "quic: leaves")
		}, persons},
		{"one that is set meanwhile wins, also at the end", func(w *world) {
			w.quietly(0)
			w.did()
			w.say("quic", persons)
			w.quietly(30)
			w.quietly(60)
			w.expect("quic: leaves")
		}, persons},
		{"one that is set meanwhile wins after a restart", func(w *world) {
			w.quietly(0)
			w.say("quic", persons)
			w.restart()
			w.did()
			w.quietly(30)
			w.expect("quic: enters")
			w.quietly(60)
			w.expect("quic: leaves")
		}, persons},
		{"one that is set meanwhile wins when the session gets longer", func(w *world) {
			w.quietly(0)
			w.say("quic", persons)
			w.slots[0] = slot(1, "quic", 0, 90)
			w.did()
			w.quietly(30)
			w.expect()
		}, persons},
		{"one that is set meanwhile gives way to the next session, and comes back", func(w *world) {
			w.slots = append(w.slots, slot(2, "quic", 60, 120))
			w.quietly(0)
			w.say("quic", persons)
			w.did()
			w.quietly(60)
			w.expect("quic: " + tells("quic", 120))
			w.quietly(120)
			w.expect("quic: "+persons, "quic: leaves")
		}, persons},
		{"the room's own, put back by a person, is not overwritten after a restart", func(w *world) {
			w.quietly(0)
			w.say("quic", ownOf("quic"))
			w.restart()
			w.did()
			w.quietly(30)
			w.expect("quic: enters")
		}, ownOf("quic")},
	}
	for _, s := range stories {
		t.Run(s.name, s.test)
	}
}

func TestAgendasChange(t *testing.T) {
	stories := []story{
		{"the session is cancelled while it is on", func(w *world) {
			w.quietly(0)
			w.did()
			w.slots[0].Off, w.slots[0].Status = true, "canceled"
			w.quietly(20)
			w.expect("quic: "+ownOf("quic"), "quic: leaves")
		}, ownOf("quic")},
		{"the session gets longer, then shorter", func(w *world) {
			w.quietly(0)
			w.did()
			w.slots[0].End = at(90)
			w.quietly(20)
			w.expect("quic: " + tells("quic", 90))
			w.slots[0].End = at(45)
			w.quietly(30)
			w.expect("quic: " + tells("quic", 45))
			w.quietly(45)
			w.expect("quic: "+ownOf("quic"), "quic: leaves")
		}, ownOf("quic")},
		{"the session moves to later in the day while it is on", func(w *world) {
			w.quietly(0)
			w.did()
			w.slots[0] = slot(1, "quic", 100, 120)
			if next := w.quietly(20); !next.Equal(at(100)) {
				w.t.Errorf("the clock comes back at %v", next)
			}
			w.expect("quic: "+ownOf("quic"), "quic: leaves")
			w.quietly(100)
			w.expect("quic: enters", "quic: "+tells("quic", 120))
		}, ownOf("quic")},
		{"the session moves to another room while it is on", func(w *world) {
			w.quietly(0)
			w.did()
			w.slots[0].Room = "tls"
			w.quietly(20)
			w.expect("quic: "+ownOf("quic"), "quic: leaves", "tls: enters", "tls: "+tells("quic", 60))
		}, ownOf("quic")},
		{"the session vanishes from the agenda while it is on", func(w *world) {
			w.quietly(0)
			w.did()
			w.slots = []provisioner.Slot{}
			w.quietly(20)
			w.expect("quic: "+ownOf("quic"), "quic: leaves")
		}, ownOf("quic")},
		{"one session after the other: one stay, one change", func(w *world) {
			w.slots = append(w.slots, slot(2, "quic", 60, 120))
			w.quietly(0)
			w.did()
			w.quietly(60)
			w.expect("quic: " + tells("quic", 120))
		}, ownOf("quic")},
		{"two sessions at once: one subject with both", func(w *world) {
			w.slots = append(w.slots, slot(2, "quic", 30, 90))
			w.slots[0].Name, w.slots[1].Name = "Interop", "Metrics"
			w.quietly(0)
			w.did()
			w.quietly(30)
			w.expect("quic: Now: Group quic: Interop (until 11:00) and Metrics until 11:30")
			w.quietly(60)
			w.expect("quic: Now: Group quic: Metrics until 11:30")
		}, ownOf("quic")},
		{"nobody knows the sessions any more", func(w *world) {
			w.quietly(0)
			w.did()
			was := w.slots
			w.slots = nil
			w.quietly(20)
			w.expect()
			w.slots = was
		}, ownOf("quic")},
	}
	for _, s := range stories {
		t.Run(s.name, s.test)
	}
}

// TestASubjectThatAPersonSetsInThatMoment wins: between the look at the room and
// the write to it the registry is written, and waits for its lock.
func TestASubjectThatAPersonSetsInThatMoment(t *testing.T) {
	for _, s := range []story{
		{"when the session starts", func(w *world) {
			w.during(func() { w.say("quic", "bring your slides") })
			next := w.quietly(0)
			w.expect("quic: enters")
			if !next.Equal(at(0).Add(backoff.First)) {
				w.t.Errorf("the clock comes back at %v", next)
			}
			w.quietly(1)
		}, "bring your slides"},
		{"when the next session starts", func(w *world) {
			w.slots = append(w.slots, slot(2, "quic", 60, 120))
			w.say("quic", "welcome")
			w.quietly(0)
			w.say("quic", "break")
			w.did()
			w.during(func() { w.say("quic", "bring your slides") })
			w.quietly(60)
			w.expect()
			w.quietly(61)
			w.expect()
		}, "bring your slides"},
	} {
		t.Run(s.name, s.test)
	}
}
