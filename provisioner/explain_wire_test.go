package provisioner_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
	"roomctl/xmppadmin/xmpptest"
)

// explain explains over connections that cannot write. Without rooms the chat
// server is not asked.
func (h *house) explain(t *testing.T, rooms provisioner.RoomReader, targets ...string) *provisioner.Explanation {
	t.Helper()
	reg, err := registry.OpenReader(t.Context(), h.place.registry(), h.place.identity())
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	known, err := reg.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var parsed []provisioner.Target
	for _, given := range targets {
		target, err := provisioner.ParseTarget(given, muc)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, target)
	}
	h.chat.ResetStanzas()
	x, err := h.Planner.Explain(t.Context(), rooms, known, reg, parsed...)
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(h.chat.Stanzas(), func(s xmpptest.Stanza) bool { return s.Writing }) {
		t.Error("explaining wrote to the chat server")
	}
	return x
}

// explainRoom explains one room with the chat server asked.
func (h *house) explainRoom(t *testing.T, name string) provisioner.ExplainedRoom {
	t.Helper()
	rooms, err := xmppadmin.OpenReader(t.Context(), h.place.Chat)
	if err != nil {
		t.Fatal(err)
	}
	defer rooms.Close()
	x := h.explain(t, rooms, name)
	if len(x.Rooms) != 1 || len(x.Sessions)+len(x.Unknown)+len(x.Gaps) > 0 {
		t.Fatalf("%+v", x)
	}
	return x.Rooms[0]
}

// wholeText is everything that is said of a room, or of a session.
func wholeText(t *testing.T, x any) string {
	t.Helper()
	data, err := json.MarshalIndent(x, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), `\"`, `"`)
}

