package provisioner_test

import (
	"slices"
	"strings"
	"testing"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

func TestExplainingASession(t *testing.T) {
	tests := []struct {
		name   string
		do     func(t *testing.T, h *house)
		target string
		ids    []int
		rooms  []string
		says   []string
	}{
		{
			name: "by its id", target: "29302", ids: []int{29302}, rooms: []string{"quic"},
			says: []string{`"rule": "the room of its group quic (2210, wg, active)"`, `"linked": "quic"`, `"status": "sched"`,
				`"chat_url": "https://`, `"name": "IETF 113 agenda"`},
		},
		{
			name: "the sessions of a group at a meeting", target: "113/quic", ids: []int{29302}, rooms: []string{"quic"},
		},
		{
			name: "two sessions of an interim", target: "interim-2026-quic-01/quic", ids: []int{40003, 40004}, rooms: []string{"quic"},
			says: []string{`"name": "interim sessions"`},
		},
		{
			name: "a plenary", target: "29460", ids: []int{29460}, rooms: []string{"plenary"},
			says: []string{`"rule": "its type is plenary"`},
		},
		{
			name: "one that was given a room, and is still linked to another", target: "29302", ids: []int{29302}, rooms: []string{"moq", "quic"},
			do: func(t *testing.T, h *house) {
				h.update(t, func(w *datatrackertest.World) { w.SetChatRoom(29302, "MoQ") })
			},
			says: []string{`"rule": "its chat_room in the Datatracker is "MoQ""`, `"linked": "quic"`},
		},
		{
			name: "one that is canceled asks for no room", target: "29302", ids: []int{29302}, rooms: []string{"quic"},
			do: func(t *testing.T, h *house) {
				h.update(t, func(w *datatrackertest.World) { w.CancelSession(29302) })
			},
			says: []string{`"asks": false`, `"status": "canceled"`},
		},
		{
			name: "one without a row in the REST sessions stays where it is", target: "29302", ids: []int{29302}, rooms: []string{"quic"},
			do: func(t *testing.T, h *house) {
				h.dt.Fault(datatrackertest.Fault{Kind: datatrackertest.SessionWithoutRow, Session: 29302})
			},
			says: []string{`"rule": "it stays where it is linked: it has no row in the REST sessions"`},
		},
		{
			name: "a group by the name that it has now", target: "113/tlsng", ids: []int{29355}, rooms: []string{"tlsng", "tls"},
			do: func(t *testing.T, h *house) {
				h.update(t, func(w *datatrackertest.World) { w.RenameGroup("tls", "tlsng") })
			},
			says: []string{`"why_not": "it stays with room tls for now"`},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{})
			h.sync(t)
			if test.do != nil {
				test.do(t, h)
			}
			rooms, err := xmppadmin.OpenReader(t.Context(), h.place.Chat)
			if err != nil {
				t.Fatal(err)
			}
			defer rooms.Close()
			x := h.explain(t, rooms, test.target)
			var ids []int
			for _, s := range x.Sessions {
				ids = append(ids, s.ID)
			}
			var names []string
			for _, r := range x.Rooms {
				names = append(names, r.Name)
			}
			if !slices.Equal(ids, test.ids) || !slices.Equal(names, test.rooms) || len(x.Unknown) > 0 {
				t.Errorf("sessions %v in rooms %v, unknown %v; want %v in %v", ids, names, x.Unknown, test.ids, test.rooms)
			}
			requireParts(t, wholeText(t, x.Sessions), test.says)
		})
	}
}

// TestExplainingWhatNobodyHasHeardOf names near misses, and explains the rest.
func TestExplainingWhatNobodyHasHeardOf(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.sync(t)
	rooms, err := xmppadmin.OpenReader(t.Context(), h.place.Chat)
	if err != nil {
		t.Fatal(err)
	}
	defer rooms.Close()
	x := h.explain(t, rooms, "quick", "113/tsl", "4711", "a room", "quic", "29302")
	want := map[string][]string{"quick": {"quic"}, "113/tsl": {"113/tls"}, "4711": {}, "a room": {}}
	for _, u := range x.Unknown {
		if near, ok := want[u.Target]; !ok || !slices.Equal(u.Near, near) {
			t.Errorf("%+v, want %q", u, near)
		}
	}
	if len(x.Unknown) != len(want) || len(x.Rooms) != 1 || len(x.Sessions) != 1 {
		t.Errorf("%d unknown, %d rooms, %d sessions", len(x.Unknown), len(x.Rooms), len(x.Sessions))
	}
}

// TestExplainingWhenNobodyAnswers goes by less and less.
func TestExplainingWhenNobodyAnswers(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.sync(t)

	x := h.explain(t, nil, "quic")
	if room := x.Rooms[0]; room.Next != nil || room.Server.Asked || !room.Ours || !room.Fit || len(x.Gaps) > 0 {
		t.Errorf("without the chat server: %+v", room)
	}
	requireParts(t, wholeText(t, x.Rooms), []string{
		"and on 2026-03-04 10:30 UTC roomctl@localhost was among its owners", `"existence": "present"`, `"field": "logging"`})

	h.dt.Fault(datatrackertest.Fault{Kind: datatrackertest.Status, Code: 403})
	x = h.explain(t, nil, "quic", "29302")
	if len(x.Gaps) != 1 || x.Gaps[0].What != "the Datatracker" || !strings.Contains(x.Gaps[0].Why, "403") {
		t.Errorf("gaps %+v, want one for the whole Datatracker", x.Gaps)
	}
	requireParts(t, wholeText(t, x), []string{`"outcome": "last good copy"`, "group quic (2210, wg, active)", `"rule": "the room of its group`})

	h.place.Datatracker = "http://127.0.0.1:1" // nothing listens there
	was := h.place.Dir
	h.place.Dir = t.TempDir() // no copies either
	empty, err := h.place.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer empty.Registry.Close()
	h.place.Dir, h.place.Datatracker = was, h.dt.URL()
	empty.Now = h.time
	h.Planner = empty.Planner
	x = h.explain(t, nil, "quic", "29302", "quik")
	requireParts(t, wholeText(t, x), []string{
		`"what": "the Datatracker"`, "what the Datatracker wants is not known: it was not read, and there is no copy",
		"the link that is published; the agenda was not read", ", as far as they could be asked", `"quic"`})
	if x.Rooms[0].State != registry.Active || !x.Rooms[0].Ours || !x.Rooms[0].Fit {
		t.Errorf("by the registry alone: %+v", x.Rooms[0])
	}
}
