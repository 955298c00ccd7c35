//go:build integration

package integration

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"roomctl/integration/conformance"
	"roomctl/integration/peer"
	"roomctl/integration/proxy"
	"roomctl/integration/servers"
	"roomctl/xmppadmin"
)

// The real servers keep what xmppadmin promises: the same suite as the in-process server's.
func TestConformance(t *testing.T) {
	onEach(t, servers.Options{OpenCreation: true}, conformance.Run)
}

func TestConformanceWithoutLogging(t *testing.T) {
	onEach(t, servers.Options{OpenCreation: true, NoLogging: true}, conformance.RunUnlogged)
}

func TestConformanceWithoutRights(t *testing.T) {
	onEach(t, servers.Options{NoAdmin: true}, conformance.RunUnprivileged)
}

// onEach runs a suite against each of the servers.
func onEach(t *testing.T, o servers.Options, run func(*testing.T, conformance.Target)) {
	t.Helper()
	for _, name := range servers.Names() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			server := start(ctx, t, name, o)
			t.Logf("%s is version %s", name, server.Version)
			run(t, target(t, server))
		})
	}
}

// target is what the suite needs of a server. The account of roomctl goes through a proxy that counts the stanzas
// that write, and so without TLS; the other one uses STARTTLS.
func target(t *testing.T, server *servers.Server) conformance.Target {
	t.Helper()
	var writes atomic.Int64
	counting, err := proxy.Start(server.Addr, proxy.Options{OnStanza: func(s proxy.Stanza) proxy.Action {
		if s.From == proxy.Client && s.Writes() {
			writes.Add(1)
		}
		return proxy.Forward
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := counting.Close(); err != nil {
			t.Error(err)
		}
	})
	account := options(server)
	account.Address, account.TLS = counting.Addr, xmppadmin.TLSNone
	other := options(server)
	other.JID = "alice@" + server.Domain
	other.Password = server.Accounts[other.JID]
	prosody := server.Name == servers.Prosody012 || server.Name == servers.Prosody13
	return conformance.Target{
		Options:    account,
		Other:      other,
		Tombstones: prosody,
		Private:    server.Name == servers.Prosody13,
		Writes:     func() int { return int(writes.Load()) },
		Subject: func(ctx context.Context, room string) (string, error) {
			jid := room + "@" + server.MUC
			visited, err := peer.As(server, "mallory").Visit(ctx, "", jid)
			return visited[jid].Subject, err
		},
	}
}
