package agenda

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"roomctl/agenda/ical"
)

// calendar is one published calendar.
type calendar struct {
	path   string
	name   string // for people
	page   string // path of the page about the same
	events []event
}

// calendars makes the calendars of every meeting whose agenda is known, and of
// every room. A room whose name cannot stand in a path is an error, and does not
// stop the others.
func calendars(p Publication) ([]file, error) {
	var files []file
	var errs []error
	byRoom := map[string][]event{}
	for _, m := range p.Meetings {
		events := m.events(p.Site)
		for _, e := range events {
			byRoom[e.session.Link.Room] = append(byRoom[e.session.Link.Room], e)
		}
		if m.Agenda == nil {
			continue
		}
		for _, c := range m.calendars(events) {
			files = append(files, c.file(p.Site))
		}
	}
	for _, room := range p.Rooms {
		if !pathName.MatchString(room.Name) {
			errs = append(errs, fmt.Errorf("making the calendar of room %q: the name cannot stand in a path", room.Name))
			continue
		}
		files = append(files, room.calendar(byRoom[room.Name]).file(p.Site))
	}
	return files, errors.Join(errs...)
}

// calendars are the meeting's: of all sessions, of each group's, of each.
func (m Meeting) calendars(events []event) []calendar {
	title := plain(m.Title, maxName)
	page := m.folder()
	whole := calendar{path: page + "agenda.ics", name: title + " agenda", page: page, events: events}
	made := []calendar{whole}
	if m.Current {
		whole.path = currentCalendarPath
		made = append(made, whole)
	}

	byGroup, byID := map[string][]event{}, map[int][]event{}
	for _, e := range events {
		byID[e.session.ID] = append(byID[e.session.ID], e)
		if acronym := strings.ToLower(e.session.Acronym); pathName.MatchString(acronym) {
			byGroup[acronym] = append(byGroup[acronym], e)
		}
	}
	for _, acronym := range slices.Sorted(maps.Keys(byGroup)) {
		made = append(made, calendar{
			path:   page + "sessions/" + acronym + ".ics",
			name:   title + ": " + acronym,
			page:   page,
			events: byGroup[acronym],
		})
	}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		made = append(made, calendar{
			path:   page + "session/" + strconv.Itoa(id) + ".ics",
			name:   title + ": " + byID[id][0].session.Summary(),
			page:   page,
			events: byID[id],
		})
	}
	return made
}

// calendar is the room's: its sessions at all meetings.
func (r Room) calendar(events []event) calendar {
	slices.SortStableFunc(events, func(a, b event) int { return byStart(a.session, b.session) })
	page := roomFolder(r.Name)
	return calendar{path: page + "calendar.ics", name: "Sessions of chat room " + r.Name, page: page, events: events}
}

// file encodes the calendar. Nothing in it tells when it was made: its bytes
// change with its content only. There is no METHOD, which is for scheduling
// messages and would demand an ORGANIZER (RFC 5546 section 3.2.1).
func (c calendar) file(site Site) file {
	stream := ical.Component{Name: "VCALENDAR"}
	stream.Add("VERSION", "2.0")
	stream.AddText("PRODID", "-//IETF//roomctl//EN")
	stream.AddText("NAME", c.name) // RFC 7986 section 5.1
	stream.AddText("X-WR-CALNAME", c.name)
	if site.BaseURL != "" {
		stream.Add("URL", site.BaseURL+"/"+c.page)
		stream.Add("SOURCE", site.BaseURL+"/"+c.path, ical.Param{Name: "VALUE", Values: []string{"URI"}})
	}
	hourly := ical.Duration(time.Hour)
	stream.Add("REFRESH-INTERVAL", hourly, ical.Param{Name: "VALUE", Values: []string{"DURATION"}})
	stream.Add("X-PUBLISHED-TTL", hourly)

	stream.Components = timeZones(c.events)
	for _, e := range c.events {
		stream.Components = append(stream.Components, e.component)
	}
	return file{path: c.path, data: ical.Encode(stream)}
}

// timeZones are the zones of the events, each good for all its events; UTC needs
// none. Without events UTC is there, because a calendar holds at least one
// component (RFC 5545 section 3.4).
func timeZones(events []event) []ical.Component {
	if len(events) == 0 {
		return []ical.Component{ical.TimeZone(time.UTC, time.Time{}, time.Time{})}
	}
	byZone := map[string][]event{}
	for _, e := range events {
		if e.zone != time.UTC {
			byZone[e.zone.String()] = append(byZone[e.zone.String()], e)
		}
	}
	var zones []ical.Component
	for _, name := range slices.Sorted(maps.Keys(byZone)) {
		within := byZone[name]
		first := slices.MinFunc(within, func(a, b event) int { return a.session.Start.Compare(b.session.Start) })
		last := slices.MaxFunc(within, func(a, b event) int { return a.session.End().Compare(b.session.End()) })
		zones = append(zones, ical.TimeZone(first.zone, first.session.Start, last.session.End()))
	}
	return zones
}

// byStart orders sessions by start, then by id: upstream's order is that of
// their last changes.
func byStart(a, b Session) int {
	return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
}
