package years

import (
	"fmt"
	"slices"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

// What must hold after a full sync in which everything answered.

// clean are the invariants of such a sync.
func (s *simulation) clean() []invariant {
	return []invariant{
		{"the sync walks the line to its end", s.wentWell},
		{"every scheduled session has a fit room and a link", s.sessionsHaveRooms},
		{"no session links to an unfit room", s.linksAreFit},
		{"every group in scope has its room", s.groupsHaveRooms},
		{"a room's state follows its group's", s.stateFollowsGroup},
		{"no creation is left in doubt", s.noIntents},
		{"what is not done is said, with the rule or the reason", s.failuresAreSaid},
	}
}

func (s *simulation) wentWell(o observed) []string {
	if o.err != nil {
		return []string{o.err.Error()}
	}
	return nil
}

// excuse says why a room that is wanted need not be there and fit: something that a person has to settle, or that a
// guard held back and reported. It is empty when there is none.
func (s *simulation) excuse(o observed, room string, group int) string {
	e := s.ledger.rooms[room]
	_, there := o.after[room]
	ours := o.state.Rooms[room]
	switch {
	case e != nil && there && !e.ours:
		return "it is not roomctl's"
	case e != nil && e.held:
		return "a person holds it"
	case e != nil && (e.person == registry.Closed || e.person == registry.Destroyed):
		return "a person has " + string(e.person) + " it"
	case e != nil && e.person == registry.Retired && !there:
		return "a person has retired it, and it is gone"
	case len(s.oracle.claimants(room)) > 1:
		return "several groups want it"
	case ours.GroupID != 0 && group != 0 && ours.GroupID != group:
		return "it is another group's"
	}
	if rule := withheld(o.report, room); rule != "" {
		return "guard " + rule
	}
	return ""
}

func (s *simulation) sessionsHaveRooms(o observed) (broken []string) {
	if o.report == nil {
		return nil
	}
	for _, c := range s.oracle.claims {
		if c.room == "" {
			continue
		}
		links, err := s.house.Links(c.meeting)
		if err != nil {
			return append(broken, err.Error())
		}
		is, there := o.after[c.room]
		excuse := s.excuse(o, c.room, c.group)
		fit := there && is.Unfit(s.ledger.self) == ""
		switch {
		case excuse != "" && links[c.session] != c.room && !mentions(o.report, c.room) && !withheldLinks(o.report, c.meeting):
			broken = append(broken, fmt.Sprintf("session %d (%s) of %s has no link to %s because %s, and nothing says so", c.session, c.title, c.meeting, c.room, excuse))
		case excuse != "":
		case !fit:
			broken = append(broken, fmt.Sprintf("session %d (%s) of %s asks for room %s: there %t, %s", c.session, c.title, c.meeting, c.room, there, is.Unfit(s.ledger.self)))
		case links[c.session] != c.room && !withheldLinks(o.report, c.meeting):
			broken = append(broken, fmt.Sprintf("session %d (%s) of %s links to %q instead of %q", c.session, c.title, c.meeting, links[c.session], c.room))
		}
	}
	return broken
}

func (s *simulation) linksAreFit(o observed) (broken []string) {
	if o.report == nil {
		return nil
	}
	for meeting := range s.oracle.published {
		links, err := s.house.Links(meeting)
		if err != nil {
			return append(broken, err.Error())
		}
		for session, room := range links {
			is, there := o.after[room]
			if there && is.Unfit(s.ledger.self) == "" || withheldLinks(o.report, meeting) {
				continue
			}
			broken = append(broken, fmt.Sprintf("session %d of %s links to room %s: there %t, %s", session, meeting, room, there, is.Unfit(s.ledger.self)))
		}
	}
	slices.Sort(broken)
	return broken
}

func (s *simulation) groupsHaveRooms(o observed) (broken []string) {
	for room := range s.oracle.wanted {
		is, there := o.after[room]
		group := s.oracle.groupOf(room)
		if there && is.Unfit(s.ledger.self) == "" {
			continue
		}
		if excuse := s.excuse(o, room, group); excuse == "" {
			broken = append(broken, fmt.Sprintf("room %s is wanted: there %t, %s", room, there, is.Unfit(s.ledger.self)))
		}
	}
	return broken
}

func (s *simulation) stateFollowsGroup(o observed) (broken []string) {
	for name, room := range o.state.Rooms {
		e := s.ledger.rooms[name]
		_, there := o.after[name]
		g, known := s.oracle.groups[room.GroupID]
		if !there || e == nil || e.person != "" || !known || s.excuse(o, name, room.GroupID) != "" || s.disputed(name, room.GroupID) {
			continue
		}
		switch {
		case s.oracle.wanted[name]:
			if room.State != registry.Active {
				broken = append(broken, fmt.Sprintf("room %s of group %s (%d, %s) is wanted, and %s", name, g.Acronym, g.ID, g.State, room.State))
			}
		case ended(g.State) || s.movedOn(o, g.ID, name):
			if room.State != registry.Retired && !s.oracle.frozen {
				broken = append(broken, fmt.Sprintf("room %s of group %s (%d, %s) has no use any more, and is %s", name, g.Acronym, g.ID, g.State, room.State))
			}
		}
	}
	return broken
}

// disputed says whether another group than a room's own wants it.
func (s *simulation) disputed(room string, group int) bool {
	ids := s.oracle.claimants(room)
	return len(ids) > 1 || len(ids) == 1 && !ids[group]
}

// movedOn says whether a group undoubtedly has another room now: one that nothing excuses from being there and fit, and
// that no person took out of service.
func (s *simulation) movedOn(o observed, group int, room string) bool {
	to := s.oracle.room(s.oracle.groups[group].Acronym)
	other, ours := o.state.Rooms[to]
	if e := s.ledger.rooms[to]; e != nil && e.person == registry.Retired {
		return false
	}
	return to != room && to != "" && s.oracle.wanted[to] && len(s.oracle.claimants(to)) == 1 && s.oracle.claimants(to)[group] &&
		ours && other.GroupID == group && s.excuse(o, to, group) == ""
}

func (s *simulation) noIntents(o observed) (broken []string) {
	for name := range o.state.Intents {
		if withheld(o.report, name) == "" {
			broken = append(broken, fmt.Sprintf("run %d began to make room %s, and nobody knows what became of it", o.state.Intents[name].Run, name))
		}
	}
	return broken
}

func (s *simulation) failuresAreSaid(o observed) (broken []string) {
	if o.report == nil {
		return nil
	}
	for _, r := range o.report.Results {
		if r.Err != nil {
			broken = append(broken, fmt.Sprintf("%s %s failed: %v", r.Change.Verb, r.Change.Room, r.Err))
		}
	}
	for _, w := range o.report.Withheld {
		if w.Rule == "" || w.Why == "" || w.Allow == "" && w.Rule != provisioner.RuleLogging {
			broken = append(broken, fmt.Sprintf("a guard does not say which it is, why, or what to type: %+v", w))
		}
	}
	return broken
}
