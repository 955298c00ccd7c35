package datatracker

import (
	"regexp"
	"slices"
	"testing"

	"roomctl/datatracker/datatrackertest"
)

func TestWhatIsPassedOnAsItIs(t *testing.T) {
	t.Run("an acronym that cannot name a room", func(t *testing.T) {
		server := startDatatracker(t)
		server.Fault(datatrackertest.Fault{Kind: datatrackertest.BadAcronym, Acronym: "quic", Value: "Quic Room"})
		s := mustPoll(t, newTestClient(t, Options{URL: server.URL()}), testQuery())
		requireAll(t, s, Fresh)
		if !slices.ContainsFunc(s.Groups, func(g Group) bool { return g.Acronym == "Quic Room" }) {
			t.Error("the group is not there")
		}
		if !slices.ContainsFunc(s.Meetings[0].Agenda.Sessions, func(a AgendaSession) bool { return a.Acronym == "Quic Room" }) {
			t.Error("the session is not there")
		}
	})
	t.Run("one acronym of two groups", func(t *testing.T) {
		server := startDatatracker(t)
		server.Fault(datatrackertest.Fault{Kind: datatrackertest.DuplicateAcronym, Pattern: regexp.MustCompile(groups), Acronym: "quic"})
		s := mustPoll(t, newTestClient(t, Options{URL: server.URL()}), testQuery())
		requireAll(t, s, Fresh)
		n := 0
		for _, g := range s.Groups {
			if g.Acronym == "quic" {
				n++
			}
		}
		if n != 2 {
			t.Errorf("%d groups are called quic, want 2", n)
		}
	})
	t.Run("a session without group", func(t *testing.T) {
		server := startDatatracker(t)
		c := newTestClient(t, Options{URL: server.URL()})
		id := mustPoll(t, c, testQuery()).Meetings[0].Agenda.Sessions[0].SessionID
		server.Fault(datatrackertest.Fault{Kind: datatrackertest.SessionWithoutGroup, Session: id})
		m := mustPoll(t, c, testQuery()).Meetings[0]
		i := slices.IndexFunc(m.Agenda.Sessions, func(a AgendaSession) bool { return a.SessionID == id })
		j := slices.IndexFunc(m.Sessions, func(s Session) bool { return s.ID == id })
		if m.Agenda.Sessions[i].Acronym != "" || m.Sessions[j].GroupID != 0 {
			t.Errorf("session %d has acronym %q and group %d, want none", id, m.Agenda.Sessions[i].Acronym, m.Sessions[j].GroupID)
		}
	})
	t.Run("a session without REST row", func(t *testing.T) {
		server := startDatatracker(t)
		server.Fault(fault(datatrackertest.SessionWithoutRow, sessionsOf113))
		s := mustPoll(t, newTestClient(t, Options{URL: server.URL()}), testQuery())
		requireAll(t, s, Fresh)
		if m := s.Meetings[0]; len(m.Agenda.Sessions) != 151 || len(m.Sessions) != 150 {
			t.Errorf("%d sessions and %d rows, want 151 and 150", len(m.Agenda.Sessions), len(m.Sessions))
		}
	})
	t.Run("an interim that loses one of its two sessions", func(t *testing.T) {
		server := startDatatracker(t)
		c := newTestClient(t, Options{URL: server.URL()})
		quic := meeting(t, mustPoll(t, c, testQuery()), "interim-2026-quic-01")
		update(t, server, func(w *datatrackertest.World) { w.DropSession(quic.Sessions[0].ID) })
		s := mustPoll(t, c, testQuery())
		if src := source(t, s, "interim-2026-quic-01 agenda"); src.Outcome != Fresh {
			t.Errorf("its agenda is %s, %v", src.Outcome, src.Problem)
		}
		if m := meeting(t, s, quic.Number); len(m.Agenda.Sessions) != 1 || len(m.Sessions) != 1 {
			t.Errorf("%d sessions and %d rows, want one", len(m.Agenda.Sessions), len(m.Sessions))
		}
	})
}
