package registry

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func openReader(t *testing.T, path string) *Reader {
	t.Helper()
	r, err := OpenReader(t.Context(), path, ietf)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func TestAMissingRegistryReadsAsEmptyAndIsNotCreated(t *testing.T) {
	dir := t.TempDir()
	r := openReader(t, filepath.Join(dir, "state", "registry.db"))
	want := &State{
		Rooms: map[string]Room{}, Intents: map[string]Intent{}, Links: map[string]map[int]string{},
		Events: map[string]map[int]Event{}, Archives: map[string]Archive{}, Last: map[string]Change{},
	}
	if got := load(t, r); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	runs, err := r.Runs(t.Context(), 0)
	if err != nil || len(runs) != 0 {
		t.Errorf("runs %+v (%v)", runs, err)
	}
	changes, err := r.Changes(t.Context(), ChangeFilter{})
	if err != nil || len(changes) != 0 {
		t.Errorf("changes %+v (%v)", changes, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("created %q", got)
	}
}

func TestAReaderCannotWriteAndLeavesNoTrace(t *testing.T) {
	w := openNew(t)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	before := names(t, filepath.Dir(w.path))
	r := openReader(t, w.path)
	load(t, r)
	for _, statement := range []string{
		`DELETE FROM registry`,
		`PRAGMA user_version = 7`,
		`PRAGMA query_only = 0; DELETE FROM registry`, // the file itself is open read-only
	} {
		_, err := r.db.ExecContext(t.Context(), statement)
		if err == nil || !strings.Contains(err.Error(), "attempt to write a readonly database") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if after := names(t, filepath.Dir(w.path)); !reflect.DeepEqual(before, after) {
		t.Errorf("the folder held %q and holds %q", before, after)
	}
}

func TestAReaderSeesTheLastCommitWhileAWriterWrites(t *testing.T) {
	ctx, w := t.Context(), openNew(t)
	if err := w.Own(ctx, quic()); err != nil {
		t.Fatal(err)
	}
	open := openReader(t, w.path)
	err := w.Update(ctx, func(w2 *Writer) error {
		if err := w2.SetState(ctx, "quic", Retired); err != nil {
			return err
		}
		for name, r := range map[string]*Reader{"open before": open, "opened now": openReader(t, w.path)} {
			if got := load(t, r).Rooms["quic"]; got.State != Active {
				t.Errorf("a reader %s saw what was not committed: %s", name, got.State)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := load(t, open).Rooms["quic"]; got.State != Retired {
		t.Errorf("after the commit a reader saw %s", got.State)
	}
}

func TestTwoWritersTakeTurns(t *testing.T) {
	ctx, first := t.Context(), openNew(t)
	second := openAt(t, first.path)
	run := beginRun(t, first)
	const each = 10
	done := make(chan error)
	for _, r := range []*Registry{first, second} {
		go func() {
			var err error
			for range each {
				err = errors.Join(err, r.Record(ctx, Change{Run: run, At: noon, Room: "quic", Verb: "configure"}))
			}
			done <- err
		}()
	}
	if err := errors.Join(<-done, <-done); err != nil {
		t.Error(err)
	}
	changes, err := second.Changes(ctx, ChangeFilter{})
	if err != nil || len(changes) != 2*each {
		t.Errorf("%d changes (%v), want %d", len(changes), err, 2*each)
	}
}

func TestAWriteThatAReaderKeepsOutFailsWholeAndTheNextOneWorks(t *testing.T) {
	ctx, w := t.Context(), openNew(t)
	r := openReader(t, w.path)
	tx, err := r.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err == nil {
		err = tx.QueryRowContext(ctx, `SELECT 1 FROM registry`).Scan(new(int))
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.ExecContext(ctx, `PRAGMA busy_timeout = 1`); err != nil {
		t.Fatal(err)
	}
	wantError(t, w.Own(ctx, quic()), w.path, "committing", "another program holds it in a transaction")
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if s := load(t, w.Reader); len(s.Rooms) != 0 {
		t.Errorf("something was written: %+v", s.Rooms)
	}
	if err := w.Own(ctx, quic()); err != nil {
		t.Errorf("the next write: %v", err)
	}
}

// halfCommitted is a registry as a writer leaves it that is killed in the middle
// of a commit: pages written, their old content in the journal. Room quic was
// committed as active before.
func halfCommitted(t *testing.T) (path string) {
	t.Helper()
	ctx, r := t.Context(), openNew(t)
	if err := r.Own(ctx, quic()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.db.ExecContext(ctx, `PRAGMA cache_size = 1`); err != nil { // pages go out at once
		t.Fatal(err)
	}
	run := beginRun(t, r)
	dir := t.TempDir()
	killed := errors.New("killed")
	err := r.Update(ctx, func(w *Writer) error {
		if err := w.SetState(ctx, "quic", Retired); err != nil {
			return err
		}
		if err := w.Record(ctx, Change{Run: run, At: noon, New: strings.Repeat("x", 1<<20)}); err != nil {
			return err
		}
		for _, name := range []string{r.path, r.path + "-journal"} {
			copyTo(t, name, dir, 0o600)
		}
		return killed
	})
	if !errors.Is(err, killed) {
		t.Fatal(err)
	}
	path = filepath.Join(dir, filepath.Base(r.path))
	info, err := os.Stat(path + "-journal")
	if err != nil || info.Size() == 0 {
		t.Fatalf("the journal is empty (%v): nothing is half-written", err)
	}
	return path
}

func TestAfterAKillInMidCommitTheLastCommitIsBack(t *testing.T) {
	tests := map[string]func(t *testing.T, path string) *Reader{
		"for a reader": openReader,
		"for a writer": func(t *testing.T, path string) *Reader { return openAt(t, path).Reader },
	}
	for name, open := range tests {
		t.Run(name, func(t *testing.T) {
			if got := load(t, open(t, halfCommitted(t))).Rooms["quic"]; !reflect.DeepEqual(got, quic()) {
				t.Errorf("got %+v", got)
			}
		})
	}
}
