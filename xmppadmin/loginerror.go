package xmppadmin

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"mellium.im/sasl"
	"mellium.im/xmpp/stream"
)

// nsSASL is the namespace of RFC 6120 section 6.
const nsSASL = "urn:ietf:params:xml:ns:xmpp-sasl"

// explainLogin adds to the error of a failed login what a person can do about
// it. Settings are called by their names in the configuration.
func explainLogin(err error, o Options, domain string) error {
	if errors.As(err, new(*DowngradeError)) {
		return err
	}
	if condition, ok := saslFailure(err); ok {
		return explainRefusal(err, o, condition)
	}
	if hint := certificateHint(err, o, domain); hint != "" {
		return fmt.Errorf("%w: %s", err, hint)
	}
	if hint := transportHint(err, o, domain); hint != "" {
		return fmt.Errorf("%w: %s", err, hint)
	}
	return err
}

// explainRefusal sorts the conditions of RFC 6120 section 6.5.
func explainRefusal(err error, o Options, condition string) error {
	switch condition {
	case "not-authorized", "invalid-authzid":
		return fmt.Errorf("wrong password, or no such account (%s): check %s and the password", condition, o.setting)
	case "account-disabled", "credentials-expired":
		return fmt.Errorf("the account cannot log in (%s): ask the administrator of the chat server", condition)
	case "temporary-auth-failure":
		return fmt.Errorf("the server cannot check passwords now (%s): try again later", condition)
	case "encryption-required", "mechanism-too-weak":
		return fmt.Errorf("the server refuses this way to log in (%s): set xmpp.tls to starttls or direct", condition)
	}
	return fmt.Errorf("the server refused the login (%s): %s", condition, tidy(err.Error()))
}

// saslFailure returns the condition of a <failure/>. Mellium keeps the type of
// that error to itself, but writes it out as the XML it was.
func saslFailure(err error) (condition string, ok bool) {
	var failure interface {
		error
		TokenReader() xml.TokenReader
	}
	if !errors.As(err, &failure) {
		return "", false
	}
	var element struct {
		XMLName    xml.Name
		Conditions []struct{ XMLName xml.Name } `xml:",any"`
	}
	if xml.NewTokenDecoder(failure.TokenReader()).Decode(&element) != nil || element.XMLName.Space != nsSASL {
		return "", false
	}
	for _, c := range element.Conditions {
		if c.XMLName.Local != "text" {
			return c.XMLName.Local, true
		}
	}
	return "no reason given", true
}

func certificateHint(err error, o Options, domain string) string {
	var unknown x509.UnknownAuthorityError
	var otherName x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &unknown):
		return "the server's certificate is not trusted: name the file of its issuer in xmpp.ca_file, or give the server a certificate from a public authority"
	case errors.As(err, &otherName):
		return fmt.Sprintf("the server's certificate is for another name: it must be valid for %s, the domain of %s, whatever xmpp.address is", domain, o.setting)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "renew the server's certificate, or set the clock of this machine"
	case errors.As(err, &invalid):
		return "give the server a valid certificate"
	}
	return ""
}

func transportHint(err error, o Options, domain string) string {
	var notTLS tls.RecordHeaderError
	var dns *net.DNSError
	var timeout net.Error
	var streamError stream.Error
	switch {
	case errors.Is(err, errNoStartTLS):
		return "switch TLS on for client connections on the server, or set xmpp.tls to direct and xmpp.address to its port for direct TLS"
	case errors.Is(err, errNoLogin):
		return "if the server wants TLS first, set xmpp.tls to starttls"
	case errors.As(err, &notTLS), o.TLS == TLSDirect && hungUp(err):
		return "this port does not begin with TLS: set xmpp.tls to starttls, or xmpp.address to the port for direct TLS"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "is the chat server running, and is xmpp.address right?"
	case errors.As(err, &dns):
		return fmt.Sprintf("the DNS does not know the server: check xmpp.address or, when there is none, the domain of %s (%s)", o.setting, domain)
	case errors.Is(err, sasl.ErrAuthn):
		return "the server did not prove that it knows the password: it may not be the right server"
	case errors.As(err, &streamError) && streamError.Err == "host-unknown", strings.Contains(err.Error(), "stream location"):
		// Some servers say so, some only name the domain that they do serve;
		// for that, mellium has no error value.
		return fmt.Sprintf("the server does not serve %s: check %s and xmpp.address", domain, o.setting)
	case errors.Is(err, errLoginLimit), errors.As(err, &timeout) && timeout.Timeout():
		return "no chat server answers there: check xmpp.address and the firewalls in between"
	case hungUp(err), errors.As(err, new(*xml.SyntaxError)):
		return "the server broke off: if this is its port for direct TLS, set xmpp.tls to direct"
	}
	return ""
}

// hungUp says whether the peer ended the connection, as servers do that are
// spoken to in TLS and do not expect it, or the other way round.
func hungUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET)
}
