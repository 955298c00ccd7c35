package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"roomctl/agenda"
	"roomctl/provisioner/health"
	"roomctl/provisioner/pause"
	"roomctl/provisioner/worker"
)

func TestHealthz(t *testing.T) {
	tests := []struct {
		name   string
		edit   func(t *testing.T, w *ward)
		status int
		body   string // its beginning
	}{
		{"all is well", func(*testing.T, *ward) {}, 200, "green\n"},
		{"no good sync for 46 minutes", func(t *testing.T, w *ward) { w.change(func() { w.now = epoch.Add(41 * time.Minute) }) }, 503,
			"red\nred sync-age: the last good sync was 46 minutes ago, and every 45 minutes there should be one\n    -> roomctl sync, or see whether it is still scheduled\n"},
		{"no good sync for 11 minutes, while a meeting is on", func(t *testing.T, w *ward) {
			w.change(func() {
				w.state.Meeting, w.state.MeetingSince = "IETF 126", epoch.Add(-24*time.Hour)
				w.now = epoch.Add(6 * time.Minute)
			})
		}, 503, "red\nred sync-age: the last good sync was 11 minutes ago, and every 10 minutes"},
		{"the same when it has just begun", func(t *testing.T, w *ward) {
			w.change(func() {
				w.state.Meeting, w.state.MeetingSince = "IETF 126", epoch.Add(2*time.Minute)
				w.now = epoch.Add(6 * time.Minute)
			})
		}, 200, "green\n"},
		{"a run that hangs", func(t *testing.T, w *ward) {
			w.change(func() { w.state.Running, w.state.Since = worker.Full, epoch.Add(-11*time.Minute) })
		}, 503, "red\nred stuck: a full run has been under way for 11 minutes"},
		{"a worker that does not get on", func(t *testing.T, w *ward) { w.change(func() { w.stuck = true }) }, 503, "red\nred stuck: the worker does not get on"},
		{"a connection that is lost", func(t *testing.T, w *ward) {
			w.change(func() { w.chat = health.Connection{Down: epoch.Add(-11 * time.Minute), Why: "connection refused"} })
		}, 503, "red\nred chat: no connection to the chat server for 11 minutes: connection refused\n    -> roomctl check tries it now\n"},
		{"runs that fail before they come to the registry", func(t *testing.T, w *ward) {
			for range 3 {
				w.Ended(worker.Quick, nil, errors.New("no password:\x1b[31m none"), time.Second)
			}
		}, 503, "red\nred sync-failed: the last 3 syncs failed; the last one failed: no password:\uFFFD[31m none\n"},
		{"a person's sync that was good after that", func(t *testing.T, w *ward) {
			for range 3 {
				w.Ended(worker.Quick, nil, errors.New("no route to host"), time.Second)
			}
			w.change(func() { w.now = epoch.Add(2 * time.Minute) })
			w.synced(t, epoch.Add(time.Minute))
		}, 200, "green\n"},
		{"a run that fails after that", func(t *testing.T, w *ward) {
			for range 3 {
				w.Ended(worker.Quick, nil, errors.New("no route to host"), time.Second)
			}
			w.change(func() { w.now = epoch.Add(2 * time.Minute) })
			w.synced(t, epoch.Add(time.Minute))
			w.Ended(worker.Quick, nil, errors.New("no route to host"), time.Second)
		}, 200, "yellow\nyellow sync-failed: the last sync failed: no route to host\n"},
		{"a registry that cannot be read", func(t *testing.T, w *ward) {
			if err := os.WriteFile(w.house.registryPath(), []byte("nonsense"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, 503, "red\nred registry: "},
		{"a registry of another service", func(t *testing.T, w *ward) {
			w.house.rules.MUC, w.house.config.XMPP.MUC = "other.example.org", "other.example.org"
		}, 503, "red\nred registry: "},
		{"something withheld", func(t *testing.T, w *ward) {
			w.publish(t, agenda.Status{Outcome: "withheld", Written: epoch, Withheld: []agenda.WithheldStatus{{Rule: "retire", Why: "rooms to retire: 40"}}})
		}, 200, "yellow\nyellow withheld retire: the guard retire withholds something: rooms to retire: 40\n    -> roomctl plan shows it, roomctl sync --allow retire lets it through once\n"},
		{"a pause", func(t *testing.T, w *ward) {
			if err := pause.Set(w.house.config.StateDir, pause.Pause{Since: epoch, By: "alice"}); err != nil {
				t.Fatal(err)
			}
		}, 200, "yellow\nyellow paused: roomctl is paused since 2026-03-04 12:00 UTC, until a person resumes it, by alice\n    -> roomctl resume ends that\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWard(t)
			test.edit(t, w)
			status, header, body := w.ask(t, "GET", "/healthz", "")
			if status != test.status || !strings.HasPrefix(body, test.body) {
				t.Errorf("%d\n%s\nwant %d\n%s", status, body, test.status, test.body)
			}
			if header.Get("Content-Type") != "text/plain; charset=utf-8" || header.Get("Cache-Control") != "no-store" {
				t.Errorf("header %v", header)
			}
		})
	}
}

func TestHealthzAsJSON(t *testing.T) {
	w := newWard(t)
	w.change(func() { w.now = epoch.Add(time.Hour) })
	for accept, isJSON := range map[string]bool{
		"application/json": true, "text/html, application/json;q=0.5": true,
		"": false, "*/*": false, "application/json;q=0": false, "text/plain": false, "application/;;": false,
	} {
		status, header, body := w.ask(t, "GET", "/healthz", accept)
		if status != http.StatusServiceUnavailable {
			t.Errorf("%q: %d", accept, status)
		}
		if is := header.Get("Content-Type") == "application/json"; is != isJSON {
			t.Errorf("%q gets %s", accept, header.Get("Content-Type"))
		}
		if !isJSON {
			continue
		}
		var doc healthDocument
		if err := json.Unmarshal([]byte(body), &doc); err != nil {
			t.Fatalf("%v\n%s", err, body)
		}
		if doc.Version != 1 || doc.Level != health.Red || len(doc.Problems) == 0 || doc.Problems[0].Rule != health.SyncAge || !strings.HasPrefix(doc.Problems[0].Command, "roomctl sync") {
			t.Errorf("%s", body)
		}
	}
}

func TestReadyz(t *testing.T) {
	w := newWard(t)
	require := func(status int, text string) {
		t.Helper()
		if is, _, body := w.ask(t, "GET", "/readyz", ""); is != status || !strings.HasPrefix(body, text) {
			t.Errorf("%d %s, want %d %s", is, body, status, text)
		}
	}
	require(200, "ready")
	w.change(func() { w.state.Last = worker.Run{} })
	require(503, "not ready: the first run has not ended yet")
	if err := pause.Set(w.house.config.StateDir, pause.Pause{Since: epoch}); err != nil {
		t.Fatal(err)
	}
	require(200, "ready") // no run begins, as a person wants it
	if err := os.WriteFile(w.house.registryPath(), []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	require(503, "not ready: registry ")
}

func TestTheAdministrationIsReadOnly(t *testing.T) {
	w := newWard(t)
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		if status, _, body := w.ask(t, "HEAD", path, ""); status != 200 || body != "" {
			t.Errorf("HEAD %s: %d %q", path, status, body)
		}
		for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
			if status, header, _ := w.ask(t, method, path, ""); status != http.StatusMethodNotAllowed || header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %d, allowed is %q", method, path, status, header.Get("Allow"))
			}
		}
	}
	for _, path := range []string{"/", "/control", "/debug/pprof/", "/healthz/x"} {
		if status, _, _ := w.ask(t, "GET", path, ""); status != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, status)
		}
	}
}

// TestOperatorsHearNothingBeforeTheFirstRun: what was wrong while roomctl did not
// run is its to repair.
func TestOperatorsHearNothingBeforeTheFirstRun(t *testing.T) {
	w := newWard(t)
	w.change(func() {
		w.now = epoch.Add(8 * time.Hour)
		w.state = worker.State{Began: w.now}
	})
	if v, known := w.judge(context.Background(), w.now); known || v.Level != health.Red {
		t.Errorf("known %t, %s", known, v.Level)
	}
	w.change(func() { w.state.Last.Ended = w.now })
	if v, known := w.judge(context.Background(), w.now); !known || v.Level != health.Red {
		t.Errorf("known %t, %s", known, v.Level)
	}
	w.change(func() { w.state.Last, w.state.Began = worker.Run{}, w.now.Add(-11*time.Minute) }) // somebody else holds the state folder
	if v, known := w.judge(context.Background(), w.now); !known || v.Level != health.Red {
		t.Errorf("known %t, %s, and the first run does not come", known, v.Level)
	}
}
