package config

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// validate checks what serve listens on. Port 0 is any that is free.
func (h *HTTP) validate(p *problems) {
	pages, pagesOK := listener("http.listen", h.Listen, p)
	admin, adminOK := listener("http.admin_listen", h.AdminListen, p)
	if !adminOK {
		return
	}
	if !isLoopback(admin.host) {
		p.add("http.admin_listen", "%q is not on a loopback address, such as 127.0.0.1:9180: metrics and health are not for everybody", h.AdminListen)
	}
	if pagesOK && pages.covers(admin) {
		key := "http.admin_listen"
		if p.lines[key] == 0 { // it is the default, and the other one is not
			key = "http.listen"
		}
		p.add(key, "http.listen, %q, and http.admin_listen, %q, must be on different ports", h.Listen, h.AdminListen)
	}
}

// endpoint is an address to listen on.
type endpoint struct {
	host string // "": all addresses of the machine
	port uint64
}

// listener checks an address to listen on. "" is none.
func listener(key, value string, p *problems) (e endpoint, ok bool) {
	if value == "" {
		return endpoint{}, false
	}
	host, port, err := net.SplitHostPort(value)
	number, portErr := strconv.ParseUint(port, 10, 16)
	if err != nil || portErr != nil || strings.ContainsAny(host, " /\t") {
		p.add(key, "%q is not host:port, such as 127.0.0.1:8080", value)
		return endpoint{}, false
	}
	return endpoint{host, number}, true
}

// covers says whether nothing else can listen on the loopback address of other
// when something listens on e.
func (e endpoint) covers(other endpoint) bool {
	if e.port != other.port || e.port == 0 {
		return false
	}
	ip, err := netip.ParseAddr(e.host)
	all := e.host == "" || err == nil && ip.IsUnspecified()
	return all || e.host == other.host || isLoopback(e.host) && (e.host == "localhost" || other.host == "localhost")
}

// maxBefore is how long before a session it may be announced: earlier, an agenda
// is still being made.
const maxBefore = 24 * time.Hour

func (a *Announce) validate(p *problems) {
	const key = "announce.before"
	for i, before := range a.Before {
		switch {
		case before <= 0:
			p.add(key, "%s is no time before a session; announce.start is for its start", shortDuration(before))
		case before > maxBefore:
			p.add(key, "%s is too early, at most %s before a session", shortDuration(before), shortDuration(maxBefore))
		case slices.Index(a.Before, before) < i:
			p.add(key, "%s stands in the list twice", shortDuration(before))
		}
	}
	for _, name := range unique("announce.except", a.Except, p) {
		if !roomName.MatchString(name) {
			p.add("announce.except", "%q cannot be the name of a room", name)
		}
	}
	validateTemplate("announce.texts.before", a.Texts.Before, sessionSamples("15 minutes", 0), p)
	validateTemplate("announce.texts.start", a.Texts.Start, sessionSamples("", 0), p)
	validateTemplate("announce.texts.moved", a.Texts.Moved, sessionSamples("", time.Hour), p)
	validateTemplate("announce.texts.cancelled", a.Texts.Cancelled, sessionSamples("", 0), p)
}

// validate checks how operators hear of problems. self is our own bare JID and
// muc the service whose rooms we keep; both may be "".
func (n *Notify) validate(self, muc string, p *problems) {
	if n.JID != "" {
		if person, ok := bareJID("notify.jid", n.JID, p); ok {
			n.JID = person.String()
			switch {
			case n.JID == self:
				p.add("notify.jid", "is xmpp.jid: roomctl would write to itself")
			case person.Domainpart() == muc:
				p.add("notify.jid", "%s is a room of xmpp.muc; rooms stand in notify.room", n.JID)
			}
		}
	}
	if n.Room != "" {
		if room, ok := localJID("notify.room", n.Room, "a room, such as ops@rooms.example.org", p); ok {
			n.Room = room.String()
			if n.Room == n.JID || n.Room == self {
				p.add("notify.room", "%s is an account; it must be a room", n.Room)
			}
		}
	}
	n.validateWebhook(p)
	if n.Remind < 0 {
		p.add("notify.remind", "is %s, must be 0s (never) or more", shortDuration(n.Remind))
	}
}

// validateWebhook does not repeat the address: with many services it is a secret.
func (n *Notify) validateWebhook(p *problems) {
	const key = "notify.webhook"
	if n.Webhook == "" {
		return
	}
	u, err := url.Parse(n.Webhook)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		p.add(key, "must be a web address, such as https://hooks.example.org/roomctl")
	case u.Scheme != "https" && !isLoopback(u.Hostname()):
		p.add(key, "must be https (http works on a loopback address only)")
	case u.User != nil:
		p.add(key, "must not hold a user name or password: a token stands in the file that notify.webhook_token_file names")
	case u.Fragment != "":
		p.add(key, "must not have a part after #")
	}
}

// hostOnly is a web address without what may be a secret.
func hostOnly(address string) string {
	u, err := url.Parse(address)
	if err != nil || strings.Trim(u.Path, "/")+u.RawQuery == "" {
		return address
	}
	return u.Scheme + "://" + u.Host + "/…"
}
