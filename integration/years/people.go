package years

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"roomctl/integration/house"
	"roomctl/xmppadmin"
)

// What people do to rooms on the chat server, behind roomctl's back.

// meddle lets somebody do something on the chat server.
func (s *simulation) meddle(ctx context.Context) error {
	rooms, err := s.house.Chat.Rooms(ctx)
	if err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(rooms))
	for _, deed := range []struct {
		chance float64
		do     func(context.Context, map[string]house.Room, []string) error
	}{
		{0.10, s.squat}, {0.25, s.chair}, {0.04, s.disown}, {0.08, s.lose}, {0.20, s.leave},
	} {
		if s.rng.Float64() < deed.chance {
			if err := deed.do(ctx, rooms, names); err != nil {
				return err
			}
		}
	}
	return nil
}

// oneOf picks a room that satisfies a condition; "" when there is none.
func (s *simulation) oneOf(names []string, condition func(string) bool) string {
	for _, i := range s.rng.Perm(len(names)) {
		if condition(names[i]) {
			return names[i]
		}
	}
	return ""
}

// squat: alice makes a room under a name that is wanted, or that will be.
func (s *simulation) squat(ctx context.Context, rooms map[string]house.Room, _ []string) error {
	var free []string
	for id := range s.oracle.groups {
		name := s.oracle.room(s.oracle.groups[id].Acronym)
		if _, there := rooms[name]; !there && name != "" && s.ledger.rooms[name] == nil {
			free = append(free, name)
		}
	}
	slices.Sort(free)
	free = append(free, s.history.acronym())
	name := free[0]
	s.tell("alice makes room %s", name)
	s.ledger.room(name).ours = false
	return s.house.Chat.Make(ctx, name)
}

// chair: an owner changes fields, well meant or not.
func (s *simulation) chair(ctx context.Context, _ map[string]house.Room, names []string) error {
	name := s.oneOf(names, func(n string) bool { return s.ledger.ours(n) })
	if name == "" {
		return nil
	}
	set := map[xmppadmin.Field]string{}
	switch s.rng.IntN(5) {
	case 0:
		set[xmppadmin.FieldDescription] = fmt.Sprintf("by the chairs, %d", s.rng.IntN(1000))
	case 1:
		set[xmppadmin.FieldName] = "The chairs' room"
	case 2:
		set[xmppadmin.FieldPublic] = "false"
	case 3:
		set[xmppadmin.FieldLogging] = "false"
	case 4:
		set[xmppadmin.FieldModerated] = "true"
	}
	s.tell("a chair of %s sets %v", name, set)
	return s.house.Chat.Change(ctx, name, set)
}

// disown: the owners of a room take roomctl's account out.
func (s *simulation) disown(ctx context.Context, _ map[string]house.Room, names []string) error {
	name := s.oneOf(names, func(n string) bool { return s.ledger.ours(n) && s.ledger.rooms[n].person == "" })
	if name == "" {
		return nil
	}
	out, err := s.house.Chat.Disown(ctx, name)
	if err != nil {
		return err
	}
	if !out {
		s.tell("the owners of %s want roomctl out; the server refuses", name)
		return nil
	}
	s.tell("the owners of %s take roomctl out", name)
	s.ledger.room(name).ours = false
	return nil
}

// lose: the server loses a room.
func (s *simulation) lose(ctx context.Context, _ map[string]house.Room, names []string) error {
	name := s.oneOf(names, func(n string) bool { return s.ledger.ours(n) })
	if name == "" {
		return nil
	}
	s.tell("the server loses room %s", name)
	return s.house.Chat.Lose(ctx, name)
}

// leave: somebody gives up a room that is not roomctl's, and it is gone.
func (s *simulation) leave(ctx context.Context, _ map[string]house.Room, names []string) error {
	name := s.oneOf(names, func(n string) bool { return !s.ledger.ours(n) })
	if name == "" {
		return nil
	}
	s.tell("alice gives room %s up", name)
	return s.house.Chat.Lose(ctx, name)
}
