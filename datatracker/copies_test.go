package datatracker

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
)

func TestAgendaBytesAreUpstreams(t *testing.T) {
	server := startDatatracker(t)
	c := newTestClient(t, Options{URL: server.URL()})
	resp, err := http.Get(server.URL() + "/meeting/113/agenda.json")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	want, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range []string{"fresh", "unchanged"} {
		s := mustPoll(t, c, testQuery())
		if got := s.Meetings[0].Agenda.Raw; !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes differ from the %d that upstream sent", state, len(got), len(want))
		}
	}
}

func TestAllowLiftsAGuardOnce(t *testing.T) {
	server := startDatatracker(t)
	c := newTestClient(t, Options{URL: server.URL()})
	mustPoll(t, c, testQuery())
	server.Fault(fault(datatrackertest.HalfList, groups))
	requireLastGood(t, mustPoll(t, c, testQuery()), "groups", "groups-shrank")

	q := testQuery()
	q.Allow = []string{RuleGroupsShrank}
	if src := source(t, mustPoll(t, c, q), "groups"); src.Outcome != Fresh || src.Problem != nil {
		t.Errorf("allowed, groups are %s, %v", src.Outcome, src.Problem)
	}
	if src := source(t, mustPoll(t, c, testQuery()), "groups"); src.Outcome != Unchanged {
		t.Errorf("afterwards groups are %s, %v; the short list is the good copy now", src.Outcome, src.Problem)
	}
}

func TestATrialLeavesTheCopiesAsTheyAre(t *testing.T) {
	server := startDatatracker(t)
	c := newTestClient(t, Options{URL: server.URL()})
	mustPoll(t, c, testQuery())
	server.Fault(fault(datatrackertest.HalfList, groups))
	q := testQuery()
	q.Allow, q.Trial = []string{RuleGroupsShrank}, true
	if src := source(t, mustPoll(t, c, q), "groups"); src.Outcome != Fresh || src.Problem != nil {
		t.Errorf("on trial groups are %s, %v", src.Outcome, src.Problem)
	}
	requireLastGood(t, mustPoll(t, c, testQuery()), "groups", "groups-shrank")
}

func TestADamagedCopyIsNoCopy(t *testing.T) {
	server := startDatatracker(t)
	dir := t.TempDir()
	c := newTestClient(t, Options{URL: server.URL(), CacheDir: dir})
	mustPoll(t, c, testQuery())
	damage := func() {
		if err := os.Truncate(filepath.Join(dir, "groups.json"), 1000); err != nil {
			t.Fatal(err)
		}
	}
	damage()
	src := source(t, mustPoll(t, c, testQuery()), "groups")
	if src.Outcome != Fresh {
		t.Errorf("groups are %s, want fresh", src.Outcome)
	}
	checkError(t, src.Problem, "groups.json is damaged")
	requireAll(t, mustPoll(t, c, testQuery()), Unchanged)

	damage()
	server.Fault(fault(datatrackertest.HTML200, groups))
	src = source(t, mustPoll(t, c, testQuery()), "groups")
	if src.Outcome != Missing {
		t.Errorf("groups are %s, want missing", src.Outcome)
	}
	checkError(t, src.Problem, "HTML page")
	checkError(t, src.Problem, "groups.json is damaged")
}

func TestACopyOfAnotherDatatrackerIsNoCopy(t *testing.T) {
	dir := t.TempDir()
	mustPoll(t, newTestClient(t, Options{URL: startDatatracker(t).URL(), CacheDir: dir}), testQuery())

	other := startDatatracker(t)
	other.Fault(datatrackertest.Fault{Kind: datatrackertest.HTML200})
	s := mustPoll(t, newTestClient(t, Options{URL: other.URL(), CacheDir: dir}), testQuery())
	if len(s.Groups) != 0 {
		t.Errorf("%d groups of the other Datatracker were used", len(s.Groups))
	}
	checkError(t, source(t, s, "groups").Problem, "is of another Datatracker")
}

func TestADatatrackerThatIsDown(t *testing.T) {
	server := startDatatracker(t)
	c := newTestClient(t, Options{URL: server.URL()})
	before := mustPoll(t, c, testQuery())
	server.Close()

	q := testQuery()
	q.Now = testNow.Add(time.Hour)
	s := mustPoll(t, c, q)
	for i, src := range s.Sources {
		requireLastGood(t, s, src.Name, "connection refused")
		if !src.Read.Equal(before.Sources[i].Read) {
			t.Errorf("%s: read %v, want the time of the poll before, %v", src.Name, src.Read, before.Sources[i].Read)
		}
	}
	requireSameContent(t, s, before)
}
