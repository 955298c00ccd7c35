package agenda

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"roomctl/agenda/ical"
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
	GroupURL string // the group's page on the Datatracker; "": no link
	For      string // whose chat room it is, as links call it
	Chat     string // where the chat room is; "": the session has no link
	About    string // the room's own page, where that is another; "" otherwise
}

// agendaPages are the agenda pages of all meetings whose agenda is known. One
// that fails does not stop the others; the errors are joined.
func agendaPages(p Publication) ([]file, error) {
	var files []file
	var errs []error
	for _, m := range p.Meetings {
		if m.Agenda == nil {
			continue
		}
		to := p.page("meeting/"+m.Number+"/index.html", plain(m.Title, maxName)+" Meeting Agenda", nil)
		to.Body = newAgendaBody(to, m)
		made, err := render("agenda.html", to)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		files = append(files, made)
	}
	return files, errors.Join(errs...)
}

func newAgendaBody(to page, m Meeting) agendaBody {
	body := agendaBody{Meeting: m, Upstream: upstreamURL(to.Site.Datatracker, m), Dates: dates(m)}
	zone, err := ical.Zone(m.TimeZone)
	if err != nil { // not known, or not known here
		zone = time.UTC
	}
	anchors := map[int]int{}
	var last *agendaSlot
	for _, s := range slices.SortedStableFunc(slices.Values(m.Sessions), byTimeAndArea) {
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
		last.Rows = append(last.Rows, newAgendaRow(to, s, anchors[s.ID]))
	}
	body.Zone = zoneName(zone, body.Days, m.Date)
	return body
}

// upstreamURL is where the Datatracker shows the same agenda. An interim has no
// agenda page there; its sessions are on the page of their group (Datatracker
// ietf/meeting/urls.py).
func upstreamURL(datatracker string, m Meeting) string {
	if !isWebAddress(datatracker) {
		return ""
	}
	base := datatracker + "/meeting/" + url.PathEscape(m.Number)
	if !m.IsInterim() {
		return base + "/agenda/"
	}
	for _, s := range m.Sessions {
		if pathName.MatchString(s.Acronym) {
			return base + "/session/" + s.Acronym + "/"
		}
	}
	return ""
}

// hasPage says whether the meeting has a page: it is written now, or stays as it
// is because the meeting's links are withheld.
func (m Meeting) hasPage() bool { return m.Agenda != nil || len(m.Sessions) > 0 }

// newAgendaRow is the row of a session that stands on the agenda for the nth
// time: one that takes place twice has one id.
func newAgendaRow(to page, s Session, nth int) agendaRow {
	row := agendaRow{
		Session: s,
		Anchor:  "row-" + strconv.Itoa(s.ID),
		Title:   cmp.Or(plain(s.Name, maxName), plain(s.GroupName, maxName)),
		For:     cmp.Or(plain(s.Acronym, maxName), plain(s.Link.Room, maxName)),
	}
	if nth > 1 {
		row.Anchor += "-" + strconv.Itoa(nth)
	}
	if pathName.MatchString(s.Acronym) && isWebAddress(to.Site.Datatracker) {
		row.GroupURL = to.Site.Datatracker + "/group/" + s.Acronym + "/about/"
	}
	if s.Link.Room != "" {
		row.Chat = to.Room(s.Link.Room)
		if isWebAddress(s.Link.WebURL) {
			row.Chat, row.About = s.Link.WebURL, row.Chat
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

func midnight(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, t.Location())
}

// zoneName names the zone and its offsets from UTC while the sessions last, or
// on the day of the meeting if there are none.
func zoneName(zone *time.Location, days []agendaDay, date time.Time) string {
	if zone == time.UTC {
		return "UTC"
	}
	offset := utcOffset(date.In(zone))
	if len(days) > 0 {
		first := days[0].Slots[0].Start
		slots := days[len(days)-1].Slots
		offset = utcOffset(first)
		if then := utcOffset(slots[len(slots)-1].End); then != offset {
			offset += ", later " + then
		}
	}
	return zone.String() + " (" + offset + ")"
}

// utcOffset is how far the clocks are from UTC: "UTC+1", "UTC-3:30".
func utcOffset(t time.Time) string {
	_, seconds := t.Zone()
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	text := fmt.Sprintf("UTC%c%d", sign, seconds/3600)
	if minutes := seconds / 60 % 60; minutes != 0 {
		text += fmt.Sprintf(":%02d", minutes)
	}
	return text
}

// dates are the days of a meeting, for people.
func dates(m Meeting) string {
	if m.Date.IsZero() {
		return ""
	}
	first, last := m.Date, m.Date.AddDate(0, 0, max(m.Days, 1)-1)
	switch {
	case first.Equal(last):
		return first.Format("January 2, 2006")
	case first.Year() != last.Year():
		return first.Format("January 2, 2006") + " - " + last.Format("January 2, 2006")
	case first.Month() != last.Month():
		return first.Format("January 2") + " - " + last.Format("January 2, 2006")
	}
	return first.Format("January 2") + " - " + last.Format("2, 2006")
}
