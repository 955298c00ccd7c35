package xmppadmin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mellium.im/xmpp/stanza"
)

// nsPing is the namespace of XEP-0199.
const nsPing = "urn:xmpp:ping"

// keepAlive pings the server (XEP-0199) when it was silent for the given time,
// and ends the session if it is silent for as long again. So a dead peer is
// found out within twice that time, whatever Options.Timeout is. A connection
// that the other side ends in good order, or that it refuses, ends at once.
func (s *session) keepAlive(idle time.Duration) {
	timer := time.NewTimer(idle)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-s.ended:
			return
		}
		silent := time.Since(s.conn.lastHeard())
		if silent >= idle {
			if err := s.ping(idle); err != nil {
				s.end(err)
				return
			}
			silent = 0
		}
		timer.Reset(idle - silent)
	}
}

// ping asks the server for a sign of life, whatever is in flight, and waits so
// long for it. Any answer will do, and so will anything else that comes in.
func (s *session) ping(patience time.Duration) error {
	asked := time.Now()
	ctx, cancel := context.WithTimeoutCause(context.Background(), patience,
		fmt.Errorf("no answer within %v: %w", patience, context.DeadlineExceeded))
	defer cancel()
	err := s.exchange(ctx, s.iq(stanza.GetIQ, s.address.Domain(), pingQuery{}, nil))
	if err == nil || errors.As(err, new(*StanzaError)) || s.conn.lastHeard().After(asked) {
		return nil
	}
	return fmt.Errorf("the server is silent: %w", err)
}
