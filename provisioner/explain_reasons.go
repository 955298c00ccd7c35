package provisioner

import (
	"fmt"
	"slices"
	"strings"

	"roomctl/datatracker"
)

// reasons says why a room is wanted, or why it is not.
func (e *explainer) reasons(name string) []Reason {
	want, wanted := e.desired.Room(name)
	if !wanted {
		return e.unwanted(name)
	}
	var list []Reason
	for _, text := range want.Reasons {
		list = append(list, Reason{Text: text, Documents: e.evidence(name, text)})
	}
	if n := len(list); n > 1 && e.known.Rooms[name].Pinned { // what a person decided decides, and comes last: see desirer.pinned
		list = slices.Concat(list[n-1:], list[:n-1])
	}
	return list
}

// evidence finds what the Datatracker said that a reason of Desire goes by: it
// names a session of the room, or a group.
func (e *explainer) evidence(name, reason string) []Document {
	for _, m := range e.desired.Meetings {
		for _, s := range m.Sessions {
			if s.Room == name && strings.HasPrefix(reason, fmt.Sprintf("session %d ", s.ID)) {
				return e.meetingDocuments(m.Number)
			}
		}
	}
	want, _ := e.desired.Room(name)
	if g, known := e.snap.Group(want.GroupID); known && strings.HasPrefix(reason, "group ") {
		return e.groupDocuments(g)
	}
	return []Document{}
}

// unwanted says why nothing asks for a room, or why it gets none all the same.
func (e *explainer) unwanted(name string) []Reason {
	ours, managed := e.known.Rooms[name]
	var list []Reason
	say := func(documents []Document, format string, args ...any) {
		list = append(list, Reason{Text: fmt.Sprintf(format, args...), Documents: documents})
	}
	none := []Document{}
	for _, p := range e.desired.Problems {
		if p.Room == name {
			say(none, "%s", p.Text)
		}
	}
	switch {
	case ours.State.OutOfUse() && len(list) > 0: // desirer.outOfUse has told it
	case ours.State.OutOfUse():
		say(none, "a person decided that it is %s; only a person opens it again: roomctl rooms restore %s", ours.State, name)
	case e.blind:
		say(none, "what the Datatracker wants is not known: it was not read, and there is no copy")
	case managed && ours.GroupID != 0:
		if _, read := e.snap.Group(ours.GroupID); !read {
			say(none, "group %d, to which it belongs, was not read, so nothing is decided about it", ours.GroupID)
		}
	}
	for _, g := range e.snap.Groups {
		if room, err := e.rules.roomFor(g.Acronym); err == nil && room == name && !e.rules.wants(g.Type, g.State, e.snap.DefaultChat) {
			say(e.groupDocuments(g), "group %s gets no room: %s", describe(g), e.rules.whyNot(g, e.snap.DefaultChat))
		}
	}
	if len(list) == 0 {
		say(none, "no group in scope, no coming session and no standing room has that name")
	}
	return list
}

// whyNot says which rule keeps a group from having a room all year round.
func (r Rules) whyNot(g datatracker.Group, defaultChat map[string]bool) string {
	if !slices.Contains(r.GroupStates, g.State) {
		return fmt.Sprintf("the state %s is not among rooms.group_states (%s)", g.State, strings.Join(r.GroupStates, ", "))
	}
	if defaultChat == nil {
		return "which types have a default chat was not read, and " + g.Type + " is not among rooms.group_types"
	}
	return fmt.Sprintf("the type %s has no default chat and is not among rooms.group_types", g.Type)
}
