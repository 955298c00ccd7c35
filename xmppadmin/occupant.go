package xmppadmin

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"mellium.im/xmpp/jid"
)

// Occupant is our stay in one room, from Enter to Leave or until the room or
// the connection ends it. It keeps the room's last subject and nothing else of
// what is said there. It is safe for concurrent use.
//
// Whatever else this connection sends to the room meanwhile goes through the
// stay: Service.SetSubject and Service.Say neither join a second time nor leave.
//
// A stay ends with its connection: a new one enters again under the same nick,
// whether or not the server has noticed the end of the old one, and is told the
// subject that was left.
type Occupant struct {
	link *link
	room jid.JID
	gone chan struct{}

	mu      sync.Mutex
	address jid.JID // room and nick
	subject Subject
	sent    *string // what SetSubject was last called with; nil: it never was
	why     error   // set before gone is closed
}

// Subject is the subject of a room (XEP-0045 section 8.1).
type Subject struct {
	Text string // as the room gave it: it may have several lines
	Nick string // who set it; "" when the room does not say
	Ours bool   // this Occupant set it
}

var (
	errInside = errors.New("this connection is in it already")
	errLeft   = errors.New("we left")
)

// Enter joins a room under our localpart, or another nick if somebody else has
// that, without history. It returns once the room has told its subject, which
// is the end of a join (XEP-0045 section 7.2.15).
//
// A room that is absent, a tombstone or unknown is not joined, since joining
// may make it. A refusal is a *StanzaError in words. A connection can be in a
// room once; other connections of the account, a dead one that the server still
// believes in included, may be in it beside us under the same nick.
func (s *Service) Enter(ctx context.Context, room string) (*Occupant, error) {
	address, err := s.link.room(room)
	if err != nil {
		return nil, err
	}
	shut, err := s.link.doors.pass(ctx, address.String())
	if err != nil {
		return nil, fmt.Errorf("entering %s: %w", address, err)
	}
	defer shut()
	if s.link.session.occupant(address.String()) != nil {
		return nil, fmt.Errorf("entering %s: %w", address, errInside)
	}
	return s.link.stay(ctx, address)
}

// stay enters a room of any service, at whose door we are.
func (l *link) stay(ctx context.Context, room jid.JID) (*Occupant, error) {
	switch found, _ := l.look(ctx, room); found.Existence {
	case Unknown:
		return nil, fmt.Errorf("entering %s: %w", room, found.Err)
	case Absent, Tombstone:
		return nil, fmt.Errorf("entering %s: the room is %s", room, found.Existence)
	}
	o := &Occupant{link: l, room: room, gone: make(chan struct{})}
	e, err := l.comeIn(ctx, room, o.join)
	if err == nil && e.Created {
		err = o.leaveIfNew(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("entering %s: %w", room, explainEntry(err))
	}
	return o, nil
}

// join asks for entry under an address in the room, and waits for the subject.
func (o *Occupant) join(ctx context.Context, address jid.JID) (entry, error) {
	o.mu.Lock()
	o.address = address
	o.mu.Unlock()
	s := o.link.session
	if err := s.admit(o); err != nil {
		return entry{}, err
	}
	var e entry
	err := s.burst(ctx, joinRequest(address, &e), subjectTold(o.room))
	if err != nil {
		s.dismiss(o)
		if !errors.As(err, new(*StanzaError)) {
			s.post(leaveRequest(address).text) // the join may have been heard
		}
		return e, err
	}
	o.renamed(e.Nick)
	return e, nil
}

// leaveIfNew leaves a room that ended after we looked and that our join made
// again. The status alone does not say so: ejabberd 23.01 gives it to the first
// who joins a room that was made without joining. A new room is temporary.
func (o *Occupant) leaveIfNew(ctx context.Context) error {
	if found, _ := o.link.look(ctx, o.room); found.Values[FieldPersistent] == "true" {
		return nil
	}
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTimeout)
	defer cancel()
	return errors.Join(errMadeByJoining, o.leave(after))
}

// Subject returns the subject that the room told last.
func (o *Occupant) Subject() Subject {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.subject
}

// SetSubject sets the subject of the room, which may have several lines: a person's
// comes back as it was. Empty, it takes it away. Nil means that the room has passed
// it on, or that the subject is this one already and bears our nick: then nothing
// is sent.
func (o *Occupant) SetSubject(ctx context.Context, text string) error {
	said := speech{elementSubject, carried(text)}
	o.mu.Lock()
	o.sent = &said.text
	o.mu.Unlock()
	return o.speak(ctx, said)
}

// speak sends a message to the room from inside.
func (o *Occupant) speak(ctx context.Context, said speech) error {
	if err := o.ended(); err != nil {
		return fmt.Errorf("%s %s: we are no longer in it: %w", said, o.room, err)
	}
	address, there := o.prepare(said)
	if there {
		return nil
	}
	err := o.link.session.burst(ctx, groupchatRequest(address, said))
	if err == nil {
		return nil
	}
	silent := errors.Is(err, context.DeadlineExceeded) // not: the rate lets nothing through in time
	if refused(err, "not-acceptable") || silent && ctx.Err() == nil {
		// The room has lost us without a word: Prosody says so when we speak,
		// ejabberd takes what its administrators say and passes it on to others.
		o.link.session.post(leaveRequest(address).text)
		o.lose(err)
	}
	return notPermitted(fmt.Errorf("%s %s: %w", said, o.room, err))
}

// prepare returns our address in the room. A subject that is there already and
// bears our nick need not be sent: Prosody would take it and tell nobody, and
// there would be no end of waiting.
func (o *Occupant) prepare(said speech) (address jid.JID, there bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	there = said.element == elementSubject && o.subject.Nick == o.address.Resourcepart() && o.subject.Text == said.text
	if there {
		o.subject.Ours = o.sets(o.subject)
	}
	return o.address, there
}

// sets says whether a subject is what SetSubject was last called with. o.mu is held.
func (o *Occupant) sets(s Subject) bool {
	return o.sent != nil && *o.sent == s.Text && s.Nick == o.address.Resourcepart()
}

// Leave leaves the room and waits until the room says so (XEP-0045 section
// 7.14). Gone is closed whatever the error. If we are out already, it does
// nothing.
func (o *Occupant) Leave(ctx context.Context) error {
	shut, err := o.link.doors.pass(ctx, o.room.String())
	if err == nil {
		defer shut()
	}
	if o.ended() != nil {
		return nil
	}
	if err := o.leave(ctx); err != nil {
		return fmt.Errorf("leaving %s: %w", o.room, err)
	}
	return nil
}

func (o *Occupant) leave(ctx context.Context) error {
	s := o.link.session
	s.dismiss(o) // what the room says to our leave is no reason of its own
	defer o.lose(errLeft)
	o.mu.Lock()
	address := o.address
	o.mu.Unlock()
	err := s.leave(ctx, address)
	if err != nil {
		s.post(leaveRequest(address).text) // ctx may have ended before it was sent
	}
	return err
}

// Gone is closed when we are no longer in the room: we left or were thrown
// out, the room or the connection ended.
func (o *Occupant) Gone() <-chan struct{} { return o.gone }

// Err says why we are no longer in the room; nil while we are, and after Leave.
func (o *Occupant) Err() error {
	if err := o.ended(); err != errLeft {
		return err
	}
	return nil
}
