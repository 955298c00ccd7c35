// Package faults has, in tables, what can go wrong around roomctl: in the Datatracker's answers, in the chat server's, on
// the wire between them, on the disk and with the clock. Each fault says what roomctl must say about it, and what goes on
// in spite of it; package matrix tries them all, and package years lets them happen by chance.
package faults

import (
	"slices"
	"testing"
	"time"

	"roomctl/integration/house"
)

// A Fault is one way in which something goes wrong.
type Fault struct {
	Name  string
	start func(t testing.TB, at Scene) (stop func())

	// Says are words that one line of what the run tells must have: its error, or one of its complaints (see
	// house.Complaints).
	Says []string

	// SaysFirst is what takes the place of Says on the first day, when there is nothing to compare an answer with; nil:
	// the same.
	SaysFirst []string

	First Effect // what the very first sync does all the same
	Rest  Rest   // what goes on in the steady state

	// Quick is about what only quick runs ask for.
	Quick bool

	// silent faults keep answers of the chat server from coming. Requests to it have little time then: that is the price
	// of each such answer.
	silent bool
}

// nothing is what must be said about a fault that is none to tell of.
var nothing = []string{}

// Effect is how much of its work a run does.
type Effect int

// What a run may do on its first day in spite of a fault.
const (
	Everything Effect = iota // every room is made
	Something                // no room is made that is not wanted
	Nothing                  // no room is made
	Unborn                   // no room is made; there must have been a run before for the fault to be possible
)

// Rest is what becomes of things to do that a fault has nothing to do with.
type Rest int

// Two rooms are to be made when a fault strikes.
const (
	GoesOn Rest = iota // both are made
	Partly             // one at least is made: the fault hits one thing, and that may be one of them
	Stops              // none is made: roomctl cannot do without what is wrong
	Open               // the fault hits whatever comes first
)

// A Scene is where a fault happens.
type Scene struct {
	House   *house.House
	Meeting string // number of the IETF meeting whose documents are hit
	Interim string // and of the interim
	Room    string // the room that is hit
	Acronym string // of the group whose room that is, as the Datatracker has it
}

// Start makes things go wrong until stop is called.
func (f Fault) Start(t testing.TB, at Scene) (stop func()) {
	patience := at.House.ChatTimeout
	if f.silent {
		at.House.ChatTimeout = impatience
	}
	end := f.start(t, at)
	return func() {
		end()
		at.House.ChatTimeout = patience
	}
}

// impatience is how long a request may take to a chat server that may be silent: longer than one that is busy needs.
const impatience = 4 * time.Second

// OfEmbedded lists what may go wrong around a server in the process that plays a dialect, and pass by itself.
func OfEmbedded(d house.Dialect) []Fault { return slices.Concat(OfReal(), Chat(d)) }

// OfReal lists what may go wrong around a server that makes no faults itself, and pass by itself.
func OfReal() []Fault { return slices.Concat(Datatracker(), Wire(), Clock()) }
