package provisioner

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestTheChangeInHandOutlivesItsContext(t *testing.T) {
	stopped := errors.New("told to stop")
	t.Run("for a while", func(t *testing.T) {
		ctx, stop := context.WithCancelCause(t.Context())
		longer, cancel := lingering(ctx, time.Hour)
		defer cancel()
		stop(stopped)
		if err := longer.Err(); err != nil {
			t.Errorf("it ended with the other: %v", err)
		}
		cancel()
		if longer.Err() == nil {
			t.Error("it is not over, and nobody needs it")
		}
	})
	t.Run("but not for ever, and for the same cause", func(t *testing.T) {
		ctx, stop := context.WithCancelCause(t.Context())
		longer, cancel := lingering(ctx, time.Millisecond)
		defer cancel()
		stop(stopped)
		<-longer.Done()
		if err := context.Cause(longer); err != stopped {
			t.Errorf("it ended for %v, want %v", err, stopped)
		}
	})
	t.Run("not at all without a limit", func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		longer, cancel := lingering(ctx, 0)
		defer cancel()
		stop()
		if longer.Err() == nil {
			t.Error("it goes on")
		}
	})
}
