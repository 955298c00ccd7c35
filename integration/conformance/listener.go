package conformance

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/xml"
	"fmt"
	"net"
	"os"
	"testing"

	"mellium.im/sasl"
	"mellium.im/xmpp"
	"mellium.im/xmpp/jid"

	"roomctl/xmppadmin"
)

// headline is what a server tells an account that is online (RFC 6121 section
// 5.2.2).
type headline struct{ from, subject, text string }

// listen brings an account online, by a client of its own, until the test ends. The headlines that it gets come through the
// channel, which is closed when the connection ends.
func listen(t *testing.T, o xmppadmin.Options) <-chan headline {
	t.Helper()
	ctx := limited(t)
	stream, err := logIn(ctx, o)
	if err != nil {
		t.Fatalf("logging in as %s: %v", o.JID, err)
	}
	l := listener{online: make(chan struct{}), heard: make(chan headline), over: make(chan struct{})}
	t.Cleanup(func() {
		close(l.over)
		stream.Conn().Close()
		for range l.heard { // until it reads no more
		}
	})
	go l.read(stream)
	// Stanzas are handled in order (RFC 6120 section 10.1): once the ping is answered
	// (XEP-0199), the presence has been seen.
	const hello = `<presence/><iq type="get" id="` + pingID + `" to="%s"><ping xmlns="urn:xmpp:ping"/></iq>`
	if _, err := fmt.Fprintf(stream.Conn(), hello, stream.LocalAddr().Domain()); err != nil {
		t.Fatalf("coming online as %s: %v", o.JID, err)
	}
	select {
	case <-l.online:
	case <-ctx.Done():
		t.Fatalf("the server does not say that %s is online", o.JID)
	}
	return l.heard
}

const pingID = "online"

// listener reads what an account gets.
type listener struct {
	online chan struct{} // closed when the ping is answered, be it by an error
	heard  chan headline
	over   chan struct{} // nobody listens any more
}

func (l listener) read(stream *xmpp.Session) {
	defer close(l.heard)
	tokens := stream.TokenReader()
	defer tokens.Close()
	decoder := xml.NewTokenDecoder(tokens)
	for {
		var s struct {
			XMLName xml.Name
			Type    string `xml:"type,attr"`
			ID      string `xml:"id,attr"`
			From    string `xml:"from,attr"`
			Subject string `xml:"subject"`
			Body    string `xml:"body"`
		}
		switch err := decoder.Decode(&s); {
		case err != nil:
			return
		case s.XMLName.Local == "iq" && s.ID == pingID:
			close(l.online)
		case s.XMLName.Local == "message" && s.Type == "headline":
			select {
			case l.heard <- headline{s.From, s.Subject, s.Body}:
			case <-l.over:
				return
			}
		}
	}
}

// logIn opens a stream and binds a resource. The connection ends with ctx.
func logIn(ctx context.Context, o xmppadmin.Options) (*xmpp.Session, error) {
	account, err := jid.Parse(o.JID)
	if err != nil {
		return nil, err
	}
	features := []xmpp.StreamFeature{xmpp.SASL("", o.Password, sasl.ScramSha256, sasl.ScramSha1), xmpp.BindResource()}
	state := xmpp.Secure // on this machine
	if o.TLS == xmppadmin.TLSStart {
		config, err := trusting(o.CAFile, account.Domainpart())
		if err != nil {
			return nil, err
		}
		state, features = 0, append(features, xmpp.StartTLS(config))
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", o.Address)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { conn.Close() })
	negotiator := xmpp.NewNegotiator(func(*xmpp.Session, *xmpp.StreamConfig) xmpp.StreamConfig {
		return xmpp.StreamConfig{Features: features}
	})
	return xmpp.NewSession(context.WithoutCancel(ctx), account.Domain(), account, conn, state, negotiator)
}

// trusting wants a certificate for domain by the authority in a PEM file.
func trusting(caFile, domain string) (*tls.Config, error) {
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", caFile)
	}
	return &tls.Config{ServerName: domain, RootCAs: roots, MinVersion: tls.VersionTLS12}, nil
}
