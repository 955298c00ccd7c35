package xmpptest

// host handles stanzas for the server itself.
func (t *turn) host() {
	p, ok := t.query()
	if !ok {
		return
	}
	switch p.space {
	case nsInfo:
		t.hostInfo(p)
	case nsItems:
		t.hostItems(p)
	case nsCommands:
		t.command(p)
	default:
		t.common(p)
	}
}

// service handles stanzas for the MUC service (XEP-0045 section 6.2).
func (t *turn) service() {
	p, ok := t.query()
	if !ok {
		return
	}
	switch p.space {
	case nsInfo:
		features := []string{nsInfo, nsItems, nsMUC, nsVersion, nsPing}
		// Prosody has no pages and announces none; this service has both.
		features = append(features, nsRSM)
		t.info(p, "conference", "text", "Chatrooms", features, nil)
	case nsItems:
		t.serviceItems(p)
	case nsCommands:
		text := ""
		if t.s.opts.Kind == Ejabberd {
			text = "No module is handling this query"
		}
		t.fail("cancel", "service-unavailable", text)
	default:
		t.common(p)
	}
}

// account handles what goes to the sender's own account or to that of another.
func (t *turn) account() {
	switch t.stanza.name {
	case "presence":
		if t.stanza.attr("to") == "" {
			t.initialPresence()
		}
		return
	case "message":
		t.personMessage()
		return
	}
	if p, ok := t.query(); ok {
		if p.space == nsSession {
			t.result(nil)
			return
		}
		t.common(p)
	}
}

// personMessage passes a message on to the client that it is addressed to, or
// to those of the account that are available (RFC 6121 section 8.5). For an
// account without them it is kept, which nobody sees here; ejabberd does so only
// with a module for it.
func (t *turn) personMessage() {
	delivered := false
	for _, c := range t.s.online() {
		if to := t.stanza.attr("to"); c.jid == to || c.bare == to && c.available {
			m := el(nsClient, "message", t.stanza.kids...)
			m.attrs = append(m.attrs, t.stanza.attrs...)
			t.send(c, m)
			delivered = true
		}
	}
	if _, known := t.s.accounts[t.to.Localpart()]; delivered || known && t.s.opts.Kind == Generic {
		return
	}
	text := ""
	if t.s.opts.Kind == Ejabberd {
		text = "User session not found"
	}
	t.fail("cancel", "service-unavailable", text)
}

// initialPresence makes the client available and echoes its presence, as the
// roster rules of RFC 6121 section 4.2.2 have it for other resources too.
func (t *turn) initialPresence() {
	switch t.stanza.attr("type") {
	case "", "unavailable":
	default:
		return
	}
	t.c.available = t.stanza.attr("type") == ""
	for _, c := range t.s.online() {
		if c.bare == t.c.bare {
			t.send(c, el(nsClient, "presence").with("from", t.c.jid).with("type", t.stanza.attr("type")))
		}
	}
	if t.c.available && t.s.motd != "" {
		t.send(t.c, t.headline("", t.s.motd))
	}
}

// query is the payload of an IQ that asks for an answer.
func (t *turn) query() (*element, bool) {
	if t.stanza.name != "iq" {
		return nil, false
	}
	switch t.stanza.attr("type") {
	case "get", "set":
	case "result", "error":
		return nil, false
	default:
		t.fail("modify", "bad-request", "")
		return nil, false
	}
	p := t.stanza.first()
	if p == nil {
		t.fail("modify", "bad-request", "")
		return nil, false
	}
	return p, true
}

// common answers what every address answers.
func (t *turn) common(p *element) {
	switch p.space {
	case nsPing:
		t.result(nil)
	case nsVersion:
		t.result(el(nsVersion, "query",
			el(nsVersion, "name").say(t.s.opts.Software), el(nsVersion, "version").say(t.s.opts.Version)))
	default:
		t.fail("cancel", "service-unavailable", "")
	}
}

func (t *turn) hostInfo(p *element) {
	if node := p.attr("node"); node != "" {
		for _, c := range t.s.commands() {
			if c.node == node && t.isAdmin() {
				t.info(p, "automation", "command-node", c.title, []string{nsCommands, nsData}, nil)
				return
			}
		}
		t.fail("cancel", "item-not-found", "")
		return
	}
	t.info(p, "server", "im", t.s.opts.Software, []string{nsInfo, nsItems, nsCommands, nsVersion, nsPing}, nil)
}

// hostItems lists the services, or the commands that the sender may run
// (XEP-0050 section 2.1): neither server shows them to anybody else.
func (t *turn) hostItems(p *element) {
	q := el(nsItems, "query").with("node", p.attr("node"))
	switch p.attr("node") {
	case "":
		q.add(el(nsItems, "item").with("jid", t.s.opts.MUC))
	case nsCommands:
		if !t.isAdmin() {
			break
		}
		for _, c := range t.s.commands() {
			q.add(el(nsItems, "item").with("jid", t.s.opts.Domain).with("node", c.node).with("name", c.title))
		}
	default:
		t.fail("cancel", "item-not-found", "")
		return
	}
	t.result(q)
}
