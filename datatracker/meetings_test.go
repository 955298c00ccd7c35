package datatracker

import (
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
)

func TestGroupsThatLeftTheScopeAreReadByID(t *testing.T) {
	server := startDatatracker(t)
	c := newTestClient(t, Options{URL: server.URL()})
	s := mustPoll(t, c, testQuery())
	i := slices.IndexFunc(s.Groups, func(g Group) bool { return g.Acronym == "quic" })
	quic := s.Groups[i]
	update(t, server, func(w *datatrackertest.World) { w.SetGroupState("quic", "conclude") })

	q := testQuery()
	q.GroupIDs = []int{quic.ID, 999999}
	s = mustPoll(t, c, q)
	if g, ok := s.Group(quic.ID); !ok || g.State != "conclude" {
		t.Errorf("quic is %+v, %t; want it concluded", g, ok)
	}
	if g, ok := s.Group(999999); ok {
		t.Errorf("a group that does not exist is %+v", g)
	}
	if src := source(t, s, "groups by id"); src.Outcome != Fresh || src.Problem != nil {
		t.Errorf("groups by id: %s, %v", src.Outcome, src.Problem)
	}
}

func TestManyGroupsByIDAreAskedForInSeveralQueries(t *testing.T) {
	server := startDatatracker(t)
	c := newTestClient(t, Options{URL: server.URL()})
	q := testQuery()
	for id := range 1000 {
		q.GroupIDs = append(q.GroupIDs, 500000+id)
	}
	if src := source(t, mustPoll(t, c, q), "groups by id"); src.Outcome != Fresh {
		t.Errorf("groups by id: %s, %v", src.Outcome, src.Problem)
	}
	for _, r := range server.Requests() {
		if len(r.URL) > 2000 {
			t.Errorf("an address of %d bytes", len(r.URL))
		}
	}
}

func TestCurrentMeeting(t *testing.T) {
	server := startDatatracker(t)
	first := newTestClient(t, Options{URL: server.URL()})
	m := mustPoll(t, first, testQuery()).Meetings[0]
	end := m.End()
	tests := []struct {
		name string
		now  time.Time
		want string
	}{
		{"before the meeting", testNow, "113"},
		{"on its first day", m.Date.Add(time.Hour), "113"},
		{"after the last session", end.Add(time.Hour), "113"},
		{"just before three days are over", end.Add(currentMovesOn - time.Minute), "113"},
		{"three days after the last session", end.Add(currentMovesOn + time.Minute), "114"},
		{"long after", end.Add(30 * 24 * time.Hour), "114"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newTestClient(t, Options{URL: server.URL()})
			q := testQuery()
			q.Now = tt.now
			s := mustPoll(t, c, q)
			var current []string
			for _, m := range s.Meetings {
				if m.Current {
					current = append(current, m.Number)
				}
			}
			if !slices.Equal(current, []string{tt.want}) {
				t.Errorf("current: %v, want %s", current, tt.want)
			}
		})
	}
}

func TestAnAgendaStillEmptyIsNormal(t *testing.T) {
	server := startDatatracker(t)
	c := newTestClient(t, Options{URL: server.URL()})
	q := testQuery()
	q.Meetings = []string{"114"}
	m := meeting(t, mustPoll(t, c, q), "114")
	if m.Agenda == nil || len(m.Agenda.Sessions) != 0 || m.Sessions == nil {
		t.Errorf("agenda %v, sessions %v; want both known and empty", m.Agenda, m.Sessions)
	}
	if m.Current {
		t.Error("a meeting asked for by number is marked as current")
	}
}

func TestMeetingsByNumber(t *testing.T) {
	server := startDatatracker(t)
	c := newTestClient(t, Options{URL: server.URL()})
	q := testQuery()
	q.Meetings = []string{"113", "112", "interim-2026-oauth-01", "interim-2026-quic-01", "999"}
	s := mustPoll(t, c, q)
	var numbers []string
	for _, m := range s.Meetings {
		numbers = append(numbers, m.Number)
	}
	want := []string{"112", "113", "interim-2026-oauth-01", "interim-2026-oauth-02", "interim-2026-quic-01",
		"interim-2026-3gpp-ietf-01", "interim-2026-mls-01"}
	if !slices.Equal(numbers, want) {
		t.Errorf("meetings %v, want %v", numbers, want)
	}
	if past := meeting(t, s, "interim-2026-oauth-01"); len(past.Sessions) != 1 || past.Agenda == nil {
		t.Errorf("the interim that is over is %+v", past)
	}
	src := source(t, s, "meeting 999")
	if src.Outcome != Missing || src.Meeting != "999" {
		t.Errorf("meeting 999: %+v", src)
	}
	checkError(t, src.Problem, "the Datatracker knows no meeting 999")
}

