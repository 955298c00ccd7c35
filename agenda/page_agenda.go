package agenda

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"time"
)

// agendaBody is what the agenda page of a meeting shows.
type agendaBody struct {
	Meeting  Meeting
	Upstream string      // the meeting's agenda on the Datatracker; "": no link
	Dates    string      // "March 19 - 25, 2022"; "" when not known
	Zone     string      // "Europe/Vienna (UTC+1)": what all times on the page are in
	Days     []agendaDay // in their order
}

type agendaDay struct {
	Date  time.Time // midnight in the meeting's time zone
	Slots []agendaSlot
}

// agendaSlot are the sessions that take place at the same time.
type agendaSlot struct {
	Start, End time.Time // in the meeting's time zone
	Rows       []agendaRow
}

type agendaRow struct {
	Session
	Anchor   string // id of the row
	Title    string
	GroupURL string     // the group's page on the Datatracker; "": no link
	For      string     // whose chat room it is, as links call it
	Chat     string     // where the chat room is; "": the session has no link
	About    string     // the room's own page, where that is another; "" otherwise
	With     []roomLink // the rooms of a joint session's other groups
}

// agendaPages are the agenda pages of all meetings whose agenda is known. One
// that fails does not stop the others; the errors are joined.
func agendaPages(p Publication) ([]file, error) {
	t, err := parsePage("agenda.html")
	if err != nil {
		return nil, err
	}
	rooms := roomsByName(p.Rooms)
	var files []file
	var errs []error
	for _, m := range p.Meetings {
		if m.Agenda == nil {
			continue
		}
		to := p.page(m.folder()+"index.html", plain(m.Title, maxName)+" Meeting Agenda", nil)
		to.Body = newAgendaBody(to, m, to.linkTo(rooms))
		made, err := t.render(to)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		files = append(files, made)
	}
	return files, errors.Join(errs...)
}

func newAgendaBody(to page, m Meeting, link linker) agendaBody {
	body := agendaBody{Meeting: m, Upstream: upstreamURL(to.Site.Datatracker, m), Dates: dates(m)}
	zone := m.zone()
	anchors := map[int]int{}
	var last *agendaSlot
	sessions := slices.SortedStableFunc(slices.Values(m.Sessions), byTimeAndArea)
	for _, s := range sessions {
		start, end := s.Start.In(zone), s.End().In(zone)
		if len(body.Days) == 0 || !body.Days[len(body.Days)-1].Date.Equal(midnight(start)) {
			body.Days = append(body.Days, agendaDay{Date: midnight(start)})
			last = nil
		}
		day := &body.Days[len(body.Days)-1]
		if last == nil || !last.Start.Equal(start) || !last.End.Equal(end) {
			day.Slots = append(day.Slots, agendaSlot{Start: start, End: end})
			last = &day.Slots[len(day.Slots)-1]
		}
		anchors[s.ID]++
		last.Rows = append(last.Rows, newAgendaRow(to, s, anchors[s.ID], link))
	}
	begin, end := m.Date, m.Date
	if n := len(sessions); n > 0 {
		begin, end = sessions[0].Start, sessions[n-1].End()
	}
	body.Zone = zoneName(zone, begin, end)
	return body
}

// upstreamURL is where the Datatracker shows the same agenda. An interim has no
// agenda page there; its sessions are on the page of their group (Datatracker
// ietf/meeting/urls.py).
func upstreamURL(datatracker string, m Meeting) string {
	base := datatracker + "/" + m.folder()
	if !m.isInterim() {
		return webAddress(base + "agenda/")
	}
	for _, s := range m.Sessions {
		if pathName.MatchString(s.Acronym) {
			return webAddress(base + "session/" + s.Acronym + "/")
		}
	}
	return ""
}

// newAgendaRow is the row of a session that stands on the agenda for the nth
// time: one that takes place twice has one id.
func newAgendaRow(to page, s Session, nth int, link linker) agendaRow {
	row := agendaRow{
		Session: s,
		Anchor:  "row-" + strconv.Itoa(s.ID),
		Title:   s.title(),
		With:    jointLinks(s, link),
		For:     cmp.Or(plain(s.Acronym, maxName), plain(s.Link.Room, maxName)),
	}
	if nth > 1 {
		row.Anchor += "-" + strconv.Itoa(nth)
	}
	if pathName.MatchString(s.Acronym) {
		row.GroupURL = webAddress(to.Site.Datatracker + "/group/" + s.Acronym + "/about/")
	}
	if s.Link.Room != "" {
		row.Chat = to.Room(s.Link.Room)
		if web := webAddress(s.Link.WebURL); web != "" {
			row.Chat, row.About = web, row.Chat
		}
	}
	return row
}

// byTimeAndArea is the order of the Datatracker's agenda page: within one slot
// by area, then by group. Groups without an area come last.
func byTimeAndArea(a, b Session) int {
	return cmp.Or(
		a.Start.Compare(b.Start),
		a.End().Compare(b.End()),
		cmp.Compare(areaRank(a), areaRank(b)),
		cmp.Compare(a.Area, b.Area),
		cmp.Compare(a.Acronym, b.Acronym),
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.ID, b.ID),
	)
}

func areaRank(s Session) int {
	if s.Area == "" {
		return 1
	}
	return 0
}
