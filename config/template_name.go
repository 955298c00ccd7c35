package config

import (
	"strings"
	"text/template"
)

// NameText is what the templates of room names in Rooms.Sessions and
// Rooms.Meeting see, with a dot: {{.Acronym}}.
type NameText struct {
	Meeting string // number: "126", "interim-2026-oauth-04"
	Acronym string // of the session's group; "" for a meeting's own rooms
	Session string // the session's name as it can stand in a room's: "iana-office-hours"; "" likewise
}

// sessionNames are sessions of every kind of meeting.
func sessionNames() []NameText {
	return []NameText{
		{Meeting: "126", Acronym: "iesg", Session: "iana-office-hours"},
		{Meeting: "interim-2026-oauth-04", Acronym: "oauth", Session: "web-authorization-protocol"},
	}
}

// validateName tries the template of a room's name, so that one that can never
// give a name is found now and not during a meeting.
func validateName(key, text string, samples []NameText, p *problems) {
	t, err := template.New(key).Parse(text)
	if err != nil {
		p.add(key, "%s", templateError(err))
		return
	}
	for _, sample := range samples {
		var b strings.Builder
		if err := t.Execute(&b, sample); err != nil {
			p.add(key, "%s", templateError(err))
			return
		}
		if name := strings.ToLower(b.String()); !roomName.MatchString(name) {
			p.add(key, "%q gives %q for meeting %s, which cannot be the name of a room", text, name, sample.Meeting)
			return
		}
	}
}
