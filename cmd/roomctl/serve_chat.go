package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/provisioner"
	"roomctl/provisioner/health"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// A connection that is lost is opened again after the shortest wait, and after
// twice as long each time that this fails, or does not last.
const (
	shortestWait = time.Second
	longestWait  = time.Minute
)

// chatLine is the one connection to the chat server that runs and followers of
// serve share. keep opens it, again and again; a run that finds it down does not
// wait for that.
type chatLine struct {
	options func(mechanism string) (xmppadmin.Options, error) // as house.chat
	read    func(context.Context) (*registry.State, error)
	trace   io.Writer // nil: nobody looks
	now     func() time.Time
	log     logrus.FieldLogger
	changed func()        // the connection has come or gone
	dropped func()        // it was lost; nil: nobody counts
	wait    time.Duration // the first after a connection is lost, see shortestWait

	opening chan struct{} // holds one element while somebody opens the connection

	mu    sync.Mutex
	rooms *xmppadmin.Service // the last one, which may have ended; nil: there was none
	down  time.Time          // since when there is none; zero: there is one
	why   error              // why the last attempt failed
	ends  time.Time          // of the certificate that the server showed last; zero: none was seen
}

// newChatLine is the line that a configuration describes. Nothing is opened.
func newChatLine(h *house, trace io.Writer, changed func()) *chatLine {
	return &chatLine{
		options: h.chat, read: h.known, trace: trace, now: h.program.now, log: h.log, changed: changed, wait: shortestWait,
		opening: make(chan struct{}, 1), down: h.program.now(),
	}
}

// keep keeps the line open until ctx ends, and closes it then.
func (l *chatLine) keep(ctx context.Context) {
	defer l.close()
	wait := l.wait
	for ctx.Err() == nil {
		rooms, err := l.open(ctx)
		if err == nil {
			opened := time.Now()
			select {
			case <-rooms.Ended():
				l.lost(rooms)
			case <-ctx.Done():
				return
			}
			if time.Since(opened) > longestWait { // else it is lost again and again
				wait = l.wait
			}
		}
		timer := time.NewTimer(wait) // a server that goes down comes back after a while
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
		wait = min(2*wait, longestWait)
	}
}

// lost notes that the connection is over.
func (l *chatLine) lost(rooms *xmppadmin.Service) {
	l.mu.Lock()
	mine := l.rooms == rooms && l.down.IsZero()
	if mine {
		l.down, l.why = l.now(), rooms.Err()
	}
	l.mu.Unlock()
	rooms.Close() // what is left of it
	if mine {
		l.drop()
		l.log.WithError(rooms.Err()).Info("the connection to the chat server is lost; it is being opened anew")
		l.changed()
	}
}

func (l *chatLine) drop() {
	if l.dropped != nil {
		l.dropped()
	}
}

// current is the connection, if there is one.
func (l *chatLine) current() (*xmppadmin.Service, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.rooms != nil && l.rooms.Err() == nil:
		return l.rooms, nil
	case l.rooms != nil && l.down.IsZero():
		return nil, fmt.Errorf("there is no connection to the chat server: %w", l.rooms.Err())
	case l.why != nil:
		return nil, fmt.Errorf("there is no connection to the chat server: %w", l.why)
	}
	return nil, errors.New("there is no connection to the chat server yet")
}

// open is the connection, opened now if there is none.
func (l *chatLine) open(ctx context.Context) (*xmppadmin.Service, error) {
	select {
	case l.opening <- struct{}{}:
		defer func() { <-l.opening }()
	case <-ctx.Done():
		return nil, fmt.Errorf("connecting to the chat server: %w", context.Cause(ctx))
	}
	if rooms, err := l.current(); err == nil {
		return rooms, nil
	}
	rooms, err := l.dial(ctx)
	l.mu.Lock()
	before := l.rooms
	if before != nil && l.down.IsZero() { // it ended a moment ago, and lost did not see it
		defer l.drop()
	}
	if err != nil {
		l.why = err
		if l.down.IsZero() {
			l.down = l.now()
		}
		if ended := expired(err); !ended.IsZero() {
			l.ends = ended
		}
	} else {
		l.rooms, l.down, l.why = rooms, time.Time{}, nil
		l.ends = rooms.Profile().CertificateEnds
	}
	l.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if before != nil {
		before.Close()
		l.log.Info("connected to the chat server again")
	}
	l.changed()
	return rooms, nil
}

// expired is when the certificate ended for which a login failed; zero when it
// failed for another reason.
func expired(err error) time.Time {
	var invalid x509.CertificateInvalidError
	if !errors.As(err, &invalid) || invalid.Reason != x509.Expired {
		return time.Time{}
	}
	return invalid.Cert.NotAfter // which is still to come where the certificate is not valid yet
}

// dial logs in. An offer is held against what the registry remembers.
func (l *chatLine) dial(ctx context.Context) (*xmppadmin.Service, error) {
	known, err := l.read(ctx)
	if err != nil {
		return nil, err
	}
	options, err := l.options(known.Mechanism)
	if err != nil {
		return nil, err
	}
	options.Trace = l.trace
	return xmppadmin.Open(ctx, options)
}

// lend is Syncer.Connect: the connection for one run, which closes it in vain. The
// strongest mechanism that the server offers is remembered, as after every login;
// a connection with a weaker one than is remembered by now is given up.
func (l *chatLine) lend(ctx context.Context, reg *registry.Registry) (provisioner.RoomWriter, error) {
	known, err := reg.Load(ctx)
	if err != nil {
		return nil, err
	}
	if rooms, err := l.current(); err == nil && xmppadmin.Stronger(known.Mechanism, rooms.Profile().Mechanism) {
		rooms.Close()
	}
	rooms, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	if offered := rooms.Profile().Mechanism; offered != known.Mechanism {
		if err := reg.SetMechanism(ctx, offered); err != nil {
			return nil, err
		}
	}
	return lent{rooms}, nil
}

// lent is a connection that its user does not close.
type lent struct{ *xmppadmin.Service }

func (lent) Close() error { return nil }

// renew gives up a connection over which the account could not do all that it
// should, or whose certificate ends soon: what the server offers, grants and shows
// is learned at the login alone, and its administrator may have mended it since.
// The next one who wants a connection opens it. Until then the certificate is the
// one that was seen last.
func (l *chatLine) renew() {
	rooms, err := l.current()
	if err != nil {
		return
	}
	p := rooms.Profile()
	ends := p.CertificateEnds
	old := !ends.IsZero() && ends.Sub(l.now()) <= health.ExpiresSoon
	if p.Logging != xmppadmin.LoggingNo && len(p.Missing) == 0 && !old {
		return
	}
	l.mu.Lock()
	if l.rooms == rooms {
		l.rooms, l.down = nil, l.now()
	}
	l.mu.Unlock()
	rooms.Close()
}

// connection is what health wants to know.
func (l *chatLine) connection() health.Connection {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := health.Connection{Down: l.down, CertificateEnds: l.ends}
	if l.why != nil {
		c.Why = l.why.Error()
	}
	return c
}

// follow makes a line that has not seen the server yet tell of the certificate that
// another one saw, and since when there has been no connection: a configuration that
// is read again solves nothing.
func (l *chatLine) follow(other *chatLine) {
	before := other.connection()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ends = before.CertificateEnds
	if !before.Down.IsZero() {
		l.down = before.Down
	}
}

func (l *chatLine) close() {
	l.mu.Lock()
	rooms := l.rooms
	l.mu.Unlock()
	if rooms != nil {
		rooms.Close()
	}
}
