package registry

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

// earlier is a copy of a registry as an earlier version wrote it: one room with
// every field set that the version has, an intent, links, one run and its change;
// since version 2 an event and a page of logs too, since version 3 what a person
// decided about the room.
func earlier(t *testing.T, version int) (path string) {
	t.Helper()
	dir := t.TempDir()
	name := fmt.Sprintf("registry-%d.sqlite", version)
	copyTo(t, filepath.Join("testdata", name), dir, 0o600)
	return filepath.Join(dir, name)
}

// stateOf is what is in it.
func stateOf(version int) *State {
	s := &State{
		Rooms:     map[string]Room{"quic": quic()},
		Intents:   map[string]Intent{"tls": {Room: "tls", GroupID: 2244, Run: 1, At: noon.UTC()}},
		Links:     map[string]map[int]string{"126": {33123: "quic", 33124: "plenary"}},
		Events:    map[string]map[int]Event{},
		Archives:  map[string]Archive{},
		Last:      map[string]Change{"create": firstChange()},
		Synced:    noon.UTC(),
		Mechanism: "SCRAM-SHA-256-PLUS",
	}
	if version >= eventsSince {
		s.Events["126"] = map[int]Event{33123: {Sequence: 2, Modified: noon.UTC(), Slot: "s", Content: "c"}}
		s.Archives["https://logs.example.org/quic/"] = Archive{Checked: noon.UTC(), Found: true}
	}
	if version >= decisionsSince {
		decided := linked()
		decided.Pinned, decided.Held, decided.Told = true, Hold{Since: noon.UTC(), Why: "because"}, "tls"
		s.Rooms["quic"] = decided
	}
	return s
}

// stateAfter is what a writer of this version makes of it: rooms that have links
// have been linked to.
func stateAfter(version int) *State {
	s := stateOf(version)
	room := s.Rooms["quic"]
	room.Linked = true
	s.Rooms["quic"] = room
	return s
}

func firstChange() Change {
	return Change{Run: 1, At: noon.UTC(), Room: "quic", GroupID: 2161, Verb: "create", Field: "name",
		New: "QUIC (quic)", Reasons: []string{"group quic (2161, wg, active)"}}
}

func requireFirstTrail(t *testing.T, r *Reader) {
	t.Helper()
	changes, err := r.Changes(t.Context(), ChangeFilter{})
	want := []Change{firstChange()}
	if err != nil || !reflect.DeepEqual(changes, want) {
		t.Errorf("changes %+v (%v), want %+v", changes, err, want)
	}
	runs, err := r.Runs(t.Context(), 0)
	wantRuns := []Run{{ID: 1, Command: "sync", Began: noon.UTC(), Ended: noon.UTC().Add(time.Minute),
		Outcome: "done", Allowed: []string{"create"}}}
	if err != nil || !reflect.DeepEqual(runs, wantRuns) {
		t.Errorf("runs %+v (%v), want %+v", runs, err, wantRuns)
	}
}

// eachEarlier runs a test for every version of the schema before this one.
func eachEarlier(t *testing.T, test func(t *testing.T, version int)) {
	for version := 1; version < schemaVersion; version++ {
		t.Run(fmt.Sprintf("version %d", version), func(t *testing.T) { test(t, version) })
	}
}

func TestAReaderReadsAnEarlierVersionAndLeavesItAsItIs(t *testing.T) {
	eachEarlier(t, func(t *testing.T, version int) {
		path := earlier(t, version)
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		r := openReader(t, path)
		if got := load(t, r); !reflect.DeepEqual(got, stateOf(version)) {
			t.Errorf("got  %+v\nwant %+v", got, stateOf(version))
		}
		requireFirstTrail(t, r)
		if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
			t.Error("the file was written to")
		}
	})
}

func TestAWriterBringsAnEarlierVersionToThisOne(t *testing.T) {
	eachEarlier(t, func(t *testing.T, version int) {
		path := earlier(t, version)
		open := openReader(t, path) // before the step
		r := openAt(t, path)
		if got := load(t, r.Reader); !reflect.DeepEqual(got, stateAfter(version)) {
			t.Errorf("got  %+v\nwant %+v", got, stateAfter(version))
		}
		requireFirstTrail(t, r.Reader)
		if got, want := schemaOf(t, r.Reader), schemaOf(t, openNew(t).Reader); got != want {
			t.Errorf("the schema is not that of a new file:\n%s", got)
		}

		want := stateAfter(version)
		want.Events["126"] = map[int]Event{33123: {Sequence: 1, Modified: noon.UTC(), Slot: "a", Content: "b"}}
		if err := r.SetEvents(t.Context(), "126", want.Events["126"]); err != nil {
			t.Fatal(err)
		}
		for name, r := range map[string]*Reader{
			"open before": open, "opened now": openReader(t, path), "of a second writer": openAt(t, path).Reader,
		} {
			if got := load(t, r); !reflect.DeepEqual(got, want) {
				t.Errorf("a reader %s got  %+v\nwant %+v", name, got, want)
			}
		}
	})
}

// TestAStepThatFailsLeavesTheEarlierVersion has a table in the way of the last
// step.
func TestAStepThatFailsLeavesTheEarlierVersion(t *testing.T) {
	eachEarlier(t, func(t *testing.T, version int) {
		path := earlier(t, version)
		raw, err := sql.Open("sqlite", dsn(path, "rw"))
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		if _, err := raw.ExecContext(t.Context(), `CREATE TABLE notified (room TEXT) STRICT`); err != nil {
			t.Fatal(err)
		}
		_, err = Open(t.Context(), path, ietf)
		wantError(t, err, path, "bringing the schema to version 5", "notified already exists")
		r := openReader(t, path)
		if got := load(t, r); !reflect.DeepEqual(got, stateOf(version)) {
			t.Errorf("got  %+v\nwant %+v", got, stateOf(version))
		}

		if _, err := raw.ExecContext(t.Context(), `DROP TABLE notified`); err != nil {
			t.Fatal(err)
		}
		if got := load(t, openAt(t, path).Reader); !reflect.DeepEqual(got, stateAfter(version)) {
			t.Errorf("got  %+v\nwant %+v", got, stateAfter(version))
		}
	})
}

func TestAnEarlierVersionOfAnotherServiceIsNotTouched(t *testing.T) {
	path := earlier(t, 1)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), path, Identity{"muc.example.net", ietf.Datatracker})
	wantError(t, err, path, "muc.example.net")
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file was written to")
	}
}
