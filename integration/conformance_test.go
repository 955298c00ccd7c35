//go:build integration

package integration

import (
	"context"
	"fmt"
	"io"
	"net/http"
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
	visitor := options(server)
	visitor.JID = "mallory@" + server.Domain
	visitor.Password = server.Accounts[visitor.JID]
	prosody := server.Name == servers.Prosody012 || server.Name == servers.Prosody13
	return conformance.Target{
		Options:    account,
		Other:      other,
		Visitor:    visitor,
		Tombstones: prosody,
		Private:    server.Name == servers.Prosody13,
		Writes:     func() int { return int(writes.Load()) },
		Subject: func(ctx context.Context, room string) (string, error) {
			jid := room + "@" + server.MUC
			visited, err := peer.As(server, "mallory").Visit(ctx, "", jid)
			return visited[jid].Subject, err
		},
		Log: func(ctx context.Context, room string) (string, error) {
			return logOf(ctx, dayPage(server, room, time.Now().UTC().Format(time.DateOnly)))
		},
		Set: func(ctx context.Context, room string, fields map[string]string) error {
			return setOffered(ctx, peer.As(server, "roomctl"), room+"@"+server.MUC, fields)
		},
		Kick: func(ctx context.Context, room, nick string) error {
			jid := room + "@" + server.MUC
			answers, err := peer.As(server, "roomctl").Kick(ctx, nick, jid)
			return settled(answers[jid], err)
		},
		Ban: func(ctx context.Context, room, who string) error {
			jid := room + "@" + server.MUC
			answers, err := peer.As(server, "roomctl").Affiliate(ctx, who, "outcast", jid)
			return settled(answers[jid], err)
		},
	}
}

// logOf fetches a page of logs. One that is not there yet is an error.
func logOf(ctx context.Context, page string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", page, answer.Status)
	}
	return string(body), err
}

// setOffered sets those of the fields that the room's form has.
func setOffered(ctx context.Context, owner peer.Peer, room string, fields map[string]string) error {
	forms, err := owner.Form(ctx, room)
	if err != nil {
		return err
	}
	offered := make(map[string]string)
	for field, value := range fields {
		if _, ok := forms[room].Values[field]; ok {
			offered[field] = value
		}
	}
	answers, err := owner.Configure(ctx, offered, room)
	return settled(answers[room], err)
}

// settled is the error of a call of a peer about one room.
func settled(answer peer.Room, err error) error {
	if err == nil && answer.Error != "" {
		err = fmt.Errorf("the service refused: %s (%s)", answer.Error, answer.Text)
	}
	return err
}
