package provisioner

import (
	"fmt"
	"regexp"
	"text/template"
)

// meetingRooms asks for the rooms that the current IETF meeting has beside those
// of its sessions. When the next meeting is current, nothing asks for them any
// more, and they stay as they are.
func (d *desirer) meetingRooms() {
	for _, m := range d.snap.Meetings {
		if m.Type != "ietf" || !m.Current {
			continue
		}
		for _, t := range d.rules.MeetingRooms {
			name, err := nameBy(t, NameText{Meeting: m.Number})
			if err != nil {
				d.fail("", 0, "rooms.meeting: for %s, %v", m.Title(), err)
				continue
			}
			d.ask(name, 0, fmt.Sprintf("room of %s (rooms.meeting)", m.Title()))
		}
	}
}

// meetingOf is the number of the IETF meeting that a name of rooms.meeting tells,
// as in ietf126-noc; "" when it tells none. It is read from the name, because the
// room stays when the meeting is over, and what it says of itself stays too.
func (r Rules) meetingOf(room string) string {
	for _, t := range r.MeetingRooms {
		if number := numberIn(t, room); number != "" {
			return number
		}
	}
	return ""
}

// digits are what may be the number of an IETF meeting.
var digits = regexp.MustCompile(`[0-9]{1,4}`)

// numberIn is the number with which a template of a room's name gives that name;
// "" when none does, or when every number does.
func numberIn(t *template.Template, name string) string {
	for _, number := range digits.FindAllString(name, -1) {
		with, err := nameBy(t, NameText{Meeting: number})
		other, otherErr := nameBy(t, NameText{Meeting: number + "0"})
		if err == nil && otherErr == nil && with == name && other != name {
			return number
		}
	}
	return ""
}
