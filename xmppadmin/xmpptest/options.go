package xmpptest

import (
	"crypto/tls"
	"errors"
	"fmt"

	"mellium.im/xmpp/jid"
)

// adminAccount is the localpart of the account that Server.JID names.
const adminAccount = "roomctl"

// Kind says whose behaviour the server has.
type Kind int

const (
	// Generic is a XEP-0045 service with the manners of Prosody 0.12: a room
	// is made by joining it, it is hidden and temporary until configured,
	// forms are taken leniently.
	Generic Kind = iota
	// Ejabberd is ejabberd 26 with mod_adhoc_api and mod_muc_admin: rooms are
	// made by one IQ without joining, forms are taken strictly, listings of
	// more than a hundred rooms need pages.
	Ejabberd
)

// Options says what server to play. The zero value is a Generic server on
// plain TCP that offers SCRAM.
type Options struct {
	Kind   Kind
	Domain string // default "localhost"
	MUC    string // domain of the MUC service; default "conference." and the domain

	// TLS is the server's side of TLS; nil means plain TCP. STARTTLS is then
	// required before login, unless one of the next two says otherwise.
	TLS *tls.Config
	// NoSTARTTLS leaves STARTTLS out and lets clients log in in the clear.
	NoSTARTTLS bool
	// DirectTLS expects TLS from the first byte (XEP-0368).
	DirectTLS bool
	// Mechanisms are the SASL mechanisms to offer, in this order. Default:
	// SCRAM-SHA-256, SCRAM-SHA-1, and PLAIN once TLS is up. Others may be
	// named; choosing them fails with invalid-mechanism.
	Mechanisms []string

	// Software and Version answer XEP-0092 queries. Default: "Generic" "1.0",
	// or "ejabberd" "26.07".
	Software string
	Version  string

	// NoLogging leaves logging out, as a service without a logging module does.
	NoLogging bool
	// LogsURL is where the logs are served: a room that is logged names
	// LogsURL/<room> in its information. Without it rooms name none.
	LogsURL string
	// Denied makes the account of Server.JID an ordinary one.
	Denied bool
	// RestrictCreation lets only administrators create rooms.
	RestrictCreation bool
	// NoBypass takes from administrators the owner's rights in rooms that
	// others made, as Prosody 13 does by default.
	NoBypass bool
	// Tombstones makes a Generic server keep the names of destroyed rooms and
	// answer "gone", as Prosody does; only an administrator's join revives one.
	Tombstones bool
	// NoAPICommands plays an ejabberd without mod_adhoc_api (before 25.03).
	NoAPICommands bool
}

// complete fills in the defaults.
func (o Options) complete() (Options, error) {
	if o.Domain == "" {
		o.Domain = "localhost"
	}
	if o.MUC == "" {
		o.MUC = "conference." + o.Domain
	}
	software, version := "Generic", "1.0"
	if o.Kind == Ejabberd {
		software, version = "ejabberd", "26.07"
	}
	if o.Software == "" {
		o.Software = software
	}
	if o.Version == "" {
		o.Version = version
	}
	for _, domain := range []string{o.Domain, o.MUC} {
		if j, err := jid.Parse(domain); err != nil || j.Domainpart() != domain {
			return o, fmt.Errorf("%q is not a domain name in its normal form", domain)
		}
	}
	switch {
	case o.MUC == o.Domain:
		return o, fmt.Errorf("the MUC service needs a domain of its own, not %q", o.Domain)
	case o.DirectTLS && o.TLS == nil:
		return o, errors.New("direct TLS needs a TLS configuration")
	}
	return o, nil
}

// mechanisms lists what is offered on a stream, secure or not.
func (o Options) mechanisms(secure bool) []string {
	switch {
	case o.Mechanisms != nil:
		return o.Mechanisms
	case secure:
		return []string{"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"}
	}
	return []string{"SCRAM-SHA-256", "SCRAM-SHA-1"}
}
