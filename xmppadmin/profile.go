package xmppadmin

import (
	"crypto/tls"
	"time"
)

// Logging says whether a service can log rooms.
type Logging string

const (
	LoggingYes     Logging = "yes"
	LoggingNo      Logging = "no"
	LoggingUnknown Logging = "unknown" // found out with the first room
)

// Profile is what was learned about a chat service at connect, and later.
type Profile struct {
	Software string // XEP-0092 of the host; "" when it does not say
	Version  string

	Dialect    string      // how it is talked to, for people
	Operations []Operation // the choice made for each thing to do

	Missing  []Right // rights that the account lacks
	Unneeded []Right // rights that it has and does not need

	Logging Logging

	Mechanism string // the SASL mechanism used, the strongest that was offered
	TLS       string // "TLS 1.3"; "" for none

	// CertificateEnds is when the server's certificate expires; zero without TLS.
	CertificateEnds time.Time

	// AdminNodes are the commands of XEP-0133 that the host shows to the
	// account, in the order of XEP-0133.
	AdminNodes []string
}

// Operation is one thing to do and the way chosen to do it on this service.
type Operation struct {
	Name string // "create"
	By   string // "join, owner form, leave"
}

// differing is a list of operations of which some are done in another way; by
// maps their names to it.
func differing(list []Operation, by map[string]string) []Operation {
	for i, o := range list {
		if way, ok := by[o.Name]; ok {
			list[i].By = way
		}
	}
	return list
}

// Right is a right that is missing or not needed.
type Right struct {
	What string // and what follows from it
	Do   string // what the server's administrator can do, in terms of its configuration
}

// certificateEnds is when the certificate of a connection's server expires.
func certificateEnds(state tls.ConnectionState) time.Time {
	if len(state.PeerCertificates) == 0 {
		return time.Time{}
	}
	return state.PeerCertificates[0].NotAfter
}
