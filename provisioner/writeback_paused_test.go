package provisioner_test

import (
	"context"
	"sync/atomic"
	"testing"

	"roomctl/provisioner"
)

// pausing is a login after whose first write roomctl is paused.
type pausing struct {
	provisioner.SessionEditor
	paused *atomic.Bool
}

func (p pausing) SetChatRoom(ctx context.Context, session int, from, to string) error {
	defer p.paused.Store(true)
	return p.SessionEditor.SetChatRoom(ctx, session, from, to)
}

// TestAPauseStopsWritingBackAfterTheSessionInHand: the others are withheld, and the
// next sync sets them.
func TestAPauseStopsWritingBackAfterTheSessionInHand(t *testing.T) {
	t.Parallel()
	h := newWritingHouse(t, "tls", "quic", "mls")
	paused, login := h.pausable(), h.Secretariat
	h.Secretariat = func(ctx context.Context) (provisioner.SessionEditor, error) {
		editor, err := login(ctx)
		return pausing{editor, paused}, err
	}
	planned := h.preview(t, provisioner.Options{}).Datatracker.Pending()
	report := h.sync(t)
	held := report.Withheld[len(report.Withheld)-1]
	if len(report.Datatracker.Results) != 1 || held.Rule != provisioner.RulePause || len(held.Changes) != planned-1 || planned < 3 {
		t.Errorf("of %d sessions %d were written, withheld: %+v", planned, len(report.Datatracker.Results), held)
	}
	if h.dt.Logins() != 0 {
		t.Error("the login has not ended")
	}

	paused.Store(false)
	h.Secretariat = login
	if report = h.sync(t); len(report.Datatracker.Results) != planned-1 || report.Failures() > 0 || report.Paused() {
		t.Errorf("then %d were written, withheld: %+v", len(report.Datatracker.Results), report.Withheld)
	}
}
