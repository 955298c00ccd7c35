package sessionclock

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

// Subjects of the tables.
const (
	own     = "QUIC | Note Well"
	first   = "Now: the first"
	second  = "Now: the second"
	persons = "bring your slides"
	others  = "the room is moving"
)

func TestDecide(t *testing.T) {
	one := []provisioner.Slot{slot(1, "quic", 0, 60)}
	two := []provisioner.Slot{slot(2, "quic", 60, 120)}
	both := []provisioner.Slot{slot(1, "quic", 0, 60), slot(2, "quic", 30, 120)}
	shows := func(session int, subject, returns string, since time.Time) *registry.Showing {
		return &registry.Showing{Room: "quic", Session: session, Subject: subject, Returns: returns, Since: since}
	}
	set := func(s string) *string { return &s }
	tests := []struct {
		name string
		s    sight
		now  time.Time
		want move
	}{
		// A room that shows no session.
		{
			"a session begins where the subject is the room's own",
			sight{slots: one, text: first, is: own, own: own}, at(0),
			move{shows(1, "", "", at(0)), set(first), shows(1, first, "", at(0))},
		},
		{
			"a session begins where there is no subject",
			sight{slots: one, text: first, own: own}, at(0),
			move{shows(1, "", "", at(0)), set(first), shows(1, first, "", at(0))},
		},
		{
			"a session begins where the subject is a person's",
			sight{slots: one, text: first, is: persons, own: own}, at(0),
			move{shows(1, "", persons, at(0)), set(first), shows(1, first, persons, at(0))},
		},
		{
			"a session begins in a room that was adopted, of whose own subject nothing is known",
			sight{slots: one, text: first, is: persons}, at(0),
			move{shows(1, "", persons, at(0)), set(first), shows(1, first, persons, at(0))},
		},
		{
			"the registry was lost, and the subject tells of the session",
			sight{slots: one, text: first, is: first, own: own}, at(5),
			move{nil, nil, shows(1, first, "", at(5))},
		},

		// A room that shows one.
		{
			"the session is on and the subject tells of it",
			sight{slots: one, text: first, row: shows(1, first, "", at(0)), is: first, own: own}, at(5),
			move{nil, nil, shows(1, first, "", at(0))},
		},
		{
			"the server wraps the subject",
			sight{slots: one, text: first, row: shows(1, first, "", at(0)), is: " Now:\n the first ", own: own}, at(5),
			move{nil, nil, shows(1, first, "", at(0))},
		},
		{
			"the session is longer than it was",
			sight{slots: one, text: second, row: shows(1, first, persons, at(0)), is: first, own: own}, at(5),
			move{nil, set(second), shows(1, second, persons, at(0))},
		},
		{
			"a person's subject wins",
			sight{slots: one, text: first, row: shows(1, first, "", at(0)), is: persons, own: own}, at(5),
			move{nil, nil, shows(1, first, "", at(0))},
		},
		{
			"a person's subject wins, also when the session is longer than it was",
			sight{slots: one, text: second, row: shows(1, first, "", at(0)), is: persons, own: own}, at(5),
			move{nil, nil, shows(1, first, "", at(0))},
		},
		{
			"a person puts the room's own subject back",
			sight{slots: one, text: first, row: shows(1, first, "", at(0)), is: own, own: own}, at(5),
			move{nil, nil, shows(1, first, "", at(0))},
		},
		{
			"a person takes the subject away",
			sight{slots: one, text: first, row: shows(1, first, "", at(0)), own: own}, at(5),
			move{nil, nil, shows(1, first, "", at(0))},
		},
		{
			"a person sets the session's subject again",
			sight{slots: one, text: second, row: shows(1, first, "", at(0)), is: first, own: own}, at(5),
			move{nil, set(second), shows(1, second, "", at(0))},
		},
		{
			"a run set the room's own subject meanwhile",
			sight{slots: one, text: first, row: shows(1, first, "", at(0)), is: own, own: own, reset: true}, at(5),
			move{nil, set(first), shows(1, first, "", at(0))},
		},

		// Cut off.
		{
			"cut off before the subject was set",
			sight{slots: one, text: first, row: shows(1, "", "", at(0)), is: own, own: own}, at(5),
			move{nil, set(first), shows(1, first, "", at(0))},
		},
		{
			"cut off before a person's subject was replaced",
			sight{slots: one, text: first, row: shows(1, "", persons, at(0)), is: persons, own: own}, at(5),
			move{nil, set(first), shows(1, first, persons, at(0))},
		},
		{
			"cut off when the subject was set, before that was recorded",
			sight{slots: one, text: first, row: shows(1, "", persons, at(0)), is: first, own: own}, at(5),
			move{nil, nil, shows(1, first, persons, at(0))},
		},
		{
			"cut off before the subject was set, and then a person set one",
			sight{slots: one, text: first, row: shows(1, "", "", at(0)), is: persons, own: own}, at(5),
			move{nil, nil, shows(1, "", "", at(0))},
		},
		{
			"cut off when a correction was set, before that was recorded",
			sight{slots: one, text: second, row: shows(1, first, persons, at(0)), is: second, own: own}, at(5),
			move{nil, nil, shows(1, second, persons, at(0))},
		},
		{
			"cut off when the second subject was set, and a third session is on",
			sight{slots: two, text: second, told: []string{others}, row: shows(1, first, persons, at(0)), is: others, own: own}, at(60),
			move{nil, set(second), shows(2, second, persons, at(60))},
		},
		{
			"the registry was lost, and the subject tells of another session",
			sight{slots: two, text: second, told: []string{first}, is: first, own: own}, at(60),
			move{shows(2, "", "", at(60)), set(second), shows(2, second, "", at(60))},
		},

		// One session after the other, and several at once.
		{
			"back to back: one change of subject",
			sight{slots: two, text: second, row: shows(1, first, persons, at(0)), is: first, own: own}, at(60),
			move{nil, set(second), shows(2, second, persons, at(60))},
		},
		{
			"back to back after a person's subject: it comes back after the second",
			sight{slots: two, text: second, row: shows(1, first, persons, at(0)), is: others, own: own}, at(60),
			move{shows(2, "", others, at(60)), set(second), shows(2, second, others, at(60))},
		},
		{
			"back to back after a person put the old subject back",
			sight{slots: two, text: second, row: shows(1, first, persons, at(0)), is: persons, own: own}, at(60),
			move{shows(2, "", persons, at(60)), set(second), shows(2, second, persons, at(60))},
		},
		{
			"back to back after a person took the subject away: the room's own comes back",
			sight{slots: two, text: second, row: shows(1, first, persons, at(0)), own: own}, at(60),
			move{shows(2, "", "", at(60)), set(second), shows(2, second, "", at(60))},
		},
		{
			"back to back after a person set the room's own subject",
			sight{slots: two, text: second, row: shows(1, first, persons, at(0)), is: own, own: own}, at(60),
			move{shows(2, "", "", at(60)), set(second), shows(2, second, "", at(60))},
		},
		{
			"a second session begins while the first is on",
			sight{slots: both, text: second, row: shows(1, first, "", at(0)), is: first, own: own}, at(30),
			move{nil, set(second), shows(2, second, "", at(30))},
		},
		{
			"one of two is over: a person's subject stays",
			sight{slots: both[1:], text: first, row: shows(2, second, "", at(30)), is: persons, own: own}, at(60),
			move{nil, nil, shows(2, second, "", at(30))},
		},
		{
			"the later of two is over: a person's subject stays",
			sight{slots: both[:1], text: first, row: shows(2, second, "", at(30)), is: persons, own: own}, at(50),
			move{nil, nil, shows(2, second, "", at(30))},
		},
		{
			"the start of a session moves by minutes while it is on: a person's subject stays",
			sight{slots: []provisioner.Slot{slot(1, "quic", 10, 60)}, text: first, row: shows(1, first, "", at(0)), is: persons, own: own}, at(20),
			move{nil, nil, shows(1, first, "", at(0))},
		},
		{
			"a row of a session that is long over",
			sight{slots: two, text: second, row: shows(1, first, persons, at(-1000)), is: first, own: own}, at(61),
			move{nil, set(second), shows(2, second, persons, at(61))},
		},

		// The end.
		{
			"the session is over: the room's own subject comes back",
			sight{row: shows(1, first, "", at(0)), is: first, own: own}, at(60),
			move{set: set(own)},
		},
		{
			"the session is over: a person's subject comes back",
			sight{row: shows(1, first, persons, at(0)), is: first, own: own}, at(60),
			move{set: set(persons)},
		},
		{
			"the session is over, and there was no subject before",
			sight{row: shows(1, first, "", at(0)), is: first}, at(60),
			move{set: set("")},
		},
		{"the session is over, and the subject is a person's", sight{row: shows(1, first, "", at(0)), is: persons, own: own}, at(60), move{}},
		{"the session is over, and what was there before is back", sight{row: shows(1, first, persons, at(0)), is: persons, own: own}, at(60), move{}},
		{"the session is over, and its subject was never set", sight{row: shows(1, "", "", at(0)), is: own, own: own}, at(60), move{}},
		{
			"the session is over; its subject was set, before that could be recorded",
			sight{told: []string{second, first}, row: shows(1, "", persons, at(0)), is: first, own: own}, at(60),
			move{set: set(persons)},
		},
		{"no session, and none was shown", sight{is: persons, own: own}, at(60), move{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := decide(test.s, test.now)
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %s\nwant %s", describe(got), describe(test.want))
			}
			// What follows is carried out and looked at again: then there is nothing to do.
			if len(test.s.slots) == 0 || got.then == nil {
				return
			}
			after := test.s
			after.row, after.reset = got.then, false
			if got.set != nil {
				after.is = *got.set
			}
			if again := decide(after, test.now); again.set != nil || again.note != nil {
				t.Errorf("and then %s", describe(again))
			}
		})
	}
}

// describe writes a move out, for messages of tests.
func describe(m move) string {
	text := fmt.Sprintf("note %+v, then %+v", m.note, m.then)
	if m.set != nil {
		text += fmt.Sprintf(", set %q", *m.set)
	}
	return text
}
