package agenda

import (
	"io/fs"
	"regexp"
	"strconv"

	"roomctl/agenda/ical"
)

// eventUID is the UID that an event of a meeting's session has. A session that
// takes place twice has one id and two events.
var eventUID = regexp.MustCompile(`^ietf-(.+)-session-([0-9]{1,9})(?:-[0-9]+)?@`)

// readCalendar reads the calendar of a meeting: its events, and the ways into
// rooms that CONFERENCE names (RFC 7986 section 5.11).
func readCalendar(tree fs.FS, path, number string) PublishedFile {
	f := PublishedFile{Path: path, shown: map[int][]appearance{}, way: func(link SessionLink) string { return roomURI(link.JID) }}
	data, err := fs.ReadFile(tree, path)
	if err != nil {
		f.Err = err
		return f
	}
	stream, err := ical.Decode(data)
	if err != nil {
		f.Err = err
		return f
	}
	for _, c := range stream.Components {
		uid, _ := c.Property("UID")
		parts := eventUID.FindStringSubmatch(uid.Value)
		if c.Name != "VEVENT" || parts == nil || parts[1] != number {
			continue
		}
		id, err := strconv.Atoi(parts[2])
		if err != nil {
			continue // too large for an id
		}
		f.shown[id] = append(f.shown[id], eventAppearance(c))
	}
	return f
}

// eventAppearance is an event as a reader of the calendar sees it.
func eventAppearance(event ical.Component) appearance {
	var a appearance
	if start, ok := event.Property("DTSTART"); ok {
		a.start, _ = start.Time() // without one it has no time
	}
	for _, p := range event.Properties {
		if p.Name == "CONFERENCE" {
			a.ways = append(a.ways, p.Value)
		}
	}
	return a
}
