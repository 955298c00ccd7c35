package sessionclock

import (
	"slices"
	"strings"
	"time"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

// sight is a room at one moment, seen from inside.
type sight struct {
	slots []provisioner.Slot // that are on, by start; none: the stay is to end

	text string   // the subject that tells of them; "" without slots
	told []string // subjects that told of sessions in this room, or may still do so

	row *registry.Showing // what the room is known to show; nil: no session
	is  string            // its subject
	own string            // the subject that the room has of its own; "" when it has none

	// reset says that roomctl itself set the room's own subject while the session
	// was on: a run that finished the room, or a person's word to restore it.
	reset bool
}

// move is what follows from a sight.
type move struct {
	note *registry.Showing // to record before anything is set; nil: nothing
	set  *string           // the subject to set; nil: none

	// then is what the room shows once that is done; nil: no session.
	then *registry.Showing
}

// decide says what is to be done in a room.
//
//	sessions on | the room shows | its subject is      | then
//	some        | none           | the room's own      | set the text
//	some        | none           | a person's          | note it, so that it comes back; set the text
//	some        | none           | the text            | note that
//	some        | a session      | ours                | set the text, unless it is that
//	some        | a session, not | what was there      | set the text
//	            | set yet        | before              |
//	some        | a session      | a person's          | nothing, until another session begins there;
//	            |                |                     | then note it, and set the text
//	none        | a session      | ours                | set what was there before
//	none        | a session      | a person's          | nothing
//
// Ours is what the row says was set, and every text that tells of a session there:
// a subject that was set by a clock that was cut off before it could record so is
// known by that.
func decide(s sight, now time.Time) move {
	switch {
	case len(s.slots) == 0:
		return s.end()
	case s.row == nil:
		return s.begin(now)
	}
	row, begins := *s.row, s.begins()
	unset := row.Subject == "" && (s.is == "" || same(s.is, s.returns()))
	switch {
	case same(s.is, s.text):
		return move{then: s.shown(row, begins, now)}
	case s.ours(), unset, s.reset:
		return move{set: &s.text, then: s.shown(row, begins, now)}
	case begins:
		row.Session, row.Since, row.Subject, row.Returns = s.latest(), now, "", s.persons()
		return move{note: &row, set: &s.text, then: s.shown(row, true, now)}
	}
	return move{then: s.row} // a person's subject wins
}

// begin is the move in a room that shows no session yet.
func (s sight) begin(now time.Time) move {
	row := registry.Showing{Room: s.slots[0].Room, Session: s.latest(), Since: now}
	if same(s.is, s.text) {
		return move{then: s.shown(row, true, now)}
	}
	row.Returns = s.persons()
	return move{note: &row, set: &s.text, then: s.shown(row, true, now)}
}

// end is the move in a room in which no session is on any more.
func (s sight) end() move {
	if s.row == nil {
		return move{}
	}
	if !s.ours() {
		return move{}
	}
	back := s.returns()
	return move{set: &back}
}

// ours says whether the subject tells, or told, of a session.
func (s sight) ours() bool {
	if s.row != nil && s.row.Subject != "" && same(s.is, s.row.Subject) {
		return true
	}
	return slices.ContainsFunc(s.told, func(text string) bool { return same(s.is, text) })
}

// persons is the subject, if it is a person's; "" if there is none, the room's own,
// or ours.
func (s sight) persons() string {
	if same(s.is, s.own) || s.ours() {
		return ""
	}
	return s.is
}

// returns is the subject that comes back when the session is over.
func (s sight) returns() string {
	if s.row.Returns != "" {
		return s.row.Returns
	}
	return s.own
}

// begins says whether one of the sessions has begun since the room was last given
// a subject. One that was shown then does not begin by being moved.
func (s sight) begins() bool {
	return slices.ContainsFunc(s.slots, func(slot provisioner.Slot) bool {
		return slot.Session != s.row.Session && slot.Start.After(s.row.Since)
	})
}

// latest is the session that began last.
func (s sight) latest() int { return s.slots[len(s.slots)-1].Session }

// shown is a row once the text has been set.
func (s sight) shown(row registry.Showing, begins bool, now time.Time) *registry.Showing {
	row.Subject, row.Session = s.text, s.latest()
	if begins {
		row.Since = now
	}
	return &row
}

// same compares subjects as they are set: in one line.
func same(a, b string) bool {
	return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
}
