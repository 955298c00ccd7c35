package provisioner

import (
	"regexp"
	"text/template"
)

// SessionRule names the room of the sessions that it matches. A field that is
// not set matches every session.
type SessionRule struct {
	Group   string         // acronym, lower case
	Name    *regexp.Regexp // of the session's name
	Type    string         // slug of timeslottypename
	Purpose string         // slug of sessionpurposename

	Room *template.Template // executed with a NameText
}

// NameText is what templates of room names see.
type NameText struct {
	Meeting string // number: "126"
	Acronym string // of the session's group; "" for a meeting's own rooms
	Session string // the session's name; likewise
}
