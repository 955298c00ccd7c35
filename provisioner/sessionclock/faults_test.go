package sessionclock

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"roomctl/provisioner"
	"roomctl/provisioner/backoff"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// refusal is a room's definite no.
func refusal(condition string) error {
	return fmt.Errorf("setting the subject of quic: %w", &xmppadmin.StanzaError{Condition: condition})
}

// stepping calls Step each minute from one to the other, and says how often there
// was an error that differs from the one before.
func (w *world) stepping(from, to int) (told int) {
	w.t.Helper()
	before := ""
	for m := from; m <= to; m++ {
		now := ""
		if _, err := w.step(m); err != nil {
			now = err.Error()
		}
		if now != "" && now != before {
			told++
		}
		before = now
	}
	return told
}

func TestFaults(t *testing.T) {
	stories := []story{
		{"the connection is lost: one entry, no second write", func(w *world) {
			w.quietly(0)
			w.did()
			w.cut()
			w.quietly(20)
			w.expect("quic: enters")
		}, ownOf("quic")},
		{"the connection is lost in the moment of entering: back after five seconds", func(w *world) {
			w.quietly(0)
			w.did()
			w.cut()
			next, err := w.clock.Step(w.t.Context(), w.now, w.slots)
			if err != nil || !next.Equal(w.now.Add(backoff.First)) {
				w.t.Errorf("the clock comes back at %v, %v", next, err)
			}
			w.expect()
			w.quietly(1)
			w.expect("quic: enters")
		}, ownOf("quic")},
		{"the connection is lost every minute: back after five seconds, then ten", func(w *world) {
			w.quietly(0)
			w.did()
			for i, wait := range []time.Duration{backoff.First, 2 * backoff.First} {
				w.cut()
				if next := w.quietly(2*i + 1); !next.Equal(w.now.Add(wait)) {
					w.t.Errorf("the clock comes back at %v", next)
				}
				w.expect()
				w.quietly(2*i + 2)
				w.expect("quic: enters")
			}
		}, ownOf("quic")},
		{"a person kicks us, again and again: told each time, and answered less and less often", func(w *world) {
			w.quietly(0)
			w.did()
			entries := 0
			for m := 1; m < 60; m++ {
				w.throwOut("quic", errors.New("kicked: go away"))
				w.step(m)
				entries += len(w.did())
			}
			if entries == 0 || entries > 10 {
				w.t.Errorf("%d entries in an hour", entries)
			}
		}, ownOf("quic")},
		{"the room lets nobody in: told once, tried again, late better than not", func(w *world) {
			w.rooms["quic"].shut = errors.New("entering quic: it is full")
			if n := w.stepping(0, 20); n != 1 {
				w.t.Errorf("told %d times", n)
			}
			w.expect()
			w.rooms["quic"].shut = nil
			w.quietly(21)
			w.expect("quic: enters", "quic: "+tells("quic", 60))
		}, ownOf("quic")},
		{"the room refuses the subject: told once, tried again", func(w *world) {
			w.rooms["quic"].mute = refusal("forbidden")
			if n := w.stepping(0, 20); n != 1 {
				w.t.Errorf("told %d times", n)
			}
			w.expect("quic: enters")
			w.rooms["quic"].mute = nil
			w.quietly(22)
			w.expect("quic: " + tells("quic", 60))
		}, ownOf("quic")},
		{"the answer to the subject is lost: it is not set again", func(w *world) {
			w.rooms["quic"].deaf = true
			if _, err := w.step(0); err == nil {
				w.t.Error("no error")
			}
			w.expect("quic: enters", "quic: "+tells("quic", 60))
			w.rooms["quic"].deaf = false
			w.quietly(1)
			w.expect()
		}, ownOf("quic")},
		{"the answer to the last subject is lost: it is not set again", func(w *world) {
			w.quietly(0)
			w.did()
			w.rooms["quic"].deaf = true
			if _, err := w.step(60); err == nil {
				w.t.Error("no error")
			}
			w.expect("quic: " + ownOf("quic"))
			w.quietly(61)
			w.expect("quic: leaves")
		}, ownOf("quic")},
		{"the connection is down at the end: the subject comes back later", func(w *world) {
			w.quietly(0)
			w.did()
			w.cut()
			w.down = xmppadmin.ErrDisconnected
			if n := w.stepping(1, 100); n != 2 { // the session is told of no more; and still, though it is over
				w.t.Errorf("told %d times", n)
			}
			w.down = nil
			w.quietly(101)
			w.expect("quic: enters", "quic: "+ownOf("quic"), "quic: leaves")
		}, ownOf("quic")},
		{"the chat service starts again at the end: the subject comes back later", func(w *world) {
			w.quietly(0)
			w.did()
			w.rooms["quic"].mute = refusal("service-unavailable")
			if n := w.stepping(60, 100); n != 1 {
				w.t.Errorf("told %d times", n)
			}
			w.rooms["quic"].mute = nil
			w.quietly(101)
			w.expect("quic: "+ownOf("quic"), "quic: leaves")
		}, ownOf("quic")},
		{"the registry is locked at the start: nothing is set before it is not", func(w *world) {
			w.locked = errors.New("another run holds the lock")
			if n := w.stepping(0, 5); n != 1 {
				w.t.Errorf("told %d times", n)
			}
			w.expect("quic: enters")
			w.locked = nil
			w.quietly(6)
			w.expect("quic: " + tells("quic", 60))
		}, ownOf("quic")},
		{"the registry is locked after the subject was set, and the program is killed", func(w *world) {
			w.say("quic", "bring your slides")
			w.quietly(0)
			w.slots[0].End = at(90)
			w.locked = errors.New("another run holds the lock")
			if _, err := w.step(10); err == nil {
				w.t.Error("no error")
			}
			w.locked = nil
			w.restart()
			w.did()
			w.quietly(20)
			w.expect("quic: enters")
		}, "bring your slides"},
		{"the registry is locked at the end", func(w *world) {
			w.quietly(0)
			w.did()
			w.locked = errors.New("another run holds the lock")
			if n := w.stepping(60, 70); n != 1 {
				w.t.Errorf("told %d times", n)
			}
			w.expect("quic: "+ownOf("quic"), "quic: leaves")
			w.locked = nil
			w.quietly(71)
			w.expect()
		}, ownOf("quic")},
		{"the template gives nothing for a session", func(w *world) {
			texts, err := provisioner.ParseSessionTexts(`{{if ne .Session "secret"}}Now: {{.Title}}{{end}}`, "", "", "", "")
			if err != nil {
				w.t.Fatal(err)
			}
			w.restart(func(o *Options) { o.Texts = texts })
			w.slots[0].Name = "secret"
			if n := w.stepping(0, 20); n != 1 {
				w.t.Errorf("told %d times", n)
			}
			w.expect()
		}, ownOf("quic")},
	}
	for _, s := range stories {
		t.Run(s.name, s.test)
	}
}

