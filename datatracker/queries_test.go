package datatracker

import (
	"strings"
	"testing"

	"roomctl/datatracker/datatrackertest"
)

func TestTheSessionsOfAllInterimsComeInOneQuery(t *testing.T) {
	server := startDatatracker(t)
	update(t, server, func(w *datatrackertest.World) {
		for day := range 8 {
			w.AddInterim("tls", testNow.AddDate(0, 0, 10+day), 2)
		}
	})
	s := mustPoll(t, newTestClient(t, Options{URL: server.URL()}), testQuery())
	interims := 0
	for _, m := range s.Meetings {
		if m.Type != "interim" {
			continue
		}
		interims++
		if len(m.Sessions) == 0 {
			t.Errorf("%s has no sessions", m.Number)
		}
	}
	if interims < 8 {
		t.Fatalf("only %d interims were read", interims)
	}
	var asked []string
	for _, r := range server.Requests() {
		if strings.Contains(r.URL, "/meeting/session/") && strings.Contains(r.URL, "interim-") {
			asked = append(asked, r.URL)
		}
	}
	if len(asked) != 1 {
		t.Errorf("%d queries for the sessions of %d interims: %q", len(asked), interims, asked)
	}
}
