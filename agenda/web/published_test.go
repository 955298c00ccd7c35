package web

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"roomctl/agenda"
)

// publish puts a real publication into the tree, whose one session is on at
// noon, and a status by which it is old.
func publish(t *testing.T, s *site) agenda.Published {
	t.Helper()
	patterns := agenda.Patterns{}
	start := noon.Add(-30 * time.Minute)
	done, err := agenda.Publish(s.tree, agenda.Publication{
		Site: agenda.Site{MUC: "jabber.example.org", Datatracker: "https://datatracker.ietf.org"},
		Time: noon,
		Meetings: []agenda.Meeting{{
			Number: "113", Title: "IETF 113", TimeZone: "Europe/Vienna", Date: noon.Truncate(24 * time.Hour), Days: 5, Current: true,
			Agenda: []byte(document(object(7, "quic", start.Format(time.RFC3339), "1:00:00", `, "name": "QUIC", "location": "Hall"`))),
			Sessions: []agenda.Session{{
				ID: 7, Acronym: "quic", GroupName: "QUIC", Name: "QUIC", Start: start, Duration: time.Hour, Location: "Hall",
				Link: patterns.Link("quic", "quic@jabber.example.org", "", start),
			}},
		}},
		Rooms: []agenda.Room{{Name: "quic", JID: "quic@jabber.example.org", State: "active", Fit: true}},
		News:  []agenda.NewsItem{{Time: noon, Kind: agenda.Created, Room: "quic"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	status := agenda.Status{Written: noon, Outcome: "done", Sources: []agenda.SourceStatus{{Name: "groups", Outcome: "fresh", Read: noon.Add(-7 * time.Hour)}}}
	if err := agenda.PutStatus(s.tree, status); err != nil {
		t.Fatal(err)
	}
	return done
}

func TestEverythingPublishedIsServed(t *testing.T) {
	s := serve(t, nil)
	for _, file := range publish(t, s).Changed {
		got := s.get(t, "/"+file)
		if got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") == "application/octet-stream" {
			t.Errorf("%s gives %s, %s", file, got.Status, got.Header.Get("Content-Type"))
		}
		if path.Ext(file) == ".html" && !strings.Contains(got.body, `<div class="banner" role="status">`) {
			t.Errorf("%s does not say that it is old", file)
		}
		if path.Ext(file) == ".ics" {
			if got := s.get(t, "/"+file+"?tz=utc"); got.StatusCode != http.StatusOK || strings.Contains(got.body, "TZID") {
				t.Errorf("%s in UTC gives %s, %s", file, got.Status, got.body)
			}
		}
	}
	if got := s.get(t, "/agenda.ics?hide=quic"); strings.Contains(got.body, "VEVENT") || !strings.Contains(s.get(t, "/agenda.ics?show=quic").body, "VEVENT") {
		t.Errorf("quic is not hidden: %s", got.body)
	}
	if err := s.told(); err != nil {
		t.Error(err)
	}
}

func TestTheAgendaPageSaysWhatIsOnNow(t *testing.T) {
	s := serve(t, nil)
	publish(t, s)
	page := s.get(t, "/meeting/113/").body
	_, section, found := strings.Cut(page, `<section class="on-now"`)
	section, _, ended := strings.Cut(section, "</section>")
	if !found || !ended || strings.Count(page, `id="on-now"`) != 1 || !strings.Contains(section, "Chat room for <bdi>quic</bdi>") {
		t.Fatalf("the page is\n%s", page)
	}
	here := &url.URL{Path: "/meeting/113/"}
	links := regexp.MustCompile(`href="([^"]+)"`).FindAllStringSubmatch(section, -1)
	if len(links) != 2 {
		t.Errorf("the links are %q", links)
	}
	for _, link := range links {
		to, err := here.Parse(link[1])
		if err != nil {
			t.Fatal(err)
		}
		got := s.get(t, to.Path)
		if got.StatusCode != http.StatusOK || to.Fragment != "" && !strings.Contains(got.body, fmt.Sprintf("id=%q", to.Fragment)) {
			t.Errorf("%s leads to %s, %s", link[1], to, got.Status)
		}
	}
}
