package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin/xmpptest"
)

// playedDemo is the demo after its last scene, with both servers still there.
func playedDemo(t *testing.T) *demo {
	t.Helper()
	p := newProgram()
	p.stdout, p.stderr = io.Discard, io.Discard
	dt, err := datatrackertest.Start(datatrackertest.Options{Now: p.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(dt.Close)
	chat, err := xmpptest.Start(xmpptest.Options{Kind: xmpptest.Ejabberd})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { chat.Close() })
	dir := t.TempDir()
	d := &demo{program: p, datatracker: dt, out: printer{w: io.Discard}, files: filepath.Join(dir, "www")}
	if d.house, err = d.settle(dir, chat); err != nil {
		t.Fatal(err)
	}
	if err := d.play(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

// everyTarget is every room of the registry and every session of IETF 113.
func everyTarget(t *testing.T, d *demo) (rooms, sessions []provisioner.Target) {
	t.Helper()
	reg, err := registry.OpenReader(t.Context(), d.house.registryPath(), d.house.identity())
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	known, err := reg.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name := range known.Rooms {
		rooms = append(rooms, provisioner.Target{Given: name, Room: name})
	}
	err = d.datatracker.Update(func(w *datatrackertest.World) {
		for _, s := range w.Meeting("113").Sessions {
			sessions = append(sessions, provisioner.Target{Given: strconv.Itoa(s.ID), Session: s.ID})
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return rooms, sessions
}

// TestExplainNamesTheEvidenceForEverythingInTheDemo wants for every room a group's
// or a session's id or an entry of the configuration, with the documents that the
// ids were read from, and for every session what named its room.
func TestExplainNamesTheEvidenceForEverythingInTheDemo(t *testing.T) {
	t.Parallel()
	d := playedDemo(t)
	rooms, sessions := everyTarget(t, d)
	doc, err := d.house.explain(t.Context(), append(rooms, sessions...))
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Rooms) != len(rooms) || len(rooms) < 150 || len(doc.Sessions) < 148 || len(doc.Unknown)+len(doc.Gaps) > 0 || doc.ExitStatus != exitDone {
		t.Fatalf("%d of %d rooms, %d of %d sessions, unknown %v, gaps %v, status %d",
			len(doc.Rooms), len(rooms), len(doc.Sessions), len(sessions), doc.Unknown, doc.Gaps, doc.ExitStatus)
	}
	fromTheDatatracker := regexp.MustCompile(`^(group [a-z0-9-]+ \(\d+, [a-z]+, [a-z-]+\)|session \d+ \([a-z0-9-]+\) of )`)
	fromTheConfiguration := regexp.MustCompile(`\(rooms\.[a-z_]+\)$`)
	for _, r := range doc.Rooms {
		if len(r.Reasons) == 0 || !r.Ours || !r.Fit || r.Wanted != r.State || len(r.Next.Changes) > 0 || len(r.History) == 0 {
			t.Errorf("room %s: %s", r.Name, shownJSON(r))
		}
		for _, reason := range r.Reasons {
			read := len(reason.Documents) > 0
			if !(fromTheDatatracker.MatchString(reason.Text) && read) && !fromTheConfiguration.MatchString(reason.Text) {
				t.Errorf("room %s: reason %q, read from %v", r.Name, reason.Text, reason.Documents)
			}
		}
	}
	rule := regexp.MustCompile(`^(the room of its group [a-z0-9-]+ \(\d+, |its type is plenary$|its chat_room in the Datatracker is "|the configuration has a rule for it: rooms\.sessions\[)`)
	for _, s := range doc.Sessions {
		if !rule.MatchString(s.Rule) || len(s.Documents) < 2 || s.Room == "" || s.Asks && s.Linked != s.Room {
			t.Errorf("session %d: %s", s.ID, shownJSON(s))
		}
	}
}

func shownJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(data)
}
