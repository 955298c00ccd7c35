//go:build integration

package integration

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"roomctl/integration/peer"
	"roomctl/integration/servers"
	"roomctl/xmppadmin"
)

// What roomctl says in a room arrives at its occupants, once, although on ejabberd it speaks from outside. In a closed
// room it still may, and who comes in may not.
func TestSay(t *testing.T) {
	onEachServer(t, func(ctx context.Context, t *testing.T, name servers.Name) {
		server := start(ctx, t, name, servers.Options{})
		service := administrator(ctx, t, server)
		for local, moderated := range map[string]string{"open": "false", "closed": "true"} {
			values := map[xmppadmin.Field]string{xmppadmin.FieldPersistent: "true", xmppadmin.FieldModerated: moderated}
			if err := service.Create(ctx, local, xmppadmin.Spec{Values: values}); err != nil {
				t.Fatal(err)
			}
			room := local + "@" + server.MUC
			said := []string{`The room moves to <tls> & co.: see https://example.org/?a=1 "now"`, "end"}
			heard := make(chan peer.Room, 1)
			go func() {
				answers, err := peer.As(server, "alice").Listen(ctx, "end", room)
				if err != nil {
					t.Error(err)
				}
				heard <- answers[room]
			}()
			waitForOccupant(ctx, t, service, local)
			for _, text := range said {
				if err := service.Say(ctx, local, text); err != nil {
					t.Error(err)
				}
			}
			if got := <-heard; !slices.Equal(got.Heard, said) {
				t.Errorf("in the %s room alice heard %q (%s %s), want %q", local, got.Heard, got.Error, got.Text, said)
			}
			visited := one(t, room)(peer.As(server, "alice").Visit(ctx, "may I?", room))
			if want := map[string]string{"open": "", "closed": "forbidden"}[local]; visited.Error != want {
				t.Errorf("alice speaks in the %s room: error %q (%s), want %q", local, visited.Error, visited.Text, want)
			}
		}
	})
}

// Somebody who has taken roomctl's nick in a room hears what it says there, and so does everybody else.
func TestSayWhereSomebodyHasOurNick(t *testing.T) {
	onEachServer(t, func(ctx context.Context, t *testing.T, name servers.Name) {
		server := start(ctx, t, name, servers.Options{})
		service := administrator(ctx, t, server)
		values := map[xmppadmin.Field]string{xmppadmin.FieldPersistent: "true", xmppadmin.FieldModerated: "false"}
		if err := service.Create(ctx, "taken", xmppadmin.Spec{Values: values}); err != nil {
			t.Fatal(err)
		}
		room := "taken@" + server.MUC
		heard := make(chan peer.Room, 1)
		go func() {
			answers, err := peer.As(server, "alice").Named("roomctl").Listen(ctx, "In 15 minutes", room)
			if err != nil {
				t.Error(err)
			}
			heard <- answers[room]
		}()
		waitForOccupant(ctx, t, service, "taken")
		if err := service.SetSubject(ctx, "taken", "QUIC"); err != nil {
			t.Error(err)
		}
		if err := service.Say(ctx, "taken", "In 15 minutes"); err != nil {
			t.Fatal(err)
		}
		if got := <-heard; !slices.Equal(got.Heard, []string{"In 15 minutes"}) {
			t.Errorf("alice heard %q (%s %s)", got.Heard, got.Error, got.Text)
		}
		if got := one(t, room)(peer.As(server, "alice").Visit(ctx, "", room)); got.Subject != "QUIC" || slices.Contains(got.Occupants, "roomctl") {
			t.Errorf("the subject is %q, and in the room are %v", got.Subject, got.Occupants)
		}
	})
}

// A message to a person arrives while that person is online.
func TestSend(t *testing.T) {
	const text = "Needs you: <tls> & \"co\"\nsee https://example.org/?a=1"
	onEachServer(t, func(ctx context.Context, t *testing.T, name servers.Name) {
		server := start(ctx, t, name, servers.Options{})
		service := administrator(ctx, t, server)
		heard := make(chan peer.Room, 1)
		go func() {
			answers, err := peer.As(server, "alice").Receive(ctx, server.JID)
			if err != nil {
				t.Error(err)
			}
			heard <- answers[server.JID]
		}()
		again := time.NewTicker(100 * time.Millisecond) // until alice is there: what came before is lost or refused
		defer again.Stop()
		for {
			select {
			case got := <-heard:
				if !slices.Equal(got.Heard, []string{text}) {
					t.Errorf("alice got %q (%s), want %q", got.Heard, got.Error, text)
				}
				return
			case <-again.C:
				if err := service.Send(ctx, "alice@"+server.Domain, text); err != nil && !errors.As(err, new(*xmppadmin.StanzaError)) {
					t.Fatal(err)
				}
			}
		}
	})
}

// waitForOccupant waits until somebody is in the room.
func waitForOccupant(ctx context.Context, t testing.TB, service *xmppadmin.Service, room string) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for service.Look(ctx, room).Empty() {
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("nobody comes into %s: %v", room, context.Cause(ctx))
		}
	}
}

// administrator is roomctl's account on a server, for the length of the test.
func administrator(ctx context.Context, t testing.TB, server *servers.Server) *xmppadmin.Service {
	t.Helper()
	service, err := xmppadmin.Open(ctx, options(server))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	return service
}
