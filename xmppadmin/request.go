package xmppadmin

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"mellium.im/xmpp/jid"
	"mellium.im/xmpp/stanza"
)

// request is a stanza to be sent, and the stanza that will settle it.
type request struct {
	op, to string // for errors
	text   []byte
	wait   *waiter
	accept func(received) error // decodes the answer; nil: any answer will do
	err    error                // why it cannot be sent

	// refusable: an error is an answer as good as any.
	refusable bool

	// gate: if this is refused, the requests after it in the same burst get
	// no answer.
	gate bool
}

// query sends one IQ and decodes the payload of its answer into reply; nil
// discards it, and an answer without payload leaves it alone. An error reply
// is a *StanzaError. The error of a dead stream wraps ErrDisconnected, that of
// an answer that never came context.DeadlineExceeded; after either of them
// nobody knows whether the request took effect.
func (s *session) query(ctx context.Context, typ stanza.IQType, to jid.JID, payload, reply any) error {
	return s.burst(ctx, s.iq(typ, to, payload, reply))
}

// burst sends requests in one write, in order, and waits for all the answers.
// It returns the first error; each request decodes its own answer. Together
// they take one place in the window and count once for the rate.
func (s *session) burst(ctx context.Context, requests ...*request) error {
	for _, r := range requests {
		if r.err != nil {
			return r.err
		}
	}
	select {
	case s.window <- struct{}{}:
		defer func() { <-s.window }()
	case <-s.ended:
		return fmt.Errorf("%s: %w", requests[0], s.disconnected())
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", requests[0], context.Cause(ctx))
	}
	if err := s.limiter.Wait(ctx); err != nil {
		return fmt.Errorf("%s: %w", requests[0], err)
	}
	return s.exchange(ctx, requests...)
}

// exchange is burst without the window and the rate.
func (s *session) exchange(ctx context.Context, requests ...*request) error {
	ctx, cancel := context.WithTimeoutCause(ctx, s.timeout,
		fmt.Errorf("no answer within %v: %w", s.timeout, context.DeadlineExceeded))
	defer cancel()
	var text []byte
	waiters := make([]*waiter, 0, len(requests))
	for _, r := range requests {
		text = append(text, r.text...)
		waiters = append(waiters, r.wait)
	}
	s.expect(waiters...)
	defer s.forget(waiters...)
	if err := s.write(text); err != nil {
		return fmt.Errorf("%s: %w", requests[0], err)
	}
	var first error
	for _, r := range requests {
		err := s.await(ctx, r)
		if err != nil && r.gate {
			return err
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// await waits for the answer to r and decodes it.
func (s *session) await(ctx context.Context, r *request) error {
	var answer received
	select {
	case answer = <-r.wait.answer:
	case <-s.ended:
		select {
		case answer = <-r.wait.answer: // it came before the end
		default:
			return fmt.Errorf("%s: %w", r, s.disconnected())
		}
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", r, context.Cause(ctx))
	}
	if answer.typ == "error" && !r.refusable {
		return answer.stanzaError(r.op, r.to)
	}
	if r.accept == nil {
		return nil
	}
	if err := r.accept(answer); err != nil {
		return fmt.Errorf("%s: decoding the answer: %w", r, err)
	}
	return nil
}

// String names the request in errors: "get disco#info of quic@chat.example.org".
func (r *request) String() string { return r.op + " of " + r.to }

// iq makes a request of an IQ stanza; see query. A to that is the zero JID is
// our own account.
func (s *session) iq(typ stanza.IQType, to jid.JID, payload, reply any) *request {
	r := &request{op: string(typ), to: to.String()}
	if r.to == "" {
		r.to = s.address.Bare().String()
	}
	inner, err := xml.Marshal(payload)
	if err != nil {
		r.err = fmt.Errorf("%s: encoding the request: %w", r, err)
		return r
	}
	r.op += " " + subject(inner)
	id := rand.Text() // at least 128 random bits: nobody else can guess it
	var text bytes.Buffer
	text.WriteString(`<iq type="` + string(typ) + `" id="` + id + `"`)
	if !to.Equal(jid.JID{}) {
		text.WriteString(` to="` + escape(r.to) + `"`)
	}
	text.WriteString(">")
	text.Write(inner)
	text.WriteString("</iq>")
	r.text = text.Bytes()
	r.wait = &waiter{
		key:    iqKey(id),
		answer: make(chan received, 1),
		settles: func(a received) bool {
			return (a.typ == string(stanza.ResultIQ) || a.typ == string(stanza.ErrorIQ)) && s.sentBy(to, a.from)
		},
	}
	if reply != nil {
		r.accept = func(a received) error { return a.decode(reply) }
	}
	return r
}

// decode decodes the payload of an answer; without payload there is nothing to do.
func (r received) decode(v any) error {
	err := r.inner.decoder().Decode(v)
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// subject names what an IQ is about by its payload: the part of the namespace
// that people know, and the node if there is one.
func subject(payload []byte) string {
	token, err := xml.NewDecoder(bytes.NewReader(payload)).Token()
	start, ok := token.(xml.StartElement)
	if err != nil || !ok {
		return "nothing"
	}
	name := start.Name.Space[strings.LastIndexAny(start.Name.Space, "/:")+1:]
	for _, a := range start.Attr {
		if a.Name.Local == "node" && a.Value != "" {
			name += " " + a.Value
		}
	}
	return name
}

func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}
