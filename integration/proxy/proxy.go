// Package proxy is a TCP proxy that makes transport faults between roomctl and a real chat server: it cuts, stalls,
// swallows and refuses at a chosen byte or stanza. It also lets a test see every stanza on the wire. It listens on
// the loopback address only.
package proxy

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// dialPatience is how long a server on this machine may take to accept a connection.
const dialPatience = 10 * time.Second

// A Side is one end of a connection.
type Side string

// The two ends.
const (
	Client Side = "client"
	Server Side = "server"
)

// A Stanza is a complete message, presence or iq on its way.
type Stanza struct {
	From   Side
	Number int    // of the stanzas from that side, over all connections of the proxy; the first is 1
	XML    []byte // as it was sent
}

// An Action is what is done with a stanza.
type Action int

// What can be done with a stanza.
const (
	Forward Action = iota // pass it on
	Drop                  // swallow it: the sender waits for ever
	Halve                 // pass on its first half, then cut the connection
	Cut                   // cut the connection instead
	Stall                 // pass on nothing more from that side; the connection stays open
)

// Options says which faults to make. The zero value makes none.
type Options struct {
	// OnStanza decides about every stanza; it is called for one at a time. It needs a connection without TLS. Nil:
	// bytes are passed on as they come, whatever they are.
	OnStanza func(Stanza) Action
	// ClientBytes and ServerBytes cut a connection when that side has sent so many bytes on it; 0: no limit. Where
	// OnStanza is set, what has come of an unfinished stanza is not passed on.
	ClientBytes, ServerBytes int64
}

// A Proxy is running.
type Proxy struct {
	Addr string // host:port to connect to

	target  string
	options Options
	running sync.WaitGroup // accept loops and connections

	mu       sync.Mutex // guards what follows
	listener net.Listener
	refusing bool
	open     map[net.Conn]bool
	err      error // the first that is not the end of a connection

	stanzas sync.Mutex // held while OnStanza runs; guards counts
	counts  map[Side]int
}

// Start listens on a free loopback port and forwards connections to the target, host:port. The caller closes it.
func Start(target string, o Options) (*Proxy, error) {
	p := &Proxy{target: target, options: o, open: make(map[net.Conn]bool), counts: make(map[Side]int)}
	if err := p.listen("127.0.0.1:0"); err != nil {
		return nil, err
	}
	p.Addr = p.listener.Addr().String()
	return p, nil
}

// Close ends everything and waits for it. It returns the first error that hindered the proxy in its work: bytes that
// are no XML where OnStanza is set.
func (p *Proxy) Close() error {
	p.Refuse()
	p.running.Wait()
	return p.err
}

// Refuse cuts all connections and refuses new ones, as a server does that is down.
func (p *Proxy) Refuse() {
	p.mu.Lock()
	p.refusing = true
	p.listener.Close() // a second Close is harmless
	p.mu.Unlock()
	p.Cut()
}

// Accept ends Refuse: the proxy listens again at the same address.
func (p *Proxy) Accept() error { return p.listen(p.Addr) }

// Cut cuts all connections; new ones are accepted.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.open {
		conn.Close()
	}
}

func (p *Proxy) listen(address string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listening for the proxy of %s: %w", p.target, err)
	}
	p.mu.Lock()
	p.listener, p.refusing = l, false
	p.mu.Unlock()
	p.running.Add(1)
	go func() {
		defer p.running.Done()
		for {
			client, err := l.Accept()
			if err != nil {
				return // the listener is closed
			}
			p.running.Add(1)
			go func() {
				defer p.running.Done()
				p.serve(client)
			}()
		}
	}()
	return nil
}

// serve forwards one connection until either side ends it.
func (p *Proxy) serve(client net.Conn) {
	defer client.Close()
	server, err := net.DialTimeout("tcp", p.target, dialPatience)
	if err != nil {
		return // the server is down, and so is the proxy
	}
	defer server.Close()
	defer p.forget(client, server)
	if !p.keep(client, server) {
		return
	}

	ended := make(chan struct{}, 2)
	direction := func(from Side, r, w net.Conn, limit int64) {
		p.forward(from, r, w, limit)
		ended <- struct{}{}
	}
	go direction(Client, client, server, p.options.ClientBytes)
	go direction(Server, server, client, p.options.ServerBytes)
	<-ended
	client.Close()
	server.Close()
	<-ended
}

// forward passes bytes from one side to the other until the connection is to end.
func (p *Proxy) forward(from Side, r io.Reader, w io.Writer, limit int64) {
	if limit > 0 {
		r = io.LimitReader(r, limit)
	}
	if p.options.OnStanza == nil {
		// An error is one side's end of the connection, which is passed on.
		_, _ = io.Copy(w, r)
		return
	}
	pieces := newSplitter(r)
	for {
		piece, stanza, err := pieces.next()
		if err != nil {
			p.fail(fmt.Errorf("reading from the %s: %w", from, err))
			return
		}
		action := Forward
		if stanza {
			action = p.decide(from, piece)
		}
		switch action {
		case Drop:
			continue
		case Halve:
			_, _ = w.Write(piece[:len(piece)/2])
			return
		case Cut:
			return
		case Stall:
			_, _ = io.Copy(io.Discard, r) // until the connection ends
			return
		}
		if _, err := w.Write(piece); err != nil {
			return // the other side has ended the connection
		}
	}
}

// decide asks the test what to do with a stanza.
func (p *Proxy) decide(from Side, stanza []byte) Action {
	p.stanzas.Lock()
	defer p.stanzas.Unlock()
	p.counts[from]++
	return p.options.OnStanza(Stanza{From: from, Number: p.counts[from], XML: stanza})
}

// keep remembers connections for Cut. It tells whether they may go on: Refuse may have come in between.
func (p *Proxy) keep(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range conns {
		p.open[conn] = true
	}
	return !p.refusing
}

func (p *Proxy) forget(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range conns {
		delete(p.open, conn)
	}
}

// fail remembers the first error that is not the end of a connection.
func (p *Proxy) fail(err error) {
	var broken net.Error
	if errors.Is(err, io.EOF) || errors.As(err, &broken) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = err
	}
}
