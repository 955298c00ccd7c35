package datatracker

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"roomctl/datatracker/datatrackertest"
)

// groupsByAcronym is the address of the groups that were asked for by name.
const groupsByAcronym = `/group/group/.*acronym__in=`

func TestGroupsByAcronym(t *testing.T) {
	server := startDatatracker(t)
	c := newTestClient(t, Options{URL: server.URL()})
	update(t, server, func(w *datatrackertest.World) {
		w.SetGroupState("quic", "conclude")
		w.AddGroup(datatrackertest.Group{Acronym: "avt", Name: "Audio/Video Transport", Type: "wg", State: "conclude"})
	})
	q := testQuery()
	q.Acronyms = []string{"avt", "tls", "friends", "not an acronym", "a,b", "", strings.Repeat("x", 41), "avt"}
	s := mustPoll(t, c, q)
	if src := source(t, s, AcronymsSource); src.Outcome != Fresh || src.Problem != nil || strings.Contains(src.URL, "tls") {
		t.Errorf("%s: %s, %v, from %s", src.Name, src.Outcome, src.Problem, src.URL)
	}
	for acronym, state := range map[string]string{"avt": "conclude", "tls": "active"} {
		i := slices.IndexFunc(s.Groups, func(g Group) bool { return g.Acronym == acronym })
		if i < 0 || s.Groups[i].State != state {
			t.Errorf("%s is not there or not %s", acronym, state)
		}
	}
	for i, g := range s.Groups[1:] {
		if g.ID <= s.Groups[i].ID {
			t.Errorf("group %d stands after %d", g.ID, s.Groups[i].ID)
		}
	}
}

func TestAcronymsThatWereReadAnywayAreNotAskedForAgain(t *testing.T) {
	server := startDatatracker(t)
	q := testQuery()
	q.Acronyms = []string{"tls", "quic", "no such group"}
	s := mustPoll(t, newTestClient(t, Options{URL: server.URL()}), q)
	if slices.Contains(sourceNames(s), AcronymsSource) {
		t.Errorf("they were asked for: %v", sourceNames(s))
	}
}

// TestAnAnswerAboutAcronymsIsNeverProofOfAbsence has the second of two polls
// fail: what the copy tells of other acronyms does not count.
func TestAnAnswerAboutAcronymsIsNeverProofOfAbsence(t *testing.T) {
	server := startDatatracker(t)
	c := newTestClient(t, Options{URL: server.URL()})
	update(t, server, func(w *datatrackertest.World) {
		for _, acronym := range []string{"avt", "dime"} {
			w.AddGroup(datatrackertest.Group{Acronym: acronym, Name: acronym, Type: "wg", State: "conclude"})
		}
	})
	q := testQuery()
	q.Acronyms = []string{"avt", "dime"}
	mustPoll(t, c, q)
	server.Fault(fault(datatrackertest.IgnoreFilter, groupsByAcronym))
	q.Acronyms = []string{"avt", "ecrit"}
	s := mustPoll(t, c, q)
	src := source(t, s, AcronymsSource)
	if src.Outcome != LastGood {
		t.Fatalf("%s is %s, %v; want its last good copy", src.Name, src.Outcome, src.Problem)
	}
	checkError(t, src.Problem, "was not asked for")
	for acronym, want := range map[string]bool{"avt": true, "dime": false} {
		if got := slices.ContainsFunc(s.Groups, func(g Group) bool { return g.Acronym == acronym }); got != want {
			t.Errorf("%s is there: %t, want %t", acronym, got, want)
		}
	}
}

func TestManyAcronymsAreAskedForInSeveralQueries(t *testing.T) {
	server := startDatatracker(t)
	q := testQuery()
	for i := range 1000 {
		q.Acronyms = append(q.Acronyms, fmt.Sprintf("somebodys-own-room-number-%d", i))
	}
	s := mustPoll(t, newTestClient(t, Options{URL: server.URL()}), q)
	if src := source(t, s, AcronymsSource); src.Outcome != Fresh {
		t.Errorf("%s is %s, %v", src.Name, src.Outcome, src.Problem)
	}
	for _, r := range server.Requests() {
		if len(r.URL) > 2000 {
			t.Errorf("an address of %d bytes", len(r.URL))
		}
	}
}
