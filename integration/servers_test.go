//go:build integration

package integration

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"os"
	"slices"
	"testing"
	"time"

	"roomctl/integration/peer"
	"roomctl/integration/servers"
)

// Each server starts, says its version, lets its accounts in and has a MUC service; a restart keeps what it had.
func TestServers(t *testing.T) {
	for _, name := range servers.Names() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
			defer cancel()
			server := start(ctx, t, name, servers.Options{})
			t.Logf("%s is version %s", name, server.Version)

			hasRooms := func(t *testing.T, as peer.Peer) {
				t.Helper()
				service := one(t, server.MUC)(as.Look(ctx, server.MUC))
				if !slices.Contains(service.Features, "http://jabber.org/protocol/muc") {
					t.Errorf("%s answers %+v, want a MUC service", server.MUC, service)
				}
			}
			for _, account := range []string{"roomctl", "alice", "mallory"} {
				t.Run("lets "+account+" in over STARTTLS", func(t *testing.T) {
					hasRooms(t, peer.As(server, account))
				})
			}
			t.Run("lets roomctl in without TLS", func(t *testing.T) {
				hasRooms(t, peer.As(server, "roomctl").WithoutTLS())
			})
			t.Run("has direct TLS with its certificate", func(t *testing.T) {
				conn, err := (&tls.Dialer{Config: trusting(t, server)}).DialContext(ctx, "tcp", server.DirectAddr)
				if err != nil {
					t.Fatal(err)
				}
				conn.Close()
			})
			t.Run("keeps its accounts over a restart", func(t *testing.T) {
				if err := server.Restart(ctx); err != nil {
					t.Fatal(err)
				}
				hasRooms(t, peer.As(server, "alice"))
			})
		})
	}
}

// The options take away or add just what they say.
func TestServerOptions(t *testing.T) {
	for _, name := range servers.Names() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
			defer cancel()
			t.Run("roomctl alone creates rooms, and they can be logged", func(t *testing.T) {
				server := start(ctx, t, name, servers.Options{})
				room := "logged@" + server.MUC
				fields := map[string]string{"muc#roomconfig_persistentroom": "1"}
				if r := one(t, room)(peer.As(server, "alice").Create(ctx, fields, room)); r.Error == "" {
					t.Error("alice created a room")
				}
				fields[loggingField(name)] = "1"
				if r := one(t, room)(peer.As(server, "roomctl").Create(ctx, fields, room)); r.Error != "" {
					t.Errorf("roomctl could not create a logged room: %s (%s)", r.Error, r.Text)
				}
			})
			t.Run("NoAdmin leaves roomctl an ordinary account", func(t *testing.T) {
				server := start(ctx, t, name, servers.Options{NoAdmin: true})
				room := "refused@" + server.MUC
				if r := one(t, room)(peer.As(server, "roomctl").Create(ctx, nil, room)); r.Error == "" {
					t.Error("roomctl created a room")
				}
			})
			t.Run("NoLogging offers no field for it", func(t *testing.T) {
				server := start(ctx, t, name, servers.Options{NoLogging: true})
				room := "unlogged@" + server.MUC
				fields := map[string]string{loggingField(name): "1"}
				if r := one(t, room)(peer.As(server, "roomctl").Create(ctx, fields, room)); r.Error != "not-offered" {
					t.Errorf("creating a logged room: error %q, want not-offered", r.Error)
				}
			})
			t.Run("CertName is another name", func(t *testing.T) {
				server := start(ctx, t, name, servers.Options{CertName: "elsewhere.example"})
				if _, err := peer.As(server, "roomctl").Look(ctx, server.MUC); err == nil {
					t.Error("a client accepted the certificate")
				}
			})
			t.Run("NoTLS offers no STARTTLS", func(t *testing.T) {
				server := start(ctx, t, name, servers.Options{NoTLS: true})
				if _, err := peer.As(server, "roomctl").Look(ctx, server.MUC); err == nil {
					t.Error("a client that wants STARTTLS logged in")
				}
				if _, err := peer.As(server, "roomctl").WithoutTLS().Look(ctx, server.MUC); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// loggingField is the field of the owner form that switches a room's log on.
func loggingField(name servers.Name) string {
	if name == servers.Prosody012 || name == servers.Prosody13 {
		return "muc#roomconfig_enablearchiving"
	}
	return "muc#roomconfig_enablelogging"
}

// start starts a server for the length of the test.
func start(ctx context.Context, t testing.TB, name servers.Name, o servers.Options) *servers.Server {
	t.Helper()
	server, err := servers.Start(ctx, name, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// trusting trusts the server's own certification authority and no other.
func trusting(t testing.TB, server *servers.Server) *tls.Config {
	t.Helper()
	pem, err := os.ReadFile(server.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatalf("no certificate in %s", server.CAFile)
	}
	return &tls.Config{RootCAs: pool, ServerName: server.Domain, MinVersion: tls.VersionTLS12}
}
