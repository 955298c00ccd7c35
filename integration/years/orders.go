package years

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

// What people do to rooms through roomctl.

// order lets a person tell roomctl something: to take a room over that is not its own, to call a group's room otherwise,
// or what to do with a room.
func (s *simulation) order(ctx context.Context) error {
	rooms, err := s.house.Chat.Rooms(ctx)
	if err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(rooms))
	if s.rng.Float64() < 0.3 {
		foreign := s.oneOf(names, func(n string) bool { return !s.ledger.ours(n) && s.oracle.wanted[n] })
		if foreign != "" {
			return s.adopt(ctx, foreign)
		}
	}
	if s.rng.Float64() < 0.2 {
		s.override()
	}
	return s.decideSomething(ctx, names)
}

// adopt: a person hands a room over.
func (s *simulation) adopt(ctx context.Context, name string) error {
	s.tell("a person has %s adopted", name)
	o, err := s.observe(ctx, observed{what: "rooms adopt " + name, orders: map[string]bool{name: true}}, func() (*provisioner.Report, error) {
		adopted, err := s.house.Adopt(ctx, provisioner.AdoptOptions{Names: []string{name}})
		for _, a := range adopted {
			if a.Err != nil {
				err = a.Err
			}
		}
		return nil, err
	})
	if err != nil {
		return err
	}
	if o.err != nil {
		s.violated("a room that is handed over is taken", o, []string{o.err.Error()})
	}
	s.check(o, s.always())
	e := s.ledger.room(name)
	e.ours, e.was = true, true
	return nil
}

// override: a person gives the group that now has an acronym another room than the one whose acronym it was.
func (s *simulation) override() {
	for _, name := range slices.Sorted(maps.Keys(s.oracle.wanted)) {
		state, err := s.house.State(s.ctx)
		if err != nil {
			s.t.Fatal(err)
		}
		room, known := state.Rooms[name]
		ids := s.oracle.claimants(name)
		if !known || room.GroupID == 0 || len(ids) != 1 || ids[room.GroupID] {
			continue
		}
		s.house.Rules.Overrides[name] = fmt.Sprintf("%s-%d", name, s.step)
		s.tell("a person maps %s to %s", name, s.house.Rules.Overrides[name])
		return
	}
}

// decideSomething has a person decide about a room: retire, restore, close, destroy, hold, release, revert.
func (s *simulation) decideSomething(ctx context.Context, names []string) error {
	for _, choice := range s.choices(names) {
		if s.rng.Float64() >= choice.chance || choice.room == "" || choice.room == choice.to {
			continue
		}
		if err := s.decide(ctx, choice); err != nil {
			return err
		}
	}
	return nil
}

// A choice is a decision that a person may take.
type choice struct {
	chance  float64
	verb    provisioner.Verb
	room    string
	outcome func(*entry)
	to      string // the successor
}

func (s *simulation) choices(names []string) []choice {
	ours := func(condition func(*entry) bool) string {
		return s.oneOf(names, func(n string) bool { return s.ledger.ours(n) && condition(s.ledger.rooms[n]) })
	}
	person := func(states ...registry.RoomState) func(*entry) bool {
		return func(e *entry) bool { return slices.Contains(states, e.person) }
	}
	destroyed := s.oneOf(slices.Sorted(maps.Keys(s.ledger.rooms)), func(n string) bool { return s.ledger.rooms[n].person == registry.Destroyed })
	return []choice{
		{0.05, provisioner.Retire, ours(person("", registry.Active)), func(e *entry) { e.person = registry.Retired }, ""},
		{0.03, provisioner.Retire, ours(person("", registry.Active)), func(e *entry) { e.person = registry.Retired }, "hallway"},
		{0.05, provisioner.Close, ours(person("", registry.Active, registry.Retired)), func(e *entry) { e.person = registry.Closed }, ""},
		{0.10, provisioner.Destroy, ours(person(registry.Closed)), func(e *entry) { e.person = registry.Destroyed }, ""},
		{0.20, provisioner.Restore, ours(person(registry.Closed, registry.Retired)), func(e *entry) { e.person = registry.Active }, ""},
		{0.20, provisioner.Restore, destroyed, func(e *entry) { e.person = registry.Active }, ""},
		{0.05, provisioner.Hold, ours(func(e *entry) bool { return !e.held }), func(e *entry) { e.held = true }, ""},
		{0.30, provisioner.Release, ours(func(e *entry) bool { return e.held }), func(e *entry) { e.held = false }, ""},
		{0.05, provisioner.Revert, ours(person("")), func(e *entry) { e.held = true }, ""},
	}
}

// decide gives one order.
func (s *simulation) decide(ctx context.Context, c choice) error {
	s.tell("a person orders: %s %s %s", c.verb, c.room, c.to)
	was := *s.ledger.room(c.room)
	if again := c.verb == provisioner.Retire && was.person == registry.Active; c.to != "" || again {
		s.ledger.renamed(c.room) // people who came back to a restored room are told anew
	}
	order := observed{
		what:    fmt.Sprintf("rooms %s %s", c.verb, c.room),
		orders:  map[string]bool{c.room: true},
		destroy: map[string]bool{c.room: c.verb == provisioner.Destroy},
	}
	var decided []provisioner.Decided
	o, err := s.observe(ctx, order, func() (_ *provisioner.Report, err error) {
		decided, err = s.house.Decide(ctx, provisioner.Decision{Verb: c.verb, Room: c.room, Why: "as it happens", Successor: c.to})
		return nil, err
	})
	if err != nil {
		return err
	}
	switch {
	case o.err != nil:
		s.violated("a person's order is carried out", o, []string{o.err.Error()})
	case len(decided) != 1:
		s.violated("a person's order is carried out", o, []string{fmt.Sprintf("%d rooms were decided about", len(decided))})
	case decided[0].Err == nil:
		s.counts["orders"]++
		c.outcome(s.ledger.room(c.room))
	case slices.Contains([]provisioner.Verb{provisioner.Retire, provisioner.Restore, provisioner.Revert}, c.verb):
		// The room may be in dispute, there may be nowhere to send people, or nothing to go back to.
		s.tell("which is refused: %v", decided[0].Err)
		s.counts["orders refused"]++
	default:
		s.violated("a person's order is carried out", o, []string{decided[0].Err.Error()})
	}
	after := *s.ledger.room(c.room)
	s.check(o, s.always())
	if c.verb == provisioner.Destroy && after != was {
		if _, there := o.after[c.room]; there {
			s.violated("a destroyed room is gone", o, []string{c.room})
		}
	}
	return nil
}
