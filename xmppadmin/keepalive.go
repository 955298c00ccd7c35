package xmppadmin

import (
	"context"
	"encoding/xml"
	"fmt"
	"time"

	"mellium.im/xmpp/stanza"
)

// nsPing is the namespace of XEP-0199.
const nsPing = "urn:xmpp:ping"

// keepAlive pings the server (XEP-0199) when it was silent for idle, and ends the
// session if it is then silent for patience. So a dead peer is found out within
// both together, whatever Options.Timeout is. A connection that the other side
// ends in good order, or that it refuses, ends at once.
func (s *session) keepAlive(idle, patience time.Duration) {
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
			if err := s.ping(patience); err != nil {
				s.end(err)
				return
			}
			silent = 0
		}
		timer.Reset(idle - silent)
	}
}

// pingQuery is a ping (XEP-0199).
type pingQuery struct {
	XMLName xml.Name `xml:"urn:xmpp:ping ping"`
}

// pingRequest is a ping of our server. Some servers do not know pings: they refuse
// them, which is an answer.
func (s *session) pingRequest() *request {
	r := s.iq(stanza.GetIQ, s.address.Domain(), pingQuery{}, nil)
	r.refusable = true
	return r
}

// ping asks the server for a sign of life, whatever is in flight, and waits so
// long for it. Any answer will do, and so will anything else that comes in.
func (s *session) ping(patience time.Duration) error {
	asked := time.Now()
	ctx, cancel := context.WithTimeoutCause(context.Background(), patience,
		fmt.Errorf("no answer within %v: %w", patience, context.DeadlineExceeded))
	defer cancel()
	err := s.exchange(ctx, s.pingRequest())
	if err == nil || s.conn.lastHeard().After(asked) {
		return nil
	}
	return fmt.Errorf("the server is silent: %w", err)
}
