package registry

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

// names lists a folder.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestANewRegistryIsForItsOwnerOnlyAndLeavesNoOtherFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "var", "a b?c#d%20e") // none of it may upset the data source name
	path := filepath.Join(dir, "registry.db")
	r := openAt(t, path)
	if err := r.Own(t.Context(), quic()); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, path: 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", path, info.Mode().Perm(), want)
		}
	}
	if got, want := names(t, dir), []string{"registry.db", "registry.db-journal"}; !reflect.DeepEqual(got, want) {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if got := load(t, openAt(t, path).Reader).Rooms["quic"]; !reflect.DeepEqual(got, quic()) {
		t.Errorf("after closing and opening again: %+v", got)
	}
}

func TestARegistryThatCannotBeUsedIsRefusedAndLeftAsItIs(t *testing.T) {
	const restore, adopt = "put back the last good copy", "roomctl rooms adopt --all"
	pragma := func(statement string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			r := openAt(t, path)
			if _, err := r.db.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	edit := func(change func([]byte) []byte) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			r := openAt(t, path)
			for _, name := range []string{"quic", "tls", "hallway"} {
				if err := r.Own(t.Context(), Room{Name: name, State: Active, Origin: Created}); err != nil {
					t.Fatal(err)
				}
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, change(b), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	write := func(content string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := map[string]struct {
		make func(t *testing.T, path string)
		want []string
	}{
		"a text file":              {write(strings.Repeat("not a database\n", 100)), []string{"damaged", "file is not a database", restore, adopt}},
		"an empty file":            {write(""), []string{"damaged", "it is empty", restore, adopt}},
		"a file cut short":         {edit(func(b []byte) []byte { return b[:len(b)/2] }), []string{"damaged", "malformed", restore, adopt}},
		"a page overwritten":       {edit(overwriteAPage), []string{"damaged", restore, adopt}},
		"a row gone from an index": {edit(renameInIndex), []string{"damaged", "missing from index", restore, adopt}},
		"a newer version":          {pragma(`PRAGMA user_version = 6`), []string{"newer roomctl", "schema 6, this one knows up to 5", restore, adopt}},
		"a version that never was": {pragma(`PRAGMA user_version = 0`), []string{"damaged", "schema 0", restore, adopt}},
		"another program's file":   {pragma(`PRAGMA application_id = 7`), []string{"not a registry of roomctl", "move it away"}},
		"no identity":              {pragma(`DELETE FROM registry`), []string{"damaged", "what it belongs to", restore, adopt}},
		"a folder":                 {func(t *testing.T, path string) { os.Mkdir(path, 0o700) }, []string{"not a regular file"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "registry.db")
			test.make(t, path)
			before, _ := os.ReadFile(path)

			_, err := Open(t.Context(), path, ietf)
			wantError(t, err, append(test.want, path)...)
			_, err = OpenReader(t.Context(), path, ietf)
			wantError(t, err, append(test.want, path)...)

			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the file was written to")
			}
		})
	}
}

// overwriteAPage spoils the third page of a database.
func overwriteAPage(b []byte) []byte {
	copy(b[2*4096:], bytes.Repeat([]byte{0xa5}, 4096))
	return b
}

// renameInIndex changes one room's name in one of the two places where it is
// stored, the row and the index of the primary key.
func renameInIndex(b []byte) []byte {
	i := bytes.LastIndex(b, []byte("hallway"))
	copy(b[i:], "hallwaz")
	return b
}

func TestARegistryOfAnotherServiceIsRefusedNamingBoth(t *testing.T) {
	path := openNew(t).path
	tests := map[string]struct {
		given Identity
		ok    bool
	}{
		"the same":                  {ietf, true},
		"another case and a slash":  {Identity{"Jabber.Example.ORG", ietf.Datatracker + "/"}, true},
		"another MUC service":       {Identity{"muc.example.net", ietf.Datatracker}, false},
		"another Datatracker":       {Identity{ietf.MUC, "https://sandbox.example.org"}, false},
		"nothing":                   {Identity{}, false},
		"the Datatracker over http": {Identity{ietf.MUC, "http://datatracker.example.org"}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w, err := Open(t.Context(), path, test.given)
			r, readErr := OpenReader(t.Context(), path, test.given)
			if test.ok {
				if err != nil || readErr != nil {
					t.Fatalf("refused: %v, %v", err, readErr)
				}
				w.Close()
				r.Close()
				return
			}
			for _, err := range []error{err, readErr} {
				var other *IdentityError
				if !errors.As(err, &other) || other.Stored != ietf || other.Given != test.given {
					t.Fatalf("got %v, want an *IdentityError with both", err)
				}
				wantError(t, err, path, ietf.MUC, ietf.Datatracker, test.given.MUC, test.given.Datatracker)
			}
		})
	}
}

func TestAFolderThatCannotBeWrittenIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(file, "registry.db")
	const hint = "must be writable by the user that runs roomctl"
	_, err := Open(t.Context(), path, ietf)
	wantError(t, err, path, "the folder "+file, hint)
	_, err = OpenReader(t.Context(), path, ietf)
	wantError(t, err, path, "the folder "+file, hint)
}

func TestAFullDiskLosesNothingThatWasWritten(t *testing.T) {
	ctx, r := t.Context(), openNew(t)
	run := beginRun(t, r)
	if err := r.Own(ctx, quic()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.db.ExecContext(ctx, `PRAGMA max_page_count = 1`); err != nil { // clamps to the present size
		t.Fatal(err)
	}
	big := Change{Run: run, At: noon, Room: "quic", Verb: "configure", New: strings.Repeat("x", 1<<20)}
	err := r.Update(ctx, func(w *Writer) error {
		if err := w.SetState(ctx, "quic", Retired); err != nil {
			return err
		}
		return w.Record(ctx, big)
	})
	wantError(t, err, r.path, "full", "nothing was written", "free some space")
	if got := load(t, r.Reader).Rooms["quic"]; !reflect.DeepEqual(got, quic()) {
		t.Errorf("after a full disk: %+v", got)
	}

	if _, err := r.db.ExecContext(ctx, `PRAGMA max_page_count = 100000`); err != nil {
		t.Fatal(err)
	}
	if err := r.Record(ctx, big); err != nil {
		t.Errorf("writing when there is space again: %v", err)
	}
}

func TestOpenHonoursItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	path := filepath.Join(t.TempDir(), "registry.db")
	if _, err := Open(ctx, path, ietf); !errors.Is(err, context.Canceled) {
		t.Errorf("a new registry: %v", err)
	}
	if got := names(t, filepath.Dir(path)); len(got) != 0 {
		t.Errorf("left behind: %q", got)
	}
	openAt(t, path)
	if _, err := Open(ctx, path, ietf); !errors.Is(err, context.Canceled) {
		t.Errorf("an existing registry: %v", err)
	}
}
