//go:build integration

package integration

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"roomctl/integration/peer"
	"roomctl/integration/servers"
)

// What somebody did to our rooms by hand is found by the next plan and put right by the next sync.
func TestRepair(t *testing.T) {
	onEachServer(t, func(ctx context.Context, t *testing.T, name servers.Name) {
		server := start(ctx, t, name, servers.Options{})
		s := newStage(t, server)
		s.keepOnly(t, "quic", "tls", "httpbis", "dnsop")
		made := s.run(ctx, t, "sync", "--json").expect(t, 0).document(t)
		expectAsPlanned(ctx, t, server, made.Changes, server.JID)

		admin, quic, tls := peer.As(server, "roomctl"), "quic@"+server.MUC, "tls@"+server.MUC
		changed := map[string]string{
			"muc#roomconfig_roomname":   "Somebody's room",
			"muc#roomconfig_publicroom": "0",
			loggingField(name):          "0",
		}
		if r := one(t, quic)(admin.Configure(ctx, changed, quic)); r.Error != "" {
			t.Fatalf("configuring %s by hand: %s (%s)", quic, r.Error, r.Text)
		}
		if r := one(t, tls)(admin.Destroy(ctx, "by mistake", tls)); r.Error != "" {
			t.Fatalf("destroying %s by hand: %s (%s)", tls, r.Error, r.Text)
		}

		planned := s.run(ctx, t, "plan", "--json").expect(t, 2).document(t)
		if verbs := planned.by(); !reflect.DeepEqual(verbs, map[string]int{"recreate": 1, "configure": 1}) {
			t.Errorf("the plan is %v, want one room made again and one configured", verbs)
		}
		var fields []string
		for _, f := range planned.room(t, "quic").Fields {
			fields = append(fields, f.Field)
		}
		if want := []string{"logging", "name", "public"}; !slices.Equal(slices.Sorted(slices.Values(fields)), want) {
			t.Errorf("of room quic the plan changes %v, want %v", fields, want)
		}
		synced := s.run(ctx, t, "sync", "--json").expect(t, 0).document(t)
		sameChanges(t, planned, synced)
		expectAsPlanned(ctx, t, server, made.Changes, server.JID)
		expectSubjects(ctx, t, server, made.room(t, "tls"))
		s.run(ctx, t, "plan").expect(t, 0)
	})
}

// A room that somebody else made before roomctl came is reported and stays as it is.
func TestSomebodyElsesRoom(t *testing.T) {
	onEachServer(t, func(ctx context.Context, t *testing.T, name servers.Name) {
		server := start(ctx, t, name, servers.Options{OpenCreation: true})
		s := newStage(t, server)
		s.keepOnly(t, "quic", "tls")
		alice, quic := peer.As(server, "alice"), "quic@"+server.MUC
		fields := map[string]string{"muc#roomconfig_roomname": "Alice's room", "muc#roomconfig_persistentroom": "1"}
		if r := one(t, quic)(alice.Create(ctx, fields, quic)); r.Error != "" {
			t.Fatalf("alice could not make %s: %s (%s)", quic, r.Error, r.Text)
		}
		before := whole(ctx, t, alice, quic)

		synced := s.run(ctx, t, "sync", "--json").expect(t, 4).document(t)
		if len(synced.NotOurs) != 1 || synced.NotOurs[0].Room != "quic" {
			t.Errorf("not ours: %+v, want quic", synced.NotOurs)
		}
		if slices.ContainsFunc(synced.Changes, func(c change) bool { return c.Room == "quic" }) {
			t.Errorf("sync set out to change quic: %+v", synced.room(t, "quic"))
		}
		if told := s.run(ctx, t, "sync").expect(t, 4).stdout; !strings.Contains(told, "Not ours, so untouched: 1 room") ||
			!strings.Contains(told, "roomctl rooms adopt quic") {
			t.Errorf("nothing says what is wrong and what to type:\n%s", told)
		}
		if after := whole(ctx, t, alice, quic); !reflect.DeepEqual(before, after) {
			t.Errorf("%s was %+v, is %+v", quic, before, after)
		}
		expectAsPlanned(ctx, t, server, synced.Changes, server.JID)
	})
}

// whole is everything that an owner of rooms can know about them without joining: forms, then owners.
func whole(ctx context.Context, t *testing.T, owner peer.Peer, rooms ...string) [2]map[string]peer.Room {
	t.Helper()
	forms, err := owner.Form(ctx, rooms...)
	if err != nil {
		t.Fatal(err)
	}
	owners, err := owner.Owners(ctx, rooms...)
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range rooms {
		if err := forms[address].Error + owners[address].Error; err != "" {
			t.Fatalf("reading %s as its owner: %s", address, err)
		}
	}
	return [2]map[string]peer.Room{forms, owners}
}
