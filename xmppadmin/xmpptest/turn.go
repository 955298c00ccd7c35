package xmpptest

import (
	"mellium.im/xmpp/jid"
)

// turn is the handling of one stanza: what came, and what goes out because of
// it. Handlers only collect; deliver sends. Server.mu is held throughout.
type turn struct {
	s      *Server
	c      *client  // who sent it
	stanza *element // what was sent
	to     jid.JID  // where to; zero for none
	out    []delivery
	fault  effects // what the faults that match change on the way
}

type delivery struct {
	to *client
	e  *element
}

// handle takes one stanza through record, faults, rooms and replies. It
// returns false when the stream is to end.
func (s *Server) handle(c *client, e *element) bool {
	e.with("from", c.jid)
	seen, fx := s.receive(c, e)
	for _, hook := range fx.hooks {
		hook(seen)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clients[c.jid] != c {
		return false // another client has taken the resource over
	}
	if fx.disconnect == BeforeExecuting {
		c.out.cut()
		return false
	}
	t := &turn{s: s, c: c, stanza: e, fault: fx}
	switch {
	case fx.drop:
	case fx.condition != "":
		t.fail(fx.errorType, fx.condition, fx.text)
	default:
		t.route()
	}
	if fx.disconnect == AfterExecuting {
		t.out = nil
		c.out.cut()
		return false
	}
	t.distort()
	t.deliver()
	return true
}

// receive records a stanza and finds the faults that match it.
func (s *Server) receive(c *client, e *element) (Stanza, effects) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := s.describe(c, e)
	s.stanzas = append(s.stanzas, seen)
	return seen, s.match(seen)
}

// route hands the stanza to what it is addressed to.
func (t *turn) route() {
	to := t.stanza.attr("to")
	if to == "" {
		t.account()
		return
	}
	j, err := jid.Parse(to)
	if err != nil {
		// The words of Prosody and of ejabberd.
		if t.s.opts.Kind == Ejabberd {
			t.fail("modify", "bad-request", "Bad value of attribute 'to' in tag <"+t.stanza.name+
				"/> qualified by namespace 'jabber:client'")
		} else {
			t.fail("modify", "jid-malformed", "The destination address is invalid: "+to)
		}
		return
	}
	t.to = j
	switch o := t.s.opts; {
	case j.Domainpart() == o.MUC && j.Localpart() == "":
		t.service()
	case j.Domainpart() == o.MUC:
		t.room()
	case j.Domainpart() == o.Domain && j.Localpart() == "":
		t.host()
	case j.Domainpart() == o.Domain:
		t.account()
	default:
		t.fail("cancel", "remote-server-not-found", "")
	}
}

// send adds a stanza for a client; an occupant without connection gets none.
func (t *turn) send(to *client, e *element) {
	if to != nil {
		t.out = append(t.out, delivery{to, e.with("to", to.jid)})
	}
}

// result answers the IQ at hand.
func (t *turn) result(payload *element) {
	t.send(t.c, el(nsClient, "iq", payload).
		with("from", t.stanza.attr("to")).with("type", "result").with("id", t.stanza.attr("id")))
}

// fail answers the stanza at hand with an error (RFC 6120 section 8.3). Errors
// themselves are never answered.
func (t *turn) fail(errorType, condition, text string) {
	t.failWith(stanzaError(errorType, condition, text))
}

func (t *turn) failWith(e *element) {
	if typ := t.stanza.attr("type"); typ == "error" || typ == "result" {
		return
	}
	reply := el(nsClient, t.stanza.name).
		with("from", t.stanza.attr("to")).with("type", "error").with("id", t.stanza.attr("id"))
	if t.s.opts.Kind == Ejabberd {
		// ejabberd sends the payload back, Prosody does not.
		reply.add(t.stanza.kids...)
	} else if t.to.Domainpart() == t.s.opts.MUC {
		e.with("by", t.s.opts.MUC)
	}
	t.send(t.c, reply.add(e))
}

func stanzaError(errorType, condition, text string) *element {
	e := el("", "error", el(nsStanzas, condition)).with("type", errorType)
	e.space = nsClient
	if text != "" {
		e.add(el(nsStanzas, "text").say(text))
	}
	return e
}

// deliver queues everything collected, to each client in order.
func (t *turn) deliver() {
	for _, d := range t.out {
		if d.to == t.c && t.fault.delay > 0 {
			t.s.later(t.fault.delay, d)
			continue
		}
		d.to.out.send(d.e)
	}
	t.out = nil
}

// isAdmin says whether the sender administers the server.
func (t *turn) isAdmin() bool {
	return t.c.bare == t.s.JID() && !t.s.opts.Denied
}
