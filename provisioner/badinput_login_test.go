package provisioner_test

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roomctl/xmppadmin"
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

// impostor is another chat server at the address where ours is expected.
func impostor(t *testing.T, o xmpptest.Options) string {
	t.Helper()
	other, err := xmpptest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if n := len(other.Stanzas()); n > 0 {
			t.Errorf("%d stanzas were sent to it", n)
		}
		other.Close()
	})
	return other.Addr()
}

// TestNoWayIn cannot get to the chat service: the run fails and says what to
// do, nothing but the status is published, and the next run is as if nothing
// had happened.
func TestNoWayIn(t *testing.T) {
	t.Parallel()
	config, _ := certificate(t, "localhost")
	otherConfig, otherCA := certificate(t, "chat.example.net")
	h := newHouse(t, setup{})
	h.settle(t)
	for _, test := range []struct {
		name   string
		change func(*testing.T, *xmppadmin.Options)
		says   []string
	}{
		{"a wrong password", func(t *testing.T, o *xmppadmin.Options) { o.Password = "sesame" },
			[]string{"logging in as roomctl@localhost", "wrong password", "check xmpp.jid and the password"}},
		{"an unknown MUC service", func(t *testing.T, o *xmppadmin.Options) { o.MUC = "rooms.localhost" },
			[]string{"the MUC service rooms.localhost"}},
		{"a MUC service that is none", func(t *testing.T, o *xmppadmin.Options) { o.MUC = "localhost" },
			[]string{"localhost is no MUC service"}},
		{"no STARTTLS", func(t *testing.T, o *xmppadmin.Options) { o.TLS = xmppadmin.TLSStart },
			[]string{"does not offer STARTTLS", "set xmpp.tls to direct"}},
		{"a certificate that nobody vouches for", func(t *testing.T, o *xmppadmin.Options) {
			o.TLS, o.Address = xmppadmin.TLSStart, impostor(t, xmpptest.Options{TLS: config})
		}, []string{"not trusted", "xmpp.ca_file"}},
		{"a certificate for another name", func(t *testing.T, o *xmppadmin.Options) {
			o.TLS, o.Address, o.CAFile = xmppadmin.TLSStart, impostor(t, xmpptest.Options{TLS: otherConfig}), otherCA
		}, []string{"another name", "chat.example.net", "valid for localhost"}},
		{"weaker mechanisms than ever", func(t *testing.T, o *xmppadmin.Options) {
			o.Mechanism, o.Address = "SCRAM-SHA-256", impostor(t, xmpptest.Options{Mechanisms: []string{"SCRAM-SHA-1"}})
		}, []string{"once offered SCRAM-SHA-256 and now offers SCRAM-SHA-1"}},
		{"nobody listens", func(t *testing.T, o *xmppadmin.Options) { o.Address = "127.0.0.1:1" },
			[]string{"connection refused", "is the chat server running"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			rooms, files, good := h.rooms(), h.files(t), h.place.Chat
			h.chat.ResetStanzas()
			test.change(t, &h.place.Chat)
			report, err := h.trySync(t)
			bad := h.place.Chat
			h.place.Chat = good
			if err == nil || report != nil {
				t.Fatalf("report %+v, error %v", report, err)
			}
			status := h.read(t, "status.json")
			for _, want := range test.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q: %v", want, err)
				}
			}
			if !strings.Contains(status, `"outcome": "failed"`) || !strings.Contains(status, test.says[0]) {
				t.Errorf("the status is %s", status)
			}
			for _, secret := range []string{good.Password, bad.Password} {
				if strings.Contains(err.Error()+status, secret) {
					t.Error("the password is told")
				}
			}
			h.requireNoWriting(t)
			h.requireRooms(t, rooms)
			h.requireUntouched(t, files)
			h.requireQuiet(t)
		})
	}
}
