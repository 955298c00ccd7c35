package registry

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

// version1 is a copy of a registry as version 1 wrote it: one room with every
// field set, an intent, links, one run and its change.
func version1(t *testing.T) (path string) {
	t.Helper()
	dir := t.TempDir()
	copyTo(t, filepath.Join("testdata", "registry-1.sqlite"), dir, 0o600)
	return filepath.Join(dir, "registry-1.sqlite")
}

// stateOfVersion1 is what is in it.
func stateOfVersion1() *State {
	return &State{
		Rooms:     map[string]Room{"quic": quic()},
		Intents:   map[string]Intent{"tls": {Room: "tls", GroupID: 2244, Run: 1, At: noon.UTC()}},
		Links:     map[string]map[int]string{"126": {33123: "quic", 33124: "plenary"}},
		Events:    map[string]map[int]Event{},
		Archives:  map[string]Archive{},
		Last:      map[string]Change{"create": changeOfVersion1()},
		Synced:    noon.UTC(),
		Mechanism: "SCRAM-SHA-256-PLUS",
	}
}

func changeOfVersion1() Change {
	return Change{Run: 1, At: noon.UTC(), Room: "quic", GroupID: 2161, Verb: "create", Field: "name",
		New: "QUIC (quic)", Reasons: []string{"group quic (2161, wg, active)"}}
}

func requireTrailOfVersion1(t *testing.T, r *Reader) {
	t.Helper()
	changes, err := r.Changes(t.Context(), ChangeFilter{})
	want := []Change{changeOfVersion1()}
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

func TestAReaderReadsAnEarlierVersionAndLeavesItAsItIs(t *testing.T) {
	path := version1(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := openReader(t, path)
	if got := load(t, r); !reflect.DeepEqual(got, stateOfVersion1()) {
		t.Errorf("got  %+v\nwant %+v", got, stateOfVersion1())
	}
	requireTrailOfVersion1(t, r)
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file was written to")
	}
}

func TestAWriterBringsAnEarlierVersionToThisOne(t *testing.T) {
	path := version1(t)
	open := openReader(t, path) // before the step
	r := openAt(t, path)
	if got := load(t, r.Reader); !reflect.DeepEqual(got, stateOfVersion1()) {
		t.Errorf("got  %+v\nwant %+v", got, stateOfVersion1())
	}
	requireTrailOfVersion1(t, r.Reader)
	if got, want := schemaOf(t, r.Reader), schemaOf(t, openNew(t).Reader); got != want {
		t.Errorf("the schema is not that of a new file:\n%s", got)
	}

	want := stateOfVersion1()
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
}

// TestAStepThatFailsLeavesTheEarlierVersion has a table in the way of the last
// statement of the step.
func TestAStepThatFailsLeavesTheEarlierVersion(t *testing.T) {
	path := version1(t)
	raw, err := sql.Open("sqlite", dsn(path, "rw"))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.ExecContext(t.Context(), `CREATE TABLE archives (url TEXT) STRICT`); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), path, ietf)
	wantError(t, err, path, "bringing the schema to version 2", "archives already exists")
	r := openReader(t, path)
	if got := load(t, r); !reflect.DeepEqual(got, stateOfVersion1()) {
		t.Errorf("got  %+v\nwant %+v", got, stateOfVersion1())
	}

	if _, err := raw.ExecContext(t.Context(), `DROP TABLE archives`); err != nil {
		t.Fatal(err)
	}
	openAt(t, path)
}

func TestAnEarlierVersionOfAnotherServiceIsNotTouched(t *testing.T) {
	path := version1(t)
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
