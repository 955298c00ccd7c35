package xmppadmin

import (
	"context"
	"crypto/tls"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"golang.org/x/net/idna"
	"golang.org/x/time/rate"
	"mellium.im/xmpp"
	"mellium.im/xmpp/jid"
)

const (
	loginLimit = 30 * time.Second // from the first DNS query to the bound resource
	closeLimit = 3 * time.Second  // for the server's part of the stream's end
)

// session is a logged-in XMPP stream (RFC 6120). It is safe for concurrent
// use. It sends no initial presence, so nothing comes in but answers, and what
// is said in rooms that it is in.
type session struct {
	stream  *xmpp.Session
	conn    *meteredConn // the TCP connection, beneath TLS
	address jid.JID      // full JID
	best    string       // the strongest SASL mechanism offered
	timeout time.Duration

	window  chan struct{} // one element per request in flight
	limiter *rate.Limiter

	writing sync.Mutex // held for each write; only write and close take it

	mu        sync.Mutex
	waiters   map[string][]*waiter // by routing key, see receive.go
	occupants map[string]*Occupant // our stays, by room
	cause     error                // why the stream ended; set before ended is closed

	ended   chan struct{} // closed when the stream is over
	answers chan []byte   // to be sent when it is convenient: answers to the server's own requests
	running sync.WaitGroup
}

// connect logs in. Its errors say what to do next; none of them holds the
// password. ctx bounds the login alone; the session lives until close.
func connect(ctx context.Context, o Options) (*session, error) {
	o, account, err := o.complete()
	if err != nil {
		return nil, err
	}
	domain, err := idna.Lookup.ToASCII(account.Domainpart())
	if err != nil {
		domain = account.Domainpart() // an address literal, or a name of this network
	}
	config, err := tlsConfig(domain, o.CAFile)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, loginLimit, errLoginLimit)
	defer cancel()
	s := &session{
		timeout: o.Timeout,
		window:  make(chan struct{}, o.Window),
		limiter: rate.NewLimiter(rate.Inf, 1),
		waiters: make(map[string][]*waiter),
		ended:   make(chan struct{}),
		answers: make(chan []byte, 16),

		occupants: make(map[string]*Occupant),
	}
	if o.Rate > 0 {
		s.limiter.SetLimit(rate.Limit(o.Rate))
	}
	if s.conn, err = dial(ctx, o, domain); err == nil {
		err = s.negotiate(ctx, o, account, config)
	}
	if err != nil {
		return nil, fmt.Errorf("logging in as %s: %w", account, explainLogin(err, o, domain))
	}
	s.serve(o.idle)
	return s, nil
}

// negotiate secures the stream, authenticates and binds a resource. It closes
// the connection if that fails.
func (s *session) negotiate(ctx context.Context, o Options, account jid.JID, config *tls.Config) (err error) {
	// The stream is cut rather than handed ctx: mellium's own handling of a
	// context may disturb the connection after the negotiation is over.
	stop := context.AfterFunc(ctx, func() { s.conn.Close() })
	defer func() {
		if !stop() {
			err = context.Cause(ctx)
		}
		if err != nil {
			s.conn.Close()
		}
	}()
	features := []xmpp.StreamFeature{login(o, &s.best), xmpp.BindResource()}
	tracer := &tracer{to: o.Trace, secrets: secrets()}
	var conn net.Conn = s.conn
	state := xmpp.Secure // without TLS as far as the loopback interface goes
	switch o.TLS {
	case TLSStart:
		state = 0
		features = append(features, tracer.traceTLS(startTLS(config)))
	case TLSDirect:
		if conn, err = directTLS(ctx, s.conn, config); err != nil {
			return err
		}
	case TLSNone:
		features = append(features, declinedTLS())
	}
	conn = tracer.trace(conn)
	negotiator := xmpp.NewNegotiator(func(*xmpp.Session, *xmpp.StreamConfig) xmpp.StreamConfig {
		return xmpp.StreamConfig{Features: features}
	})
	s.stream, err = xmpp.NewSession(context.WithoutCancel(ctx), account.Domain(), account, conn, state, negotiator)
	if err != nil {
		return err
	}
	if s.stream.State()&xmpp.Authn == 0 {
		return errNoLogin
	}
	s.address = s.stream.LocalAddr()
	if !s.address.Bare().Equal(account) {
		return fmt.Errorf("the server calls this account %s: use that JID", s.address.Bare())
	}
	return nil
}

var (
	errNoLogin    = errors.New("the server offers no way to log in")
	errLoginLimit = fmt.Errorf("no login within %v", loginLimit)
)

// serve starts the goroutines of the session; close waits for them.
func (s *session) serve(idle time.Duration) {
	s.running.Add(3)
	go func() {
		defer s.running.Done()
		s.end(s.receive())
	}()
	go func() {
		defer s.running.Done()
		s.sendAnswers()
	}()
	go func() {
		defer s.running.Done()
		s.keepAlive(idle, idle)
	}()
}

// end marks the stream as over, for the first cause given: every waiter fails
// at once, and every stay in a room is over.
func (s *session) end(cause error) {
	var cut *xml.SyntaxError
	switch {
	case errors.Is(cause, io.EOF):
		cause = errors.New("the server closed the stream")
	case errors.As(cause, &cut) && cut.Msg == "unexpected EOF":
		cause = errors.New("the connection broke off") // without the end of the stream
	}
	s.mu.Lock()
	first := s.cause == nil
	if first {
		s.cause = cause
	}
	stays := slices.Collect(maps.Values(s.occupants))
	s.mu.Unlock()
	if !first {
		return
	}
	close(s.ended)
	s.conn.Close()
	for _, o := range stays {
		o.lose(s.disconnected())
	}
}

// disconnected is the error of a request that the stream's end cut off. It is
// called after ended is closed.
func (s *session) disconnected() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Errorf("%w: %w", ErrDisconnected, s.cause)
}

// close ends the stream in good order (RFC 6120 section 4.4), with a time
// limit, and waits for the session's goroutines. Later calls do nothing.
func (s *session) close() error {
	limit := time.AfterFunc(closeLimit, func() { s.conn.Close() })
	defer limit.Stop()
	s.writing.Lock()
	err := s.stream.Close() // nothing after its first call
	s.writing.Unlock()
	select {
	case <-s.ended: // it was over before: there was nobody to say goodbye to
		err = nil
	default:
	}
	s.running.Wait()
	if err != nil {
		return fmt.Errorf("closing the stream: %w", err)
	}
	return nil
}

// self returns the full JID that the server gave to this session.
func (s *session) self() jid.JID { return s.address }

// offered returns the strongest SASL mechanism that the server offered; it is
// the one that was used.
func (s *session) offered() string { return s.best }

// tlsVersion returns the name of the TLS version in use, or "" for none.
func (s *session) tlsVersion() string {
	version := s.stream.ConnectionState().Version
	if version == 0 {
		return ""
	}
	return tls.VersionName(version)
}

// write sends whole stanzas in one write, so that nothing comes between them.
// A write that fails may have sent half a stanza, so it ends the session.
func (s *session) write(stanzas []byte) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	conn := s.stream.Conn()
	err := conn.SetWriteDeadline(time.Now().Add(s.timeout))
	if err == nil {
		_, err = conn.Write(stanzas)
	}
	if err == nil {
		// TLS also writes when it reads; an old limit would fail that.
		err = conn.SetWriteDeadline(time.Time{})
	}
	if err != nil {
		s.end(fmt.Errorf("writing to the server: %w", err))
		return s.disconnected()
	}
	return nil
}
