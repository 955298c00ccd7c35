package faults

import (
	"fmt"
	"regexp"
	"testing"

	"roomctl/datatracker"
	"roomctl/datatracker/datatrackertest"
)

// Addresses of the Datatracker's documents, on all their pages; %s is a meeting's number.
const (
	groupList       = `/group/group/.*type__in=`
	groupsByID      = `/group/group/.*id__in=`
	featureList     = `/group/groupfeatures/`
	ietfMeetings    = `/meeting/meeting/.*type=ietf`
	interimMeetings = `/meeting/meeting/.*type=interim`
	agendaOf        = `/meeting/%s/agenda\.json`
	sessionsOfIETF  = `/meeting/session/.*meeting__number=%s`
	sessionsOfAll   = `/meeting/session/.*meeting__number__in=`
	anything        = `.`
)

// Datatracker lists what can be wrong with a document as a whole, and with single entries of it.
func Datatracker() []Fault {
	shrank := func(rule string, more ...string) []string { return append([]string{"withheld " + rule}, more...) }
	document := func(name string, kind datatrackertest.Kind, address string, says ...string) Fault {
		return Fault{Name: name, start: spoil(datatrackertest.Fault{Kind: kind}, address), Says: says}
	}
	refused := func(name string, code int, retryAfter, address string, says ...string) Fault {
		return Fault{Name: name, start: spoil(datatrackertest.Fault{Kind: datatrackertest.Status, Code: code, RetryAfter: retryAfter}, address), Says: says}
	}
	list := []Fault{
		document("an empty list of groups", datatrackertest.EmptyList, groupList, "only 0 groups").nothingFirst(),
		document("half a list of groups", datatrackertest.HalfList, groupList, shrank(datatracker.RuleGroupsShrank, "groups went from")...).unknownFirst(),
		document("a list of groups by id that is empty", datatrackertest.EmptyList, groupsByID).partlyFirst(),
		document("an empty agenda", datatrackertest.EmptyList, agendaOf, shrank(datatracker.RuleSessionsShrank, "agenda of IETF")...).unknownFirst(),
		document("half an agenda", datatrackertest.HalfList, agendaOf, shrank(datatracker.RuleSessionsShrank, "agenda of IETF")...).unknownFirst(),
		document("an empty list of sessions", datatrackertest.EmptyList, sessionsOfIETF, shrank(datatracker.RuleSessionsShrank, "sessions of IETF")...).unknownFirst("so they are not believed"),
		document("half a list of sessions", datatrackertest.HalfList, sessionsOfIETF, shrank(datatracker.RuleSessionsShrank, "sessions of IETF")...).unknownFirst("so they are not believed"),
		document("an empty list of the sessions of interims", datatrackertest.EmptyList, sessionsOfAll, shrank(datatracker.RuleSessionsShrank, "sessions of interims")...).unknownFirst("so they are not believed").stops(),
		document("no interims any more", datatrackertest.EmptyList, interimMeetings, shrank(datatracker.RuleSessionsShrank, "interim meetings")...).unknownFirst().stops(),
		document("no IETF meetings", datatrackertest.EmptyList, ietfMeetings, "source IETF meetings", "the list is empty").partlyFirst(),
		document("no group features", datatrackertest.EmptyList, featureList, "group features", "the list is empty").nothingFirst(),
		document("HTML with status 200", datatrackertest.HTML200, anything, "HTML page instead of JSON").nothingFirst().stops(),
		document("truncated JSON", datatrackertest.TruncatedJSON, anything, "cut short").nothingFirst().stops(),
		document("truncated JSON of the groups", datatrackertest.TruncatedJSON, groupList, "groups", "cut short").nothingFirst(),
		refused("429 without Retry-After", 429, "", agendaOf, "429 Too Many Requests").partlyFirst(),
		refused("429 with a Retry-After of an hour", 429, "3600", anything, "asks to wait 1h0m0s").nothingFirst().stops(),
		refused("503 for the groups", 503, "", groupList, "503 Service Unavailable").nothingFirst(),
		refused("403 from the network in front", 403, "", anything, "403 Forbidden").nothingFirst().stops(),
		document("groups of wrong types", datatrackertest.WrongTypes, groupList, "groups", "row 1").nothingFirst(),
		document("an agenda of wrong types", datatrackertest.WrongTypes, agendaOf, "agenda", "object 1").partlyFirst(),
		document("sessions of wrong types", datatrackertest.WrongTypes, sessionsOfIETF, "sessions", "row 1").partlyFirst(),
		document("a filter that is ignored", datatrackertest.IgnoreFilter, groupList, "was not asked for").nothingFirst(),
		document("a connection lost in the body", datatrackertest.Disconnect, sessionsOfIETF, "IETF", "sessions").partlyFirst(),
		Fault{Name: "a page that repeats", start: onPageTwo(datatrackertest.RepeatPage), Says: []string{"source IETF meetings"}}.partlyFirst(),
		Fault{Name: "a page that skips", start: onPageTwo(datatrackertest.SkipPage), Says: []string{"source IETF meetings"}}.partlyFirst(),
		Fault{Name: "a timeout in the middle of paging", start: onPageTwo(datatrackertest.Timeout), Says: []string{"source IETF meetings"}}.partlyFirst(),
	}
	return append(list, entries()...)
}

