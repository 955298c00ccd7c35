package config

import (
	"strings"
	"text/template"
)

// RoomText is what the templates of Rooms see, with a dot: {{.GroupName}}.
type RoomText struct {
	Room string // localpart
	JID  string

	Group     bool   // false for a room of no group; then the next six are empty
	Acronym   string // as the Datatracker has it now
	GroupName string
	Kind      string // "working group", "BOF", "research group", …
	BOF       bool
	Area      string // acronym of the area; "" when none or unknown
	GroupURL  string // the group's page on the Datatracker

	Meeting string // "IETF 126" for one of that meeting's own rooms (rooms.meeting); "" for others

	Retired   bool   // the group has ended
	Successor string // JID of the room that took over; "" when none

	Logged   bool   // every room is: rooms.logging is required
	LogURL   string // "" when not known
	NoteWell string
	Contact  string // "" when not set
}

// sample is something that a template is tried on.
type sample struct {
	what string // "a room such as hallway"
	data any
}

// roomSamples are rooms of every kind: a template may be right for one kind only.
func roomSamples() []sample {
	standing := RoomText{
		Room:     "hallway",
		JID:      "hallway@jabber.example.org",
		NoteWell: "https://www.example.org/note-well/",
	}
	meeting := standing
	meeting.Room, meeting.JID = "ietf126-noc", "ietf126-noc@jabber.example.org"
	meeting.Meeting = "IETF 126"
	group := standing
	group.Room, group.JID = "quic", "quic@jabber.example.org"
	group.Group, group.Acronym, group.GroupName = true, "quic", "QUIC"
	group.Kind, group.Area = "working group", "wit"
	group.GroupURL = "https://datatracker.example.org/group/quic/about/"
	group.LogURL, group.Contact = "https://logs.example.org/quic/", "rooms@example.org"
	retired := group
	retired.Retired, retired.Successor = true, "quic2@jabber.example.org"

	var samples []sample
	for _, room := range []RoomText{standing, meeting, group, retired} {
		samples = append(samples, sample{"a room such as " + room.Room, room})
	}
	return samples
}

// validateTemplate tries a template on every sample, so that a wrong member is
// found now and not in a room. "" is the built-in text.
func validateTemplate(key, text string, samples []sample, p *problems) {
	if text == "" {
		return
	}
	t, err := template.New(key).Parse(text)
	if err != nil {
		p.add(key, "%s", templateError(err))
		return
	}
	for _, sample := range samples {
		var b strings.Builder
		if err := t.Execute(&b, sample.data); err != nil {
			p.add(key, "%s", templateError(err))
			return
		}
		if strings.TrimSpace(b.String()) == "" {
			p.add(key, "gives an empty text for %s", sample.what)
			return
		}
	}
}

// templateError is the error of text/template on one line, without its prefix.
func templateError(err error) string {
	return strings.Join(strings.Fields(strings.TrimPrefix(err.Error(), "template: ")), " ")
}
