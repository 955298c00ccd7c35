package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// site is one address that serve listens on. Its handler may be replaced while
// requests come in.
type site struct {
	address string // as configured
	handler atomic.Pointer[http.Handler]
	socket  net.Listener
	server  *http.Server
	ended   chan struct{} // closed when serving has
}

// openSite listens on an address and serves what handler answers, to GET and HEAD
// and nothing else. An empty address is no site: nil. key is what the configuration
// calls it; failed is called if serving ends by itself, or goes wrong.
func openSite(ctx context.Context, key, address string, handler http.Handler, failed func(error)) (*site, error) {
	if address == "" {
		return nil, nil
	}
	var config net.ListenConfig
	socket, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	s := &site{address: address, socket: socket, ended: make(chan struct{})}
	s.handler.Store(&handler)
	s.server = &http.Server{
		Handler:           readOnly(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*s.handler.Load()).ServeHTTP(w, r) })),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(errorLines(failed), key+": ", 0),

		DisableGeneralOptionsHandler: true, // OPTIONS * is no GET
	}
	go func() {
		defer close(s.ended)
		if err := s.server.Serve(socket); !errors.Is(err, http.ErrServerClosed) {
			failed(fmt.Errorf("%s: nobody is served any more, until roomctl is restarted: %w", key, err))
		}
	}()
	return s, nil
}

// errorLines is a log that passes each line on as an error.
type errorLines func(error)

// Write passes one line on.
func (tell errorLines) Write(line []byte) (int, error) {
	tell(errors.New(strings.TrimSpace(string(line))))
	return len(line), nil
}

// url is where the site is; "" for nil.
func (s *site) url() string {
	if s == nil {
		return ""
	}
	return "http://" + s.socket.Addr().String() + "/"
}

// close ends the site, giving requests in hand a moment. s may be nil.
func (s *site) close(ctx context.Context) {
	if s == nil {
		return
	}
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if s.server.Shutdown(patience) != nil {
		s.server.Close() // somebody reads too slowly to wait for
	}
	<-s.ended
}

// readOnly refuses what is neither GET nor HEAD.
func readOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "This can be read, and nothing else.", http.StatusMethodNotAllowed)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// sites are the addresses that serve listens on.
type sites struct {
	failed func(error) // what went wrong in one of them; called by several at a time

	mu           sync.Mutex
	pages, admin *site // nil: nobody listens
}

// urls are where the sites are; "" where nobody listens.
func (s *sites) urls() (pages, admin string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pages.url(), s.admin.url()
}

// listen brings the sites to these addresses and handlers. Addresses that stay are
// not let go of; with an error nothing has changed.
func (s *sites) listen(ctx context.Context, wanted ...wantedSite) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	opened := make([]*site, len(wanted))
	for i, w := range wanted {
		if is := *w.site; is != nil && is.address == w.address {
			continue
		}
		one, err := openSite(ctx, w.key, w.address, w.handler, s.failed)
		if err != nil {
			for _, o := range opened {
				o.close(ctx)
			}
			return s.explain(err, w.address)
		}
		opened[i] = one
	}
	for i, w := range wanted {
		is := *w.site
		if is != nil && is.address == w.address {
			is.handler.Store(&w.handler)
			continue
		}
		*w.site = opened[i]
		is.close(ctx)
	}
	return nil
}

// explain adds to why nobody can listen on an address what to do about it. s.mu is
// held.
func (s *sites) explain(err error, address string) error {
	if !errors.Is(err, syscall.EADDRINUSE) {
		return err
	}
	for _, ours := range []*site{s.pages, s.admin} {
		if ours == nil {
			continue
		}
		at := ours.socket.Addr().String()
		if portOf(at) == portOf(address) {
			return fmt.Errorf("%w; roomctl itself has that port, at %s: to let go of it needs a restart, or another port", err, at)
		}
	}
	return fmt.Errorf(`%w; another program has it: choose another port, or "" for none`, err)
}

// portOf is the port of an address; "" when it has none.
func portOf(address string) string {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return ""
	}
	return port
}

// wantedSite is what one of the sites is to become.
type wantedSite struct {
	site    **site
	key     string
	address string // "": nobody listens
	handler http.Handler
}

func (s *sites) close(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages.close(ctx)
	s.admin.close(ctx)
}
