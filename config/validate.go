package config

import (
	"math"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"

	"mellium.im/xmpp/jid"
)

// validate adds everything that is wrong to p, and brings what is right into
// its canonical form.
func (c *Config) validate(p *problems) {
	c.Datatracker.validate(p)
	c.XMPP.validate(p)
	if c.StateDir == "" {
		p.missing("state_dir", "/var/lib/roomctl")
	}
	c.Publish.validate(p)
	c.validateWriteBack(p)
	if inside(c.Publish.Dir, c.StateDir) {
		p.add("publish.dir", "must not hold state_dir: the state would be published")
	}
	c.Rooms.validate(c.XMPP.JID, p)
	c.Guards.validate(p)
	c.Preflight.validate(c.XMPP.JID, p)
	c.Schedule.validate(p)
	c.HTTP.validate(p)
	c.Announce.validate(p)
	c.Notify.validate(c.XMPP.JID, c.XMPP.MUC, p)
}

// inside says whether path is dir or below it.
func inside(dir, path string) bool {
	if dir == "" || path == "" {
		return false
	}
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

func (d *Datatracker) validate(p *problems) {
	const key = "datatracker.url"
	if d.URL == "" {
		p.missing(key, "https://datatracker.ietf.org")
	} else if base, ok := baseURL(key, d.URL, p); ok {
		if base.Scheme != "https" && !isLoopback(base.Hostname()) {
			p.add(key, "must be https: what it says decides about rooms (http works on a loopback address only)")
		}
		d.URL = base.String()
	}
	if strings.ContainsFunc(d.Contact, func(r rune) bool { return r < ' ' || r > '~' }) {
		p.add("datatracker.contact", "must be one line of ASCII text: it is sent in a header")
	}
	if !isOneLine(d.Username) {
		p.add("datatracker.username", "must be one line")
	}
}

// baseURL checks an address under which others stand, and takes the slash at
// its end off. The value is not repeated: it may hold a password.
func baseURL(key, value string, p *problems) (u *url.URL, ok bool) {
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		p.add(key, "must be a web address, such as https://www.example.org")
	case u.User != nil:
		p.add(key, "must not hold a user name or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		p.add(key, "must not have a part after ? or #")
	default:
		u.Path = strings.TrimRight(u.Path, "/")
		u.RawPath = strings.TrimRight(u.RawPath, "/")
		return u, true
	}
	return nil, false
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

func (x *XMPP) validate(p *problems) {
	domain := x.validateNames(p)
	if x.AdminHost == "" {
		x.AdminHost = domain
	}
	x.validateConnection(p)
	if x.Window < 1 || x.Window > 1000 {
		p.add("xmpp.window", "is %d, must be from 1 to 1000 requests", x.Window)
	}
	if x.Rate < 0 || math.IsNaN(x.Rate) || math.IsInf(x.Rate, 0) {
		p.add("xmpp.rate", "must be 0 (no limit) or a number of requests per second")
	}
	if x.Timeout <= 0 || x.Timeout > 10*time.Minute {
		p.add("xmpp.timeout", "is %v, must be more than 0s and at most 10m", x.Timeout)
	}
}

// validateNames checks who roomctl is and which services it talks to. It
// returns the domain of our JID, "" if that is not known.
func (x *XMPP) validateNames(p *problems) (domain string) {
	if x.JID == "" {
		p.missing("xmpp.jid", "roomctl@accounts.example.org")
	} else if self, ok := bareJID("xmpp.jid", x.JID, p); ok {
		x.JID = self.String()
		domain = self.Domainpart()
	}
	if x.MUC == "" {
		p.missing("xmpp.muc", "jabber.example.org")
	} else if muc, ok := domainJID("xmpp.muc", x.MUC, p); ok {
		x.MUC = muc
		if muc == domain {
			p.add("xmpp.muc", "is %s, the domain of xmpp.jid; it must be the name of the MUC service", muc)
		}
	}
	if x.AdminHost != "" {
		if host, ok := domainJID("xmpp.admin_host", x.AdminHost, p); ok {
			x.AdminHost = host
		}
	}
	return domain
}

// bareJID checks the address of an account (RFC 7622 section 3.1).
func bareJID(key, value string, p *problems) (j jid.JID, ok bool) {
	return localJID(key, value, "an account, such as name@example.org", p)
}

// localJID checks an address that is a name at a domain, and nothing more. what
// it is the address of is told.
func localJID(key, value, what string, p *problems) (j jid.JID, ok bool) {
	j, err := jid.Parse(value)
	if err != nil || j.Localpart() == "" || j.Resourcepart() != "" {
		p.add(key, "%q is not the bare JID of %s", value, what)
		return jid.JID{}, false
	}
	return j, true
}

// domainJID checks the address of a host or service (RFC 7622 section 3.2).
func domainJID(key, value string, p *problems) (domain string, ok bool) {
	j, err := jid.Parse(value)
	if err != nil || j.String() != j.Domainpart() {
		p.add(key, "%q is not a domain, such as jabber.example.org", value)
		return "", false
	}
	return j.Domainpart(), true
}

func (x *XMPP) validateConnection(p *problems) {
	host, port, err := net.SplitHostPort(x.Address)
	if x.Address != "" {
		n, portErr := strconv.ParseUint(port, 10, 16)
		if err != nil || host == "" || portErr != nil || n == 0 {
			p.add("xmpp.address", "%q is not host:port, such as xmpp.example.org:5222", x.Address)
		}
	}
	switch x.TLS {
	case TLSStart, TLSDirect:
	case TLSNone:
		if !isLoopback(host) {
			p.add("xmpp.tls", "none works on a loopback address only, and xmpp.address is %q", x.Address)
		}
	default:
		p.add("xmpp.tls", "%q is not one of %s, %s, %s", x.TLS, TLSStart, TLSDirect, TLSNone)
	}
}

// validate checks the account that tries the rooms; self is roomctl's own.
func (f *Preflight) validate(self string, p *problems) {
	if f.JID == "" {
		return
	}
	account, ok := bareJID("preflight.jid", f.JID, p)
	if !ok {
		return
	}
	f.JID = account.String()
	if f.JID == self {
		p.add("preflight.jid", "is the account of xmpp.jid, an owner of every room; it must be an ordinary one")
	}
}

func (g *Guards) validate(p *problems) {
	if g.MinGroups < 1 {
		p.add("guards.min_groups", "is %d, must be 1 or more: an empty list of groups is never believed", g.MinGroups)
	}
	for _, limit := range []struct {
		key string
		Limit
	}{
		{"guards.retire", g.Retire},
		{"guards.reconfigure", g.Reconfigure},
		{"guards.create", g.Create},
		{"guards.write_back", g.WriteBack},
	} {
		if limit.Count < 0 {
			p.add(limit.key+".count", "is %d, must be 0 or more", limit.Count)
		}
		if limit.Percent < 0 || limit.Percent > 100 {
			p.add(limit.key+".percent", "is %d, must be from 0 to 100", limit.Percent)
		}
	}
}

// isOneLine says whether s can stand in a line of text.
func isOneLine(s string) bool { return !strings.ContainsFunc(s, unicode.IsControl) }
