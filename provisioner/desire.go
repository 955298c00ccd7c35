package provisioner

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// Desired is what there should be.
type Desired struct {
	Rooms    []DesiredRoom // sorted by name
	Meetings []MeetingRooms
	Problems []Problem // what could not be decided, and what a person can do
}

// DesiredRoom is one room that should be, and why.
type DesiredRoom struct {
	Name    string
	GroupID int // 0 for standing and session-only rooms
	State   registry.RoomState

	Values  map[xmppadmin.Field]string
	Subject string

	// Tentative fields are right for a new room but no reason to change an
	// existing one: something they are made of is unknown in this run.
	Tentative map[xmppadmin.Field]bool

	// Successor is the room that took over after a rename; "" when none did.
	Successor string

	// Begun rooms are wanted by nothing but an intent: an earlier run began to
	// make them, and then nobody asked for them any more.
	Begun bool

	Reasons []string // with ids, in the order they were found
}

// Problem is something about one object that a person should know.
type Problem struct {
	Room    string `json:"room,omitempty"`
	Session int    `json:"session,omitempty"`
	Text    string `json:"text"`

	// Failure tells an error, which makes the run partial, from a warning.
	Failure bool `json:"failure"`
}

// Room looks a desired room up by name.
func (d *Desired) Room(name string) (DesiredRoom, bool) {
	i, ok := slices.BinarySearchFunc(d.Rooms, name, func(r DesiredRoom, n string) int {
		return strings.Compare(r.Name, n)
	})
	if !ok {
		return DesiredRoom{}, false
	}
	return d.Rooms[i], true
}

// Desire says which rooms there should be, from what the Datatracker says, what
// is ours already, and the house rules. It is pure.
//
//	group's state                     | asked for by a coming session | room
//	active, bof, proposed, dormant    | any                           | active
//	conclude, bof-conc, abandon, …    | yes                           | active
//	conclude, bof-conc, abandon, …    | no, but the room is ours      | retired, unless an agenda is unknown
//	anything else, or unknown         | no, but the room is ours      | as it is
//
// What a person decided comes before all of that:
//
//	in the registry                   | room
//	active or retired, and pinned     | as it is, whatever asks for it
//	closed or destroyed               | none: who asks for it is told
func Desire(snap *datatracker.Snapshot, known *registry.State, rules Rules) *Desired {
	d := &desirer{
		snap: snap, known: known, rules: rules,
		named: groupsByRoom(snap, rules), blind: blind(snap), wanted: map[string]*claim{},
	}
	d.standing()
	d.groups()
	d.sessions()
	d.meetingRooms()
	d.ours()
	return d.finish()
}

// desirer collects the claims on room names before they are judged together.
type desirer struct {
	snap  *datatracker.Snapshot
	known *registry.State
	rules Rules
	named map[string]int // room name -> group id; 0: several
	blind bool           // some coming session may not have been seen

	wanted   map[string]*claim
	meetings []MeetingRooms
	problems []Problem
}

// claim is everything that asks for one room name.
type claim struct {
	groups    []int // distinct group ids that claim the name
	retired   bool
	successor string
	idle      bool // it is retired, and nothing tells why any more
	begun     bool
	reasons   []string
}

// ask adds one reason for a room. A group id of 0 claims the name for nobody.
func (d *desirer) ask(room string, group int, reason string) {
	c := d.wanted[room]
	if c == nil {
		c = &claim{}
		d.wanted[room] = c
	}
	if group != 0 && !slices.Contains(c.groups, group) {
		c.groups = append(c.groups, group)
	}
	if !slices.Contains(c.reasons, reason) {
		c.reasons = append(c.reasons, reason)
	}
}

// standing asks for the rooms that belong to no group.
func (d *desirer) standing() {
	for _, given := range d.rules.Fixed {
		name, err := d.rules.roomFor(given)
		if err != nil {
			d.fail("", 0, "rooms.fixed: %v", err)
			continue
		}
		d.ask(name, 0, "standing room (rooms.fixed)")
	}
}

// groups asks for the year-round rooms of the groups in scope.
func (d *desirer) groups() {
	for _, g := range d.snap.Groups {
		if !d.rules.wants(g.Type, g.State, d.snap.DefaultChat) {
			continue
		}
		name, err := d.rules.roomFor(g.Acronym)
		if err != nil {
			d.fail("", 0, "group %s: %v", describe(g), err)
			continue
		}
		d.ask(name, g.ID, "group "+describe(g))
	}
}

// finish judges the claims and describes the rooms.
func (d *desirer) finish() *Desired {
	out := &Desired{Meetings: d.meetings}
	for _, name := range slices.Sorted(maps.Keys(d.wanted)) {
		c := d.wanted[name]
		if d.outOfUse(name, c) {
			continue
		}
		group, ok := d.owner(name, c)
		if !ok {
			d.dispute(name)
			continue
		}
		idle := d.pinned(name, group, c)
		room, err := d.describe(name, group, c)
		if err != nil {
			d.fail(name, 0, "%v", err)
			continue
		}
		if idle {
			room.retire()
		}
		out.Rooms = append(out.Rooms, room)
	}
	out.Problems = d.problems
	return out
}

// owner settles which group a room belongs to. A name that two groups claim,
// or that belongs to a group other than the one asking, is disputed: a person
// decides.
func (d *desirer) owner(name string, c *claim) (int, bool) {
	if len(c.groups) > 1 {
		d.fail(name, 0, "room %s is claimed by groups %s; its room is left alone until the Datatracker has one group of that name, or rooms.overrides tells them apart",
			name, d.list(c.groups))
		return 0, false
	}
	ours, managed := d.known.Rooms[name]
	if len(c.groups) == 0 {
		if managed {
			return ours.GroupID, true
		}
		return d.known.Intents[name].GroupID, true
	}
	group := c.groups[0]
	if managed && ours.GroupID != 0 && ours.GroupID != group {
		d.fail(name, 0, "room %s belongs to group %s, but now group %s has that acronym; it is left alone until a person decides: map the new group to another name under rooms.overrides, or close and destroy the room and restore it for the new group",
			name, d.list([]int{ours.GroupID}), d.list([]int{group}))
		return 0, false
	}
	return group, true
}

// dispute marks the sessions of a room that two groups claim: which room is theirs
// is not decided in this run.
func (d *desirer) dispute(room string) {
	for _, m := range d.meetings {
		for i := range m.Sessions {
			if m.Sessions[i].Room == room {
				m.Sessions[i].Disputed = true
			}
		}
	}
}

func (d *desirer) fail(room string, session int, format string, args ...any) {
	d.problems = append(d.problems, Problem{Room: room, Session: session, Text: fmt.Sprintf(format, args...), Failure: true})
}

func (d *desirer) warn(room string, session int, format string, args ...any) {
	d.problems = append(d.problems, Problem{Room: room, Session: session, Text: fmt.Sprintf(format, args...)})
}

// list names groups for people.
func (d *desirer) list(ids []int) string {
	var s string
	for i, id := range ids {
		if i > 0 {
			s += " and "
		}
		if g, ok := d.snap.Group(id); ok {
			s += describe(g)
		} else {
			s += strconv.Itoa(id)
		}
	}
	return s
}

// describe is a group as reasons and problems name it.
func describe(g datatracker.Group) string {
	return fmt.Sprintf("%s (%d, %s, %s)", g.Acronym, g.ID, g.Type, g.State)
}
