package provisioner

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"roomctl/agenda"
	"roomctl/datatracker"
)

// ChatPatterns are the patterns of links that lead to the rooms of a MUC
// service: what the Datatracker's CHAT_URL_PATTERN may be for its links to point
// here. baseURL is where the pages are served, without a slash at the end; it may
// be empty.
func ChatPatterns(p agenda.Patterns, muc, baseURL string) []string {
	patterns := []string{"xmpp:" + agenda.Placeholder + "@" + muc + "?join"}
	if baseURL != "" {
		patterns = append(patterns, baseURL+"/rooms/"+agenda.Placeholder+"/")
	}
	for _, pattern := range []string{p.Chat, p.Web} {
		if pattern != "" {
			patterns = append(patterns, pattern)
		}
	}
	return patterns
}

// seeLinks finds out where the Datatracker's chat links lead, from the agenda
// data that it confirmed in this run. All links have to lead here for them to
// point here: a Datatracker whose setting has just changed has some of both.
func (r *DatatrackerReport) seeLinks(snap *datatracker.Snapshot, ours []string) {
	here, all := 0, 0
	seen := votes{}
	for _, m := range snap.Meetings {
		if m.Agenda == nil || !confirmedLinks(snap, m.Number) {
			continue
		}
		names := computedRooms(m)
		for session, link := range m.ChatLinks {
			all++
			if slices.ContainsFunc(ours, func(pattern string) bool { return follows(link, pattern) }) {
				here++
			}
			seen.add(link, names[session])
		}
	}
	r.Pattern = seen.winner()
	switch {
	case all == 0:
		r.Unknown = noLinks(snap)
	case here == all || here == 0:
		yes := here == all
		r.PointsHere = &yes
	default:
		r.Unknown = fmt.Sprintf("only %d of the %d chat links in its agenda data lead here", here, all)
	}
}

// confirmedLinks says whether the agenda data of a meeting were read in this run.
func confirmedLinks(snap *datatracker.Snapshot, meeting string) bool {
	return slices.ContainsFunc(snap.ChatSources, func(s datatracker.Source) bool {
		return s.Meeting == meeting && confirmed(s)
	})
}

// confirmed says whether the Datatracker itself vouched for a document in this
// run.
func confirmed(s datatracker.Source) bool {
	return s.Outcome == datatracker.Fresh || s.Outcome == datatracker.Unchanged
}

// noLinks says why no chat link is known.
func noLinks(snap *datatracker.Snapshot) string {
	for _, s := range snap.ChatSources {
		if s.Problem != nil {
			return s.Problem.Error()
		}
	}
	return "there is no agenda data with chat links, which only IETF meetings with an agenda have"
}

// computedRooms are the rooms that the Datatracker computes for the sessions of
// a meeting.
func computedRooms(m datatracker.Meeting) map[int]string {
	rows := rowsOf(m)
	names := make(map[int]string, len(m.Agenda.Sessions))
	for _, s := range m.Agenda.Sessions {
		names[s.SessionID] = computedRoom(s, rows[s.SessionID])
	}
	return names
}

// follows says whether a link is a pattern with some room's name in it. Which
// name does not matter: agenda data may be older than the session's chat_room.
func follows(link, pattern string) bool {
	places := strings.Count(pattern, agenda.Placeholder)
	if places == 0 {
		return link == pattern
	}
	size := (len(link) - len(pattern) + places*len(agenda.Placeholder)) / places
	start := strings.Index(pattern, agenda.Placeholder)
	if size < 1 || start+size > len(link) {
		return false
	}
	name := link[start : start+size]
	return !strings.ContainsAny(name, "/?#@") && strings.ReplaceAll(pattern, agenda.Placeholder, name) == link
}

// votes collect, for each pattern that links may have been made by, the names
// that would stand for the placeholder.
type votes map[string]map[string]bool

// add takes in a link that is thought to hold a room's name: each place where
// the name stands may be the placeholder's.
func (v votes) add(link, name string) {
	if name == "" {
		return
	}
	for at := 0; ; at++ {
		i := strings.Index(link[at:], name)
		if i < 0 {
			return
		}
		at += i
		pattern := link[:at] + agenda.Placeholder + link[at+len(name):]
		if v[pattern] == nil {
			v[pattern] = map[string]bool{}
		}
		v[pattern][name] = true
	}
}

// winner is the pattern that explains most names; "" when there is none.
func (v votes) winner() string {
	best := ""
	for _, pattern := range slices.Sorted(maps.Keys(v)) {
		if len(v[pattern]) > len(v[best]) {
			best = pattern
		}
	}
	return best
}
