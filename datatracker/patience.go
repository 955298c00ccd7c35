package datatracker

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// patience is how long a poll waits for a document. A Datatracker that has
// answered for nothing is not waited for document after document: what follows
// the sessions waits for the poll. Once one was asked for in vain each of the
// others has a fraction of the time, which shows whether all of them hang, until
// one is answered. The zero patience is ready.
type patience struct {
	mu    sync.Mutex
	heard bool // a document was answered, well or badly
	tried bool // one was asked for in vain
}

// discouraged is which part of the time for one request is left for a document.
const discouraged = 4

// limit bounds what is asked for now. usual is the time for one request.
func (p *patience) limit(ctx context.Context, usual time.Duration) (context.Context, context.CancelFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.heard || !p.tried {
		return ctx, func() {}
	}
	short := usual / discouraged
	return context.WithTimeoutCause(ctx, short, fmt.Errorf("no answer within %s, which is all the time it had, since nothing else was answered", short))
}

// note takes what came of a document.
func (p *patience) note(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if permanent := (*permanentError)(nil); err == nil || errors.As(err, &permanent) {
		p.heard = true
		return
	}
	p.tried = true
}
