package xmpptest

import (
	"maps"
	"slices"
	"time"
)

// Fault is something that goes wrong with certain stanzas. The first part says
// with which: every field that is set must match. The second part says what
// happens; several things may. Faults added later act after earlier ones.
type Fault struct {
	Name      string // "iq", "presence", "message"
	Type      string // the stanza's type
	Namespace string // of the payload
	Node      string // of the payload
	Room      string // localpart
	From      string // bare or full JID of the sender
	Writing   bool   // only stanzas that would change something
	Nth       int    // only the nth of those that match, counted from 1; 0: all

	// Hook is called before the stanza is handled, in the time between a
	// client's look and its deed. It may call the server's methods.
	Hook func(Stanza)
	// Disconnect cuts the sender's connection. No reply is sent.
	Disconnect Moment
	// Drop loses the stanza: it is neither executed nor answered.
	Drop bool
	// Condition is the stanza error to answer with instead of executing it.
	Condition string
	ErrorType string // default "cancel"
	Text      string

	// NoReply executes the stanza and loses the answer.
	NoReply bool
	// NoSubject lets a room tell those who join no subject.
	NoSubject bool
	// Delay holds the answer back; later stanzas overtake it.
	Delay time.Duration
	// ReplyFrom is put as the sender of the answer.
	ReplyFrom string
	// Listing damages disco#items answers.
	Listing Damage
	// Store replaces submitted values of room configuration: form field to
	// the value stored in its place, as a server that clamps does.
	Store map[string]string
	// Ignore names form fields whose submitted value is silently not stored.
	Ignore []string
	// Hide names fields left out of the room configuration form.
	Hide []string
}

// Moment is when a connection is cut.
type Moment int

const (
	// Never leaves the connection up.
	Never Moment = iota
	// BeforeExecuting cuts the connection with nothing done.
	BeforeExecuting
	// AfterExecuting cuts it with everything done and nothing said.
	AfterExecuting
)

// Damage is a way in which a listing is not what it says.
type Damage int

const (
	// Whole leaves the listing as it is.
	Whole Damage = iota
	// Short leaves out the last half of the items; counts stay as they were.
	Short
	// Empty leaves out all items and the page's set.
	Empty
	// Repeated answers every page with the first one.
	Repeated
)

type activeFault struct {
	Fault
	seen int // how many stanzas have matched
}

// Fault adds a fault; remove takes it away again.
func (s *Server) Fault(f Fault) (remove func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := &activeFault{Fault: f}
	s.faults = append(s.faults, a)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.faults = slices.DeleteFunc(s.faults, func(x *activeFault) bool { return x == a })
	}
}

// matches says whether the fault is about that stanza.
func (f *Fault) matches(st Stanza) bool {
	for _, m := range []struct{ want, have string }{
		{f.Name, st.Name}, {f.Type, st.Type}, {f.Namespace, st.Namespace}, {f.Node, st.Node}, {f.Room, st.Room},
	} {
		if m.want != "" && m.want != m.have {
			return false
		}
	}
	if f.From != "" && f.From != st.From && f.From != bareOf(st.From) {
		return false
	}
	return st.Writing || !f.Writing
}

// effects is what all the faults that match one stanza do together.
type effects struct {
	hooks                      []func(Stanza)
	disconnect                 Moment
	drop, noReply, noSubject   bool
	condition, errorType, text string
	delay                      time.Duration
	replyFrom                  string
	listing                    Damage
	store                      map[string]string
	ignore, hide               []string
}

// match counts the stanza against every fault and adds up those that act.
// s.mu is held.
func (s *Server) match(st Stanza) effects {
	fx := effects{store: map[string]string{}}
	for _, f := range s.faults {
		if !f.matches(st) {
			continue
		}
		f.seen++
		if f.Nth == 0 || f.Nth == f.seen {
			fx.add(&f.Fault)
		}
	}
	return fx
}

func (fx *effects) add(f *Fault) {
	if f.Hook != nil {
		fx.hooks = append(fx.hooks, f.Hook)
	}
	if f.Disconnect != Never {
		fx.disconnect = f.Disconnect
	}
	if f.Condition != "" {
		fx.condition, fx.errorType, fx.text = f.Condition, f.ErrorType, f.Text
		if fx.errorType == "" {
			fx.errorType = "cancel"
		}
	}
	if f.ReplyFrom != "" {
		fx.replyFrom = f.ReplyFrom
	}
	if f.Listing != Whole {
		fx.listing = f.Listing
	}
	fx.drop = fx.drop || f.Drop
	fx.noReply = fx.noReply || f.NoReply
	fx.noSubject = fx.noSubject || f.NoSubject
	fx.delay = max(fx.delay, f.Delay)
	maps.Copy(fx.store, f.Store)
	fx.ignore = append(fx.ignore, f.Ignore...)
	fx.hide = append(fx.hide, f.Hide...)
}

// distort applies what the faults do to the answer. Only what goes back to
// the sender is touched.
func (t *turn) distort() {
	fx := t.fault
	if fx.noReply {
		t.out = slices.DeleteFunc(t.out, func(d delivery) bool { return d.to == t.c })
	}
	for _, d := range t.out {
		if d.to == t.c && fx.replyFrom != "" {
			d.e.with("from", fx.replyFrom)
		}
		if q := d.e.child(nsItems, "query"); d.to == t.c && q != nil {
			fx.listing.apply(q)
		}
	}
}

// apply damages a disco#items answer. Repeated is done where pages are made.
func (d Damage) apply(query *element) {
	switch d {
	case Empty:
		query.kids = nil
	case Short:
		items := 0
		for _, k := range query.kids {
			if k.name == "item" {
				items++
			}
		}
		keep := items / 2
		query.kids = slices.DeleteFunc(query.kids, func(k *element) bool {
			if k.name != "item" {
				return false
			}
			keep--
			return keep < 0
		})
	}
}

// later sends a delayed answer unless the server is closed before. s.mu is held.
func (s *Server) later(delay time.Duration, d delivery) {
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		timer := time.NewTimer(delay)
		defer timer.Stop()
		select {
		case <-timer.C:
			d.to.out.send(d.e)
		case <-s.done:
		}
	}()
}
