//go:build integration

package integration

import (
	"context"
	"maps"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/agenda/web"
	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/browser"
	"roomctl/integration/servers"
)

// Every kind of page, as readers with a large and a small screen, by day and by night, without JavaScript and on paper
// see it: axe-core finds nothing, nothing is scrolled sideways, and nothing but the site itself is asked for anything.
// Where ROOMCTL_SCREENSHOTS names a folder, the pictures are kept there.
func TestPages(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s, _ := newEmbeddedStageOf(t, datatrackertest.Options{})
	site := servePublished(t, s)
	s.WebPattern = "https://chat.example.org/#converse/room?jid={chat_room_name}@" + servers.MUC
	s.ArchivePattern = "" // the pages of logs are not there
	s.run(ctx, t, "sync").expect(t, 0)
	retired, renamed := endTwoGroups(t, s)
	s.run(ctx, t, "sync").expect(t, 0)

	agenda := sessionsOf(t, filepath.Join(s.Dir, "www", "meeting", "113", "agenda.json"))
	expectLinked(t, agenda)
	during := httptest.NewServer(web.New(filepath.Join(s.Dir, "www"), web.Options{
		Now: func() time.Time { return agenda[len(agenda)/2].Start.Add(time.Minute) },
	}))
	t.Cleanup(during.Close)
	pages := map[string]string{
		"index":            site + "/",
		"agenda":           site + "/meeting/113/",
		"agenda-meanwhile": during.URL + "/meeting/113/", // days later: something is on, and the data is old
		"interim":          site + "/meeting/" + anInterim(t, s) + "/",
		"rooms":            site + "/rooms/",
		"room":             site + "/rooms/quic/",
		"room-standing":    site + "/rooms/hallway/",
		"room-retired":     site + "/rooms/" + retired + "/",
		"room-renamed":     site + "/rooms/" + renamed + "/",
		"news":             site + "/news/",
		"join":             site + "/join/",
	}
	looked, err := browser.Look(ctx, pages)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("Chromium %s, %d views of %d pages", looked.Version, len(looked.Views), len(pages))
	expectOnly(t, looked.Session, site, during.URL)
	for _, complaint := range looked.Complaints {
		t.Errorf("the browser complains: %s", complaint)
	}
	for _, view := range looked.Views {
		what := view.Page + "-" + view.View
		for _, violation := range view.Violations {
			t.Errorf("%s: %s", what, violation)
		}
		if view.Sideways > 0 {
			t.Errorf("%s is scrolled sideways by %d pixels", what, view.Sideways)
		}
		save(t, what, view.Screenshot)
	}
	if want := len(pages) * 5; len(looked.Views) != want {
		t.Errorf("%d views, want %d", len(looked.Views), want)
	}
	expectPlainLinks(t, looked.Links, agenda)
}

// endTwoGroups concludes a group and renames another, none of which meets, and names their rooms.
func endTwoGroups(t testing.TB, s *stage) (retired, renamed string) {
	t.Helper()
	s.update(t, func(w *datatrackertest.World) {
		meets := make(map[*datatrackertest.Group]bool)
		for _, m := range w.Meetings {
			for _, session := range m.Sessions {
				meets[session.Group] = true
			}
		}
		for _, g := range w.Groups {
			switch {
			case meets[g] || g.Type != "wg" || g.State != "active":
			case retired == "":
				retired, g.State = g.Acronym, "conclude"
			case renamed == "":
				renamed, g.Acronym = g.Acronym, g.Acronym+"bis"
			}
		}
	})
	return retired, renamed
}

// anInterim is the number of an interim meeting that is published.
func anInterim(t testing.TB, s *stage) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(s.Dir, "www", "meeting", "interim-*"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no interim is published: %v", err)
	}
	return filepath.Base(found[0])
}

// expectPlainLinks checks that the pages lead on without JavaScript: each session of the agenda to its room, and every
// page to the others.
func expectPlainLinks(t testing.TB, links map[string][]string, agenda []session) {
	t.Helper()
	on := make(map[string]int)
	for _, text := range links["agenda"] {
		on[text]++
	}
	want := make(map[string]int)
	for _, session := range agenda {
		if session.Room != "" {
			want["Chat room for "+session.Group.Acronym]++
		}
	}
	for text, n := range want {
		if on[text] != n {
			t.Errorf("without JavaScript the agenda has %d links %q, want %d", on[text], text, n)
		}
	}
	for _, page := range slices.Sorted(maps.Keys(links)) {
		for _, text := range []string{"Agenda", "Rooms", "News", "How to join", "Note Well"} {
			if !slices.ContainsFunc(links[page], func(link string) bool { return strings.TrimSpace(link) == text }) {
				t.Errorf("without JavaScript the page %s has no link %q", page, text)
			}
		}
	}
}
