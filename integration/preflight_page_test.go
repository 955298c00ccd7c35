//go:build integration

package integration

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/browser"
	"roomctl/xmppadmin/xmpptest"
)

// The page of a preflight, to hand round, as readers with a large and a small screen, by day and by night and on paper
// see it: of a meeting that is go, and of one that is not. It asks nobody for anything.
func TestPreflightPage(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s, chat := newEmbeddedStageOf(t, datatrackertest.Options{})
	const visitor = "visitor@localhost"
	s.server.Accounts = map[string]string{visitor: chat.AddAccount("visitor")}
	s.visitAs(t, visitor)
	s.run(ctx, t, "sync").expect(t, 0)
	dir := t.TempDir()
	s.run(ctx, t, "preflight", "--join", "--html", filepath.Join(dir, "go.html")).expect(t, 0)
	s.run(ctx, t, "preflight", "--html", filepath.Join(dir, "not-tested.html")).expect(t, 4)
	chat.RemoveRoom("tls")
	chat.Edit("quic", func(r *xmpptest.Room) { r.Config["muc#roomconfig_membersonly"] = "1" })
	s.run(ctx, t, "preflight", "--join", "--html", filepath.Join(dir, "no-go.html")).expect(t, 4)

	site := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(site.Close)
	pages := map[string]string{}
	for _, name := range []string{"go", "not-tested", "no-go"} {
		pages["preflight-"+name] = site.URL + "/" + name + ".html"
	}
	looked, err := browser.Look(ctx, pages)
	if err != nil {
		t.Fatal(err)
	}
	expectOnly(t, looked.Session, site.URL)
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
	for page, links := range looked.Links {
		if rooms := strings.Join(links, " "); !strings.Contains(rooms, "dnsop") {
			t.Errorf("%s has no link into the room dnsop among %d", page, len(links))
		}
	}
}
