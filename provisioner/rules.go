package provisioner

import (
	"slices"
	"strings"
	"text/template"
	"time"
	"unicode"

	"roomctl/provisioner/registry"
)

// Rules are the house rules: what decides which rooms exist and what they look
// like. They come from the configuration and do not change during a run.
type Rules struct {
	MUC         string // domain of the MUC service
	Self        string // our bare JID, owner of every room that is ours
	Datatracker string // base URL, for links to groups

	GroupTypes  []string // group types with rooms, beside those with default chat
	GroupStates []string // group states that want a room
	Fixed       []string // standing rooms that belong to no group

	// Overrides map a name that the Datatracker gives (lower-cased acronym or
	// chat_room) to the room's name here.
	Overrides map[string]string

	Language string
	Logging  Logging
	Owners   []string // bare JIDs that must be among the owners of every room
	Admins   []string // bare JIDs that must be among the admins

	// SessionRooms name the room of sessions that share a group with others: the
	// first that matches counts, after the session's own chat_room.
	SessionRooms []SessionRule

	// MeetingRooms are templates of the names of rooms that every IETF meeting
	// gets beside those of its sessions.
	MeetingRooms []*template.Template

	// Joint makes the rooms of a joint session point to each other while it runs.
	Joint bool

	Texts Texts

	Limits Limits

	// WriteBack says what becomes of sessions for which the Datatracker
	// computes another room. ChatPatterns are what its links may look like to
	// point here: see the function of that name.
	WriteBack    WriteBack
	ChatPatterns []string
}

// Logging says how much it matters that rooms are logged.
type Logging string

const (
	LoggingRequired Logging = "required" // no room is created, none is linked, without a log
	LoggingWanted   Logging = "wanted"   // logged where the service can; linked either way
	LoggingOff      Logging = "off"      // roomctl leaves logging alone
)

// Limits are the numbers of the plan guards. A class of changes is withheld
// when it has more than both its count and its percentage of the rooms that
// are ours.
type Limits struct {
	Retire      Limit // default 10, 10 %
	Reconfigure Limit // default 20, 20 %
	Create      Limit // default 50, 25 %; counts only after a first sync has succeeded

	// WriteBack counts the sessions of one meeting whose chat_room is set in the
	// Datatracker, and its percentage is of that meeting's sessions; default 20,
	// 20 %.
	WriteBack Limit

	// MinLinked is the least percentage of the linked sessions of an agenda
	// that must stay linked for a new file to replace the old one; default 90.
	MinLinked int
}

// Limit is the larger of a count and a percentage.
type Limit struct {
	Count   int
	Percent int
}

// Of is the largest number of changes that a limit lets pass among n rooms.
func (l Limit) Of(n int) int { return max(l.Count, n*l.Percent/100) }

// DefaultLimits are the limits of a configuration that names none.
func DefaultLimits() Limits {
	return Limits{
		Retire:      Limit{Count: 10, Percent: 10},
		Reconfigure: Limit{Count: 20, Percent: 20},
		Create:      Limit{Count: 50, Percent: 25},
		WriteBack:   Limit{Count: 20, Percent: 20},
		MinLinked:   90,
	}
}

// wants says whether a group of that type and state has a room of its own all
// year round. defaultChat is has_default_chat per type, as the Datatracker says.
func (r Rules) wants(groupType, state string, defaultChat map[string]bool) bool {
	return slices.Contains(r.GroupStates, state) && r.covers(groupType, defaultChat)
}

// covers says whether groups of that type have rooms at all.
func (r Rules) covers(groupType string, defaultChat map[string]bool) bool {
	return defaultChat[groupType] || slices.Contains(r.GroupTypes, groupType)
}

// Fit says whether sessions may be linked to a room: it is in use, and was
// verified within 24 hours to be ours, persistent, public and, where the rules
// require it, logged.
func (r Rules) Fit(room registry.Room, now time.Time) bool {
	return !room.State.OutOfUse() && room.Verified.Fit(now, r.needLogged())
}

// needLogged says whether a room without a log is unfit.
func (r Rules) needLogged() bool { return r.Logging == LoggingRequired }

// JID is the address of a room.
func (r Rules) JID(room string) string { return room + "@" + r.MUC }

// oneLine is a value as it is compared and set: white space collapsed, so that
// a server that trims or wraps does not look like drift, and without control
// characters, marks that turn the reading direction, and what XML cannot carry.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar, r == '\ufffe', r == '\uffff':
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
