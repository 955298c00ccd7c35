//go:build integration

package integration

import (
	"context"
	"testing"
	"time"

	"roomctl/integration/peer"
	"roomctl/integration/servers"
)

// The independent client can do by hand what the tests need, on every server.
func TestPeer(t *testing.T) {
	for _, name := range servers.Names() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
			defer cancel()
			server := start(ctx, t, name, servers.Options{OpenCreation: true})
			alice := peer.As(server, "alice")
			room := "handmade@" + server.MUC
			one := one(t, room)

			if r := one(alice.Look(ctx, room)); r.Error != "item-not-found" {
				t.Errorf("before it is made: error %q, want item-not-found", r.Error)
			}
			fields := map[string]string{
				"muc#roomconfig_roomname":       "Made by hand",
				"muc#roomconfig_persistentroom": "1",
				"muc#roomconfig_publicroom":     "1",
			}
			if r := one(alice.Create(ctx, fields, room)); r.Error != "" {
				t.Fatalf("creating: %s (%s)", r.Error, r.Text)
			}
			if r := one(alice.Look(ctx, room)); r.Name != "Made by hand" {
				t.Errorf("created: %+v, want the name it was given", r)
			}
			if r := one(alice.Create(ctx, fields, room)); r.Error != "exists" {
				t.Errorf("creating it again: error %q, want exists", r.Error)
			}
			if r := one(alice.Configure(ctx, map[string]string{"muc#roomconfig_roomname": "Changed"}, room)); r.Error != "" {
				t.Fatalf("configuring: %s (%s)", r.Error, r.Text)
			}
			if r := one(peer.As(server, "mallory").WithoutTLS().Look(ctx, room)); r.Name != "Changed" {
				t.Errorf("configured: %+v, want the new name", r)
			}
			if r := one(alice.Affiliate(ctx, server.JID, "owner", room)); r.Error != "" {
				t.Fatalf("making roomctl an owner: %s (%s)", r.Error, r.Text)
			}
			if r := one(alice.Owners(ctx, room)); len(r.JIDs) != 2 {
				t.Errorf("owners: %v, want alice and roomctl", r.JIDs)
			}
			if r := one(alice.Visit(ctx, "hello", room)); len(r.Occupants) != 1 || r.Occupants[0] != "alice" {
				t.Errorf("occupants: %v (%s), want alice alone", r.Occupants, r.Error)
			}
			if r := one(alice.Destroy(ctx, "done with it", room)); r.Error != "" {
				t.Fatalf("destroying: %s (%s)", r.Error, r.Text)
			}
			if r := one(alice.Look(ctx, room)); r.Error != "item-not-found" && r.Error != "gone" {
				t.Errorf("destroyed: error %q, want item-not-found or gone", r.Error)
			}
		})
	}
}

// one picks the answer about one room out of a call's answers.
func one(t testing.TB, room string) func(map[string]peer.Room, error) peer.Room {
	return func(answers map[string]peer.Room, err error) peer.Room {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		answer, ok := answers[room]
		if !ok {
			t.Fatalf("no answer about %s in %v", room, answers)
		}
		return answer
	}
}
