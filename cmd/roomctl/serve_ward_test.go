package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/agenda"
	"roomctl/config"
	"roomctl/provisioner/health"
	"roomctl/provisioner/registry"
	"roomctl/provisioner/worker"
)

// ward is a serve without its worker: what the worker would be at is said by the
// test.
type ward struct {
	*vitals
	metrics *metrics
	house   *house
	url     string // of the administration's listener

	mu    sync.Mutex
	now   time.Time
	state worker.State
	stuck bool
	chat  health.Connection
}

// State is what the test says that the worker is at.
func (w *ward) State() worker.State {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state
}

// Stuck is likewise.
func (w *ward) Stuck() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stuck
}

func (w *ward) connection() health.Connection {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.chat
}

// newWard has a registry of which nothing is known but that a sync was good five
// minutes ago, and a worker that has run.
func newWard(t *testing.T) *ward {
	t.Helper()
	w := &ward{now: epoch}
	w.state = worker.State{Began: epoch.Add(-time.Hour), Last: worker.Run{Kind: worker.Quick, Began: epoch.Add(-6 * time.Minute), Ended: epoch.Add(-5 * time.Minute), Outcome: "done"}}
	dir := t.TempDir()
	settings, err := config.Parse(fmt.Appendf(nil, `datatracker: {url: https://datatracker.example.org}
xmpp: {jid: roomctl@example.org, muc: jabber.example.org}
state_dir: %q
publish: {dir: %q}
`, filepath.Join(dir, "state"), filepath.Join(dir, "www")))
	if err != nil {
		t.Fatal(err)
	}
	log := logrus.New()
	log.SetOutput(io.Discard)
	p := &program{stderr: io.Discard, getenv: func(string) string { return "" }, now: w.clock}
	if w.house, err = newHouse(settings, p, log); err != nil {
		t.Fatal(err)
	}
	w.vitals = newVitals(w.clock)
	w.metrics = newMetrics(w.vitals.read)
	w.house.observe = w.metrics.request
	w.use(w.house, w.connection, nil)
	w.watch(w)
	w.synced(t, epoch.Add(-5*time.Minute))
	w.publish(t, agenda.Status{Outcome: "done", Written: epoch.Add(-5 * time.Minute), LastPoll: epoch.Add(-5 * time.Minute),
		Sources: []agenda.SourceStatus{{Name: "groups", Outcome: "unchanged", Read: epoch.Add(-5 * time.Minute)}}})
	server := httptest.NewServer(w.handler(w.metrics.handler()))
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

func (w *ward) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// change changes what the test says.
func (w *ward) change(do func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	do()
}

func (w *ward) synced(t *testing.T, at time.Time) {
	t.Helper()
	reg, err := registry.Open(t.Context(), w.house.registryPath(), w.house.identity())
	if err == nil {
		err = errors.Join(reg.SetSynced(t.Context(), at), reg.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (w *ward) publish(t *testing.T, s agenda.Status) {
	t.Helper()
	tree, err := agenda.OpenTree(w.house.config.Publish.Dir)
	if err == nil {
		err = agenda.PutStatus(tree, s)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// ask makes a request.
func (w *ward) ask(t *testing.T, method, path, accept string) (status int, header http.Header, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, w.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(text)
}