// entries lists what can be wrong with one entry among good ones.
func entries() []Fault {
	return []Fault{
		Fault{Name: "two groups of one acronym", Says: []string{"is claimed by groups", "rooms.overrides"},
			start: about(func(at Scene) datatrackertest.Fault {
				return datatrackertest.Fault{Kind: datatrackertest.DuplicateAcronym, Acronym: at.Acronym, Pattern: regexp.MustCompile(groupList)}
			})}.partlyFirst(),
		Fault{Name: "an acronym that cannot be a room name", Says: []string{`"Not & a room" cannot be the name of a room`, "rooms.overrides"},
			start: about(func(at Scene) datatrackertest.Fault {
				return datatrackertest.Fault{Kind: datatrackertest.BadAcronym, Acronym: at.Acronym, Value: "Not & a room"}
			})}.partlyFirst(),
		Fault{Name: "a session without group", Says: []string{"has no group, so no room can be named for it"},
			start: aboutSession(datatrackertest.SessionWithoutGroup)}.partlyFirst(),
		Fault{Name: "a session without REST row", Says: []string{"has no row in the REST sessions"},
			start: aboutSession(datatrackertest.SessionWithoutRow)},
	}
}

func (f Fault) nothingFirst() Fault { f.First = Nothing; return f }
func (f Fault) partlyFirst() Fault  { f.First = Something; return f }
func (f Fault) stops() Fault        { f.Rest = Stops; return f }

// unknownFirst: on the first day nobody can know that a list is not whole.
func (f Fault) unknownFirst(says ...string) Fault {
	f.First, f.SaysFirst = Something, append([]string{}, says...)
	return f
}

// spoil hits a document by its address.
func spoil(f datatrackertest.Fault, address string) func(testing.TB, Scene) func() {
	return about(func(at Scene) datatrackertest.Fault {
		pattern := address
		if regexp.MustCompile(`%s`).MatchString(address) {
			pattern = fmt.Sprintf(address, regexp.QuoteMeta(at.Meeting))
		}
		f.Pattern = regexp.MustCompile(pattern)
		return f
	})
}

// about makes a fault of the scene.
func about(fault func(Scene) datatrackertest.Fault) func(testing.TB, Scene) func() {
	return func(_ testing.TB, at Scene) func() { return at.House.Datatracker.Fault(fault(at)) }
}

// aboutSession hits the first session that the scene's group has at the meeting.
func aboutSession(kind datatrackertest.Kind) func(testing.TB, Scene) func() {
	return func(t testing.TB, at Scene) func() {
		session := 0
		at.House.Update(t, func(w *datatrackertest.World) {
			for _, s := range w.Meeting(at.Meeting).Sessions {
				if session == 0 && s.GroupThen.Acronym == at.Acronym {
					session = s.ID
				}
			}
		})
		if session == 0 {
			t.Errorf("%s has no session at IETF %s", at.Acronym, at.Meeting)
		}
		return at.House.Datatracker.Fault(datatrackertest.Fault{Kind: kind, Session: session})
	}
}

// pageSize is how many rows a page has at most.
const pageSize = 1000

// onPageTwo makes the list of IETF meetings longer than a page and spoils it from the second page on.
func onPageTwo(kind datatrackertest.Kind) func(testing.TB, Scene) func() {
	return func(t testing.TB, at Scene) func() {
		at.House.Update(t, func(w *datatrackertest.World) {
			oldest := w.Meetings[0]
			for _, m := range w.Meetings {
				if m.Type == "ietf" && m.Date.Before(oldest.Date) {
					oldest = m
				}
			}
			for i := range pageSize {
				past := *oldest
				past.ID, past.Number, past.Date = 900000+i, fmt.Sprint(900000+i), oldest.Date.AddDate(0, 0, -i)
				past.Sessions = nil
				w.Meetings = append(w.Meetings, &past)
			}
		})
		remove := at.House.Datatracker.Fault(datatrackertest.Fault{Kind: kind, Pattern: regexp.MustCompile(ietfMeetings), FromPage: 2})
		return func() {
			remove()
			at.House.Update(t, func(w *datatrackertest.World) { w.Meetings = w.Meetings[:len(w.Meetings)-pageSize] })
		}
	}
}
