//go:build integration

package integration

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/agenda/web"
	"roomctl/integration/browser"
	"roomctl/integration/peer"
	"roomctl/integration/servers"
	"roomctl/integration/web/client"
)

// What is said in the room by the two who meet there.
const (
	greeting = "hello to whoever comes by the link"
	reply    = "hello from the browser"
)

// A reader of the agenda page follows the link of a session, is in its room with nothing installed, and talks to somebody
// there who came with another client. No other machine is asked for anything on the way.
func TestJoinByLink(t *testing.T) {
	const desktop, phone = 1000, 400 // pixels
	for name, width := range map[servers.Name]int{servers.Prosody012: desktop, servers.Prosody13: phone} {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			server := start(ctx, t, name, servers.Options{WebChat: true})
			s := newStage(t, server)
			s.keepOnly(t, "quic", "tls")
			site := servePublished(t, s)
			chat := serveClient(ctx, t, server)
			s.WebPattern = chat + "/" + client.Pattern
			s.run(ctx, t, "sync").expect(t, 0)

			room := "quic@" + server.MUC
			heard := make(chan error, 1)
			meeting, leave := context.WithCancel(ctx)
			defer leave()
			go func() { heard <- greet(meeting, peer.As(server, "alice"), room, "reader") }()
			joined, err := browser.Join(ctx, browser.Way{
				Page: site + "/meeting/113/", Link: "Chat room for quic", Width: width,
				Nickname: "reader", Hear: greeting, Say: reply,
			})
			save(t, "join-"+string(name), joined.Screenshot)
			if err != nil {
				t.Error(err)
				leave() // nobody comes to be met
			}
			if want := chat + "/#converse/room?jid=" + room; joined.At != want {
				t.Errorf("the link led to %s, want %s", joined.At, want)
			}
			expectOnly(t, joined.Session, site, chat)
			if err := <-heard; err != nil {
				t.Error(err)
			}
			expectLogged(ctx, t, server.LogsURL+"quic/", time.Now().UTC().Format(time.DateOnly), reply)
			t.Logf("Chromium %s and Converse.js on %s %s", joined.Version, name, server.Version)
		})
	}
}

// servePublished serves what the stage publishes, and lets it know where. The pages need not be there yet.
func servePublished(t testing.TB, s *stage) string {
	t.Helper()
	site := httptest.NewServer(web.New(filepath.Join(s.Dir, "www"), web.Options{
		OnError: func(err error) { t.Errorf("serving the pages: %v", err) },
	}))
	t.Cleanup(site.Close)
	s.BaseURL = site.URL
	return site.URL
}

// serveClient serves the example of a web client.
func serveClient(ctx context.Context, t testing.TB, server *servers.Server) string {
	t.Helper()
	handler, err := client.Handler(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	site := httptest.NewServer(handler)
	t.Cleanup(site.Close)
	return site.URL
}

// greet says something in a room when somebody has come there, and checks who it is.
func greet(ctx context.Context, as peer.Peer, room, nickname string) error {
	for {
		rooms, err := as.Look(ctx, room)
		if err != nil {
			return err
		}
		if n := rooms[room].Values["muc#roominfo_occupants"]; n != "" && n != "0" {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	rooms, err := as.Visit(ctx, greeting, room)
	if err != nil {
		return err
	}
	if there := rooms[room].Occupants; !slices.Contains(there, nickname) {
		return fmt.Errorf("met %v in %s, want %s among them", there, room, nickname)
	}
	return nil
}

// expectOnly checks that the browser asked the given sites and nobody else, that the first of them gave no cause for
// complaint, and that no site was refused anything by its content security policy.
func expectOnly(t testing.TB, session browser.Session, sites ...string) {
	t.Helper()
	hosts := make(map[string]bool)
	for _, site := range sites {
		hosts[strings.TrimPrefix(site, "http://")] = true
	}
	for _, request := range session.Requests {
		asked, err := url.Parse(request)
		if err != nil {
			t.Errorf("the browser asked for %q: %v", request, err)
			continue
		}
		if asked.Host != "" && !hosts[asked.Host] || asked.Host == "" && asked.Scheme != "data" && asked.Scheme != "blob" {
			t.Errorf("the browser asked for %s", request)
		}
	}
	if len(session.Requests) == 0 {
		t.Error("the browser asked for nothing")
	}
	for _, complaint := range session.Complaints {
		if strings.HasPrefix(complaint, sites[0]) || strings.Contains(complaint, "Content Security Policy") {
			t.Errorf("the browser complains: %s", complaint)
		}
	}
}

// save keeps a picture where ROOMCTL_SCREENSHOTS says, for people to look at; unset, it is not kept.
func save(t testing.TB, name string, png []byte) {
	t.Helper()
	folder := os.Getenv("ROOMCTL_SCREENSHOTS")
	if folder == "" {
		return
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, name+".png")
	if err := os.WriteFile(file, png, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("picture: %s", file)
}
