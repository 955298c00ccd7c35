package agenda

import (
	"strings"
	"testing"
	"time"
)

// What the chat server says about its logs is a link only if it is an address of
// the web, whole and with a host.
func TestLogsThatAreNoWebAddress(t *testing.T) {
	for _, logs := range []string{
		"javascript://r.example/%0Aalert(1)", "JavaScript:alert(1)", "data://r.example/text/html,x", "vbscript://r.example/x",
		"ftp://r.example/logs/", "file://r.example/etc/passwd", "xmpp:6lo@r.example?join", "mailto:6lo@r.example",
		"https:logs", "https:/logs", "https:///logs", "http://", "//r.example/logs/", "/logs/", "logs", "",
	} {
		if got := (Patterns{}).Link("6lo", "6lo@r.example", logs, time.Time{}).ArchiveURL; got != "" {
			t.Errorf("%q gives the link %q", logs, got)
		}
	}
	const good = "HTTPS://R.example:8443/logs?room=6lo#today"
	if got := (Patterns{}).Link("6lo", "6lo@r.example", good, time.Time{}).ArchiveURL; got != good {
		t.Errorf("%q gives %q", good, got)
	}
}

// The same goes for every other address that comes from outside, in pages and in
// calendars.
func TestSessionsWithAddressesThatAreNone(t *testing.T) {
	for name, address := range map[string]string{
		"a script with a host": "javascript://r.example/%0Aalert(1)",
		"data with a host":     "data://r.example/text/html,x",
		"without a host":       "https:agenda",
		"another protocol":     "ftp://r.example/agenda",
	} {
		t.Run(name, func(t *testing.T) {
			p := house()
			s := &p.Meetings[0].Sessions[0]
			s.Document, s.Link = address, SessionLink{Room: "quic", JID: "quic@jabber.example.org", URL: address, WebURL: address, ArchiveURL: address}
			room := &p.Rooms[6]
			room.WebURL, room.ArchiveURL, room.Group.URL = address, address, address
			p.Site.NoteWell, p.Site.Contact = address, address
			tree := openTree(t)
			done, err := Publish(tree, p)
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range done.Changed {
				if path == "agenda.json" || path == "rooms.json" || strings.HasSuffix(path, "/agenda.json") {
					continue // data, which no program follows by itself
				}
				if text := readFile(t, tree, path); strings.Contains(text, `href="`+address) || strings.Contains(text, "URL:"+address) {
					t.Errorf("%s links to it", path)
				}
			}
			calendar := readFile(t, tree, "meeting/126/session/7.ics")
			if strings.Contains(calendar, "r.example/") || !strings.Contains(calendar, "xmpp:quic@jabber.example.org?join") {
				t.Errorf("the calendar is\n%s", calendar)
			}
		})
	}
}

// readFile is what the tree holds at a path, with the lines of calendars whole.
func readFile(t *testing.T, tree *Tree, path string) string {
	t.Helper()
	data, err := tree.Get(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "\r\n ", "")
}

// An address that is too long to be followed is none, and does not fill the
// calendar.
func TestCalendarsLeaveOutEndlessAddresses(t *testing.T) {
	long := "https://r.example/" + strings.Repeat("a", 3000)
	p := house()
	s := &p.Meetings[0].Sessions[0]
	s.Document, s.Link.WebURL, s.Link.ArchiveURL = long, long, long
	tree := openTree(t)
	if _, err := Publish(tree, p); err != nil {
		t.Fatal(err)
	}
	if calendar := readFile(t, tree, "meeting/126/session/7.ics"); strings.Contains(calendar, "https://r.example/") {
		t.Errorf("the calendar is\n%s", calendar)
	}
}

// Characters that XML has no way to write (XML 1.0 section 2.2) go.
func TestPlainDropsWhatXMLCannotHold(t *testing.T) {
	if got := plain("q\ufffeu\uffffic", maxName); got != "quic" {
		t.Errorf("got %q", got)
	}
}
