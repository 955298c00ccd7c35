package agenda

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"roomctl/agenda/ical"
)

// event is one session as calendars have it.
type event struct {
	session   Session
	zone      *time.Location // of the meeting; UTC when it is unknown
	component ical.Component
}

// events are the meeting's sessions in the order in which they take place.
func (m Meeting) events(site Site) []event {
	zone, tokens := m.zone(), m.sessionTokens()
	var events []event
	seen := map[int]int{}
	for _, s := range slices.SortedFunc(slices.Values(m.Sessions), byStart) {
		uid := fmt.Sprintf("ietf-%s-session-%d", m.Number, s.ID)
		// A session that takes place twice has one id and, in a calendar, two events.
		if seen[s.ID]++; seen[s.ID] > 1 {
			uid += "-" + strconv.Itoa(seen[s.ID])
		}
		c := ical.Component{Name: "VEVENT"}
		c.AddText("UID", uid+"@"+site.MUC)
		s.addTimes(&c, zone)
		s.addTexts(&c, s.keywords(tokens[s.ID]))
		s.addConferences(&c)
		c.AddText("DESCRIPTION", strings.Join(s.description(site, m.Number), "\n"))
		events = append(events, event{session: s, zone: zone, component: c})
	}
	return events
}

// addTimes adds when the session takes place, and when that or anything else
// about it last changed. The same stands in DTSTAMP, which is that in a calendar
// without METHOD (RFC 5545 section 3.8.7.2).
func (s Session) addTimes(c *ical.Component, zone *time.Location) {
	modified := s.Modified
	if modified.IsZero() {
		modified = s.Start
	}
	c.Add("DTSTAMP", ical.UTC(modified))
	c.Add("LAST-MODIFIED", ical.UTC(modified))
	c.Add("SEQUENCE", strconv.Itoa(max(0, s.Sequence)))
	c.AddTime("DTSTART", s.Start, zone)
	if s.Duration > 0 { // DTEND must be later (RFC 5545 section 3.8.2.2)
		c.AddTime("DTEND", s.End(), zone)
	}
}

// addTexts adds what the session is. Its keywords are what filters look for
// (ical.Filter).
func (s Session) addTexts(c *ical.Component, keywords []string) {
	c.AddText("SUMMARY", s.Summary())
	status := "CONFIRMED"
	if s.Cancelled() {
		status = "CANCELLED"
	}
	c.Add("STATUS", status)
	c.Add("CLASS", "PUBLIC")
	c.AddText("LOCATION", plain(s.Location, maxName))
	if document := webAddress(s.Document); document != "" {
		c.Add("URL", document)
	}
	if len(keywords) > 0 {
		c.Add("CATEGORIES", ical.TextList(keywords))
	}
	c.AddText(ical.TypeProperty, s.typeKeyword())
}

// addConferences adds the ways into the chat room (RFC 7986 section 5.11), one
// feature each.
func (s Session) addConferences(c *ical.Component) {
	if s.Link.Room == "" {
		return
	}
	of := plain(s.Acronym, maxName)
	if of == "" {
		of = s.Link.Room
	}
	add := func(label, uri string) {
		c.Add("CONFERENCE", uri,
			ical.Param{Name: "VALUE", Values: []string{"URI"}},
			ical.Param{Name: "FEATURE", Values: []string{"CHAT"}},
			ical.Param{Name: "LABEL", Values: []string{simpleLabel(label + of)}})
	}
	if s.Link.JID != "" {
		add("Chat room for ", roomURI(s.Link.JID))
	}
	if web := webAddress(s.Link.WebURL); web != "" {
		add("Web chat for ", web)
	}
}

// simpleLabel is the label without the characters that must be quoted or escaped in
// a parameter: some programs cut the property there and lose its value.
func simpleLabel(label string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:;,"^`, r) {
			return -1
		}
		return r
	}, label)
}

// Summary is the session in one line, free of what could do harm: "quic - QUIC".
func (s Session) Summary() string {
	acronym, name := plain(strings.ToLower(s.Acronym), maxName), s.title()
	switch {
	case acronym == "" && name == "":
		return "Session " + strconv.Itoa(s.ID)
	case acronym == "":
		return name
	case name == "":
		return acronym
	}
	return acronym + " - " + name
}

// title is the session's own name, or that of its group.
func (s Session) title() string {
	if name := plain(s.Name, maxName); name != "" {
		return name
	}
	return plain(s.GroupName, maxName)
}

// description are the lines about the session, in the words of the Datatracker
// (ietf/templates/meeting/agenda.ics). Few calendar programs show CONFERENCE, so
// the links to the room are here too.
func (s Session) description(site Site, number string) []string {
	var lines []string
	add := func(label, text string) {
		if text != "" {
			lines = append(lines, label+text)
		}
	}
	add("", s.title())
	add("Note: ", plain(s.Note, maxNote))
	if room := s.Link.Room; room != "" {
		if s.Link.JID != "" {
			add("Chat room: ", roomURI(s.Link.JID))
		}
		add("Web chat: ", webAddress(s.Link.WebURL))
		add("Chat logs: ", webAddress(s.Link.ArchiveURL))
		if site.BaseURL != "" {
			add("Room page: ", site.BaseURL+"/"+roomFolder(room))
		}
	}
	for _, room := range s.Joint {
		add("Joint session, see also: ", roomURI(room+"@"+site.MUC))
	}
	if acronym := strings.ToLower(s.Acronym); site.Datatracker != "" && pathName.MatchString(acronym) {
		add("Session materials: ", site.Datatracker+"/meeting/"+number+"/session/"+acronym)
	}
	add("Agenda: ", webAddress(s.Document))
	return lines
}
