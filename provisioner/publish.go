package provisioner

import (
	"maps"
	"slices"
	"time"

	"roomctl/agenda"
	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// publication puts together what is published, in the plain types of package
// agenda. A meeting whose links are withheld keeps its published file.
func (w *work) publication(now time.Time) agenda.Publication {
	p := agenda.Publication{Site: agenda.Site{MUC: w.Rules.MUC}, Time: now}
	sessions := map[string][]int{}
	for _, l := range w.report.Meetings {
		for session, room := range l.Links {
			sessions[room] = append(sessions[room], session)
		}
		m, ok := meeting(w.snap, l.Number)
		if !ok || l.Withheld != nil {
			continue
		}
		out := agenda.Meeting{Number: m.Number, Current: m.Current, Agenda: m.Agenda.Raw}
		for session, room := range l.Links {
			out.Sessions = append(out.Sessions, agenda.Session{ID: session, Link: w.link(room)})
		}
		p.Meetings = append(p.Meetings, out)
	}
	for _, name := range slices.Sorted(maps.Keys(w.known.Rooms)) {
		p.Rooms = append(p.Rooms, w.entry(w.known.Rooms[name], sessions[name], now))
	}
	return p
}

func (w *work) link(room string) agenda.SessionLink {
	return w.Patterns.Link(room, w.Rules.jid(room), w.known.Rooms[room].Verified.LogsURL, time.Time{})
}

// entry is one room as rooms.json shows it. Its name and description are what
// the server has; what is desired stands in where a quick pass, which trusts
// them to be the same, did not ask.
func (w *work) entry(r registry.Room, sessions []int, now time.Time) agenda.Room {
	link := w.link(r.Name)
	want, _ := w.desired.Room(r.Name)
	texts := want.Values
	if is := w.observed.Rooms[r.Name]; is.Existence == xmppadmin.Present {
		texts = is.Values
	}
	out := agenda.Room{
		Name:        r.Name,
		JID:         w.Rules.jid(r.Name),
		State:       string(r.State),
		Title:       texts[xmppadmin.FieldName],
		Description: texts[xmppadmin.FieldDescription],
		URL:         link.URL,
		WebURL:      link.WebURL,
		ArchiveURL:  link.ArchiveURL,
		Fit:         r.Verified.Fit(now, w.Rules.Logging == LoggingRequired),
		Since:       r.Since,
		Sessions:    sessions,
	}
	if g, ok := w.snap.Group(r.GroupID); ok {
		out.Group = &agenda.Group{
			ID: g.ID, Acronym: g.Acronym, Name: g.Name, Type: g.Type, State: g.State,
			URL: groupURL(w.Rules.Datatracker, g.Acronym),
		}
	}
	return out
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
