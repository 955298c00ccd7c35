package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"roomctl/provisioner"
)

func TestPrintWriteBack(t *testing.T) {
	yes, no := true, false
	tls := provisioner.Difference{
		Session: 29355, Meeting: "113", Title: "IETF 113", Acronym: "tls", Computed: "tls", Room: "tls2", Linked: true, Possible: true,
		Why: "rooms.overrides maps tls to it", EditURL: "https://datatracker.example.org/meeting/session/29355/edit",
	}
	planned := tls
	planned.Planned, planned.ChatRoom = true, "old"
	early := planned
	early.Linked = false
	interim := tls
	interim.Session, interim.Possible, interim.Obstacle = 40002, false, "the form cannot save interims"
	hostile := tls
	hostile.Acronym, hostile.Computed, hostile.Why = "t\x1b[31mls", "evil\u202e\nname", "it\x07 rings"
	tests := []struct {
		name   string
		report *provisioner.DatatrackerReport
		want   string
	}{
		{"nobody asked", nil, ""},
		{"planned", &provisioner.DatatrackerReport{Mode: "form", PointsHere: &yes, Pattern: "https://rooms.example.org/rooms/{chat_room_name}/", Differences: []provisioner.Difference{planned}},
			`~ datatracker session 29355 (tls): chat_room "old" → "tls2"
    because      rooms.overrides maps tls to it
The Datatracker's chat links point here: https://rooms.example.org/rooms/{chat_room_name}/; its agenda data, which say so, may be a week old.

`},
		{"planned for later", &provisioner.DatatrackerReport{Mode: "form", PointsHere: &yes, Pattern: "P", Differences: []provisioner.Difference{early}},
			`~ datatracker session 29355 (tls): chat_room "old" → "tls2"
    because      rooms.overrides maps tls to it
    when         the session is linked to that room
The Datatracker's chat links point here: P; its agenda data, which say so, may be a week old.

`},
		{"left to a person", &provisioner.DatatrackerReport{Mode: "report", PointsHere: &no, Pattern: "https://zulip.example.org/{chat_room_name}", Differences: []provisioner.Difference{tls, interim}},
			`Sessions for which the Datatracker computes another room: 2
    29355 (tls)           tls2, and not tls: rooms.overrides maps tls to it
                          https://datatracker.example.org/meeting/session/29355/edit
    40002 (tls)           tls2, and not tls: rooms.overrides maps tls to it; not by the form: the form cannot save interims
                          https://datatracker.example.org/meeting/session/29355/edit
The Datatracker's chat links point at https://zulip.example.org/{chat_room_name}, and not here; its agenda data, which say so, may be a week old.

`},
		{"nothing known", &provisioner.DatatrackerReport{Mode: "form", Unknown: "404\nNot Found"},
			"Where the Datatracker's chat links point is not known: 404; Not Found. No chat_room is set there.\n\n"},
		{"hostile texts", &provisioner.DatatrackerReport{Mode: "form", PointsHere: &no, Pattern: "\x1b]0;x\x07", Differences: []provisioner.Difference{hostile}},
			"Sessions for which the Datatracker computes another room: 1\n" +
				"    29355 (t�[31mls)      tls2, and not evil�; name: it� rings\n" +
				"                          https://datatracker.example.org/meeting/session/29355/edit\n" +
				"The Datatracker's chat links point at �]0;x�, and not here; its agenda data, which say so, may be a week old. No chat_room is set there.\n\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			printer{w: &out}.writeBack(tt.report)
			if out.String() != tt.want {
				t.Errorf("got\n%swant\n%s", out.String(), tt.want)
			}
		})
	}
}

func TestPrintWritten(t *testing.T) {
	d := provisioner.Difference{Session: 29355, Acronym: "tls", Room: "tls2", EditURL: "https://datatracker.example.org/meeting/session/29355/edit"}
	r := &provisioner.DatatrackerReport{Mode: "form", Differences: []provisioner.Difference{d}, Results: []provisioner.WriteResult{{Difference: d}}}
	print := func() string {
		var out strings.Builder
		printer{w: &out}.written(r)
		return out.String()
	}
	if got, want := print(), "Datatracker: chat_room set and read back for 1 session.\n"; got != want {
		t.Errorf("got %q", got)
	}
	r.Results = append(r.Results, provisioner.WriteResult{Difference: d, Err: errors.New("session 29355: not\nset")})
	want := `Failed to give session 29355 (tls) the chat_room tls2 in the Datatracker: session 29355: not; set
    https://datatracker.example.org/meeting/session/29355/edit
Datatracker: chat_room set and read back for 1 session, 1 failed.
`
	if got := print(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	doc, err := json.Marshal(writeBackDocument(r))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"mode":"form"`, `"session":29355`, `"edit_url":"https://datatracker.example.org/meeting/session/29355/edit"`, `"error":"session 29355: not\nset"`} {
		if !strings.Contains(string(doc), part) {
			t.Errorf("%s lacks %s", doc, part)
		}
	}
	if strings.Contains(string(doc), "points_here") {
		t.Errorf("%s says where links point", doc)
	}
}
