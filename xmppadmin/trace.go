package xmppadmin

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	"mellium.im/xmpp"
)

// tracer writes down what goes over a stream (Options.Trace). With nowhere to
// write, it leaves everything as it is.
type tracer struct {
	secrets []secret

	mu sync.Mutex
	to io.Writer // nil: nowhere
}

// traced is a connection of which a tracer writes down both directions.
type traced struct {
	net.Conn
	sent, got splitter
	encrypted bool // what goes over it from now on is TLS
}

func (t *tracer) trace(conn net.Conn) net.Conn {
	if t.to == nil {
		return conn
	}
	c := &traced{Conn: conn}
	c.sent.emit = func(e element) { t.line("C:", e) }
	c.got.emit = func(e element) { t.line("S:", e) }
	return c
}

// line writes one line.
func (t *tracer) line(who string, e element) {
	text := time.Now().UTC().AppendFormat(nil, "2006-01-02T15:04:05.000Z ")
	text = append(text, who+" "...)
	text = append(appendInert(text, t.withoutSecrets(e.shown())), '\n')
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = t.to.Write(text) // a trace that cannot be kept is no reason to stop
}

func (t *tracer) withoutSecrets(text []byte) []byte {
	for _, s := range t.secrets {
		text = s.pattern.ReplaceAll(text, []byte(s.instead))
	}
	return text
}

func (c *traced) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if !c.encrypted {
		c.got.feed(p[:n])
	}
	return n, err
}

func (c *traced) Write(p []byte) (int, error) {
	if !c.encrypted {
		c.sent.feed(p)
	}
	return c.Conn.Write(p)
}

// ConnectionState is that of the TLS connection beneath, if it is one.
func (c *traced) ConnectionState() tls.ConnectionState {
	if secured, ok := c.Conn.(*tls.Conn); ok {
		return secured.ConnectionState()
	}
	return tls.ConnectionState{}
}

// traceTLS makes a STARTTLS feature go on tracing above TLS. Nothing is
// encrypted yet when the feature ends: the handshake comes with the next write.
func (t *tracer) traceTLS(feature xmpp.StreamFeature) xmpp.StreamFeature {
	if t.to == nil {
		return feature
	}
	negotiate := feature.Negotiate
	feature.Negotiate = func(ctx context.Context, s *xmpp.Session, data any) (xmpp.SessionState, io.ReadWriter, error) {
		plain := s.Conn()
		state, conn, err := negotiate(ctx, s, data)
		if err != nil {
			return state, conn, err
		}
		secured, ok := conn.(*tls.Conn)
		beneath, isTraced := plain.(*traced)
		if !ok || !isTraced {
			return state, nil, fmt.Errorf("tracing TLS: the connection is a %T over a %T", conn, plain)
		}
		beneath.encrypted = true
		return state, t.trace(secured), nil
	}
	return feature
}

// shown is what a trace tells of an element: all of a stanza and of what is
// known to hold no secrets, of anything else only what it is. SASL (RFC 6120
// section 6) is among the rest, whatever it looks like.
func (e element) shown() []byte {
	if e.garbled {
		return []byte("… this is no XML of a stream: the rest is not shown")
	}
	text := e.text
	switch e.name {
	case "iq", "message", "presence", "stream", "features", "starttls", "proceed", "error":
	default:
		text = []byte("<" + e.name + ">…</" + e.name + ">")
	}
	if e.length > len(e.text) {
		text = fmt.Appendf(bytes.Clone(text), "… (%d bytes)", e.length)
	}
	return text
}

// appendInert appends XML so that it stays on one line and does nothing to a
// terminal: what is not printable becomes a character reference.
func appendInert(to, text []byte) []byte {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if strconv.IsPrint(r) {
			to = utf8.AppendRune(to, r)
		} else {
			to = fmt.Appendf(to, "&#x%X;", r)
		}
		text = text[size:]
	}
	return to
}
