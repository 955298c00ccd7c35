//go:build integration

package integration

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"roomctl/integration/servers"
	"roomctl/xmppadmin"
)

// With the recommended configuration roomctl logs in over each kind of transport and has all the rights it needs,
// and no others.
func TestLogin(t *testing.T) {
	for _, name := range servers.Names() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			server := start(ctx, t, name, servers.Options{})
			tests := map[string]struct {
				tls, address string
				encrypted    bool
			}{
				"STARTTLS":   {xmppadmin.TLSStart, server.Addr, true},
				"direct TLS": {xmppadmin.TLSDirect, server.DirectAddr, true},
				"no TLS":     {xmppadmin.TLSNone, server.Addr, false},
			}
			for transport, test := range tests {
				t.Run(transport, func(t *testing.T) {
					o := options(server)
					var trace bytes.Buffer
					o.TLS, o.Address, o.Trace = test.tls, test.address, &trace
					reader, err := xmppadmin.OpenReader(ctx, o)
					if err != nil {
						t.Fatal(err)
					}
					profile := reader.Profile()
					if (profile.TLS != "") != test.encrypted {
						t.Errorf("TLS %q, want any: %v", profile.TLS, test.encrypted)
					}
					if !strings.HasPrefix(profile.Mechanism, "SCRAM-") {
						t.Errorf("logged in by %s, want SCRAM", profile.Mechanism)
					}
					if len(profile.Missing) > 0 || len(profile.Unneeded) > 0 {
						t.Errorf("rights missing: %v; not needed: %v", profile.Missing, profile.Unneeded)
					}
					if err := reader.Close(); err != nil {
						t.Error(err)
					}
					traced := trace.String()
					for _, want := range []string{"S: <stream:features>", "C: <auth>…</auth>", "S: <challenge>…</challenge>", "C: <response>…</response>", "C: <iq ", "S: </stream:stream>"} {
						if !strings.Contains(traced, want) {
							t.Errorf("the trace has no %s", want)
						}
					}
					if strings.Contains(traced, o.Password) {
						t.Error("the trace has the password")
					}
				})
			}
		})
	}
}

// What does not fit is an error that names it, on every server.
func TestLoginRefused(t *testing.T) {
	tests := map[string]struct {
		server servers.Options
		change func(*xmppadmin.Options)
		says   string
	}{
		"a wrong password": {
			change: func(o *xmppadmin.Options) { o.Password = "wrong" },
			says:   "password",
		},
		"an authority that is not trusted": {
			change: func(o *xmppadmin.Options) { o.CAFile = "" },
			says:   "certificate",
		},
		"a certificate for another name": {
			server: servers.Options{CertName: "elsewhere.example"},
			says:   "elsewhere.example",
		},
		"no STARTTLS": {
			server: servers.Options{NoTLS: true},
			says:   "STARTTLS",
		},
		"an unknown MUC service": {
			change: func(o *xmppadmin.Options) { o.MUC = "nowhere.localhost" },
			says:   "nowhere.localhost",
		},
	}
	for _, name := range servers.Names() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
			defer cancel()
			for fault, test := range tests {
				t.Run(fault, func(t *testing.T) {
					o := options(start(ctx, t, name, test.server))
					if test.change != nil {
						test.change(&o)
					}
					reader, err := xmppadmin.OpenReader(ctx, o)
					if err == nil {
						reader.Close()
						t.Fatal("it logged in")
					}
					if !strings.Contains(err.Error(), test.says) {
						t.Errorf("%v; want %q in it", err, test.says)
					}
				})
			}
		})
	}
}

// options log in to the server as roomctl, over STARTTLS.
func options(server *servers.Server) xmppadmin.Options {
	return xmppadmin.Options{
		JID: server.JID, Password: server.Password,
		Address: server.Addr, TLS: xmppadmin.TLSStart, CAFile: server.CAFile, MUC: server.MUC,
	}
}
