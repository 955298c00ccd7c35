package datatracker

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxValues is how many bytes a list of values may take in an address.
const maxValues = 1500

// featuresDocument tells which group types have a chat room by default.
func (p *poll) featuresDocument() document[[]groupType] {
	return document[[]groupType]{
		name:   "group features",
		file:   "group-features.json",
		first:  []string{p.listPath("group/groupfeatures", url.Values{})},
		list:   true,
		decode: decodeGroupTypes,
		guard: func(before, now []groupType) error {
			if len(now) == 0 {
				return errors.New("reading group features: the list is empty")
			}
			return firstRefusal(p.query.Allow, groupsShrank("group types", len(before), len(now)))
		},
	}
}

// The names under which a Snapshot lists the two lists of meetings.
const (
	MeetingsSource = "IETF meetings"
	InterimsSource = "interim meetings"
)

// ietfMeetingsDocument lists all IETF meetings, past ones included: its address
// stays the same, so that it is hardly ever sent again.
func (p *poll) ietfMeetingsDocument() document[[]Meeting] {
	return document[[]Meeting]{
		name:   MeetingsSource,
		file:   "meetings-ietf.json",
		first:  []string{p.listPath("meeting/meeting", url.Values{"type": {"ietf"}})},
		list:   true,
		decode: decodeMeetings,
		match: func(meetings []Meeting) error {
			if len(meetings) == 0 {
				return errors.New("the list is empty")
			}
			return wantMeetings(meetings, func(m Meeting) bool { return m.Type == "ietf" })
		},
	}
}

// interimsDocument lists the interims that are not over and not too far ahead,
// by their first day.
func (p *poll) interimsDocument() document[[]Meeting] {
	from := p.query.Now.Add(-longestInterim).UTC().Format(time.DateOnly)
	to := p.query.Now.Add(p.query.Ahead).UTC().Format(time.DateOnly)
	return document[[]Meeting]{
		name: InterimsSource,
		file: "meetings-interim.json",
		first: []string{p.listPath("meeting/meeting", url.Values{
			"type": {"interim"}, "date__gte": {from}, "date__lte": {to},
		})},
		list:   true,
		decode: decodeMeetings,
		match: func(meetings []Meeting) error {
			return wantMeetings(meetings, func(m Meeting) bool {
				day := m.Date.Format(time.DateOnly)
				return m.Type == "interim" && day >= from && day <= to
			})
		},
		guard: func(before, now []Meeting) error {
			had := 0
			for _, m := range before {
				if day := m.Date.Format(time.DateOnly); day >= from && day <= to {
					had++
				}
			}
			return firstRefusal(p.query.Allow, sessionsVanished("interim meetings", had, len(now)))
		},
	}
}

// meetingDocument is one meeting, looked up by its number.
func (p *poll) meetingDocument(number string) document[[]Meeting] {
	return document[[]Meeting]{
		name:    "meeting " + number,
		meeting: number,
		file:    "meeting-" + number + ".json",
		first:   []string{p.listPath("meeting/meeting", url.Values{"number": {number}})},
		list:    true,
		decode:  decodeMeetings,
		match: func(meetings []Meeting) error {
			if len(meetings) == 0 {
				return fmt.Errorf("the Datatracker knows no meeting %s", number)
			}
			return wantMeetings(meetings, func(m Meeting) bool { return m.Number == number })
		},
	}
}

func wantMeetings(meetings []Meeting, asked func(Meeting) bool) error {
	for _, m := range meetings {
		if !asked(m) {
			return fmt.Errorf("meeting %s of type %q on %s was not asked for", m.Number, m.Type, m.Date.Format(time.DateOnly))
		}
	}
	return nil
}

// AgendaSource is the name under which a Snapshot lists the meeting's agenda.
func (m Meeting) AgendaSource() string { return m.Title() + " agenda" }

// agendaDocument is the agenda.json of one meeting.
func (p *poll) agendaDocument(m Meeting) document[*Agenda] {
	return document[*Agenda]{
		name:    m.AgendaSource(),
		meeting: m.Number,
		file:    "agenda-" + m.Number + ".json",
		first:   []string{"/meeting/" + m.Number + "/agenda.json"},
		decode:  func(pages []page) (*Agenda, error) { return decodeAgenda(m.Number, pages[0].Body) },
		guard: func(before, now *Agenda) error {
			if before == nil {
				return nil
			}
			shrank := sessionsVanished
			if m.Type == "ietf" {
				shrank = sessionsShrank
			}
			return firstRefusal(p.query.Allow, shrank("sessions on the agenda of "+m.Title(), len(before.Sessions), len(now.Sessions)))
		},
	}
}

// sessionsDocument are the REST sessions of one IETF meeting.
func (p *poll) sessionsDocument(m Meeting) document[[]meetingSession] {
	d := p.sessionsOf([]Meeting{m}, "sessions of "+m.Title())
	d.name = m.Title() + " sessions"
	d.meeting = m.Number
	d.file = "sessions-" + m.Number + ".json"
	d.first = []string{p.listPath("meeting/session", url.Values{"meeting__number": {m.Number}, "order_by": {"id"}})}
	return d
}

// InterimSessionsSource is the name under which a Snapshot lists the REST sessions
// of all interims.
const InterimSessionsSource = "interim sessions"

// interimSessionsDocument are the REST sessions of all interims at once.
// interims is not empty.
func (p *poll) interimSessionsDocument(interims []Meeting) document[[]meetingSession] {
	numbers := make([]string, len(interims))
	for i, m := range interims {
		numbers[i] = m.Number
	}
	d := p.sessionsOf(interims, "sessions of interims")
	d.name = InterimSessionsSource
	d.file = "sessions-interim.json"
	d.first = p.chunkedPaths("meeting/session", "meeting__number__in", numbers)
	return d
}

// sessionsOf is what the two documents of REST sessions have in common. The
// guard leaves out what the last good copy has of other meetings: interims come
// and go.
func (p *poll) sessionsOf(meetings []Meeting, what string) document[[]meetingSession] {
	asked := make(map[int]bool, len(meetings))
	for _, m := range meetings {
		asked[m.ID] = true
	}
	return document[[]meetingSession]{
		list:   true,
		decode: decodeSessions,
		match: func(sessions []meetingSession) error {
			for _, s := range sessions {
				if !asked[s.meetingID] {
					return fmt.Errorf("session %d of the meeting with id %d was not asked for", s.ID, s.meetingID)
				}
			}
			return nil
		},
		guard: func(before, now []meetingSession) error {
			had := 0
			for _, s := range before {
				if asked[s.meetingID] {
					had++
				}
			}
			return firstRefusal(p.query.Allow, sessionsShrank(what, had, len(now)))
		},
	}
}

// listPath is the path and query of a REST list.
func (p *poll) listPath(resource string, filters url.Values) string {
	filters.Set("limit", strconv.Itoa(p.client.pageSize))
	return "/api/v1/" + resource + "/?" + filters.Encode()
}

// chunkedPaths asks for rows by a list of values, in as many queries as it
// takes to keep addresses short.
func (p *poll) chunkedPaths(resource, filter string, values []string) []string {
	var paths []string
	for len(values) > 0 {
		size, n := 0, 0
		for n < len(values) && (n == 0 || size+len(values[n]) <= maxValues) {
			size += len(values[n]) + len("%2C")
			n++
		}
		paths = append(paths, p.listPath(resource, url.Values{
			filter: {strings.Join(values[:n], ",")}, "order_by": {"id"},
		}))
		values = values[n:]
	}
	return paths
}
