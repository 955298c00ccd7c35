package xmppadmin

import (
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"mellium.im/xmpp/jid"
)

// Values of Options.TLS.
const (
	TLSStart  = "starttls" // RFC 6120 section 5; the default
	TLSDirect = "direct"   // TLS from the first byte (XEP-0368)
	TLSNone   = "none"     // plain TCP, on loopback addresses only
)

// Options say which chat service to talk to, and as whom. JID, Password and
// MUC are required; the zero value of every other field means its default.
type Options struct {
	JID      string // bare JID of the account
	Password string

	// Address is host:port. Empty: the DNS SRV records of the JID's domain,
	// or if it has none the domain itself on the standard port.
	Address string

	TLS    string // TLSStart, TLSDirect or TLSNone; default TLSStart
	CAFile string // PEM file of certificates to trust beside the system's

	MUC       string // domain of the MUC service
	AdminHost string // where admin commands go; default the JID's domain

	// Mechanism is the strongest SASL mechanism that this service was ever
	// seen to offer. If the best that it offers now is weaker, the login is
	// refused with a *DowngradeError. Empty: nothing is remembered.
	Mechanism string

	Window  int           // requests in flight; default 16
	Rate    float64       // requests per second; 0: no limit
	Timeout time.Duration // for the answer to one request; default 20 s

	// Trace gets what goes over the stream, one line for each element, with
	// time and direction ("C:" is ours, as in RFC 6120, "S:" the server's). What
	// SASL exchanges, whatever else is no ordinary part of a stream, and passwords
	// of rooms are replaced by "…"; what is longer than 64 KiB is cut short. It may
	// be nil. It must not block, and its errors are ignored. Lines are written one
	// at a time.
	Trace io.Writer

	// setting is what the configuration calls JID, for errors; default "xmpp.jid".
	setting string

	// idle is how long the stream may be silent before the server is pinged,
	// and after that before it is given up; default 30 s.
	idle time.Duration
}

const (
	defaultWindow  = 16
	defaultTimeout = 20 * time.Second
	defaultIdle    = 30 * time.Second
)

// complete checks o and fills in the defaults. It returns every problem at
// once, joined.
func (o Options) complete() (Options, jid.JID, error) {
	var problems []error
	account, err := jid.Parse(o.JID)
	switch {
	case err != nil:
		problems = append(problems, fmt.Errorf("account %q is no JID: %w", o.JID, err))
	case account.Localpart() == "" || account.Resourcepart() != "":
		problems = append(problems, fmt.Errorf("account %q is no bare JID: it must look like name@domain", o.JID))
	}
	if o.Password == "" {
		problems = append(problems, errors.New("the account has no password"))
	}
	if muc, err := jid.Parse(o.MUC); err != nil || muc.String() != muc.Domainpart() {
		problems = append(problems, fmt.Errorf("MUC service %q is not the name of a domain", o.MUC))
	}
	if o.Address != "" {
		if _, _, err := net.SplitHostPort(o.Address); err != nil {
			problems = append(problems, fmt.Errorf("address %q is not host:port: %w", o.Address, err))
		}
	}
	switch o.TLS {
	case "":
		o.TLS = TLSStart
	case TLSStart, TLSDirect, TLSNone:
	default:
		problems = append(problems, fmt.Errorf("tls %q: must be %s, %s or %s", o.TLS, TLSStart, TLSDirect, TLSNone))
	}
	if o.AdminHost == "" {
		o.AdminHost = account.Domainpart()
	}
	if o.Window <= 0 {
		o.Window = defaultWindow
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.setting == "" {
		o.setting = "xmpp.jid"
	}
	if o.idle <= 0 {
		o.idle = defaultIdle
	}
	return o, account, errors.Join(problems...)
}
