package years

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"roomctl/integration/house"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// What must hold after every run of roomctl, whatever went wrong meanwhile.

// An invariant is a rule that a run may break.
type invariant struct {
	rule   string
	broken func(observed) []string // how it was broken; nil: it holds
}

// always are the invariants of every run.
func (s *simulation) always() []invariant {
	return []invariant{
		{"no room is destroyed, or made to vanish when it is empty", s.nothingLost},
		{"what is not roomctl's, or is held or closed, is untouched", s.nothingForeignTouched},
		{"a room is made only because something asks for it", s.onlyWantedRoomsMade},
		{"the audit trail explains every difference between before and after", s.trailExplains},
		{"what the audit trail says was done is so", s.trailIsTrue},
		{"a room is retired only with evidence", s.retiredWithEvidence},
		{"people are told where to go at most once a move", s.toldOnce},
		{"nobody is thrown out of a room", s.nobodyThrownOut},
		{"a run without entries in the audit trail writes nothing", s.writesHaveReasons},
	}
}

func (s *simulation) nothingLost(o observed) (broken []string) {
	for name, was := range o.before {
		is, there := o.after[name]
		switch {
		case !there && !o.destroy[name]:
			broken = append(broken, fmt.Sprintf("room %s is gone", name))
		case there && was.Values[xmppadmin.FieldPersistent] == "true" && is.Values[xmppadmin.FieldPersistent] == "false":
			broken = append(broken, fmt.Sprintf("room %s is no longer persistent", name))
		}
	}
	return broken
}

func (s *simulation) nothingForeignTouched(o observed) (broken []string) {
	for name, was := range o.before {
		why := s.ledger.untouchable(name)
		is, there := o.after[name]
		if why != "" && there && !o.orders[name] && !reflect.DeepEqual(was, is) {
			broken = append(broken, fmt.Sprintf("room %s was changed, but %s:\n\tfrom %+v\n\tto   %+v", name, why, was, is))
		}
	}
	return broken
}

func (s *simulation) onlyWantedRoomsMade(o observed) (broken []string) {
	wrongClock := strings.HasPrefix(o.faulty, "a clock") // what was asked for a year ago is not for this oracle to know
	for name := range o.after {
		if _, was := o.before[name]; was {
			continue
		}
		e := s.ledger.rooms[name]
		_, begun := o.state.Intents[name]
		switch {
		case e != nil && (e.person == registry.Destroyed || e.person == registry.Closed):
			broken = append(broken, fmt.Sprintf("room %s was made again, which a person has %s", name, e.person))
		case e != nil && e.held:
			broken = append(broken, fmt.Sprintf("room %s was made again, which a person holds", name))
		case !wrongClock && !s.ledger.asked[name] && (e == nil || !e.was) && !begun && !o.orders[name] && !s.begun[name]: // one that was roomctl's is made again
			broken = append(broken, fmt.Sprintf("room %s was made, and nothing asked for it", name))
		}
	}
	return broken
}

// trailExplains looks for an entry, of this run, about every field that is not what it was.
func (s *simulation) trailExplains(o observed) (broken []string) {
	for _, c := range o.trail {
		if len(c.Reasons) == 0 {
			broken = append(broken, fmt.Sprintf("an entry of room %s has no reasons: %+v", c.Room, c))
		}
	}
	for name, is := range o.after {
		was, there := o.before[name]
		for _, d := range house.Differences(was, is) {
			if !d.ExplainedBy(name, !there, o.trail) {
				broken = append(broken, fmt.Sprintf("the %s of room %s went from %q to %q, and no entry says so", d.Field, name, d.Was, d.Is))
			}
		}
	}
	return broken
}

// trailIsTrue compares the last entry about each field with what the server has.
func (s *simulation) trailIsTrue(o observed) (broken []string) {
	last := make(map[[2]string]registry.Change)
	for _, c := range o.trail {
		last[[2]string{c.Room, c.Field}] = c
	}
	for _, key := range slices.SortedFunc(maps.Keys(last), func(a, b [2]string) int { return strings.Compare(a[0]+" "+a[1], b[0]+" "+b[1]) }) {
		c := last[key]
		is, there := o.after[c.Room]
		got, known := is.Values[xmppadmin.Field(c.Field)]
		if c.Field == "subject" && is.Subject != "" {
			got, known = is.Subject, true
		}
		if c.Error == "" && there && known && house.OneLine(got) != house.OneLine(c.New) {
			broken = append(broken, fmt.Sprintf("the %s of room %s is %q, the entry is %+v", c.Field, c.Room, got, c))
		}
	}
	return broken
}

func (s *simulation) retiredWithEvidence(o observed) (broken []string) {
	for _, c := range o.trail {
		if c.Verb != string(provisioner.Retire) || c.Field != provisioner.FieldState || c.Error != "" || o.orders[c.Room] {
			continue
		}
		id := o.state.Rooms[c.Room].GroupID
		if e := s.ledger.rooms[c.Room]; e != nil && e.person == registry.Retired {
			continue
		}
		if !s.ledger.evidence[id] {
			broken = append(broken, fmt.Sprintf("room %s of group %d (%+v) was retired: %v", c.Room, id, s.oracle.groups[id], c.Reasons))
		}
		if o.faulty != "" {
			continue // an old copy may have served
		}
		for _, claim := range s.oracle.claims {
			if claim.room == c.Room && (claim.group == 0 || claim.group == id) {
				broken = append(broken, fmt.Sprintf("room %s was retired, but session %d of %s takes place in it", c.Room, claim.session, claim.meeting))
			}
		}
	}
	return broken
}

func (s *simulation) toldOnce(o observed) (broken []string) {
	told := make(map[string]int)
	for _, m := range s.house.Wire.Said() {
		told[m.Room]++
	}
	for _, m := range o.said {
		if told[m.Room] > s.ledger.moves[m.Room] {
			broken = append(broken, fmt.Sprintf("%s, which is the message number %d there, of %d moves", m, told[m.Room], s.ledger.moves[m.Room]))
		}
	}
	return broken
}

func (s *simulation) nobodyThrownOut(o observed) (broken []string) {
	for name, was := range o.before {
		is, there := o.after[name]
		for _, nick := range was.Occupants {
			if there && !slices.Contains(is.Occupants, nick) {
				broken = append(broken, fmt.Sprintf("%s is no longer in room %s", nick, name))
			}
		}
	}
	return broken
}

func (s *simulation) writesHaveReasons(o observed) (broken []string) {
	if len(o.trail) == 0 && len(o.writes) > 0 && len(o.state.Intents) == 0 {
		broken = append(broken, fmt.Sprintf("%d writing stanzas and no entry, the first: %s", len(o.writes), o.writes[0]))
	}
	return broken
}
