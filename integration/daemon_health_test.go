//go:build integration

package integration

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"roomctl/integration/prometheus"
	"roomctl/integration/servers"
)

// Health is green, red while there is no chat server, and green again, by itself; and Prometheus hears of it.
func TestDaemonHealth(t *testing.T) {
	onDaemonServers(t, func(ctx context.Context, t *testing.T, server *servers.Server) {
		s, w := newStage(t, server), newWire(t, server)
		s.through(w)
		s.keepOnly(t, "quic", "tls")
		s.Extra = serveSoon
		d := s.serve(ctx, t)
		d.ran(ctx, t, time.Time{})
		waitFor(ctx, t, d.status.Admin+"readyz", http.StatusOK)
		waitFor(ctx, t, d.status.Admin+"healthz", http.StatusOK, "green")

		w.Refuse()
		waitFor(ctx, t, d.status.Admin+"healthz", http.StatusServiceUnavailable, "red", "sync-failed")
		if err := w.Accept(); err != nil {
			t.Fatal(err)
		}
		waitFor(ctx, t, d.status.Admin+"healthz", http.StatusOK, "green")

		held, err := os.OpenFile(filepath.Join(s.Dir, "state", "registry.sqlite"), os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer held.Close()
		if _, err := held.WriteAt([]byte("no database at all"), 0); err != nil {
			t.Fatal(err)
		}
		waitFor(ctx, t, d.status.Admin+"healthz", http.StatusServiceUnavailable, "red", "registry")
	})
}

// Prometheus scrapes the daemon for real, and the alert rules fire. Only their times are shorter here.
func TestDaemonPrometheus(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s, chat := newEmbeddedStage(t)
	s.Extra = serveSoon
	d := s.serve(ctx, t)
	d.ran(ctx, t, time.Time{})
	target := strings.TrimSuffix(strings.TrimPrefix(d.status.Admin, "http://"), "/")
	p, err := prometheus.Start(ctx, target, impatientAlerts(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	}()
	expectValue(ctx, t, p, `up{job="roomctl"}`, 1)
	expectValue(ctx, t, p, `roomctl_rooms_fit > 4`, 0)
	expectValue(ctx, t, p, `roomctl_health{level="green"}`, 1)
	expectValue(ctx, t, p, `roomctl_runs_total{kind="quick",outcome="done"} > 0`, 0)
	expectValue(ctx, t, p, `count({__name__=~"roomctl_.+"}) > 40`, 0)
	expectValue(ctx, t, p, `absent(ALERTS)`, 1)

	d.whileGone(ctx, t, func() { expectValue(ctx, t, p, `ALERTS{alertname="RoomctlDatatrackerFails",alertstate="firing"}`, 1) })
	expectValue(ctx, t, p, `absent(ALERTS{alertstate="firing"})`, 1)

	defer chat.Fault(refusals())()
	chat.Disconnect()
	expectValue(ctx, t, p, `ALERTS{alertname="RoomctlRed",alertstate="firing"} > 0`, 0)

	d.signal(t, syscall.SIGINT)
	d.finish().expect(t, 0)
	expectValue(ctx, t, p, `ALERTS{alertname="RoomctlDown",alertstate="firing"}`, 1)
}

// impatientAlerts are the alert rules with seconds in place of minutes and hours.
func impatientAlerts(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(alerts, "alerts.yml"))
	if err != nil {
		t.Fatal(err)
	}
	rules := regexp.MustCompile(`\bfor: \d+[mhd]`).ReplaceAllString(string(text), "for: 1s")
	rules = regexp.MustCompile(`\[(10m|30m|1h)\]`).ReplaceAllString(rules, "[10s]")
	file := filepath.Join(t.TempDir(), "alerts.yml")
	if err := os.WriteFile(file, []byte(rules), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// expectValue waits until an expression has one value; if want is 0, whatever it is.
func expectValue(ctx context.Context, t testing.TB, p *prometheus.Server, expression string, want float64) {
	t.Helper()
	again := time.NewTicker(250 * time.Millisecond)
	defer again.Stop()
	for {
		values, err := p.Query(ctx, expression)
		if err != nil {
			t.Fatal(err)
		}
		for _, is := range values {
			if want == 0 || is == want {
				return
			}
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			all, _ := p.Query(context.WithoutCancel(ctx), `{__name__=~"roomctl_health.*|ALERTS|up"}`)
			t.Fatalf("%s is %v, want %v; %s", expression, values, want, fmt.Sprint(all))
		}
	}
}

// whileGone does something while the Datatracker answers nothing. The schedule would not ask it before a document's max-age
// is over, so runs are ordered.
func (d *daemon) whileGone(ctx context.Context, t testing.TB, do func()) {
	t.Helper()
	back := d.stage.datatracker.Fault(gone())
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		again := time.NewTicker(500 * time.Millisecond)
		defer again.Stop()
		for {
			if _, err := d.order(`{"do":"run","kind":"quick"}`); err != nil {
				t.Error(err)
				return
			}
			select {
			case <-again.C:
			case <-done:
				return
			}
		}
	}()
	defer func() { <-ended }()
	defer close(done)
	do()
	back()
	if status, text := ask(ctx, t, http.MethodGet, d.status.Admin+"metrics"); status != 200 || !strings.Contains(text, `roomctl_datatracker_requests_total{code="503"}`) {
		t.Errorf("the metrics do not count the requests: %d", status)
	}
}
