// Package datatrackertest is an in-process Datatracker for tests and for the
// demo. It serves captured data of real IETF meetings, moved in time, over HTTP
// on a loopback address, answers as the real site does where a client could
// notice, and goes wrong on demand.
//
// It serves the lists and rows of groups, group features, meetings and sessions
// under /api/v1, agenda.json of IETF meetings and interims, and the agenda data
// of IETF meetings. It has the login page and the form with which the
// secretariat edits a session, with Django's ways: CSRF protection, a login kept
// in a cookie, and a form that blanks what is not sent back. Whatever else the
// Datatracker has answers 404.
package datatrackertest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Options say which world a server starts with. The zero value is a good one.
type Options struct {
	// Now is the server's clock; nil stands for time.Now.
	Now func() time.Time

	// Starts is the first day of the IETF meeting; zero stands for ten days
	// from now. Only its date counts.
	Starts time.Time

	// Meeting is the number of the IETF meeting that is to come: 108, 110, 111
	// or 113. "" stands for "113".
	Meeting string

	// ChatURLPattern is what World.ChatURLPattern starts as; "" stands for
	// DefaultChatURLPattern.
	ChatURLPattern string

	// Secretariat is an account with the role Secretariat, and Participant one
	// without. What is left empty of them is made up.
	Secretariat, Participant Account
}

// Server is a running Datatracker. Its methods may be called at any time from
// any goroutine.
type Server struct {
	now       func() time.Time
	listener  net.Listener
	http      *http.Server
	resources map[string]resource
	accounts  accounts
	closing   chan struct{} // closed by Close: lets go of requests that hang
	served    chan struct{} // closed when Serve has returned
	closeOnce sync.Once

	mu       sync.Mutex // guards the fields below
	world    *World
	faults   []*activeFault
	requests []*Request
	logins   map[string]Account // by the value of the session cookie
}

// activeFault is a fault that has not been removed.
type activeFault struct {
	Fault
	left    int // answers still to spoil, when Times is not 0
	skipped int // requests let pass, and spoilt
}

// Request is one request as the server saw it.
type Request struct {
	Method      string
	URL         string // path and query
	UserAgent   string
	Conditional bool // it had If-None-Match or If-Modified-Since
	Status      int  // of the answer; 0 while, or when, none was given
}

// Start starts a server on a free port of 127.0.0.1. Close ends it.
func Start(o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Starts.IsZero() {
		o.Starts = o.Now().UTC().AddDate(0, 0, 10)
	}
	world, err := newWorld(o.Now, o.Starts, cmp.Or(o.Meeting, "113"))
	if err != nil {
		return nil, fmt.Errorf("building the Datatracker's world: %w", err)
	}
	world.ChatURLPattern = cmp.Or(o.ChatURLPattern, DefaultChatURLPattern)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting the Datatracker: %w", err)
	}
	s := &Server{
		now:       o.Now,
		listener:  listener,
		resources: resources(world),
		accounts:  newAccounts(o),
		closing:   make(chan struct{}),
		served:    make(chan struct{}),
		world:     world,
		logins:    make(map[string]Account),
	}
	s.http = &http.Server{
		Handler:           http.HandlerFunc(s.serve),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // broken connections are wanted here
	}
	go func() {
		defer close(s.served)
		// Serve only ever returns because of Close.
		_ = s.http.Serve(listener)
	}()
	return s, nil
}

// URL is the server's base address, without a slash at the end.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Close ends the server and every request that hangs. It may be called twice.
func (s *Server) Close() {
	s.closeOnce.Do(func() {
		close(s.closing)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := s.http.Shutdown(ctx); err != nil {
			// Some client neither reads nor hangs up: cut it off.
			_ = s.http.Close()
		}
		<-s.served
	})
}

// Update changes the world between two requests. Groups and sessions that
// change get a new time of modification, and documents a new ETag. It returns
// what the verbs in change could not do, joined.
func (s *Server) Update(change func(*World)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.world.remember()
	s.world.problems = nil
	change(s.world)
	s.world.touch(before)
	return errors.Join(s.world.problems...)
}

// Fault makes answers go wrong from now on, until it has spoilt as many as it
// is meant to or remove is called, which may be done twice.
func (s *Server) Fault(f Fault) (remove func()) {
	active := &activeFault{Fault: f, left: f.Times}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, active)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.faults = slices.DeleteFunc(s.faults, func(other *activeFault) bool { return other == active })
	}
}

// takeFault returns the fault that spoils a request, or nil, and counts it.
func (s *Server) takeFault(r *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.faults, func(f *activeFault) bool {
		if !f.matches(r) {
			return false
		}
		f.skipped++
		return f.skipped > f.Skip
	})
	if i < 0 {
		return nil
	}
	f := s.faults[i]
	if f.Times > 0 {
		if f.left--; f.left <= 0 {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
	}
	return &f.Fault
}

// Requests lists the requests since the start or the last ResetRequests, in
// the order of their arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var requests []Request
	for _, r := range s.requests {
		requests = append(requests, *r)
	}
	return requests
}

// ResetRequests forgets the requests so far.
func (s *Server) ResetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}
