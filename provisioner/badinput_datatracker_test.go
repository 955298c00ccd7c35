package provisioner_test

import (
	"maps"
	"regexp"
	"testing"
	"time"

	"roomctl/datatracker"
	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/xmppadmin/xmpptest"
)

// Addresses of documents, on all their pages.
const (
	groupList       = `/group/group/.*type__in=`
	featureList     = `/group/groupfeatures/`
	ietfMeetings    = `/meeting/meeting/.*type=ietf`
	interimMeetings = `/meeting/meeting/.*type=interim`
	agendaOf113     = `/meeting/113/agenda.json`
	interimAgenda   = `/meeting/interim-2026-quic-01/agenda.json`
	sessionsOf113   = `/meeting/session/.*meeting__number=113`
	anything        = `.`
)

// spoil is a fault of one document.
func spoil(kind datatrackertest.Kind, address string) datatrackertest.Fault {
	return datatrackertest.Fault{Kind: kind, Pattern: regexp.MustCompile(address)}
}

// refuse answers a document's requests with a status.
func refuse(code int, retryAfter, address string) datatrackertest.Fault {
	f := spoil(datatrackertest.Status, address)
	f.Code, f.RetryAfter = code, retryAfter
	return f
}

// fromPageTwo spoils the list of IETF meetings from the second page on. A page
// has a thousand rows.
func fromPageTwo(kind datatrackertest.Kind) datatrackertest.Fault {
	f := spoil(kind, ietfMeetings)
	f.FromPage = 2
	return f
}

// about makes a fault be about one group.
func about(acronym, value string, f datatrackertest.Fault) datatrackertest.Fault {
	f.Acronym, f.Value = acronym, value
	return f
}

// badAnswers are the ways in which the Datatracker can go wrong that concern a
// document as a whole.
var badAnswers = []struct {
	name  string
	fault datatrackertest.Fault
	says  []string
	rule  string // of the guard that held something; "" when none did
}{
	{"an empty list of groups", spoil(datatrackertest.EmptyList, groupList), []string{"withheld min-groups", "only 0 groups"}, datatracker.RuleMinGroups},
	{"half a list of groups", spoil(datatrackertest.HalfList, groupList), []string{"withheld groups-shrank", "groups went from"}, datatracker.RuleGroupsShrank},
	{"an empty agenda", spoil(datatrackertest.EmptyList, agendaOf113), []string{"withheld sessions-shrank", "agenda of IETF 113 went from"}, datatracker.RuleSessionsShrank},
	{"half an agenda", spoil(datatrackertest.HalfList, agendaOf113), []string{"withheld sessions-shrank", "agenda of IETF 113 went from"}, datatracker.RuleSessionsShrank},
	{"an empty agenda of an interim", spoil(datatrackertest.EmptyList, interimAgenda), []string{"withheld sessions-shrank", "agenda of interim-2026-quic-01 went from 2 to 0"}, datatracker.RuleSessionsShrank},
	{"an empty list of sessions", spoil(datatrackertest.EmptyList, sessionsOf113), []string{"withheld sessions-shrank", "sessions of IETF 113 went from"}, datatracker.RuleSessionsShrank},
	{"half a list of sessions", spoil(datatrackertest.HalfList, sessionsOf113), []string{"withheld sessions-shrank", "sessions of IETF 113 went from"}, datatracker.RuleSessionsShrank},
	{"no interims any more", spoil(datatrackertest.EmptyList, interimMeetings), []string{"withheld sessions-shrank", "interim meetings went from"}, datatracker.RuleSessionsShrank},
	{"no IETF meetings", spoil(datatrackertest.EmptyList, ietfMeetings), []string{"source IETF meetings", "the list is empty"}, ""},
	{"no group features", spoil(datatrackertest.EmptyList, featureList), []string{"source group features", "the list is empty"}, ""},
	{"HTML with status 200", spoil(datatrackertest.HTML200, anything), []string{"source groups", "HTML page instead of JSON"}, ""},
	{"truncated JSON", spoil(datatrackertest.TruncatedJSON, anything), []string{"source groups", "cut short"}, ""},
	{"429 without Retry-After", refuse(429, "", agendaOf113), []string{"source IETF 113 agenda", "429 Too Many Requests"}, ""},
	{"429 with a Retry-After of an hour", refuse(429, "3600", anything), []string{"source groups", "asks to wait 1h0m0s"}, ""},
	{"503", refuse(503, "", groupList), []string{"source groups", "503 Service Unavailable"}, ""},
	{"a timeout in the middle of paging", fromPageTwo(datatrackertest.Timeout), []string{"source IETF meetings", "no complete answer"}, ""},
	{"a page that repeats", fromPageTwo(datatrackertest.RepeatPage), []string{"source IETF meetings", "rows came, total_count is"}, ""},
	{"a page that skips", fromPageTwo(datatrackertest.SkipPage), []string{"source IETF meetings", "rows came, total_count is"}, ""},
	{"groups of wrong types", spoil(datatrackertest.WrongTypes, groupList), []string{"source groups", "row 1"}, ""},
	{"an agenda of wrong types", spoil(datatrackertest.WrongTypes, agendaOf113), []string{"source IETF 113 agenda", "object 1"}, ""},
	{"sessions of wrong types", spoil(datatrackertest.WrongTypes, sessionsOf113), []string{"source IETF 113 sessions", "row 1"}, ""},
	{"a filter that is ignored", spoil(datatrackertest.IgnoreFilter, groupList), []string{"source groups", "was not asked for"}, ""},
	{"a connection lost in the body", spoil(datatrackertest.Disconnect, sessionsOf113), []string{"source IETF 113 sessions"}, ""},
}

