package xmppadmin

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roomctl/xmppadmin/xmpptest"
)

// certificate makes a self-signed certificate for a name; caFile is where it
// stands in PEM form.
func certificate(t *testing.T, name string) (config *tls.Config, caFile string) {
	t.Helper()
	config, anchor, err := xmpptest.Certificate(name)
	if err != nil {
		t.Fatal(err)
	}
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, anchor, 0o600); err != nil {
		t.Fatal(err)
	}
	return config, caFile
}

func TestLogin(t *testing.T) {
	config, caFile := certificate(t, "localhost")
	for _, c := range []struct {
		name      string
		server    xmpptest.Options
		tls       string
		mechanism string
		version   string
	}{
		{"STARTTLS is the default", xmpptest.Options{TLS: config}, "", "SCRAM-SHA-256", "TLS 1.3"},
		{"direct TLS", xmpptest.Options{TLS: config, DirectTLS: true}, TLSDirect, "SCRAM-SHA-256", "TLS 1.3"},
		{"loopback without TLS", xmpptest.Options{}, TLSNone, "SCRAM-SHA-256", ""},
		{"SCRAM-SHA-1 when there is nothing better", xmpptest.Options{TLS: config, Mechanisms: []string{"PLAIN", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1"}}, TLSStart, "SCRAM-SHA-1", "TLS 1.3"},
		{"PLAIN under TLS as a last resort", xmpptest.Options{TLS: config, Mechanisms: []string{"PLAIN"}}, TLSStart, "PLAIN", "TLS 1.3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := startServer(t, c.server)
			o := plainOptions(srv)
			o.TLS, o.CAFile = c.tls, caFile
			s := loginTo(t, o)
			if s.offered() != c.mechanism || s.tlsVersion() != c.version {
				t.Errorf("logged in with %q over %q, want %q over %q", s.offered(), s.tlsVersion(), c.mechanism, c.version)
			}
			if s.self().Bare().String() != srv.JID() || s.self().Resourcepart() == "" {
				t.Errorf("the session is %s, want a full JID of %s", s.self(), srv.JID())
			}
			if _, err := s.discoInfo(t.Context(), s.self().Domain(), ""); err != nil {
				t.Error(err)
			}
			for _, st := range srv.Stanzas() {
				if st.Name == "presence" {
					t.Errorf("sent presence: %s", st.XML)
				}
			}
		})
	}
}

func TestLoginErrorsSayWhatToDo(t *testing.T) {
	config, caFile := certificate(t, "localhost")
	otherConfig, otherCA := certificate(t, "chat.example.net")
	for _, c := range []struct {
		name   string
		server xmpptest.Options
		change func(*Options)
		want   []string
	}{
		{"wrong password", xmpptest.Options{TLS: config}, func(o *Options) { o.Password = "sesame" },
			[]string{"wrong password", "not-authorized", "check xmpp.jid and the password"}},
		{"no such account", xmpptest.Options{TLS: config}, func(o *Options) { o.JID = "nobody@localhost" },
			[]string{"no such account", "check xmpp.jid"}},
		{"a domain that the server does not serve", xmpptest.Options{}, func(o *Options) { o.JID = "roomctl@example.org"; o.TLS = TLSNone },
			[]string{"does not serve example.org"}},
		{"a certificate that nobody vouches for", xmpptest.Options{TLS: config}, func(o *Options) { o.CAFile = "" },
			[]string{"not trusted", "xmpp.ca_file"}},
		{"a certificate for another name", xmpptest.Options{TLS: otherConfig}, func(o *Options) { o.CAFile = otherCA },
			[]string{"another name", "chat.example.net", "valid for localhost"}},
		{"no STARTTLS", xmpptest.Options{TLS: config, NoSTARTTLS: true}, func(*Options) {},
			[]string{"does not offer STARTTLS", "set xmpp.tls to direct"}},
		{"STARTTLS on the port for direct TLS", xmpptest.Options{TLS: config, DirectTLS: true}, func(*Options) {},
			[]string{"set xmpp.tls to direct"}},
		{"direct TLS on the port for STARTTLS", xmpptest.Options{TLS: config}, func(o *Options) { o.TLS = TLSDirect },
			[]string{"does not begin with TLS", "set xmpp.tls to starttls"}},
		{"no TLS where the server demands it", xmpptest.Options{TLS: config}, func(o *Options) { o.TLS = TLSNone },
			[]string{"set xmpp.tls to starttls"}},
		{"only PLAIN without TLS", xmpptest.Options{Mechanisms: []string{"PLAIN"}}, func(o *Options) { o.TLS = TLSNone },
			[]string{"it offers PLAIN", "wanted is one of SCRAM-SHA-256, SCRAM-SHA-1"}},
		{"nobody listens", xmpptest.Options{}, func(o *Options) { o.Address = "127.0.0.1:1" },
			[]string{"127.0.0.1:1", "connection refused", "is the chat server running"}},
		{"a name that the DNS does not know", xmpptest.Options{}, func(o *Options) { o.Address = "chat.invalid:5222" },
			[]string{"chat.invalid", "the DNS does not know"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := startServer(t, c.server)
			o := plainOptions(srv)
			o.TLS, o.CAFile = TLSStart, caFile
			c.change(&o)
			_, err := connect(t.Context(), o)
			if err == nil {
				t.Fatal("logged in")
			}
			for _, want := range append(c.want, "logging in as "+o.JID) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q: %v", want, err)
				}
			}
			if strings.Contains(err.Error(), o.Password) {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestDowngradeIsRefused(t *testing.T) {
	config, caFile := certificate(t, "localhost")
	for _, c := range []struct {
		name       string
		offers     []string
		remembered string
		want       *DowngradeError
	}{
		{"the same as ever", []string{"SCRAM-SHA-1", "PLAIN"}, "SCRAM-SHA-1", nil},
		{"better than ever", []string{"SCRAM-SHA-256", "SCRAM-SHA-1"}, "SCRAM-SHA-1", nil},
		{"SHA-256 is gone", []string{"SCRAM-SHA-1", "PLAIN"}, "SCRAM-SHA-256", &DowngradeError{"SCRAM-SHA-256", "SCRAM-SHA-1"}},
		{"only PLAIN is left", []string{"PLAIN"}, "SCRAM-SHA-1", &DowngradeError{"SCRAM-SHA-1", "PLAIN"}},
		{"nothing usable is left", []string{"X-TOKEN"}, "PLAIN", &DowngradeError{"PLAIN", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := startServer(t, xmpptest.Options{TLS: config, Mechanisms: c.offers})
			o := plainOptions(srv)
			o.TLS, o.CAFile, o.Mechanism = TLSStart, caFile, c.remembered
			s, err := connect(t.Context(), o)
			if err == nil {
				err = s.close()
			}
			var downgrade *DowngradeError
			switch errors.As(err, &downgrade); {
			case c.want == nil && err != nil:
				t.Error(err)
			case c.want != nil && (downgrade == nil || *downgrade != *c.want):
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestLoginIsGivenUpInTime(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() // it accepts, and never says a word
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = connect(ctx, Options{
		JID: "roomctl@localhost", Password: "secret", Address: listener.Addr().String(), TLS: TLSNone, MUC: "conference.localhost",
	})
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "no chat server answers there") {
		t.Errorf("got %v", err)
	}
}

func TestOptionsThatCannotWork(t *testing.T) {
	_, err := connect(t.Context(), Options{JID: "localhost", Address: "localhost", TLS: "maybe", MUC: "room@conference"})
	if err == nil {
		t.Fatal("connected")
	}
	for _, want := range []string{`"localhost" is no bare JID`, "no password", `"localhost" is not host:port`, `tls "maybe"`, `"room@conference" is not the name of a domain`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
}
