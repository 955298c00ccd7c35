package xmppadmin

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"

	"mellium.im/xmpp/jid"
)

// link is a session together with what was learned about the service at its
// other end. Everything that speaks to rooms shares one.
type link struct {
	session *session
	account jid.JID // bare, ours
	muc     jid.JID // the MUC service
	host    jid.JID // where administration commands go

	hostNodes map[string]bool // command nodes that the host shows to us
	mucNodes  map[string]bool // command nodes that the MUC service shows to us

	forms   formMemory
	logging loggingMemory
	doors   doors
}

// logIn opens a session for talking to a MUC service, of which it asks nothing yet.
func logIn(ctx context.Context, o Options) (*link, error) {
	muc, err := jid.Parse(o.MUC)
	if err != nil || muc.Localpart() != "" || muc.Resourcepart() != "" {
		return nil, fmt.Errorf("MUC service %q is no domain name", o.MUC)
	}
	session, err := connect(ctx, o)
	if err != nil {
		return nil, err
	}
	self := session.self()
	return &link{session: session, account: self.Bare(), muc: muc, host: self.Domain()}, nil
}

// room returns the address of a room. A name that is not a localpart in its
// normal form (RFC 7622 section 3.3) is refused: the stanza would go to
// another room, or to the service itself.
func (l *link) room(name string) (jid.JID, error) {
	room, err := jid.New(name, l.muc.Domainpart(), "")
	if err != nil {
		return jid.JID{}, fmt.Errorf("room name %q: %w", name, err)
	}
	if name == "" || room.Localpart() != name {
		return jid.JID{}, fmt.Errorf("room name %q is no localpart in its normal form", name)
	}
	return room, nil
}

// occupant returns our address inside a room (XEP-0045 section 7.2).
func (l *link) occupant(room jid.JID) (jid.JID, error) {
	occupant, err := room.WithResource(l.account.Localpart())
	if err != nil {
		return jid.JID{}, fmt.Errorf("nick for %s: %w", room, err)
	}
	return occupant, nil
}

// nickAttempts is how many nicks are tried where somebody else has ours.
const nickAttempts = 3

// comeIn joins a room under our localpart or, if somebody else has that nick,
// under one made from it.
func (l *link) comeIn(ctx context.Context, room jid.JID, join func(context.Context, jid.JID) (entry, error)) (entry, error) {
	occupant, err := l.occupant(room)
	for attempt := 1; err == nil; attempt++ {
		var e entry
		e, err = join(ctx, occupant)
		if attempt == nickAttempts || !refused(err, "conflict") {
			return e, err
		}
		occupant, err = room.WithResource(l.account.Localpart() + "-" + strings.ToLower(rand.Text()[:6]))
	}
	return entry{}, err
}

// formMemory remembers which fields the owner forms of a service offer, so
// that the form need not be fetched for every room. Its zero value is empty.
type formMemory struct {
	mu   sync.Mutex
	seen form
}

// learn adds the fields of a fetched form. Fields are never forgotten: a form
// that comes without one does not mean that the service has lost it.
func (m *formMemory) learn(fetched *form) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, fd := range fetched.Fields {
		if fd.Var != "" && !m.seen.has(fd.Var) {
			known := field{Var: fd.Var, Type: fd.Type}
			if fd.Var == formTypeVar {
				known.Values = fd.Values
			}
			m.seen.Fields = append(m.seen.Fields, known)
		}
	}
}

// known returns a form with every field seen so far; ok is false as long as
// there was none.
func (m *formMemory) known() (template form, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	template = m.seen
	template.Fields = append([]field(nil), m.seen.Fields...)
	return template, len(template.Fields) > 0
}

// loggingMemory remembers whether the service can log rooms.
type loggingMemory struct {
	mu    sync.Mutex
	state Logging
}

func (m *loggingMemory) get() Logging {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state == "" {
		return LoggingUnknown
	}
	return m.state
}

func (m *loggingMemory) set(state Logging) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state = state
}
