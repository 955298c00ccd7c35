package xmppadmin

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Ports of RFC 6120 section 14.7 and, for direct TLS, of common use.
const (
	portStartTLS  = "5222"
	portDirectTLS = "5223"
)

// Of the time for the login, these leave some to the next address.
const (
	lookupLimit = 8 * time.Second
	dialLimit   = 10 * time.Second
)

// dial opens a TCP connection to the service of domain, which is in ASCII. It
// tries the addresses in order and returns why each of them failed.
func dial(ctx context.Context, o Options, domain string) (*meteredConn, error) {
	addresses := []string{o.Address}
	if o.Address == "" {
		var err error
		if addresses, err = lookup(ctx, net.DefaultResolver, o.TLS, domain); err != nil {
			return nil, err
		}
	}
	var failures error
	for _, address := range addresses {
		d := net.Dialer{Timeout: dialLimit}
		conn, err := d.DialContext(ctx, "tcp", address)
		if err != nil {
			failures = also(failures, fmt.Errorf("connecting to %s: %w", address, withoutAddress(err)))
			continue
		}
		if o.TLS == TLSNone && !loopback(conn.RemoteAddr()) {
			conn.Close()
			return nil, fmt.Errorf("connecting to %s: it is not on this machine, so it needs TLS: set xmpp.tls to starttls or direct", address)
		}
		return newMeteredConn(conn), nil
	}
	return nil, failures
}

// also joins errors in one line.
func also(first, second error) error {
	if first == nil {
		return second
	}
	return fmt.Errorf("%w; %w", first, second)
}

// withoutAddress drops what net.Dialer says before the reason.
func withoutAddress(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// lookup finds the addresses of a domain's service: its SRV records, those of
// RFC 6120 section 3.2.1 or for direct TLS those of XEP-0368; without records,
// the domain itself. A resolver that fails counts as one without records: the
// certificate, not the DNS, says whether the right server answers.
func lookup(ctx context.Context, resolver *net.Resolver, mode, domain string) ([]string, error) {
	service, port := "xmpp-client", portStartTLS
	if mode == TLSDirect {
		service, port = "xmpps-client", portDirectTLS
	}
	ctx, cancel := context.WithTimeout(ctx, lookupLimit)
	defer cancel()
	// With an error there may be records, too: those whose names are valid.
	_, records, _ := resolver.LookupSRV(ctx, service, "tcp", domain)
	if len(records) == 0 {
		return []string{net.JoinHostPort(strings.Trim(domain, "[]"), port)}, nil
	}
	if len(records) == 1 && records[0].Target == "." {
		return nil, fmt.Errorf("the DNS says that %s has no %s service: set xmpp.address, or another xmpp.tls", domain, service)
	}
	addresses := make([]string, 0, len(records))
	for _, r := range records {
		host := strings.TrimSuffix(r.Target, ".")
		addresses = append(addresses, net.JoinHostPort(host, strconv.Itoa(int(r.Port))))
	}
	return addresses, nil
}

func loopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// directTLS makes conn a TLS connection from its first byte (XEP-0368).
func directTLS(ctx context.Context, conn net.Conn, config *tls.Config) (*tls.Conn, error) {
	config = config.Clone()
	config.NextProtos = []string{"xmpp-client"}
	secured := tls.Client(conn, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return secured, nil
}

// meteredConn bounds what may be read before the next allow, so that no
// endless stanza can fill the memory: encoding/xml has no limit of its own.
// It also knows when the peer was last heard.
type meteredConn struct {
	net.Conn
	left  atomic.Int64
	began time.Time
	heard atomic.Int64 // nanoseconds since began: a clock that is set must not matter
}

// maxStanza bounds one stanza, in bytes. The longest that a server has reason
// to send is a list of all rooms, at some 60 bytes a room; servers themselves
// take no more than 256 KiB.
const maxStanza = 16 << 20

var errTooLong = fmt.Errorf("the server sent a stanza of more than %d MiB", maxStanza>>20)

func newMeteredConn(conn net.Conn) *meteredConn {
	c := &meteredConn{Conn: conn, began: time.Now()}
	c.allow(maxStanza)
	return c
}

// allow permits n more bytes to be read, whatever was left.
func (c *meteredConn) allow(n int64) { c.left.Store(n) }

// lastHeard says when bytes last came in.
func (c *meteredConn) lastHeard() time.Time { return c.began.Add(time.Duration(c.heard.Load())) }

func (c *meteredConn) Read(p []byte) (int, error) {
	if c.left.Load() <= 0 {
		return 0, errTooLong
	}
	n, err := c.Conn.Read(p)
	c.left.Add(-int64(n))
	if n > 0 {
		c.heard.Store(int64(time.Since(c.began)))
	}
	return n, err
}
