package provisioner

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"roomctl/provisioner/registry"
)

func TestLinkOfOneSession(t *testing.T) {
	unsound := func(edit func(*registry.Verified)) *registry.State {
		r := managedRoom("quic", 20)
		edit(&r.Verified)
		return state(r)
	}
	tests := []struct {
		name   string
		known  *registry.State
		before string
		link   string
		why    string
	}{
		{"a fit room sets the link", state(managedRoom("quic", 20)), "", "quic", ""},
		{"a room not ours has none", state(), "", "", "its room is not ours, or not made yet"},
		{"a room that became foreign loses it", unsound(func(v *registry.Verified) { v.Ours = false }), "quic", "", "its room is no longer ours"},
		{"a room that is gone loses it", unsound(func(v *registry.Verified) { v.Exists = false }), "quic", "", "its room does not exist"},
		{"a hidden room loses it", unsound(func(v *registry.Verified) { v.Public = false }), "quic", "", "its room is not public"},
		{"a room that vanishes when empty loses it", unsound(func(v *registry.Verified) { v.Persistent = false }), "quic", "", "its room is not persistent"},
		{"a room without log loses it", unsound(func(v *registry.Verified) { v.Logged = false }), "quic", "", "its room is not logged"},
		{"unknown leaves a link as it was", unsound(func(v *registry.Verified) { v.At = noon.Add(-25 * time.Hour) }), "quic", "quic", "its room has not been verified within 24 hours"},
		{"unknown sets no link", unsound(func(v *registry.Verified) { v.At = time.Time{} }), "", "", "its room has not been verified within 24 hours"},
		{"an answer from the future is no answer", unsound(func(v *registry.Verified) { v.At = noon.Add(time.Hour) }), "", "", "its room has not been verified within 24 hours"},
		{"a renamed group's earlier room serves while the new one is not made", state(managedRoom("old", 20)), "old", "old", ""},
		{"a room that a person closed has none, though the server still has it open", state(inState("quic", 20, registry.Closed)), "quic", "",
			"its room is closed, as a person decided; to have it back: roomctl rooms restore quic"},
		{"a destroyed room that somebody brought back has none", state(inState("quic", 20, registry.Destroyed)), "", "",
			"its room is destroyed, as a person decided; to have it back: roomctl rooms restore quic"},
		{"another group's room does not", state(managedRoom("old", 21)), "old", "", "its room is not ours, or not made yet"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			link, why := linkOf(SessionRoom{ID: 1, Room: "quic", GroupID: 20, Asks: true}, test.before, test.known, testRules(t), noon)
			if link != test.link || why != test.why {
				t.Errorf("link %q (%s), want %q (%s)", link, why, test.link, test.why)
			}
		})
	}
}

func TestLinksStayWhenTooManyWouldGo(t *testing.T) {
	m := MeetingRooms{Number: "126", Title: "IETF 126"}
	known := state()
	known.Links["126"] = map[int]string{}
	for i := range 20 {
		name := fmt.Sprintf("room%d", i)
		m.Sessions = append(m.Sessions, SessionRoom{ID: i, Room: name, Asks: true})
		known.Rooms[name] = managedRoom(name, i)
		known.Links["126"][i] = name
	}
	lose := func(n int) {
		for i := range n {
			r := known.Rooms[fmt.Sprintf("room%d", i)]
			r.Verified.Exists = false
			known.Rooms[r.Name] = r
		}
	}

	lose(2) // 90 % stay
	got := linkSessions(m, known, testRules(t), nil, noon)
	if got.Withheld != nil || len(got.Links) != 18 || len(got.Removed) != 2 || len(got.Lacking) != 2 {
		t.Errorf("two of twenty lost: %+v", got)
	}
	lose(3)
	got = linkSessions(m, known, testRules(t), nil, noon)
	if got.Withheld == nil || got.Withheld.Rule != RuleLinks || !maps.Equal(got.Links, known.Links["126"]) {
		t.Errorf("three of twenty lost: %+v, want the published links kept", got)
	}
	got = linkSessions(m, known, testRules(t), []string{RuleLinks}, noon)
	if got.Withheld != nil || len(got.Links) != 17 {
		t.Errorf("three of twenty lost and allowed: %+v", got)
	}
}
