//go:build integration

package integration

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"roomctl/integration/peer"
	"roomctl/integration/servers"
)

// The daemon as people and programs deal with it: signals, the control socket, the two web servers, its end.
func TestDaemonOrders(t *testing.T) {
	onDaemonServers(t, func(ctx context.Context, t *testing.T, server *servers.Server) {
		s := newStage(t, server)
		s.keepOnly(t, "quic", "tls")
		s.Extra = strings.ReplaceAll(serveSoon, "@every 1s", "@every 1h")
		d := s.serve(ctx, t)
		d.ran(ctx, t, time.Time{})
		expectOpen(t, look(ctx, t, server, "quic", "tls", "hallway"))

		socket, err := os.Stat(filepath.Join(s.Dir, "state", "control.sock"))
		if err != nil || socket.Mode().Perm() != 0o600 {
			t.Errorf("the control socket: %v, %v", socket, err)
		}
		d.expectReadOnly(ctx, t)

		now := time.Now()
		d.signal(t, syscall.SIGUSR1)
		d.ran(ctx, t, now)
		now = time.Now()
		if answer, err := d.order(`{"do":"run","kind":"quick"}`); err != nil || !answer.OK {
			t.Errorf("run: %+v, %v", answer, err)
		}
		d.ran(ctx, t, now)
		if d.status.Last.Kind != "quick" {
			t.Errorf("the last run was %s, want quick", d.status.Last.Kind)
		}
		if answer, err := d.order(`{"do":"pause","for":"1h"}`); err != nil || !answer.OK {
			t.Errorf("pause: %+v, %v", answer, err)
		}
		if answer, err := d.order(`{"do":"run"}`); err != nil || answer.OK || !strings.Contains(answer.Error, "paused") {
			t.Errorf("a run under a pause: %+v, %v", answer, err)
		}
		if answer, err := d.order(`{"do":"resume"}`); err != nil || !answer.OK {
			t.Errorf("resume: %+v, %v", answer, err)
		}

		d.expectReload(ctx, t)

		d.signal(t, syscall.SIGTERM)
		doubts := regexp.MustCompile(`(?m)^.* level=warning .* key=schedule\..*$`) // of the test's own schedule
		if o := d.finish(); o.status != 0 || strings.Contains(doubts.ReplaceAllString(o.stderr, ""), "level=warning") {
			t.Errorf("it ended with status %d:\n%s", o.status, o.stderr)
		}
		if _, err := os.Stat(filepath.Join(s.Dir, "state", "control.sock")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the control socket is still there: %v", err)
		}
	})
}

// look asks for rooms of a server, by name.
func look(ctx context.Context, t testing.TB, server *servers.Server, rooms ...string) map[string]peer.Room {
	t.Helper()
	var jids []string
	for _, room := range rooms {
		jids = append(jids, room+"@"+server.MUC)
	}
	answers, err := peer.As(server, "roomctl").Look(ctx, jids...)
	if err != nil {
		t.Fatal(err)
	}
	for jid, r := range answers {
		if r.Error != "" {
			t.Errorf("%s: %s (%s)", jid, r.Error, r.Text)
		}
	}
	return answers
}

// expectReadOnly tries pages and endpoints by all methods.
func (d *daemon) expectReadOnly(ctx context.Context, t testing.TB) {
	t.Helper()
	for _, url := range []string{d.status.Pages + "agenda.json", d.status.Pages + "rooms/quic/", d.status.Admin + "healthz", d.status.Admin + "readyz", d.status.Admin + "metrics"} {
		for method, want := range map[string]int{
			http.MethodGet: 200, http.MethodHead: 200, http.MethodPost: 405, http.MethodPut: 405, http.MethodDelete: 405,
		} {
			if status, text := ask(ctx, t, method, url); status != want {
				t.Errorf("%s %s: status %d, want %d\n%s", method, url, status, want, abridged(text))
			}
		}
	}
	if status, _ := ask(ctx, t, http.MethodGet, d.status.Pages+"metrics"); status != 404 {
		t.Errorf("the pages have metrics: status %d", status)
	}
}

// expectReload has it read a bad configuration, which changes nothing, and then a good one.
func (d *daemon) expectReload(ctx context.Context, t testing.TB) {
	t.Helper()
	s, good := d.stage, d.stage.Extra
	refused := func() int { return strings.Count(d.said(), "the configuration is refused") }
	before := refused()
	s.Extra = strings.ReplaceAll(good, "@every 1h", "whenever you like")
	s.configure(t)
	d.signal(t, syscall.SIGHUP)
	d.settle(ctx, t, "the bad configuration is refused", func() bool { return refused() > before })

	s.Extra = good + "announce: {start: true}\n"
	s.Logging = "wanted\n  fixed: [hallway, newcomers]"
	s.configure(t)
	now := time.Now()
	d.signal(t, syscall.SIGHUP)
	d.ran(ctx, t, now)
	expectOpen(t, look(ctx, t, s.server, "newcomers"))
}
