package xmppadmin

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"time"

	"mellium.im/xmpp/stanza"
)

// nsPing is the namespace of XEP-0199.
const nsPing = "urn:xmpp:ping"

// keepAlive pings the server (XEP-0199) when it was silent for the given time,
// and ends the session if it does not answer. Any answer is a sign of life.
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
			if err := s.ping(); err != nil {
				s.end(err)
				return
			}
			silent = 0
		}
		timer.Reset(idle - silent)
	}
}

// ping asks the server for a sign of life, whatever is in flight.
func (s *session) ping() error {
	payload := struct {
		XMLName xml.Name `xml:"urn:xmpp:ping ping"`
	}{}
	err := s.exchange(context.Background(), s.iq(stanza.GetIQ, s.address.Domain(), payload, nil))
	if err != nil && !errors.As(err, new(*StanzaError)) {
		return fmt.Errorf("the server is silent: %w", err)
	}
	return nil
}
