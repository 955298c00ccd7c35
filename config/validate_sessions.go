package config

import (
	"regexp"
	"strings"
)

// nameSlug is the key of a type or purpose of sessions, such as closed_meeting.
var nameSlug = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

// validateSessions checks the rules of rooms.sessions, and brings acronyms into
// lower case, as the Datatracker's are.
func (r *Rooms) validateSessions(p *problems) {
	for i := range r.Sessions {
		r.Sessions[i].validate(itemKey("rooms.sessions", i), p)
	}
}

func (s *SessionRule) validate(key string, p *problems) {
	s.Group = strings.ToLower(strings.TrimSpace(s.Group))
	if s.Group == "" && s.Name == "" && s.Type == "" && s.Purpose == "" {
		p.add(key, "matches every session: set group, name, type or purpose")
	}
	if s.Group != "" && !slug.MatchString(s.Group) {
		p.add(key+".group", "%q is not the acronym of a group, such as iesg", s.Group)
	}
	if _, err := regexp.Compile(s.Name); err != nil {
		p.add(key+".name", "%s", templateError(err))
	}
	if s.Type != "" && !nameSlug.MatchString(s.Type) {
		p.add(key+".type", "%q is not a type of sessions, such as other", s.Type)
	}
	if s.Purpose != "" && !nameSlug.MatchString(s.Purpose) {
		p.add(key+".purpose", "%q is not a purpose of sessions, such as officehours", s.Purpose)
	}
	if s.Room == "" {
		p.missing(key+".room", "{{.Acronym}}-office-hours")
		return
	}
	validateName(key+".room", s.Room, sessionNames(), p)
}
