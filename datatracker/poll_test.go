package datatracker

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
)

// testNow is when every test polls. The meeting starts ten days later.
var testNow = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// testQuery is what a configuration with the defaults asks for.
func testQuery() Query {
	return Query{
		GroupTypes:  []string{"ag", "area", "dir", "iab", "iabasg", "irtf", "program", "rag", "review", "team"},
		GroupStates: []string{"active", "bof", "proposed", "dormant"},
		Now:         testNow,
	}
}

// startDatatracker starts a Datatracker with the agenda of IETF 113, ten days
// before the meeting.
func startDatatracker(t *testing.T) *datatrackertest.Server {
	t.Helper()
	s, err := datatrackertest.Start(datatrackertest.Options{Now: func() time.Time { return testNow }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func update(t *testing.T, s *datatrackertest.Server, change func(*datatrackertest.World)) {
	t.Helper()
	if err := s.Update(change); err != nil {
		t.Fatal(err)
	}
}

func mustPoll(t *testing.T, c *Client, q Query) *Snapshot {
	t.Helper()
	s, err := c.Poll(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func source(t *testing.T, s *Snapshot, name string) Source {
	t.Helper()
	i := slices.IndexFunc(s.Sources, func(src Source) bool { return src.Name == name })
	if i < 0 {
		t.Fatalf("no source %q among %v", name, sourceNames(s))
	}
	return s.Sources[i]
}

func sourceNames(s *Snapshot) []string {
	var names []string
	for _, src := range s.Sources {
		names = append(names, src.Name)
	}
	return names
}

func meeting(t *testing.T, s *Snapshot, number string) Meeting {
	t.Helper()
	i := slices.IndexFunc(s.Meetings, func(m Meeting) bool { return m.Number == number })
	if i < 0 {
		t.Fatalf("no meeting %s in the snapshot", number)
	}
	return s.Meetings[i]
}

// requireAll fails unless every source has one of the outcomes, without
// problem.
func requireAll(t *testing.T, s *Snapshot, outcome Outcome) {
	t.Helper()
	for _, src := range s.Sources {
		if src.Outcome != outcome || src.Problem != nil {
			t.Errorf("%s: %s, %v; want %s", src.Name, src.Outcome, src.Problem, outcome)
		}
	}
}

func TestColdPoll(t *testing.T) {
	server := startDatatracker(t)
	var asked []string
	c := newTestClient(t, Options{URL: server.URL(), Progress: func(name string) { asked = append(asked, name) }})
	s := mustPoll(t, c, testQuery())
	requireAll(t, s, Fresh)

	want := []string{
		"group features", "groups", "IETF meetings", "interim meetings",
		"IETF 113 agenda", "IETF 113 sessions",
		"interim-2026-oauth-02 agenda", "interim-2026-quic-01 agenda", "interim-2026-3gpp-ietf-01 agenda", "interim-2026-mls-01 agenda",
		"interim sessions", "groups by id",
	}
	if got := sourceNames(s); !slices.Equal(got, want) {
		t.Errorf("sources\n%v, want\n%v", got, want)
	}
	slices.Sort(asked)
	slices.Sort(want)
	if !slices.Equal(asked, want) {
		t.Errorf("progress told %v, want each source once", asked)
	}

	m := s.Meetings[0]
	if m.Number != "113" || !m.Current || m.Title() != "IETF 113" || m.TimeZone != "Europe/Vienna" {
		t.Errorf("the current meeting is %+v", m)
	}
	if len(m.Agenda.Sessions) != 151 || len(m.Sessions) != 151 {
		t.Errorf("%d sessions on the agenda and %d rows, want 151 of both", len(m.Agenda.Sessions), len(m.Sessions))
	}
	if !slices.ContainsFunc(m.Sessions, func(s Session) bool { return s.Type == "plenary" }) {
		t.Error("no session is a plenary")
	}
	if quic := meeting(t, s, "interim-2026-quic-01"); quic.Current || len(quic.Agenda.Sessions) != 2 || len(quic.Sessions) != 2 {
		t.Errorf("the interim with two sessions is %+v", quic)
	}
	for _, m := range s.Meetings {
		for _, row := range m.Sessions {
			if _, ok := s.Group(row.GroupID); !ok && row.GroupID != 0 {
				t.Errorf("group %d of session %d is not in the snapshot", row.GroupID, row.ID)
			}
		}
	}
	if !s.DefaultChat["wg"] || s.DefaultChat["area"] {
		t.Errorf("types with default chat: %v", s.DefaultChat)
	}
	if !slices.IsSortedFunc(s.Groups, func(a, b Group) int { return a.ID - b.ID }) || len(s.Groups) < 150 {
		t.Errorf("%d groups, or not sorted by id", len(s.Groups))
	}
	agenda := source(t, s, "IETF 113 agenda")
	if agenda.MaxAge != 15*time.Minute || agenda.Changed.IsZero() || agenda.Changed.After(testNow) || agenda.Read.Before(testNow) {
		t.Errorf("age of the agenda: %+v", agenda)
	}
}

func TestWarmPollIsAll304(t *testing.T) {
	server := startDatatracker(t)
	c := newTestClient(t, Options{URL: server.URL()})
	c.pageSize = 60 // lists of several pages too
	q := testQuery()
	cold := mustPoll(t, c, q)
	server.ResetRequests()
	q.Now = testNow.Add(10 * time.Minute)
	warm := mustPoll(t, c, q)
	requireAll(t, warm, Unchanged)

	pages := 0
	for _, r := range server.Requests() {
		pages++
		if r.Status != http.StatusNotModified || !r.Conditional {
			t.Errorf("%s was answered %d", r.URL, r.Status)
		}
	}
	if pages <= len(warm.Sources) {
		t.Errorf("%d requests for %d documents: no list had two pages", pages, len(warm.Sources))
	}
	for i, src := range warm.Sources {
		if !src.Changed.Equal(cold.Sources[i].Changed) {
			t.Errorf("%s: a 304 moved Changed from %v to %v", src.Name, cold.Sources[i].Changed, src.Changed)
		}
		if src.Read.Before(q.Now) {
			t.Errorf("%s: a 304 did not move Read: %v", src.Name, src.Read)
		}
		if src.MaxAge != cold.Sources[i].MaxAge {
			t.Errorf("%s: a 304 moved MaxAge from %v to %v", src.Name, cold.Sources[i].MaxAge, src.MaxAge)
		}
	}
	if len(warm.Groups) != len(cold.Groups) || len(warm.Meetings) != len(cold.Meetings) {
		t.Errorf("%d groups and %d meetings, want %d and %d", len(warm.Groups), len(warm.Meetings), len(cold.Groups), len(cold.Meetings))
	}
}

func TestOnlyWhatChangedIsFresh(t *testing.T) {
	server := startDatatracker(t)
	c := newTestClient(t, Options{URL: server.URL()})
	cold := mustPoll(t, c, testQuery())
	id := cold.Meetings[0].Agenda.Sessions[0].SessionID
	update(t, server, func(w *datatrackertest.World) { w.SetChatRoom(id, "hallway") })

	s := mustPoll(t, c, testQuery())
	for _, src := range s.Sources {
		want := Unchanged
		if src.Meeting == "113" {
			want = Fresh // the row, and its modified on the agenda
		}
		if src.Outcome != want {
			t.Errorf("%s is %s, want %s", src.Name, src.Outcome, want)
		}
	}
	i := slices.IndexFunc(s.Meetings[0].Sessions, func(row Session) bool { return row.ID == id })
	if room := s.Meetings[0].Sessions[i].ChatRoom; room != "hallway" {
		t.Errorf("chat room %q, want hallway", room)
	}
}

func TestPollFailsWhenTheContextEnds(t *testing.T) {
	server := startDatatracker(t)
	server.Fault(datatrackertest.Fault{Kind: datatrackertest.Timeout})
	c := newTestClient(t, Options{URL: server.URL()})
	why := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	c.progress = func(string) { cancel(why) }
	s, err := c.Poll(ctx, testQuery())
	if s != nil || !errors.Is(err, why) {
		t.Errorf("got %v, %v; want only the reason", s, err)
	}
}

func TestPollFailsOnAnUnusableQuery(t *testing.T) {
	c := newTestClient(t, Options{URL: "http://127.0.0.1:1"})
	_, err := c.Poll(t.Context(), Query{})
	checkError(t, err, "names no group states")
	_, err = c.Poll(t.Context(), Query{GroupStates: []string{"active"}, Meetings: []string{"../113"}})
	checkError(t, err, `"../113" is not a meeting number`)
}

func TestPollFailsWhenTheCopiesCannotBeWritten(t *testing.T) {
	server := startDatatracker(t)
	dir := filepath.Join(t.TempDir(), "cache")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := newTestClient(t, Options{URL: server.URL(), CacheDir: dir})
	s, err := c.Poll(t.Context(), testQuery())
	if s != nil {
		t.Errorf("a snapshot came out: %v", s.Sources)
	}
	checkError(t, err, dir)
	checkError(t, err, "make sure that the folder may be written")
}

func TestPollHasALimit(t *testing.T) {
	server := startDatatracker(t)
	dir := t.TempDir()
	mustPoll(t, newTestClient(t, Options{URL: server.URL(), CacheDir: dir}), testQuery())
	server.Fault(datatrackertest.Fault{Kind: datatrackertest.Timeout})

	c := newTestClient(t, Options{URL: server.URL(), CacheDir: dir, Timeout: 100 * time.Millisecond})
	s := mustPoll(t, c, testQuery())
	requireLastGood(t, s, s.Sources[0].Name, "the poll took longer than its limit of 100ms")
	if len(s.Groups) < 150 || len(s.Meetings) != 5 {
		t.Errorf("%d groups and %d meetings from the last good copies", len(s.Groups), len(s.Meetings))
	}
}

func requireLastGood(t *testing.T, s *Snapshot, name, problem string) Source {
	t.Helper()
	src := source(t, s, name)
	if src.Outcome != LastGood || src.Read.IsZero() {
		t.Errorf("%s is %s, read %v; want its last good copy", name, src.Outcome, src.Read)
	}
	checkError(t, src.Problem, problem)
	return src
}