// TestARoomThatRefusesItsOldSubjectIsGivenUp after three times: nobody stays in a
// room for that.
func TestARoomThatRefusesItsOldSubjectIsGivenUp(t *testing.T) {
	w := newWorld(t, "quic")
	w.slots = []provisioner.Slot{slot(1, "quic", 0, 60)}
	w.quietly(0)
	w.did()
	w.rooms["quic"].mute = refusal("forbidden")
	if n := w.stepping(60, 120); n != 1 {
		t.Errorf("told %d times", n)
	}
	w.expect("quic: leaves")
	w.shows()
	if last := w.log.LastEntry(); last == nil || !strings.Contains(last.Message, "not tried again") {
		t.Errorf("the log ends with %+v", last)
	}
}

// TestManyRoomsWithOneTroubleAreToldShortly, and once.
func TestManyRoomsWithOneTroubleAreToldShortly(t *testing.T) {
	w := newWorld(t)
	for i := range 20 {
		name := fmt.Sprintf("room%02d", i)
		w.rooms[name] = &chatRoom{subject: ownOf(name)}
		w.own(registry.Room{Name: name, State: registry.Active, Origin: registry.Created, Since: at(-1000), Subject: ownOf(name)})
		w.slots = append(w.slots, slot(i, name, 0, 60))
	}
	w.down = xmppadmin.ErrDisconnected
	_, err := w.step(0)
	if err == nil || strings.Count(err.Error(), "\n") != maxTroubles || !strings.Contains(err.Error(), "17 more rooms") {
		t.Errorf("told: %v", err)
	}
	if n := w.stepping(1, 30); n != 1 {
		t.Errorf("the trouble changes %d times", n)
	}
	w.down = nil
	w.quietly(31)
	if got := len(w.inside()); got != 20 {
		t.Errorf("the clock is in %d rooms", got)
	}
}
