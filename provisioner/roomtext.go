package provisioner

import (
	"fmt"
	"strings"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// describe fills in what a desired room is to say about itself.
func (d *desirer) describe(name string, group int, c *claim) (DesiredRoom, error) {
	room := DesiredRoom{
		Name:      name,
		GroupID:   group,
		State:     registry.Active,
		Successor: c.successor,
		Begun:     c.begun,
		Reasons:   c.reasons,
		Tentative: map[xmppadmin.Field]bool{},
	}
	if c.retired {
		room.State = registry.Retired
	}
	text, complete := d.text(name, group, c)
	if !complete || c.idle {
		room.Tentative[xmppadmin.FieldName] = true
		room.Tentative[xmppadmin.FieldDescription] = true
	}
	title, err := render(d.rules.Texts.Name, text)
	if err != nil {
		return DesiredRoom{}, fmt.Errorf("name of room %s: %w", name, err)
	}
	description, err := render(d.rules.Texts.Description, text)
	if err != nil {
		return DesiredRoom{}, fmt.Errorf("description of room %s: %w", name, err)
	}
	if room.Subject, err = render(d.rules.Texts.Subject, text); err != nil {
		return DesiredRoom{}, fmt.Errorf("subject of room %s: %w", name, err)
	}
	room.Values = map[xmppadmin.Field]string{
		xmppadmin.FieldName:        title,
		xmppadmin.FieldDescription: description + d.pointer(name),
		xmppadmin.FieldLanguage:    d.rules.Language,
		xmppadmin.FieldPersistent:  "true",
		xmppadmin.FieldPublic:      "true",
	}
	if d.rules.Logging != LoggingOff {
		room.Values[xmppadmin.FieldLogging] = "true"
	}
	return room, nil
}

// text gathers what the templates see. It is incomplete when the group, or the
// area it belongs to, was not read in this run, or when the group's acronym
// now stands for no room, or for another one that it cannot have.
func (d *desirer) text(name string, group int, c *claim) (text RoomText, complete bool) {
	text = RoomText{
		Room:     name,
		JID:      d.rules.JID(name),
		Retired:  c.retired,
		NoteWell: d.rules.Texts.NoteWell,
		Contact:  d.rules.Texts.Contact,
		Logged:   d.rules.needLogged(),
		LogURL:   strings.ReplaceAll(d.rules.Texts.LogPattern, "{chat_room_name}", name),
	}
	if c.successor != "" {
		text.Successor = d.rules.JID(c.successor)
	}
	if group == 0 {
		if number := d.rules.meetingOf(name); number != "" {
			text.Meeting = "IETF " + number
		}
		return text, true
	}
	g, known := d.snap.Group(group)
	if !known {
		return text, false
	}
	text.Group = true
	text.Acronym = g.Acronym
	text.GroupName = g.Name
	text.Kind = datatracker.GroupKind(g.Type, g.State)
	text.BOF = g.IsBOF()
	text.GroupURL = groupURL(d.rules.Datatracker, g.Acronym)
	now, err := d.rules.roomFor(g.Acronym)
	complete = c.retired || err == nil && now == name
	if g.ParentID == 0 {
		return text, complete
	}
	parent, known := d.snap.Group(g.ParentID)
	if name, err := d.rules.roomFor(parent.Acronym); !known || err != nil || d.named[name] != parent.ID {
		return text, false // an acronym that is none, or another group's too, is not repeated in every room
	}
	text.Area = parent.Acronym
	return text, complete
}

// groupURL is the group's page (Datatracker ietf/group/urls.py).
func groupURL(datatracker, acronym string) string {
	return datatracker + "/group/" + acronym + "/about/"
}
