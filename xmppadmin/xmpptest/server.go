// Package xmpptest is a small XMPP server inside the process, for tests and
// demonstrations. It speaks the real protocol over TCP on a loopback address:
// streams, STARTTLS, SASL, resource binding (RFC 6120), service discovery
// (XEP-0030), result pages (XEP-0059), rooms (XEP-0045) and ad-hoc commands
// (XEP-0050).
//
// It keeps state, and it refuses what real servers refuse in the words they
// use: Generic behaves like Prosody 0.12 without its own commands, Ejabberd
// like ejabberd 26 with mod_adhoc_api. Replies were copied from recorded
// sessions with both. What real servers do only rarely is asked for with Fault.
//
// Left out: federation, rosters, offline messages, message archives.
package xmpptest

import (
	"crypto/rand"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// Server is a running XMPP server. All methods are safe for concurrent use.
type Server struct {
	opts     Options
	listener net.Listener
	running  sync.WaitGroup
	done     chan struct{} // closed by Close

	mu       sync.Mutex        // guards everything below
	accounts map[string]string // localpart -> password
	conns    map[net.Conn]bool
	clients  map[string]*client // by full JID
	rooms    map[string]*Room   // by localpart
	motd     string
	stanzas  []Stanza
	faults   []*activeFault
}

// Start starts a server on a free port of the loopback interface. The caller
// must call Close.
func Start(o Options) (*Server, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	s.listener, err = net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting the chat server: %w", err)
	}
	s.running.Add(1)
	go s.accept()
	return s, nil
}

// newServer is a server that listens nowhere yet.
func newServer(o Options) (*Server, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	return &Server{
		opts:     o,
		done:     make(chan struct{}),
		accounts: map[string]string{adminAccount: rand.Text()},
		conns:    map[net.Conn]bool{},
		clients:  map[string]*client{},
		rooms:    map[string]*Room{},
	}, nil
}

// Addr is the host:port that the server listens on.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// JID is the bare JID of the account that administers the server, unless
// Options.Denied made it an ordinary one.
func (s *Server) JID() string { return adminAccount + "@" + s.opts.Domain }

// Password is the random password of JID.
func (s *Server) Password() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accounts[adminAccount]
}

// AddAccount makes an ordinary account local@domain and returns its random
// password. For an account that exists it sets a new one.
func (s *Server) AddAccount(local string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts[local] = rand.Text()
	return s.accounts[local]
}

// Disconnect cuts every connection without a word, as a crash would. The
// server goes on accepting new ones.
func (s *Server) Disconnect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		_ = c.Close() // its reader sees the error and cleans up
	}
}

// Close ends every connection and waits for everything the server started.
func (s *Server) Close() error {
	s.mu.Lock()
	select {
	case <-s.done:
		s.mu.Unlock()
		return nil
	default:
	}
	close(s.done)
	s.mu.Unlock()
	err := s.listener.Close()
	s.Disconnect()
	s.running.Wait()
	if err != nil {
		return fmt.Errorf("closing the chat server: %w", err)
	}
	return nil
}

// accept serves connections until the listener is closed or breaks.
func (s *Server) accept() {
	defer s.running.Done()
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		if !s.admit(conn) {
			_ = conn.Close()
			return
		}
		go func() {
			defer s.running.Done()
			s.serve(conn)
		}()
	}
}

// admit notes a connection, so that Close can end it; false after Close.
func (s *Server) admit(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.done:
		return false
	default:
	}
	s.conns[conn] = true
	s.running.Add(1)
	return true
}

// serve speaks with one client until the stream ends.
func (s *Server) serve(conn net.Conn) {
	defer func() {
		_ = conn.Close()
		s.mu.Lock()
		delete(s.conns, conn)
		s.mu.Unlock()
	}()
	st := newStream(s, conn)
	c, err := st.negotiate()
	if err != nil {
		return // the client was told on the stream, or is gone
	}
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		c.out.writeTo(st.conn)
	}()
	st.stanzas(c)
	c.out.end()
	_ = st.conn.SetWriteDeadline(time.Now().Add(flushLimit)) // a broken connection fails the write
	<-c.out.written
	s.forget(c)
}

// bind gives c its full JID. A resource in use is taken over and its old
// client told so, as most servers do (RFC 6120 section 7.7.2.2).
func (s *Server) bind(c *client, resource string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if resource == "" {
		resource = rand.Text()
	}
	c.jid, c.resource = c.bare+"/"+resource, resource
	if old := s.clients[c.jid]; old != nil {
		old.out.send(streamError("conflict"))
		old.out.end()
		s.vanish(old)
	}
	s.clients[c.jid] = c
}

// forget removes a client whose stream has ended.
func (s *Server) forget(c *client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clients[c.jid] == c {
		s.vanish(c)
		delete(s.clients, c.jid)
	}
}

// vanish takes c out of every room, telling the others. s.mu is held.
func (s *Server) vanish(c *client) {
	for _, name := range s.roomNames() {
		r := s.rooms[name]
		if o := r.occupantOf(c); o != nil {
			t := &turn{s: s, c: c, stanza: el(nsClient, "presence")}
			t.depart(r, o)
			t.deliver()
		}
	}
}

// online lists the connected clients in a fixed order. s.mu is held.
func (s *Server) online() []*client {
	list := make([]*client, 0, len(s.clients))
	for _, c := range s.clients {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b *client) int { return strings.Compare(a.jid, b.jid) })
	return list
}
