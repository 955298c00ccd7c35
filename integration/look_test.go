//go:build integration

package integration

import (
	"context"
	"slices"
	"testing"

	"roomctl/integration/peer"
	"roomctl/integration/servers"
)

// jids makes full addresses of room names.
func jids(server *servers.Server, names []string) []string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = name + "@" + server.MUC
	}
	return list
}

// expectNoRooms asks another client whether the server lists any room.
func expectNoRooms(ctx context.Context, t testing.TB, as peer.Peer, service string) {
	t.Helper()
	if listed := one(t, service)(as.Listed(ctx, service)); listed.Error != "" || len(listed.JIDs) > 0 {
		t.Errorf("%s lists %v %s, want no room", service, listed.JIDs, listed.Error)
	}
}

// expectAsPlanned asks another client whether each room is there as the change wanted it: persistent, public, logged,
// named, described, and owned by those accounts and nobody else. It returns what disco#info says of them.
func expectAsPlanned(ctx context.Context, t testing.TB, server *servers.Server, changes []change, owners ...string) map[string]peer.Room {
	t.Helper()
	asked := jids(server, roomNames(changes))
	as := peer.As(server, "roomctl")
	rooms, err := as.Look(ctx, asked...)
	if err != nil {
		t.Fatal(err)
	}
	owned, err := as.Owners(ctx, asked...)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range changes {
		is, by := rooms[asked[i]], owned[asked[i]]
		if is.Error != "" {
			t.Errorf("%s: %s", c.Room, is.Error)
			continue
		}
		expectFeatures(t, c.Room, is, "muc_persistent", "muc_public")
		if !isLogged(server, is) {
			t.Errorf("%s is not logged: %+v", c.Room, is)
		}
		if want := c.value("name"); is.Name != want {
			t.Errorf("%s has the name %q, want %q", c.Room, is.Name, want)
		}
		if got, want := is.Values["muc#roominfo_description"], c.value("description"); got != want || want == "" {
			t.Errorf("%s has the description %q, want %q", c.Room, got, want)
		}
		slices.Sort(by.JIDs)
		if by.Error != "" || !slices.Equal(by.JIDs, owners) {
			t.Errorf("%s is owned by %v %s, want %v", c.Room, by.JIDs, by.Error, owners)
		}
	}
	return rooms
}

// expectOpen checks that anybody may come into the rooms and speak.
func expectOpen(t testing.TB, rooms map[string]peer.Room) {
	t.Helper()
	for address, room := range rooms {
		expectFeatures(t, address, room, "muc_open", "muc_unmoderated", "muc_unsecured")
	}
}

func expectFeatures(t testing.TB, name string, room peer.Room, features ...string) {
	t.Helper()
	for _, feature := range features {
		if !slices.Contains(room.Features, feature) {
			t.Errorf("%s lacks %s: %v", name, feature, room.Features)
		}
	}
}

// expectSubjects joins rooms as an ordinary account and reads their subjects.
func expectSubjects(ctx context.Context, t testing.TB, server *servers.Server, changes ...change) {
	t.Helper()
	asked := jids(server, roomNames(changes))
	visited, err := peer.As(server, "mallory").Visit(ctx, "", asked...)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range changes {
		is, want := visited[asked[i]], c.value("subject")
		if is.Error != "" || is.Subject != want || want == "" {
			t.Errorf("%s has the subject %q %s, want %q", c.Room, is.Subject, is.Error, want)
		}
	}
}

// isLogged tells whether a room's disco#info says that it is logged. Prosody names the archive (XEP-0313) exactly of
// rooms that it archives, ejabberd the address of the log exactly of rooms that it logs.
func isLogged(server *servers.Server, room peer.Room) bool {
	if server.Name == servers.Prosody012 || server.Name == servers.Prosody13 {
		return slices.Contains(room.Features, "urn:xmpp:mam:2")
	}
	return room.Values["muc#roominfo_logs"] != ""
}
