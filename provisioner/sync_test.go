package provisioner_test

import (
	"reflect"
	"slices"
	"testing"

	"roomctl/provisioner"
	"roomctl/xmppadmin/xmpptest"
)

// kinds are the chat servers that differ in how rooms are made and read.
var kinds = []struct {
	name  string
	chat  xmpptest.Options
	whole bool // gets all of IETF 113 once
}{
	{"any XEP-0045 service", xmpptest.Options{Kind: xmpptest.Generic}, false},
	{"ejabberd with room commands", xmpptest.Options{Kind: xmpptest.Ejabberd}, true},
	{"ejabberd without room commands", xmpptest.Options{Kind: xmpptest.Ejabberd, NoAPICommands: true}, false},
}

// TestFromNothing is the main job: the real data of IETF 113 and an empty
// server, planned, done, and done again.
func TestFromNothing(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat, whole: kind.whole, groups: many})

			h.chat.ResetStanzas()
			preview := h.preview(t, provisioner.Options{})
			h.requireNoWriting(t)
			if files := h.files(t); len(files) > 0 {
				t.Errorf("a preview published %d files", len(files))
			}
			if n := len(preview.Changes); n < 15 || kind.whole && n < 150 {
				t.Fatalf("only %d changes are planned", n)
			}

			report := h.sync(t)
			requireDone(t, report)
			if !reflect.DeepEqual(report.Changes, preview.Changes) {
				t.Error("sync did not do what preview showed")
			}
			if outcome := h.outcome(t); outcome != "done" {
				t.Errorf("the run ended %q", outcome)
			}
			requireDesiredRooms(t, h, preview)
			requireEverySessionLinked(t, h, report)

			if left := h.preview(t, provisioner.Options{}); len(left.Changes) > 0 {
				t.Errorf("after the sync %d changes are planned: %q", len(left.Changes), planned(left))
			}
			h.requireQuiet(t)
		})
	}
}

// requireDesiredRooms fails unless the server has exactly the rooms of the
// plan, each as it was planned.
func requireDesiredRooms(t *testing.T, h *house, plan *provisioner.Report) {
	t.Helper()
	rooms := h.rooms()
	if len(rooms) != len(plan.Changes) {
		t.Errorf("%d rooms, planned were %d", len(rooms), len(plan.Changes))
	}
	fields := map[string]string{
		"name": xmpptest.FieldName, "description": xmpptest.FieldDescription, "language": xmpptest.FieldLanguage,
		"persistent": xmpptest.FieldPersistent, "public": xmpptest.FieldPublic, "logging": xmpptest.FieldLogging,
	}
	for _, c := range plan.Changes {
		r, ok := rooms[c.Room]
		if !ok {
			t.Errorf("room %s was not made", c.Room)
			continue
		}
		if !slices.Equal(r.Owners(), []string{h.chat.JID()}) || r.Locked {
			t.Errorf("room %s is owned by %v, locked: %t", c.Room, r.Owners(), r.Locked)
		}
		for _, f := range []string{xmpptest.FieldPersistent, xmpptest.FieldPublic, xmpptest.FieldLogging} {
			if r.Config[f] != "1" {
				t.Errorf("room %s has %s %q", c.Room, f, r.Config[f])
			}
		}
		for _, f := range c.Fields {
			want := f.New
			switch {
			case f.Field == "subject" && r.Subject != want:
				t.Errorf("room %s has the subject %q, planned was %q", c.Room, r.Subject, want)
			case want == "true":
				want = "1"
				fallthrough
			default:
				if form, ok := fields[f.Field]; ok && (want == "" || r.Config[form] != want) {
					t.Errorf("room %s has the %s %q, planned was %q", c.Room, f.Field, r.Config[form], want)
				}
			}
		}
	}
}

// requireEverySessionLinked fails unless every session that asks for a room
// has a link to one that is there, and the published agenda is upstream's
// document with nothing changed.
func requireEverySessionLinked(t *testing.T, h *house, report *provisioner.Report) {
	t.Helper()
	rooms, asking := h.rooms(), 0
	for _, m := range report.Meetings {
		asking += m.Asking
		links := h.links(t, m.Number)
		if !reflect.DeepEqual(links, m.Links) {
			t.Errorf("%s: the published links are not those of the report", m.Title)
		}
		if len(links) < m.Asking {
			t.Errorf("%s: %d links, %d sessions ask for a room", m.Title, len(links), m.Asking)
		}
		for id, room := range links {
			if _, ok := rooms[room]; !ok {
				t.Errorf("session %d links to room %s, which is not there", id, room)
			}
		}
	}
	if asking < 15 {
		t.Errorf("only %d sessions ask for a room", asking)
	}
	if h.read(t, "agenda.json") != h.read(t, "meeting/113/agenda.json") {
		t.Error("agenda.json is not the current meeting's")
	}
}
