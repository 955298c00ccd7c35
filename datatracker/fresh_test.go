package datatracker

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// asked are the paths of the requests since the last reset, without queries.
func asked(requests []string) []string {
	var paths []string
	for _, r := range requests {
		path, _, _ := strings.Cut(r, "?")
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

func TestFreshDocumentsAreNotAskedForAgain(t *testing.T) {
	const (
		agenda = "/meeting/113/agenda.json"
		rest   = "/api/v1/group/group/"
	)
	for _, tt := range []struct {
		name   string
		after  time.Duration
		typed  bool
		wants  []string // paths that must be asked for
		spares []string // paths that must not
	}{
		{name: "none while all are young", after: 4 * time.Minute, spares: []string{agenda, rest}},
		{name: "lists after five minutes, agendas not yet", after: 5 * time.Minute, wants: []string{rest}, spares: []string{agenda}},
		{name: "a poll that comes a little early does ask", after: 5*time.Minute - 200*time.Millisecond, wants: []string{rest}, spares: []string{agenda}},
		{name: "agendas after a quarter of an hour", after: 15 * time.Minute, wants: []string{agenda, rest}},
		{name: "all of them when somebody types", after: time.Minute, typed: true, wants: []string{agenda, rest}},
		{name: "all of them when the clock was set back", after: -time.Hour, wants: []string{agenda, rest}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := startDatatracker(t)
			c := newTestClient(t, Options{URL: server.URL()})
			q := testQuery()
			q.Fresh = true
			before := mustPoll(t, c, q)
			requireAll(t, before, Fresh) // there is nothing yet to be spared by

			server.ResetRequests()
			q.Now, q.Fresh = testNow.Add(tt.after), !tt.typed
			after := mustPoll(t, c, q)
			requireAll(t, after, Unchanged)
			var requests []string
			for _, r := range server.Requests() {
				requests = append(requests, r.URL)
				if !r.Conditional {
					t.Errorf("%s was asked for without condition", r.URL)
				}
			}
			got := asked(requests)
			for _, path := range tt.wants {
				if !slices.Contains(got, path) {
					t.Errorf("%s was not asked for; asked were %v", path, got)
				}
			}
			for _, path := range tt.spares {
				if slices.Contains(got, path) {
					t.Errorf("%s was asked for again after %s", path, tt.after)
				}
			}
			if tt.wants == nil && len(got) > 0 {
				t.Errorf("%v were asked for, want nothing", got)
			}
			requireSameContent(t, after, before)
		})
	}
}

func TestAFreshDocumentKeepsTheTimeWhenItWasRead(t *testing.T) {
	server := startDatatracker(t)
	c := newTestClient(t, Options{URL: server.URL()})
	q := testQuery()
	before := mustPoll(t, c, q)
	q.Now, q.Fresh = testNow.Add(2*time.Minute), true
	for i, src := range mustPoll(t, c, q).Sources {
		if was := before.Sources[i]; !src.Read.Equal(was.Read) || !src.Changed.Equal(was.Changed) || src.MaxAge != was.MaxAge {
			t.Errorf("%s: read %v, changed %v, max-age %v; the copy has %v, %v, %v",
				src.Name, src.Read, src.Changed, src.MaxAge, was.Read, was.Changed, was.MaxAge)
		}
	}
}

// A young copy is no answer to another question.
func TestAnotherQuestionIsAskedHoweverYoungTheCopyIs(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Query)
		path   string
	}{
		{"the next day, the list of interims", func(q *Query) { q.Now = q.Now.Add(4 * time.Minute) }, "/api/v1/meeting/meeting/"},
		{"with other states, the list of groups", func(q *Query) { q.GroupStates = []string{"active"} }, "/api/v1/group/group/"},
		{"with another group, groups by id", func(q *Query) { q.GroupIDs = []int{4711} }, "/api/v1/group/group/"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := startDatatracker(t)
			c := newTestClient(t, Options{URL: server.URL()})
			q := testQuery()
			q.Now = testNow.Truncate(24 * time.Hour).Add(24*time.Hour - 2*time.Minute)
			mustPoll(t, c, q)
			server.ResetRequests()
			q.Fresh = true
			tt.change(&q)
			mustPoll(t, c, q)
			requests := server.Requests()
			if len(requests) == 0 {
				t.Fatal("nothing was asked for")
			}
			for _, r := range requests {
				if !strings.HasPrefix(r.URL, tt.path) {
					t.Errorf("%s was asked for, and its copy is fresh", r.URL)
				}
			}
		})
	}
}

func TestFreshnessOfACopy(t *testing.T) {
	read := testNow
	for _, tt := range []struct {
		name        string
		maxAge, age time.Duration
		want        bool
	}{
		{"just read", 5 * time.Minute, 0, true},
		{"a second before its end", 5 * time.Minute, 5*time.Minute - time.Second, true},
		{"at its end", 5 * time.Minute, 5 * time.Minute, false},
		{"some milliseconds before its end", 5 * time.Minute, 5*time.Minute - 40*time.Millisecond, false},
		{"without any max-age", 0, 0, false},
		{"from the future", 5 * time.Minute, -time.Minute, false},
		{"with a max-age that nobody can mean", 365 * 24 * time.Hour, time.Hour, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &stored{Read: read, MaxAge: tt.maxAge}
			if got := s.fresh(read.Add(tt.age)); got != tt.want {
				t.Errorf("fresh %t after %s, max-age %s", got, tt.age, tt.maxAge)
			}
		})
	}
}
