package conformance_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"roomctl/integration/conformance"
	"roomctl/xmppadmin"
	"roomctl/xmppadmin/xmpptest"
)

func TestEmbedded(t *testing.T) {
	for name, o := range map[string]xmpptest.Options{
		"generic":                        {Kind: xmpptest.Generic},
		"generic with tombstones":        {Kind: xmpptest.Generic, Tombstones: true},
		"ejabberd":                       {Kind: xmpptest.Ejabberd},
		"ejabberd without room commands": {Kind: xmpptest.Ejabberd, NoAPICommands: true},
	} {
		t.Run(name, func(t *testing.T) {
			_, target := embedded(t, o)
			conformance.Run(t, target)
		})
	}
}

func TestEmbeddedWithoutLogging(t *testing.T) {
	for name, o := range map[string]xmpptest.Options{
		"generic":                        {Kind: xmpptest.Generic, NoLogging: true},
		"ejabberd":                       {Kind: xmpptest.Ejabberd, NoLogging: true},
		"ejabberd without room commands": {Kind: xmpptest.Ejabberd, NoLogging: true, NoAPICommands: true},
	} {
		t.Run(name, func(t *testing.T) {
			_, target := embedded(t, o)
			conformance.RunUnlogged(t, target)
		})
	}
}

func TestEmbeddedWithoutRights(t *testing.T) {
	for name, kind := range map[string]xmpptest.Kind{"generic": xmpptest.Generic, "ejabberd": xmpptest.Ejabberd} {
		t.Run(name, func(t *testing.T) {
			_, target := embedded(t, xmpptest.Options{Kind: kind, Denied: true, RestrictCreation: true})
			conformance.RunUnprivileged(t, target)
		})
	}
}

func embedded(t *testing.T, o xmpptest.Options) (*xmpptest.Server, conformance.Target) {
	server, err := xmpptest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	account := xmppadmin.Options{
		JID: server.JID(), Password: server.Password(), Address: server.Addr(),
		TLS: xmppadmin.TLSNone, MUC: "conference.localhost",
	}
	other := account
	other.JID, other.Password = "alice@localhost", server.AddAccount("alice")
	visitor := account
	visitor.JID, visitor.Password = "mallory@localhost", server.AddAccount("mallory")
	return server, conformance.Target{
		Options: account, Other: other, Visitor: visitor,
		Tombstones: o.Tombstones,
		Private:    o.NoBypass,
		Writes: func() int {
			n := 0
			for _, s := range server.Stanzas() {
				if s.Writing {
					n++
				}
			}
			return n
		},
		Subject: func(_ context.Context, name string) (string, error) {
			room, ok := server.Room(name)
			if !ok {
				return "", fmt.Errorf("no room %s", name)
			}
			return room.Subject, nil
		},
		Log: func(_ context.Context, name string) (string, error) {
			var log strings.Builder
			room, ok := server.Room(name)
			if !ok {
				return "", fmt.Errorf("no room %s", name)
			}
			for _, message := range room.Said {
				fmt.Fprintf(&log, "<%s> %s\n", message.Nick, message.Body)
			}
			return log.String(), nil
		},
		Set: func(_ context.Context, name string, fields map[string]string) error {
			if !server.Edit(name, func(r *xmpptest.Room) { maps.Copy(r.Config, fields) }) {
				return fmt.Errorf("no room %s", name)
			}
			return nil
		},
		Kick: func(_ context.Context, room, nick string) error {
			if !server.Expel(room, nick, xmpptest.StatusKicked, "") {
				return fmt.Errorf("no %s in %s", nick, room)
			}
			return nil
		},
		Ban: func(_ context.Context, room, jid string) error {
			nick, _, _ := strings.Cut(jid, "@")
			if !server.Edit(room, func(r *xmpptest.Room) { r.Affiliations[jid] = "outcast" }) || !server.Expel(room, nick, xmpptest.StatusBanned, "") {
				return fmt.Errorf("no %s in %s", jid, room)
			}
			return nil
		},
	}
}
