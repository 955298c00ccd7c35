package provisioner

import (
	"context"
	"time"
)

// lingering is what one change is carried out with: it ends, for the same cause,
// so long after ctx does. The change in hand is finished, while nothing more is
// begun. Without a time it is ctx itself. The caller cancels it.
func lingering(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return ctx, func() {}
	}
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		time.AfterFunc(limit, func() { cancel(context.Cause(ctx)) })
	})
	return longer, func() {
		stop()
		cancel(nil)
	}
}
