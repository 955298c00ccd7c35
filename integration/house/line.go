package house

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"roomctl/provisioner/announce"
	"roomctl/provisioner/health"
	"roomctl/provisioner/sessionclock"
	"roomctl/xmppadmin"
)

// A line is the one connection to the chat server that a Serving keeps. It is opened again when it is needed.
type line struct {
	house *House

	mu    sync.Mutex // held while it is opened: others wait for that
	rooms *xmppadmin.Service
	down  time.Time // since when there is none; zero: there is one
	tried time.Time // when it was last tried in vain
	why   error
}

// open is the connection, opened now if there is none.
func (l *line) open(ctx context.Context) (*xmppadmin.Service, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.alive() {
		return l.rooms, nil
	}
	now := l.house.roomctlsNow()
	if l.why != nil && now.Equal(l.tried) {
		return nil, l.why // once at a time is enough
	}
	ctx, cancel := context.WithTimeout(ctx, l.house.ChatTimeout)
	defer cancel()
	rooms, err := xmppadmin.Open(ctx, l.house.login())
	if err != nil {
		l.why, l.tried = err, now
		return nil, err
	}
	l.rooms, l.down, l.why = rooms, time.Time{}, nil
	return rooms, nil
}

// alive says whether there is a connection, and puts one that has ended away. l.mu is held.
func (l *line) alive() bool {
	if l.rooms == nil {
		return false
	}
	select {
	case <-l.rooms.Ended():
		l.down, l.why = l.house.roomctlsNow(), l.rooms.Err()
		l.rooms.Close() // what is left of it
		l.rooms = nil
		return false
	default:
		return true
	}
}

// connection is what health wants to know.
func (l *line) connection() health.Connection {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.alive()
	c := health.Connection{Down: l.down}
	if l.why != nil {
		c.Why = l.why.Error()
	}
	return c
}

// Lost waits until roomctl knows that its connection to the chat server has ended, if it has one.
func (s *Serving) Lost(ctx context.Context) error {
	l := s.line
	l.mu.Lock()
	rooms := l.rooms
	l.mu.Unlock()
	if rooms == nil {
		return nil
	}
	select {
	case <-rooms.Ended():
		l.connection() // which notes when
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting for the end of the connection: %w", context.Cause(ctx))
	}
}

func (l *line) hangUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rooms != nil {
		l.rooms.Close() // it may have ended
		l.rooms = nil
	}
}

func (l *line) enter(ctx context.Context, room string) (sessionclock.Occupant, error) {
	rooms, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	inside, err := rooms.Enter(ctx, room)
	if err != nil {
		return nil, err // and not a stay that is none
	}
	return inside, nil
}

// say asks for the room first, as serve does: a connection that is dead, and nobody knows it yet, then loses a question and
// not a message.
func (l *line) say(ctx context.Context, room, text string) error {
	rooms, err := l.open(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", announce.ErrNotSent, err)
	}
	is := rooms.Look(ctx, room)
	if is.Existence == xmppadmin.Unknown && !errors.As(is.Err, new(*xmppadmin.StanzaError)) {
		return fmt.Errorf("%w: %w", announce.ErrNotSent, is.Err)
	}
	if is.Existence == xmppadmin.Unknown {
		return is.Err
	}
	return rooms.Say(ctx, room, text)
}
