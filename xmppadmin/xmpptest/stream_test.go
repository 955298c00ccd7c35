package xmpptest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"mellium.im/sasl"
	"mellium.im/xmpp"
	"mellium.im/xmpp/jid"
)

// certificate makes a self-signed one for localhost and a pool that trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// connect logs in with a real client library.
func connect(t *testing.T, conn net.Conn, s *Server, password string, state xmpp.SessionState, f ...xmpp.StreamFeature) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	session, err := xmpp.NewSession(ctx, jid.MustParse("localhost"), jid.MustParse(s.JID()), conn, state,
		xmpp.NewNegotiator(func(*xmpp.Session, *xmpp.StreamConfig) xmpp.StreamConfig {
			return xmpp.StreamConfig{Features: append(f, xmpp.BindResource())}
		}))
	if err != nil {
		return err
	}
	if !strings.HasPrefix(session.LocalAddr().String(), s.JID()+"/") {
		t.Errorf("bound as %s", session.LocalAddr())
	}
	return session.Close()
}

func TestLoginWithAClientLibrary(t *testing.T) {
	cert, pool := certificate(t)
	server := &tls.Config{Certificates: []tls.Certificate{cert}}
	trusting := &tls.Config{RootCAs: pool, ServerName: "localhost"}
	starttls := xmpp.StartTLS(trusting)
	tests := []struct {
		name     string
		options  Options
		direct   bool
		state    xmpp.SessionState
		password string // "" means the right one
		features func(password string) []xmpp.StreamFeature
		err      string
	}{
		{name: "SCRAM-SHA-256 on plain TCP", state: xmpp.Secure,
			features: func(p string) []xmpp.StreamFeature { return []xmpp.StreamFeature{xmpp.SASL("", p, sasl.ScramSha256)} }},
		{name: "SCRAM-SHA-1 on plain TCP", state: xmpp.Secure,
			features: func(p string) []xmpp.StreamFeature { return []xmpp.StreamFeature{xmpp.SASL("", p, sasl.ScramSha1)} }},
		{name: "STARTTLS, then PLAIN", options: Options{TLS: server},
			features: func(p string) []xmpp.StreamFeature {
				return []xmpp.StreamFeature{starttls, xmpp.SASL("", p, sasl.Plain)}
			}},
		{name: "STARTTLS, then SCRAM", options: Options{TLS: server},
			features: func(p string) []xmpp.StreamFeature {
				return []xmpp.StreamFeature{starttls, xmpp.SASL("", p, sasl.ScramSha256)}
			}},
		{name: "direct TLS", options: Options{TLS: server, DirectTLS: true}, direct: true, state: xmpp.Secure,
			features: func(p string) []xmpp.StreamFeature { return []xmpp.StreamFeature{xmpp.SASL("", p, sasl.ScramSha256)} }},
		{name: "a wrong password with SCRAM", state: xmpp.Secure, password: "wrong", err: "not-authorized",
			features: func(p string) []xmpp.StreamFeature { return []xmpp.StreamFeature{xmpp.SASL("", p, sasl.ScramSha256)} }},
		{name: "a wrong password with PLAIN", options: Options{TLS: server}, password: "wrong", err: "not-authorized",
			features: func(p string) []xmpp.StreamFeature {
				return []xmpp.StreamFeature{starttls, xmpp.SASL("", p, sasl.Plain)}
			}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := Start(test.options)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			conn, err := net.Dial("tcp", s.Addr())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if test.direct {
				conn = tls.Client(conn, trusting)
			}
			password := test.password
			if password == "" {
				password = s.Password()
			}
			err = connect(t, conn, s, password, test.state, test.features(password)...)
			if test.err == "" && err != nil {
				t.Errorf("login: %v", err)
			}
			if test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Errorf("login: %v, want %q", err, test.err)
			}
		})
	}
}