// TestBadAnswersChangeNothing spoils one document after a good sync: the last
// good copy serves, no stanza is written, no published file touched, and the
// report says what is wrong. Without the fault all is as before.
func TestBadAnswersChangeNothing(t *testing.T) {
	t.Parallel()
	chat := xmpptest.Options{Kind: xmpptest.Ejabberd}
	houses := settledHouses(t, 2, setup{chat: chat, groups: many, sessions: 100}) // so many that the guards count shares of them
	paged := settledHouses(t, 1, setup{chat: chat, meetings: 1000, patient: 2 * time.Second})
	for _, test := range badAnswers {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			houses := houses
			if test.fault.FromPage > 0 {
				houses = paged
			}
			h := <-houses
			defer func() { houses <- h }()
			rooms, files := h.rooms(), h.files(t)

			remove := h.dt.Fault(test.fault)
			h.chat.ResetStanzas()
			report := h.sync(t)
			requireComplaint(t, report, test.says...)
			h.requireNoWriting(t)
			h.requireRooms(t, rooms)
			h.requireUntouched(t, files)
			requirePlanned(t, report)
			requireHeld(t, report, test.rule)

			remove()
			h.requireQuiet(t)
		})
	}
}

// settledHouses are houses in their steady state, for parallel tests to take and
// to give back.
func settledHouses(t *testing.T, n int, s setup) chan *house {
	t.Helper()
	houses := make(chan *house, n)
	for range cap(houses) {
		h := newHouse(t, s)
		h.settle(t)
		houses <- h
	}
	return houses
}

// requireHeld fails unless exactly the given guard held something: "" for none.
func requireHeld(t *testing.T, r *provisioner.Report, rule string) {
	t.Helper()
	for _, w := range r.Withheld {
		if w.Rule != rule || w.Allow != "roomctl sync --allow "+rule {
			t.Errorf("guard %q held something: %s; to allow it: %s", w.Rule, w.Why, w.Allow)
		}
	}
	if held := rule != ""; held != (r.Held() > 0) {
		t.Errorf("%d guards held something, want rule %q", r.Held(), rule)
	}
}

// TestBadEntriesConcernOnlyThemselves has one bad entry among good ones: what
// cannot be decided stays as it is, and everything else goes on.
func TestBadEntriesConcernOnlyThemselves(t *testing.T) {
	t.Parallel()
	plenary := func(h *house, t *testing.T) (id int) {
		h.update(t, func(w *datatrackertest.World) {
			for _, s := range w.Meeting("113").Sessions {
				if s.Type == "plenary" {
					id = s.ID
				}
			}
		})
		return id
	}
	quic := func(h *house, t *testing.T) (id int) {
		h.update(t, func(w *datatrackertest.World) { id = session(w, "quic").ID })
		return id
	}
	tests := []struct {
		name    string
		fault   func(*house, *testing.T) datatrackertest.Fault
		says    []string
		failure bool // the run is partial
	}{
		{"two groups of one acronym",
			func(*house, *testing.T) datatrackertest.Fault {
				return about("quic", "", spoil(datatrackertest.DuplicateAcronym, groupList))
			},
			[]string{"room quic is claimed by groups", "rooms.overrides"}, true},
		{"an acronym that cannot be a room name",
			func(*house, *testing.T) datatrackertest.Fault {
				return about("quic", "Quic & Friends", datatrackertest.Fault{Kind: datatrackertest.BadAcronym})
			},
			[]string{`"Quic & Friends" cannot be the name of a room`, "rooms.overrides"}, true},
		{"a session without group",
			func(h *house, t *testing.T) datatrackertest.Fault {
				return datatrackertest.Fault{Kind: datatrackertest.SessionWithoutGroup, Session: quic(h, t)}
			},
			[]string{"has no group, so no room can be named for it"}, true},
		{"a session without REST row",
			func(h *house, t *testing.T) datatrackertest.Fault {
				return datatrackertest.Fault{Kind: datatrackertest.SessionWithoutRow, Session: quic(h, t)}
			},
			[]string{"(quic) of IETF 113 has no row in the REST sessions"}, false},
		{"the plenary without REST row",
			func(h *house, t *testing.T) datatrackertest.Fault {
				return datatrackertest.Fault{Kind: datatrackertest.SessionWithoutRow, Session: plenary(h, t)}
			},
			[]string{"(ietf) of IETF 113 has no row in the REST sessions"}, false},
	}
	houses := settledHouses(t, 2, setup{groups: many})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := <-houses
			defer func() { houses <- h }()
			links, rooms := h.links(t, "113"), h.rooms()

			remove := h.dt.Fault(test.fault(h, t))
			h.chat.RemoveRoom("tls")
			report := h.sync(t)
			requireComplaint(t, report, test.says...)
			requirePlanned(t, report, "recreate tls") // what is not concerned goes on
			h.requireRooms(t, rooms)
			if now := h.links(t, "113"); !maps.Equal(links, now) {
				t.Errorf("links are %v, were %v", now, links)
			}
			if (report.Failures() > 0) != test.failure || report.Held() > 0 {
				t.Errorf("%d failures, %d held: %q", report.Failures(), report.Held(), complaints(report))
			}

			remove()
			requirePlanned(t, h.sync(t)) // publishes again what was unknown
			h.requireQuiet(t)
		})
	}
}
