//go:build integration

package integration

import (
	"testing"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/servers"
	"roomctl/xmppadmin/xmpptest"
)

// newEmbeddedStage is a stage whose chat server is the one inside the process, for what has nothing to do with the
// kind of chat server. The Datatracker knows a few groups.
func newEmbeddedStage(t testing.TB) (*stage, *xmpptest.Server) {
	t.Helper()
	s, chat := newEmbeddedStageOf(t, datatrackertest.Options{})
	s.keepOnly(t, "quic", "tls", "httpbis", "dnsop")
	return s, chat
}

// newEmbeddedStageOf is the same with a world of the Datatracker, and with all its groups.
func newEmbeddedStageOf(t testing.TB, world datatrackertest.Options) (*stage, *xmpptest.Server) {
	t.Helper()
	chat, err := xmpptest.Start(xmpptest.Options{Kind: xmpptest.Ejabberd})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := chat.Close(); err != nil {
			t.Error(err)
		}
	})
	server := &servers.Server{JID: chat.JID(), Addr: chat.Addr(), MUC: servers.MUC, Password: chat.Password()}
	s := newStageOf(t, server, world)
	s.TLS = "none"
	return s, chat
}

// expectNothingSent checks that no stanza came, since the last reset, that would change something.
func expectNothingSent(t testing.TB, chat *xmpptest.Server) {
	t.Helper()
	for _, stanza := range chat.Stanzas() {
		if stanza.Writing {
			t.Errorf("sent %s", stanza.XML)
		}
	}
}
