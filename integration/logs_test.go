//go:build integration

package integration

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/peer"
	"roomctl/integration/servers"
)

// What is said in the room of a session is found by the link to its logs: in agenda.json and on the agenda page. The logs
// are there when they are linked, and before that there is no link.
func TestLogs(t *testing.T) {
	onEachServer(t, func(ctx context.Context, t *testing.T, name servers.Name) {
		server := start(ctx, t, name, servers.Options{})
		s := newStage(t, server)
		s.keepOnly(t, "quic", "tls")
		site := servePublished(t, s)
		// The logs are looked for only when something has been said: what was not there is asked for again in an hour.
		s.CheckArchive = false
		if name == servers.Ejabberd23 || name == servers.Ejabberd26 {
			// What ejabberd itself says is a folder, and its web server does not list it.
			s.ArchivePattern, s.CheckArchive = server.LogsURL+"{chat_room_name}/{date}.html", true
		}
		s.run(ctx, t, "sync").expect(t, 0)
		if logs := sessionIn(t, s, "quic").ArchiveURL; s.CheckArchive && logs != "" {
			t.Errorf("a session that has not begun is linked to its logs: %s", logs)
		}
		today := time.Now().UTC().Format(time.DateOnly)
		t.Logf("before anything is said: %d for the room, %d for the day", statusOf(ctx, t, server.LogsURL+"quic/"),
			statusOf(ctx, t, dayPage(server, "quic", today)))

		line := "said in the session on " + string(name)
		if r := one(t, "quic@"+server.MUC)(peer.As(server, "alice").Visit(ctx, line, "quic@"+server.MUC)); r.Error != "" {
			t.Fatalf("saying it: %s (%s)", r.Error, r.Text)
		}
		s.update(t, func(w *datatrackertest.World) { beginNow(w, "quic") })
		s.CheckArchive = true
		s.run(ctx, t, "sync").expect(t, 0)

		link := sessionIn(t, s, "quic").ArchiveURL
		if link == "" {
			t.Fatal("the session that is on now is not linked to its logs")
		}
		if onPage := linkOnPage(ctx, t, site+"/meeting/113/", "Chat logs for quic"); onPage != link {
			t.Errorf("the page links to %q, agenda.json to %q", onPage, link)
		}
		expectLogged(ctx, t, link, today, line)
	})
}

// dayPage is where a server's own page of one day of a room is.
func dayPage(server *servers.Server, room, day string) string {
	if server.Name == servers.Ejabberd23 || server.Name == servers.Ejabberd26 {
		day += ".html"
	}
	return server.LogsURL + room + "/" + day
}

// beginNow moves the group's session of IETF 113 to this moment.
func beginNow(w *datatrackertest.World, acronym string) {
	for _, session := range w.Meeting("113").Sessions {
		if session.Group == w.Group(acronym) {
			session.Start = time.Now().UTC().Truncate(time.Second)
			return
		}
	}
}

// sessionIn is the group's session on the published agenda of IETF 113.
func sessionIn(t testing.TB, s *stage, acronym string) session {
	t.Helper()
	for _, session := range sessionsOf(t, filepath.Join(s.Dir, "www", "meeting", "113", "agenda.json")) {
		if session.Group.Acronym == acronym {
			return session
		}
	}
	t.Fatalf("no session of %s is published", acronym)
	return session{}
}

// expectLogged reads the page of logs, and the one of the day that it links to, until the line is there.
func expectLogged(ctx context.Context, t testing.TB, link, day, line string) {
	t.Helper()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		page := fetch(ctx, t, link)
		if !bytes.Contains(page, []byte(line)) {
			for target := range anchors(t, link, page) {
				if strings.Contains(target, day) {
					page = fetch(ctx, t, target)
					break
				}
			}
		}
		if bytes.Contains(page, []byte(line)) {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%q is not logged at %s, nor one link away", line, link)
		case <-again.C:
		}
	}
}

// linkOnPage is where the first link with the text leads; empty if there is none.
func linkOnPage(ctx context.Context, t testing.TB, page, text string) string {
	t.Helper()
	for target, of := range anchors(t, page, fetch(ctx, t, page)) {
		if of == text {
			return target
		}
	}
	return ""
}

// anchors are the links of a page, by target, with their texts.
func anchors(t testing.TB, at string, page []byte) map[string]string {
	t.Helper()
	base, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	document, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]string)
	for node := range document.Descendants() {
		if node.Data != "a" {
			continue
		}
		for _, attribute := range node.Attr {
			if target, err := base.Parse(attribute.Val); attribute.Key == "href" && err == nil {
				found[target.String()] = textOf(node)
			}
		}
	}
	return found
}

// textOf is the text inside a node, with white space as it shows.
func textOf(node *html.Node) string {
	var text strings.Builder
	for inside := range node.Descendants() {
		if inside.Type == html.TextNode {
			text.WriteString(inside.Data)
		}
	}
	return strings.Join(strings.Fields(text.String()), " ")
}

// statusOf is the status of the answer to a request.
func statusOf(ctx context.Context, t testing.TB, address string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body) // only the status counts
	return answer.StatusCode
}
