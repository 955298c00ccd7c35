package provisioner_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"roomctl/agenda"
	"roomctl/datatracker"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

// copies polls the Datatracker without asking it.
type copies struct{ provisioner.Poller }

func (c copies) Poll(ctx context.Context, q datatracker.Query) (*datatracker.Snapshot, error) {
	q.Offline = true
	return c.Poller.Poll(ctx, q)
}

// republish publishes from what is at hand: both servers count as gone.
func (h *house) republish(t *testing.T) (*provisioner.Report, error) {
	t.Helper()
	online, connect := h.Datatracker, h.Connect
	defer func() { h.Datatracker, h.Connect = online, connect }()
	h.Datatracker = copies{online}
	h.Connect = func(context.Context) (provisioner.RoomWriter, error) {
		return nil, errors.New("nobody may ask the chat server")
	}
	h.chat.ResetStanzas()
	h.dt.ResetRequests()
	report, err := h.Republish(t.Context())
	if n := len(h.chat.Stanzas()) + len(h.dt.Requests()); n > 0 {
		t.Errorf("%d requests were made", n)
	}
	return report, err
}

// lastRunOf is the last run, which must be of the given command.
func (h *house) lastRunOf(t *testing.T, command string) registry.Run {
	t.Helper()
	runs, err := h.Registry.Runs(t.Context(), 1)
	if err != nil || len(runs) != 1 || runs[0].Command != command || runs[0].Ended.IsZero() {
		t.Fatalf("runs %+v, %v", runs, err)
	}
	return runs[0]
}

// TestRepublish publishes again without asking anybody.
func TestRepublish(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	before := h.files(t)
	h.travel(h.time().Add(10 * time.Minute))

	report, err := h.republish(t)
	if err != nil {
		t.Fatal(err)
	}
	requireNothingToReport(t, report)
	if len(report.Published) > 0 {
		t.Errorf("published %v", report.Published)
	}
	h.requireUntouched(t, before)
	if run := h.lastRunOf(t, "publish"); run.Outcome != "done" {
		t.Errorf("the run ended %q", run.Outcome)
	}
	for _, words := range []string{`"outcome": "done"`, `"written": "2026-03-04T10:40:00Z"`, `"last_poll": "2026-03-04T10:30:00`, `"last good copy"`} {
		if status := h.read(t, agenda.StatusPath); !strings.Contains(status, words) {
			t.Errorf("status.json does not say %s:\n%s", words, status)
		}
	}

	// A new setting is what publishing again is for, ...
	h.Patterns.Web = "https://chat.example.org/#{chat_room_name}"
	report, err = h.republish(t)
	if err != nil || !strings.Contains(h.read(t, "meeting/113/agenda.json"), "https://chat.example.org/#quic") {
		t.Errorf("published %v, %v", report.Published, err)
	}
	// ... and the next sync finds nothing left to do.
	h.requireQuiet(t)
}

// TestRepublishOfOldAnswers: what has not been verified for a day stays as it
// is, and is told.
func TestRepublishOfOldAnswers(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	links := len(h.links(t, "113"))
	h.travel(h.time().Add(25 * time.Hour))
	report, err := h.republish(t)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(h.links(t, "113")); n != links || report.Fit != 0 {
		t.Errorf("%d links, were %d; %d rooms are fit", n, links, report.Fit)
	}
	if outcome := h.lastRunOf(t, "publish").Outcome; outcome != "partial" || report.Failures() != len(report.Sources) {
		t.Errorf("the run ended %q with %d failures of %d old sources", outcome, report.Failures(), len(report.Sources))
	}
}

// TestRepublishBeforeAnySync has nothing to go by.
func TestRepublishBeforeAnySync(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	report, err := h.republish(t)
	if report != nil || err == nil || !strings.Contains(err.Error(), "no earlier copy") {
		t.Errorf("report %+v, error %v", report, err)
	}
	if outcome := h.lastRunOf(t, "publish").Outcome; outcome != "failed" || !strings.Contains(h.read(t, agenda.StatusPath), `"outcome": "failed"`) {
		t.Errorf("the run ended %q", outcome)
	}
}

// TestRepublishingUnderAPause writes no file: the pause may come while the run
// waits for its turn.
func TestRepublishingUnderAPause(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	before := h.files(t)
	h.Site.BaseURL = "https://chat.example.org"
	paused := h.pausable()
	paused.Store(true)
	report, err := h.republish(t)
	if err != nil {
		t.Fatal(err)
	}
	requireComplaint(t, report, "withheld pause", "since 2026-03-04 10:30 UTC", "the server moves")
	h.requireUntouched(t, before)

	paused.Store(false)
	if report, err = h.republish(t); err != nil || len(report.Published) == 0 {
		t.Errorf("published %v, %v", report.Published, err)
	}
}