func TestExplainingARoom(t *testing.T) {
	drift := func(h *house, room string) {
		h.chat.Edit(room, func(r *xmpptest.Room) { r.Config[xmpptest.FieldName] = "Party room" })
	}
	tests := []struct {
		name  string
		first bool // nothing was synced before
		do    func(t *testing.T, h *house)
		room  string
		state registry.RoomState
		ours  bool
		fit   bool
		next  string   // verbs of what the next sync would do
		says  []string // parts of the whole
	}{
		{
			name: "a room that is to be made is planned", first: true, room: "quic", state: provisioner.Planned, next: "create",
			says: []string{`"why_ours": "it does not exist"`, "group quic (2210, wg, active)", "session 29302 (quic) of IETF 113",
				`"name": "groups"`, `"name": "IETF 113 agenda"`, `"name": "IETF 113 sessions"`, `"outcome": "fresh"`, `"existence": "absent"`},
		},
		{
			name: "a room that was made tells everything", room: "quic", state: registry.Active, ours: true, fit: true,
			says: []string{"roomctl made it on 2026-03-04 10:30 UTC (run 1), and roomctl@localhost is among its owners",
				"group quic (2210, wg, active)", `"value": "QUIC (quic)"`, `"verb": "create"`, `"command": "sync"`,
				`"id": 29302,`, `"linked": true`, `"meeting": "interim-2026-quic-01"`},
		},
		{
			name: "a standing room is in the configuration", room: "hallway", state: registry.Active, ours: true, fit: true,
			says: []string{"standing room (rooms.fixed)"},
		},
		{
			name: "a field that was changed by hand", room: "quic", state: registry.Active, ours: true, fit: true, next: "configure",
			do:   func(t *testing.T, h *house) { drift(h, "quic") },
			says: []string{`"value": "Party room"`, `"differs": true`},
		},
		{
			name: "a room that is gone", room: "quic", state: registry.Active, ours: true, next: "recreate",
			do:   func(t *testing.T, h *house) { h.chat.RemoveRoom("quic") },
			says: []string{"; the server has no such room now", `"existence": "absent"`, `"unfit": "the room does not exist"`},
		},
		{
			name: "a room that somebody took from us", room: "quic", state: registry.Active,
			do: func(t *testing.T, h *house) {
				h.chat.Edit("quic", func(r *xmpptest.Room) { r.Affiliations = map[string]string{"chair@localhost": "owner"} })
			},
			says: []string{"is not among its owners, so it is left alone; to hand it over: roomctl rooms adopt quic"},
		},
		{
			name: "a room that somebody else made", first: true, room: "quic", state: provisioner.Planned,
			do: func(t *testing.T, h *house) {
				h.chat.PutRoom(xmpptest.Room{Name: "quic", Affiliations: map[string]string{"chair@localhost": "owner"}})
			},
			says: []string{`"why_ours": "it exists and roomctl did not make it"`, "to hand it over: roomctl rooms adopt quic"},
		},
		{
			name: "a room that nobody wants and somebody made", room: "friends",
			do: func(t *testing.T, h *house) {
				h.chat.PutRoom(xmpptest.Room{Name: "friends", Affiliations: map[string]string{"chair@localhost": "owner"}})
			},
			says: []string{"it exists, and roomctl has neither made it nor taken it over",
				"no group in scope, no coming session and no standing room has that name"},
		},
		{
			name: "the room of an ended group", room: "sframe", state: registry.Active, ours: true, fit: true, next: "retire",
			do: func(t *testing.T, h *house) {
				h.update(t, func(w *datatrackertest.World) { w.SetGroupState("sframe", "conclude") })
			},
			says: []string{`"wanted": "retired"`, "group sframe (2230, wg, conclude) has ended", `"name": "groups by id"`},
		},
		{
			name: "a group that has no room because it has ended", first: true, room: "sframe",
			do: func(t *testing.T, h *house) {
				h.update(t, func(w *datatrackertest.World) { w.SetGroupState("sframe", "conclude") })
			},
			says: []string{"group sframe (2230, wg, conclude) gets no room: the state conclude is not among rooms.group_states (active, bof, proposed, dormant)",
				`"name": "groups by acronym"`},
		},
		{
			name: "the old room of a renamed group", room: "tls", state: registry.Retired, ours: true, fit: true,
			do: func(t *testing.T, h *house) {
				h.update(t, func(w *datatrackertest.World) { w.RenameGroup("tls", "tlsng") })
				h.sync(t)
			},
			says: []string{`"successor": "tlsng"`, "is now called tlsng", `"verb": "retire"`},
		},
		{
			name: "a room that a person holds is left as it is", room: "quic", state: registry.Active, ours: true, fit: true,
			do: func(t *testing.T, h *house) {
				h.orders(t, provisioner.Decision{Verb: provisioner.Hold, Room: "quic", Why: "the chairs are at work"})
				drift(h, "quic")
			},
			says: []string{`"held_since": "2026-03-04T10:30:00Z"`, `"held_why": "the chairs are at work"`, `"command": "rooms hold"`,
				`"rule": "hold"`, "roomctl rooms hold --release quic"},
		},
		{
			name: "a room that a person retired", room: "quic", state: registry.Retired, ours: true, fit: true,
			do: func(t *testing.T, h *house) {
				h.orders(t, provisioner.Decision{Verb: provisioner.Retire, Room: "quic", Why: "the group asked for it"})
			},
			says: []string{`"pinned": true`, `"command": "rooms retire"`, "the group asked for it"},
		},
		{
			name: "a room that a person closed", room: "sframe", state: registry.Closed, ours: true,
			do: func(t *testing.T, h *house) {
				h.orders(t, provisioner.Decision{Verb: provisioner.Close, Room: "sframe", Why: "spam"})
			},
			says: []string{"room sframe is closed, as a person decided, and wanted: group sframe (2230, wg, active); to have it back: roomctl rooms restore sframe",
				`"unfit": "a person has closed it"`, `"command": "rooms close"`, "spam"},
		},
		{
			name: "what can wait until the meeting is over", room: "quic", state: registry.Active, ours: true, fit: true,
			do: func(t *testing.T, h *house) {
				h.update(t, func(w *datatrackertest.World) { w.Group("quic").Name = "Quite Another Name" })
				h.travel(beforeTheMeeting.AddDate(0, 0, 9))
				h.sync(t)
			},
			says: []string{`"rule": "freeze"`, `"until": "2026-03-`, "roomctl sync --allow freeze"},
		},
		{
			name: "a room that a run began to make", first: true, room: "quic", state: provisioner.Planned, next: "finish",
			do: func(t *testing.T, h *house) {
				run, err := h.Registry.BeginRun(t.Context(), registry.Run{Command: "sync", Began: h.time()})
				if err == nil {
					err = h.Registry.Intend(t.Context(), registry.Intent{Room: "quic", GroupID: 2210, Run: run, At: h.time()})
				}
				if err != nil {
					t.Fatal(err)
				}
			},
			says: []string{"run 1 began to make it on 2026-03-04 10:30 UTC and has not finished"},
		},
		{
			name: "a room that was not looked at for a day is not fit", room: "quic", state: registry.Active, ours: true,
			do:   func(t *testing.T, h *house) { h.travel(beforeTheMeeting.Add(25 * time.Hour)) },
			says: []string{`"unfit": "it has not been verified within 24 hours"`},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{groups: many})
			if !test.first {
				h.sync(t)
			}
			if test.do != nil {
				test.do(t, h)
			}
			room := h.explainRoom(t, test.room)
			if room.JID != test.room+"@"+muc || room.State != test.state || room.Ours != test.ours || room.Fit != test.fit {
				t.Errorf("%s: state %q, ours %t (%s), fit %t (%s)", room.JID, room.State, room.Ours, room.WhyOurs, room.Fit, room.Unfit)
			}
			var verbs []string
			for _, c := range room.Next.Changes {
				verbs = append(verbs, string(c.Verb))
			}
			if got := strings.Join(verbs, " "); got != test.next {
				t.Errorf("the next sync would %q, want %q", got, test.next)
			}
			requireParts(t, wholeText(t, room), test.says)
		})
	}
}

func requireParts(t *testing.T, text string, parts []string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("nothing says %s", part)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}
