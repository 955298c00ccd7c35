package registry

import (
	"reflect"
	"testing"
	"time"
)

// set is one entry of the trail, so many hours after noon.
func set(hours int, field, value string) Change {
	return Change{At: noon.UTC().Add(time.Duration(hours) * time.Hour), Room: "quic", Verb: "configure", Field: field, New: value}
}

// made is set of a room that was made, or made again.
func made(hours int, field, value string) Change {
	c := set(hours, field, value)
	c.Verb = "recreate"
	return c
}

// ordered is a change that a person ordered, in a run of its own.
func ordered(c Change) Change {
	c.Run = byPerson
	return c
}

// byPerson stands for the run of a person's order.
const byPerson = -1

// given is a change of a session in the Datatracker.
func given(c Change) Change {
	c.Verb = "write-back"
	return c
}

func failed(c Change) Change {
	c.Error = "forbidden"
	return c
}

func of(room string, c Change) Change {
	c.Room = room
	return c
}

func TestFieldsThatAreChangedBackAndForthAreFound(t *testing.T) {
	flap := func(room, field, value, other string, since int) Flap {
		return Flap{Room: room, Field: field, Value: value, Other: other, Since: noon.UTC().Add(time.Duration(since) * time.Hour)}
	}
	tests := map[string]struct {
		trail []Change // in the order it was written
		want  []Flap
	}{
		"nothing was changed": {nil, nil},
		"set to the same value twice": {
			[]Change{set(0, "name", "A"), set(1, "name", "A")}, nil,
		},
		"set to the same value three times, because somebody else changes it back": {
			[]Change{set(0, "name", "A"), set(1, "name", "A"), set(2, "name", "A")},
			[]Flap{flap("quic", "name", "A", "A", 0)},
		},
		"set back and forth, because the Datatracker changes": {
			[]Change{set(0, "state", "retired"), set(1, "state", "active"), set(2, "state", "retired")},
			[]Flap{flap("quic", "state", "retired", "active", 0)},
		},
		"the fourth time counts from the second": {
			[]Change{set(0, "name", "A"), set(1, "name", "B"), set(2, "name", "A"), set(3, "name", "B")},
			[]Flap{flap("quic", "name", "B", "A", 1)},
		},
		"values that only go on": {
			[]Change{set(0, "name", "A"), set(1, "name", "B"), set(2, "name", "C"), set(3, "name", "D")}, nil,
		},
		"back and forth once, and on": {
			[]Change{set(0, "name", "A"), set(1, "name", "B"), set(2, "name", "A"), set(3, "name", "C")}, nil,
		},
		"two fields, three changes together": {
			[]Change{set(0, "name", "A"), set(1, "description", "A"), set(2, "name", "A")}, nil,
		},
		"two rooms, three changes together": {
			[]Change{set(0, "name", "A"), of("tls", set(1, "name", "A")), set(2, "name", "A")}, nil,
		},
		"several, sorted by room and field": {
			[]Change{
				of("tls", set(0, "name", "T")), set(0, "name", "A"), set(0, "logging", "true"),
				of("tls", set(1, "name", "T")), set(1, "name", "A"), set(1, "logging", "true"),
				of("tls", set(2, "name", "T")), set(2, "name", "A"), set(2, "logging", "true"),
			},
			[]Flap{flap("quic", "logging", "true", "true", 0), flap("quic", "name", "A", "A", 0), flap("tls", "name", "T", "T", 0)},
		},
		"three owners, each granted once": {
			[]Change{set(0, "owner", "a@x"), set(0, "owner", "b@x"), set(0, "owner", "c@x")}, nil,
		},
		"one of two owners, granted three times": {
			[]Change{
				set(0, "owner", "a@x"), set(0, "owner", "b@x"), set(1, "owner", "a@x"), set(2, "owner", "a@x"), set(2, "owner", "b@x"),
			},
			[]Flap{flap("quic", "owner", "a@x", "a@x", 0)},
		},
		"an admin and an owner of the same name count apart": {
			[]Change{set(0, "owner", "a@x"), set(1, "admin", "a@x"), set(2, "owner", "a@x")}, nil,
		},
		"changes that failed do not count": {
			[]Change{set(0, "name", "A"), failed(set(1, "name", "A")), failed(set(2, "name", "A")), set(3, "name", "A")}, nil,
		},
		"nor do they end it": {
			[]Change{set(0, "name", "A"), set(1, "name", "A"), set(2, "name", "A"), failed(set(3, "name", "B"))},
			[]Flap{flap("quic", "name", "A", "A", 0)},
		},
		"what a room was made with does not count": {
			[]Change{made(0, "name", "A"), made(1, "name", "A"), set(2, "name", "A"), set(3, "name", "A")}, nil,
		},
		"what a person ordered does not count": {
			[]Change{ordered(set(0, "state", "retired")), ordered(set(1, "state", "active")), ordered(set(2, "state", "retired"))}, nil,
		},
		"what a person orders begins the count anew": {
			[]Change{set(0, "name", "A"), ordered(set(1, "name", "B")), set(2, "name", "A"), set(3, "name", "A")}, nil,
		},
		"after it three times count again": {
			[]Change{ordered(set(0, "name", "B")), set(1, "name", "A"), set(2, "name", "A"), set(3, "name", "A")},
			[]Flap{flap("quic", "name", "A", "A", 1)},
		},
		"an order about another room ends nothing": {
			[]Change{set(0, "name", "A"), set(1, "name", "A"), of("tls", ordered(set(1, "name", "B"))), set(2, "name", "A")},
			[]Flap{flap("quic", "name", "A", "A", 0)},
		},
		"an order that failed ends nothing": {
			[]Change{set(0, "name", "A"), set(1, "name", "A"), failed(ordered(set(1, "name", "B"))), set(2, "name", "A")},
			[]Flap{flap("quic", "name", "A", "A", 0)},
		},
		"rooms that are given to sessions in the Datatracker do not count": {
			[]Change{given(set(0, "chat_room", "quic")), given(set(0, "chat_room", "quic")), given(set(0, "chat_room", "quic"))}, nil,
		},
		"holds, messages and successors do not count": {
			[]Change{
				set(0, "hold", "x"), set(0, "message", "go"), set(0, "successor", "mls"),
				set(1, "hold", "x"), set(1, "message", "go"), set(1, "successor", "mls"),
				set(2, "hold", "x"), set(2, "message", "go"), set(2, "successor", "mls"),
			}, nil,
		},
		"what is about no field does not count": {
			[]Change{set(0, "", ""), set(1, "", ""), set(2, "", "")}, nil,
		},
		"the first one just within two days": {
			[]Change{set(0, "name", "A"), set(24, "name", "A"), set(48, "name", "A")},
			[]Flap{flap("quic", "name", "A", "A", 0)},
		},
		"the first one longer ago": {
			[]Change{set(0, "name", "A"), set(24, "name", "A"), set(49, "name", "A")}, nil,
		},
		"all of them long before the newest entry": {
			[]Change{set(0, "name", "A"), set(1, "name", "A"), set(2, "name", "A"), of("tls", set(72, "name", "T"))}, nil,
		},
		"an entry from far ahead, when the clock was wrong, hides nothing": {
			[]Change{of("tls", set(24*365, "name", "T")), set(0, "name", "A"), set(1, "name", "A"), set(2, "name", "A")},
			[]Flap{flap("quic", "name", "A", "A", 0)},
		},
		"the order of the trail counts, whatever the clock did": {
			[]Change{set(2, "name", "A"), set(1, "name", "B"), set(0, "name", "A")},
			[]Flap{flap("quic", "name", "A", "B", 2)},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := openNew(t)
			run := beginRun(t, r)
			order, err := r.BeginRun(t.Context(), Run{Command: "rooms retire", Began: noon})
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range test.trail {
				test.trail[i].Run = run
				if c.Run == byPerson {
					test.trail[i].Run = order
				}
			}
			if err := r.Record(t.Context(), test.trail...); err != nil {
				t.Fatal(err)
			}
			if got := load(t, r.Reader).Flaps; !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}
