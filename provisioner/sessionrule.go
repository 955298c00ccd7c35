package provisioner

import (
	"fmt"
	"regexp"
	"strings"
	"text/template"

	"roomctl/datatracker"
)

// SessionRule names the room of the sessions that it matches. A field that is
// not set matches every session. Type and purpose of a session are known from
// its row of the REST API only.
type SessionRule struct {
	Group   string         // acronym, lower case
	Name    *regexp.Regexp // found in the session's name
	Type    string         // slug of timeslottypename
	Purpose string         // slug of sessionpurposename

	Room *template.Template // executed with a NameText
}

// NameText is what templates of room names see.
type NameText struct {
	Meeting string // number: "126", "interim-2026-oauth-04"
	Acronym string // of the session's group; "" for a meeting's own rooms
	Session string // the session's name as it can stand in a room's: "iana-office-hours"; "" likewise
}

// matches says whether a rule is about a session. acronym is its group's. Without
// a row the zero Session stands for it, which has no type and no purpose.
func (r SessionRule) matches(s datatracker.AgendaSession, row datatracker.Session, acronym string) bool {
	return (r.Group == "" || strings.EqualFold(r.Group, acronym)) &&
		(r.Name == nil || r.Name.MatchString(s.Name)) &&
		(r.Type == "" || r.Type == row.Type) &&
		(r.Purpose == "" || r.Purpose == row.Purpose)
}

// ruled is the room that the first rule that matches a session gives it, and
// which one that is; "" when none does, or when it gives no name.
func (d *desirer) ruled(m datatracker.Meeting, s datatracker.AgendaSession, row datatracker.Session, acronym string) (room, rule string) {
	for i, r := range d.rules.SessionRooms {
		if !r.matches(s, row, acronym) {
			continue
		}
		rule = fmt.Sprintf("rooms.sessions[%d]", i+1)
		room, err := nameBy(r.Room, NameText{Meeting: m.Number, Acronym: acronym, Session: hyphenated(s.Name)})
		if err != nil {
			d.warn("", s.SessionID, "session %d of %s: %s: %v; the group's room is used", s.SessionID, m.Title(), rule, err)
			return "", ""
		}
		return room, rule
	}
	return "", ""
}

// nameBy is the name of a room that a template gives. The house chose it, so that
// rooms.overrides has no say.
func nameBy(t *template.Template, text NameText) (string, error) {
	var b strings.Builder
	if err := t.Execute(&b, text); err != nil {
		return "", err
	}
	name := strings.ToLower(b.String())
	if !ValidName(name) {
		return "", fmt.Errorf("%q cannot be the name of a room", name)
	}
	return name, nil
}

// unfitForNames is what a session's name has between the parts that can stand in
// the name of a room.
var unfitForNames = regexp.MustCompile(`[^a-z0-9]+`)

// hyphenated is a session's name with hyphens between its parts.
func hyphenated(name string) string {
	return strings.Trim(unfitForNames.ReplaceAllString(strings.ToLower(name), "-"), "-")
}
