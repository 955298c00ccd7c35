package provisioner_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

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

// fromPageTwo spoils the sessions of IETF 113 from the second page on. The list
// is that long in a crowded house.
func fromPageTwo(kind datatrackertest.Kind) datatrackertest.Fault {
	f := spoil(kind, sessionsOf113)
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
	{"a timeout in the middle of paging", fromPageTwo(datatrackertest.Timeout), []string{"source IETF 113 sessions", "no complete answer"}, ""},
	{"a page that repeats", fromPageTwo(datatrackertest.RepeatPage), []string{"source IETF 113 sessions", "rows came, total_count is"}, ""},
	{"a page that skips", fromPageTwo(datatrackertest.SkipPage), []string{"source IETF 113 sessions", "rows came, total_count is"}, ""},
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
	houses := settledHouses(t, setup{chat: xmpptest.Options{Kind: xmpptest.Ejabberd}, crowded: true})
	for _, test := range badAnswers {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
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

// settledHouses are two houses in their steady state, for parallel tests to take
// and to give back.
func settledHouses(t *testing.T, s setup) chan *house {
	t.Helper()
	houses := make(chan *house, 2)
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
	houses := settledHouses(t, setup{})
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

// TestBadAnswersToTheVeryFirstSync has nothing to fall back on: no room is made
// that a good answer would not have asked for, and the next sync makes the rest
// without a person's help.
func TestBadAnswersToTheVeryFirstSync(t *testing.T) {
	var want []string
	for _, c := range newHouse(t, setup{}).preview(t, provisioner.Options{}).Changes {
		want = append(want, c.Room)
	}
	slices.Sort(want)

	for _, test := range []struct {
		name  string
		fault datatrackertest.Fault
		says  string
		fails bool // there is nothing to go by
	}{
		{"an empty list of groups", spoil(datatrackertest.EmptyList, groupList), "only 0 groups", true},
		{"half a list of groups, which nobody can know", spoil(datatrackertest.HalfList, groupList), "", false},
		{"no group features", spoil(datatrackertest.EmptyList, featureList), "the list is empty", true},
		{"HTML with status 200", spoil(datatrackertest.HTML200, anything), "HTML page instead of JSON", true},
		{"truncated JSON", spoil(datatrackertest.TruncatedJSON, anything), "cut short", true},
		{"429 with a Retry-After of an hour", refuse(429, "3600", anything), "asks to wait 1h0m0s", true},
		{"a filter that is ignored", spoil(datatrackertest.IgnoreFilter, groupList), "was not asked for", true},
		{"an agenda of wrong types", spoil(datatrackertest.WrongTypes, agendaOf113), "object 1", false},
		{"an empty list of sessions", spoil(datatrackertest.EmptyList, sessionsOf113), "", false},
		{"half a list of sessions", spoil(datatrackertest.HalfList, sessionsOf113), "so they are not believed", false},
		{"sessions of wrong types", spoil(datatrackertest.WrongTypes, sessionsOf113), "row 1", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{})
			remove := h.dt.Fault(test.fault)
			report, err := h.trySync(t)
			for name := range h.rooms() {
				if _, ok := slices.BinarySearch(want, name); !ok {
					t.Errorf("room %s was made", name)
				}
			}
			switch {
			case test.fails:
				requireNothingDone(t, h, err, test.says)
			case err != nil:
				t.Fatal(err)
			case test.says != "":
				requireComplaint(t, report, test.says)
			}

			remove()
			requireDone(t, h.sync(t))
			if got := slices.Sorted(maps.Keys(h.rooms())); !slices.Equal(got, want) {
				t.Errorf("rooms are %v, want %v", got, want)
			}
			h.requireQuiet(t)
		})
	}
}

// requireNothingDone fails unless a run that ended with an error left no room
// and no published file but the status, which tells the error.
func requireNothingDone(t *testing.T, h *house, err error, says string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("the error does not say %q: %v", says, err)
	}
	h.requireNoWriting(t)
	if rooms := h.rooms(); len(rooms) > 0 {
		t.Errorf("%d rooms were made", len(rooms))
	}
	files := h.files(t)
	if len(files) != 1 || !strings.Contains(files["status.json"].data, `"outcome": "failed"`) {
		t.Errorf("published: %v", slices.Sorted(maps.Keys(files)))
	}
	if h.outcome(t) != "failed" {
		t.Errorf("the run ended %q", h.outcome(t))
	}
}
