package years

import (
	"roomctl/integration/house"
	"roomctl/provisioner/registry"
)

// A ledger is what is known of the rooms apart from roomctl: who made them, and what persons decided.
type ledger struct {
	self  string
	rooms map[string]*entry

	// asked are the rooms that something asked for at any time since roomctl last saw everything, and evidence the groups
	// that had ended or been renamed since then: an old copy may have served.
	asked    map[string]bool
	evidence map[int]bool

	moves map[string]int // how often people in a room may have been told where to go
}

// An entry is one room.
type entry struct {
	ours   bool // roomctl made it, or a person handed it over, and nobody took it away since
	was    bool // it was roomctl's at some time
	person registry.RoomState
	held   bool
}

func newLedger(self string) *ledger {
	return &ledger{
		self: self, rooms: make(map[string]*entry), moves: make(map[string]int),
		asked: make(map[string]bool), evidence: make(map[int]bool),
	}
}

// room is the entry of a room, made when there is none.
func (l *ledger) room(name string) *entry {
	if l.rooms[name] == nil {
		l.rooms[name] = &entry{}
	}
	return l.rooms[name]
}

// ours says whether roomctl may do something to a room of itself.
func (l *ledger) ours(name string) bool { return l.rooms[name] != nil && l.rooms[name].ours }

// untouchable says why no sync may change a room that there is; "" when one may.
func (l *ledger) untouchable(name string) string {
	e := l.rooms[name]
	switch {
	case e == nil || !e.ours:
		return "it is not roomctl's"
	case e.held:
		return "a person holds it"
	case e.person == registry.Closed:
		return "a person closed it"
	}
	return ""
}

// witness adds what the world says now to what roomctl may have seen.
func (l *ledger) witness(o *oracle, names map[int][]string) {
	for room := range o.wanted {
		l.asked[room] = true
	}
	for id, g := range o.groups {
		if ended(g.State) || len(names[id]) > 1 {
			l.evidence[id] = true
		}
	}
}

// settle forgets what was: roomctl has seen everything as it is now.
func (l *ledger) settle(o *oracle, names map[int][]string) {
	l.asked, l.evidence = make(map[string]bool), make(map[int]bool)
	l.witness(o, names)
}

// made takes down the rooms that a run made. What they are called is for an invariant to judge.
func (l *ledger) made(before, after map[string]house.Room) {
	for name := range after {
		if _, was := before[name]; !was {
			e := l.room(name)
			e.ours, e.was = true, true
		}
	}
}

// renamed takes down that a group's room has another name: people in the old one are to be told, once.
func (l *ledger) renamed(room string) { l.moves[room]++ }
