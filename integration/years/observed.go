package years

import (
	"context"
	"fmt"
	"strings"

	"roomctl/integration/house"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

// observed is one run of roomctl with all that is known of it from outside.
type observed struct {
	what          string // the command, for messages
	before, after map[string]house.Room
	report        *provisioner.Report // nil where the command has none
	err           error
	run           registry.Run
	trail         []registry.Change // of the run, oldest first
	state         *registry.State   // afterwards
	writes        []string          // stanzas that reached the server
	said          []house.Message

	quick   bool
	faulty  string          // the mishap that went on meanwhile; "" when there was none
	orders  map[string]bool // rooms about which a person gave an order with this command
	destroy map[string]bool // of these, the ones that are to be destroyed
}

// observe runs a command and takes down what it did.
func (s *simulation) observe(ctx context.Context, o observed, command func() (*provisioner.Report, error)) (observed, error) {
	var err error
	if o.before, err = s.house.Chat.Rooms(ctx); err != nil {
		return o, fmt.Errorf("looking at the rooms before: %w", err)
	}
	said := len(s.house.Wire.Said())
	s.house.Wire.Forget()
	o.report, o.err = command()
	o.writes, o.said = s.house.Wire.Writes(), s.house.Wire.Said()[said:]
	if o.after, err = s.house.Chat.Rooms(ctx); err != nil {
		return o, fmt.Errorf("looking at the rooms after: %w", err)
	}
	if o.run, o.trail, err = s.house.LastRun(ctx); err != nil {
		return o, err
	}
	if o.run.ID == s.lastRun { // it never came to the registry
		o.trail = nil
	}
	s.lastRun = o.run.ID
	o.state, err = s.house.State(ctx)
	return o, err
}

// mentions says whether a report names a room, or has words about it, in any of its complaints.
func mentions(r *provisioner.Report, room string) bool {
	if r == nil {
		return false
	}
	for _, line := range house.Complaints(r) {
		for _, word := range strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(" ,:;()@\"", c) }) {
			if word == room {
				return true
			}
		}
	}
	return withheld(r, room) != ""
}

// withheld names the guard that held back a change of a room; "" when none did.
func withheld(r *provisioner.Report, room string) string {
	if r == nil {
		return ""
	}
	for _, w := range r.Withheld {
		for _, c := range w.Changes {
			if c.Room == room {
				return w.Rule
			}
		}
	}
	return ""
}

// withheldLinks says whether a guard kept the links of a meeting as they were.
func withheldLinks(r *provisioner.Report, meeting string) bool {
	for _, m := range r.Meetings {
		if m.Number == meeting && m.Withheld != nil {
			return true
		}
	}
	return false
}
