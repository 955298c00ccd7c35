package xmppadmin

import (
	"context"
	"errors"
	"fmt"

	"mellium.im/xmpp/jid"
)

// Visitor is an ordinary account that tries whether it can walk into rooms, as
// anybody would. It is safe for concurrent use. Servers slow ordinary accounts
// down: with their usual limits ejabberd lets ten rooms a second be visited,
// and Prosody thirty.
type Visitor struct {
	link *link

	// visits has one element per visit under way: servers limit how many rooms
	// an ordinary account may be in (ejabberd: mod_muc's max_user_conferences).
	visits chan struct{}
}

const visitLimit = 8 // rooms at a time

// ErrNoVoice: the room lets everybody in, but newcomers cannot speak: it is
// moderated and they are visitors there (XEP-0045 section 5.1).
var ErrNoVoice = errors.New("newcomers have no voice in it: the room is moderated")

// OpenVisitor logs in with an account that needs no rights. Options.AdminHost
// is not used. Its errors say what to do next. The caller closes the Visitor.
func OpenVisitor(ctx context.Context, o Options) (*Visitor, error) {
	o.setting = "preflight.jid"
	l, err := logIn(ctx, o)
	if err != nil {
		return nil, err
	}
	return &Visitor{link: l, visits: make(chan struct{}, visitLimit)}, nil
}

// Close ends the connection. Visits under way fail with ErrDisconnected.
func (v *Visitor) Close() error { return v.link.session.close() }

// Visit joins a room under the account's localpart, waits until the room says
// that we are in (XEP-0045 section 7.2), and leaves. Who is there sees it, and
// so may the log. Nil means that anybody may come in and speak.
//
// A room that is absent, a tombstone or unknown is not joined, since joining
// may make it. A refusal is a *StanzaError in words: members only, a password,
// banned, full. ErrNoVoice: one may come in and only listen.
func (v *Visitor) Visit(ctx context.Context, name string) error {
	room, err := v.link.room(name)
	if err != nil {
		return err
	}
	end, err := v.begin(ctx, name)
	if err != nil {
		return fmt.Errorf("visiting %s: %w", room, err)
	}
	defer end()
	found, _ := v.link.look(ctx, room)
	switch found.Existence {
	case Unknown:
		return fmt.Errorf("visiting %s: %w", room, found.Err)
	case Absent:
		return fmt.Errorf("visiting %s: there is no such room", room)
	case Tombstone:
		return fmt.Errorf("visiting %s: the room was destroyed%s", room, pointer(found.Alternate))
	}
	e, err := v.comeAndGo(ctx, room)
	if err != nil {
		return fmt.Errorf("visiting %s: %w", room, err)
	}
	if found.Moderated && e.Role == roleVisitor {
		return fmt.Errorf("visiting %s: %w", room, ErrNoVoice)
	}
	return nil
}

func pointer(alternate string) string {
	if alternate == "" {
		return ""
	}
	return ", and points to " + tidy(alternate)
}

// begin waits until no other visit to the room is under way, since we can be in
// it only once, and there is a place among the visits. end makes way for others.
func (v *Visitor) begin(ctx context.Context, room string) (end func(), err error) {
	shut, err := v.link.doors.pass(ctx, room)
	if err != nil {
		return nil, err
	}
	select {
	case v.visits <- struct{}{}:
		return func() { <-v.visits; shut() }, nil
	case <-ctx.Done():
		shut()
		return nil, context.Cause(ctx)
	}
}

// comeAndGo joins a room that is there, and leaves it whatever happens to ctx.
func (v *Visitor) comeAndGo(ctx context.Context, room jid.JID) (entry, error) {
	var occupant jid.JID
	e, err := v.link.comeIn(ctx, room, func(ctx context.Context, address jid.JID) (entry, error) {
		occupant = address
		return v.link.session.enter(ctx, address)
	})
	if err != nil {
		return e, explainEntry(err)
	}
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTimeout)
	defer cancel()
	err = v.link.session.leave(after, occupant)
	// ejabberd 23.01 tells the first who joins a room that was made without
	// joining that it is new; whoever made a room owns it.
	if e.Created && e.Affiliation == AffiliationOwner {
		err = errors.Join(errMadeByJoining, err)
	}
	return e, err
}

// explainEntry puts the refusals of XEP-0045 sections 7.2.5 to 7.2.10 into words.
func explainEntry(err error) error {
	var refusal *StanzaError
	if !errors.As(err, &refusal) {
		return err
	}
	var words string
	switch refusal.Condition {
	case "registration-required":
		words = "only members may come in"
	case "not-authorized":
		words = "it wants a password"
	case "forbidden":
		words = "the account is banned"
	case "service-unavailable", "resource-constraint": // of the XEP, of ejabberd
		words = "it is full"
	case "conflict":
		words = "every nick that was tried is taken"
	case "item-not-found":
		words = "it is locked: whoever made it has not configured it yet"
	default:
		return err
	}
	return fmt.Errorf("%s: %w", words, err)
}