func TestInterimsAhead(t *testing.T) {
	server := startDatatracker(t)
	update(t, server, func(w *datatrackertest.World) {
		w.AddInterim("tls", testNow, 1).Days = 3
		w.AddInterim("tls", testNow.AddDate(0, 0, -2), 1).Days = 3
		w.AddInterim("tls", testNow.AddDate(0, 0, -3), 1).Days = 3 // over since midnight
		w.AddInterim("tls", testNow.AddDate(0, 0, 30), 1)
		w.AddInterim("tls", testNow.AddDate(0, 0, 31), 1)
	})
	c := newTestClient(t, Options{URL: server.URL()})
	q := testQuery()
	q.Ahead = 30 * 24 * time.Hour
	var tls []string
	for _, m := range mustPoll(t, c, q).Meetings {
		if strings.Contains(m.Number, "-tls-") {
			tls = append(tls, m.Number)
		}
	}
	if want := []string{"interim-2026-tls-02", "interim-2026-tls-01", "interim-2026-tls-04"}; !slices.Equal(tls, want) {
		t.Errorf("interims %v, want %v", tls, want)
	}
}

func TestAnInterimGoesOnPastMidnight(t *testing.T) {
	server := startDatatracker(t)
	day := testNow.Truncate(24 * time.Hour)
	update(t, server, func(w *datatrackertest.World) {
		w.AddInterim("tls", day.Add(22*time.Hour), 3) // until one o'clock the next day
		w.AddInterim("quic", day.Add(15*time.Hour), 1)
	})
	c := newTestClient(t, Options{URL: server.URL()})
	for _, tt := range []struct {
		name string
		now  time.Time
		want bool
	}{
		{"before it", day.Add(12 * time.Hour), true},
		{"before midnight", day.Add(23*time.Hour + 50*time.Minute), true},
		{"after midnight, while its last session is on", day.Add(24*time.Hour + 10*time.Minute), true},
		{"after its last session", day.Add(25*time.Hour + time.Minute), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := testQuery()
			q.Now = tt.now
			s := mustPoll(t, c, q)
			i := slices.IndexFunc(s.Meetings, func(m Meeting) bool { return m.Number == "interim-2026-tls-01" })
			if got := i >= 0; got != tt.want {
				t.Fatalf("in the snapshot: %t, want %t", got, tt.want)
			}
			if tt.want && (s.Meetings[i].Agenda == nil || len(s.Meetings[i].Agenda.Sessions) != 3 || len(s.Meetings[i].Sessions) != 3) {
				t.Errorf("the interim is %+v", s.Meetings[i])
			}
			if tt.now.Before(day.Add(24 * time.Hour)) {
				return
			}
			if slices.ContainsFunc(s.Meetings, func(m Meeting) bool { return m.Number == "interim-2026-quic-01" && m.Date.Equal(day) }) {
				t.Error("the interim that was over in the afternoon is in the snapshot")
			}
		})
	}
}

func TestAMeetingInNeitherListIsLookedUp(t *testing.T) {
	server := startDatatracker(t)
	update(t, server, func(w *datatrackertest.World) { w.AddInterim("tls", testNow.AddDate(0, 0, -40), 2) })
	c := newTestClient(t, Options{URL: server.URL()})
	q := testQuery()
	q.Meetings = []string{"interim-2026-tls-01"}
	s := mustPoll(t, c, q)
	requireAll(t, s, Fresh)
	if m := meeting(t, s, "interim-2026-tls-01"); len(m.Agenda.Sessions) != 2 || len(m.Sessions) != 2 {
		t.Errorf("%d sessions and %d rows, want two of both", len(m.Agenda.Sessions), len(m.Sessions))
	}

	server.Fault(fault(datatrackertest.IgnoreFilter, `/meeting/meeting/.*number=`))
	src := requireLastGood(t, mustPoll(t, c, q), "meeting interim-2026-tls-01", "was not asked for")
	if src.Meeting != "interim-2026-tls-01" {
		t.Errorf("the source is about meeting %q", src.Meeting)
	}
}
