package provisioner

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"roomctl/agenda"
	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// publication puts together what is published, in the plain types of package
// agenda, and says what calendars are to remember of it, by meeting and session.
func (p *publisher) publication(items []agenda.NewsItem, now time.Time) (agenda.Publication, map[string]map[int]registry.Event) {
	pub := agenda.Publication{Site: p.site(), News: items, Time: now}
	events := map[string]map[int]registry.Event{}
	for _, l := range p.report.Meetings {
		m, ok := meeting(p.snap, l.Number)
		if !ok {
			continue
		}
		out := p.meeting(m, l, now)
		shared := out.TimeZone + " " + pub.Site.BaseURL
		out.Sessions, events[m.Number] = sequenced(out.Sessions, shared, modified(m), p.known.Events[m.Number], now)
		pub.Meetings = append(pub.Meetings, out)
	}
	earlier := publishedRooms(p.Tree)
	pub.Rooms = p.rooms(pub, earlier, now)
	p.spare(&pub, earlier)
	return pub, events
}

// site is what every page says about the service: the house rules say most of
// it.
func (p *publisher) site() agenda.Site {
	site := p.Site
	site.MUC = p.Rules.MUC
	site.Datatracker = p.Rules.Datatracker
	site.NoteWell = p.Rules.Texts.NoteWell
	site.Contact = p.Rules.Texts.Contact
	site.Logged = p.Rules.needLogged()
	return site
}

// meeting is one meeting with its sessions and their links. When the links are
// withheld the published files stay, with the links that are in them.
func (p *publisher) meeting(m datatracker.Meeting, l MeetingLinks, now time.Time) agenda.Meeting {
	out := agenda.Meeting{
		Number: m.Number, Title: m.Title(), City: m.City, TimeZone: m.TimeZone, Date: m.Date, Days: max(m.Days, 1),
		Agenda: m.Agenda.Raw, Updated: updated(m, p.snap.Sources), Current: m.Current,
	}
	if l.Withheld != nil {
		out.Agenda = nil
	}
	rows, joint := rowsOf(m), p.jointRooms(m.Number)
	for _, s := range m.Agenda.Sessions {
		session := agenda.Session{
			ID: s.SessionID, Acronym: s.Acronym, GroupName: s.GroupName, GroupType: s.GroupType, GroupState: s.State, Area: s.Area,
			Name: cmp.Or(s.Name, s.GroupName), Type: rows[s.SessionID].Type, Start: s.Start, Duration: s.Duration,
			Location: s.Location, Status: s.Status, Note: s.Note, Document: s.Document,
			Joint: joint[s.SessionID],
		}
		if room := l.Links[s.SessionID]; room != "" {
			session.Link = p.sessionLink(room, s.Start, now)
		}
		out.Sessions = append(out.Sessions, session)
	}
	return out
}

// modified is when upstream last changed each session. One that is on the
// agenda several times was changed when the last of them was.
func modified(m datatracker.Meeting) map[int]time.Time {
	at := make(map[int]time.Time, len(m.Agenda.Sessions))
	for _, s := range m.Agenda.Sessions {
		if s.Modified.After(at[s.SessionID]) {
			at[s.SessionID] = s.Modified
		}
	}
	return at
}

// updated is when upstream last changed a meeting's agenda.
func updated(m datatracker.Meeting, sources []datatracker.Source) time.Time {
	for _, s := range sources {
		if s.Meeting == m.Number && s.Name == m.AgendaSource() {
			return s.Changed
		}
	}
	return time.Time{}
}

// rooms are all rooms that are or were ours, sorted by name. earlier are those that
// are published now, by name.
func (p *publisher) rooms(pub agenda.Publication, earlier map[string]agenda.Room, now time.Time) []agenda.Room {
	sessions := map[string][]int{}
	for _, l := range p.report.Meetings {
		for session, room := range l.Links {
			sessions[room] = append(sessions[room], session)
		}
	}
	last := lastArchives(pub.Meetings)
	var rooms []agenda.Room
	for _, name := range slices.Sorted(maps.Keys(p.known.Rooms)) {
		room := p.entry(p.known.Rooms[name], earlier[name], now)
		room.ArchiveURL = cmp.Or(room.ArchiveURL, last[name])
		room.Successor = successor(name, pub.News, p.known.Rooms)
		room.Sessions = sessions[name]
		room.History = history(name, pub.News)
		rooms = append(rooms, room)
	}
	return rooms
}

// entry is one room as the registry and the server have it. earlier is what is
// published of it now, and stands in for what is unknown in this run.
func (p *publisher) entry(r registry.Room, earlier agenda.Room, now time.Time) agenda.Room {
	link := p.roomLink(r.Name)
	out := agenda.Room{
		Name:        r.Name,
		JID:         p.Rules.JID(r.Name),
		State:       string(r.State),
		Title:       p.told(r.Name, xmppadmin.FieldName, earlier.Title),
		Description: p.told(r.Name, xmppadmin.FieldDescription, earlier.Description),
		Group:       earlier.Group,
		URL:         link.URL,
		WebURL:      link.WebURL,
		ArchiveURL:  link.ArchiveURL,
		Fit:         p.Rules.Fit(r, now),
		Since:       r.Since,
	}
	if g, ok := p.snap.Group(r.GroupID); ok {
		parent, _ := p.snap.Group(g.ParentID)
		out.Group = &agenda.Group{
			ID: g.ID, Acronym: g.Acronym, Name: g.Name, Type: g.Type, State: g.State, Area: parent.Acronym,
			URL: groupURL(p.Rules.Datatracker, g.Acronym),
		}
	}
	return out
}

// told is what the server has for a text of a room. Where it was not asked, or
// did not say, that is what is published, else what is desired: a quick pass
// asks only where the two may differ.
func (p *publisher) told(room string, field xmppadmin.Field, earlier string) string {
	if text, ok := p.observed.Rooms[room].Values[field]; ok {
		return text
	}
	want, _ := p.desired.Room(room)
	return cmp.Or(earlier, want.Values[field])
}

// publishedRooms are the rooms of the published list, by name. When there is
// none, or none that can be read, nothing stands in for what is unknown.
func publishedRooms(t *agenda.Tree) map[string]agenda.Room {
	var list struct {
		Rooms []agenda.Room `json:"rooms"`
	}
	if doc, err := t.Get(agenda.RoomsPath); err != nil || json.Unmarshal(doc, &list) != nil {
		return nil
	}
	rooms := make(map[string]agenda.Room, len(list.Rooms))
	for _, room := range list.Rooms {
		rooms[room.Name] = room
	}
	return rooms
}

// meeting looks a meeting of the snapshot up by number; only one whose agenda
// is known counts.
func meeting(snap *datatracker.Snapshot, number string) (datatracker.Meeting, bool) {
	for _, m := range snap.Meetings {
		if m.Number == number && m.Agenda != nil {
			return m, true
		}
	}
	return datatracker.Meeting{}, false
}
