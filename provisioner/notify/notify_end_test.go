package notify

import (
	"context"
	"testing"
	"time"

	"roomctl/provisioner/health"
)

// TestTheEndOfRoomctlIsNoFault: a way that is cut off by it works.
func TestTheEndOfRoomctlIsNoFault(t *testing.T) {
	d := newDesk(t)
	ctx, cancel := context.WithCancel(t.Context())
	d.options.Ways = []Way{{Name: "webhook", Tell: func(ctx context.Context, _ Notice) error {
		cancel()
		return ctx.Err()
	}}}
	d.restart()
	d.verdict = verdict(old)
	if _, err := d.Step(ctx, noon, nil); err != nil {
		t.Error(err)
	}
	if len(d.Silent()) > 0 || len(d.log.AllEntries()) > 0 {
		t.Errorf("silent are %v", d.Silent())
	}
}

// TestWhatIsToldWhileRoomctlEndsIsRecorded: the next process does not tell it again.
func TestWhatIsToldWhileRoomctlEndsIsRecorded(t *testing.T) {
	d := newDesk(t, "webhook")
	ctx, cancel := context.WithCancel(t.Context())
	tell := d.options.Ways[0].Tell
	d.options.Ways[0].Tell = func(ctx context.Context, n Notice) error {
		defer cancel()
		return tell(ctx, n)
	}
	d.restart()
	d.verdict = verdict(old)
	if _, err := d.Step(ctx, noon, nil); err != nil {
		t.Error(err)
	}
	d.restart()
	d.step(t, time.Minute, "", old)
}

// TestWhatIsFoundOutWhileRoomctlEndsIsNotTold: facts that could not be read any more
// are no problems.
func TestWhatIsFoundOutWhileRoomctlEndsIsNotTold(t *testing.T) {
	d := newDesk(t, "webhook")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d.verdict = verdict(health.Problem{Rule: health.Registry, Level: health.Red, Text: "context canceled"})
	if _, err := d.Step(ctx, noon, nil); err != nil || d.tries["webhook"] > 0 {
		t.Errorf("%d tries, %v", d.tries["webhook"], err)
	}
}
