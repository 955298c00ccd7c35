package agenda

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// some are n files of the same text, in folders of ten.
func some(n int, text string) []file {
	var made []file
	for i := range n {
		made = append(made, file{fmt.Sprintf("rooms/%d/%d.html", i/10, i), []byte(text)})
	}
	return made
}

func paths(made []file) []string {
	var paths []string
	for _, f := range made {
		paths = append(paths, f.path)
	}
	return paths
}

// fullAfter makes the tree's disk full after so many files.
func fullAfter(tree *Tree, n int64) {
	var written atomic.Int64
	tree.write = func(f *os.File, data []byte) error {
		if written.Add(1) <= n {
			return writeSynced(f, data)
		}
		if _, err := f.Write(data[:len(data)/2]); err != nil {
			return err
		}
		return &fs.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
	}
}

func TestPutAllWritesWhatChanges(t *testing.T) {
	tree := openTree(t)
	first := some(100, "one")
	changed, failed := tree.putAll(first)
	if !slices.Equal(changed, paths(first)) || failed != nil {
		t.Fatalf("at first %q are written (%v)", changed, failed.join())
	}
	second := some(101, "one")
	second[7].data, second[40].data = []byte("two"), []byte("longer")
	changed, failed = tree.putAll(second)
	if want := []string{"rooms/0/7.html", "rooms/4/40.html", "rooms/10/100.html"}; !slices.Equal(changed, want) || failed != nil {
		t.Errorf("then %q are written, want %q (%v)", changed, want, failed.join())
	}
	for _, f := range second {
		if got, err := tree.Get(f.path); err != nil || string(got) != string(f.data) {
			t.Errorf("%s is %q, %v", f.path, got, err)
		}
	}
}

// No file changes before the new content of all of them is on disk.
func TestPutAllChangesFilesTogether(t *testing.T) {
	tree := openTree(t)
	if _, failed := tree.putAll(some(50, "old")); failed != nil {
		t.Fatal(failed.join())
	}
	tree.write = func(f *os.File, data []byte) error {
		for _, was := range some(50, "old") {
			if got, err := tree.Get(was.path); err != nil || string(got) != "old" {
				return fmt.Errorf("%s is %q already, %v", was.path, got, err)
			}
		}
		return writeSynced(f, data)
	}
	if changed, failed := tree.putAll(some(50, "new")); len(changed) != 50 {
		t.Errorf("%d were written: %v", len(changed), failed.join())
	}
}

func TestPutAllOnAFullDiskLeavesEachFileWhole(t *testing.T) {
	tree := openTree(t)
	if _, failed := tree.putAll(some(50, "old")); failed != nil {
		t.Fatal(failed.join())
	}
	fullAfter(tree, 20)
	changed, failed := tree.putAll(some(60, "new and longer"))
	if len(changed) != 20 || len(failed) != 40 {
		t.Errorf("%d were written and %d failed", len(changed), len(failed))
	}
	err := failed.join()
	if !errors.Is(err, syscall.ENOSPC) || strings.Count(err.Error(), "\n") != 0 {
		t.Errorf("the error is %v", err)
	}
	for _, part := range []string{"publishing " + failed[0].path + " and 39 other files: ", "the file is as it was: make room on the disk of " + tree.dir} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	for _, f := range some(60, "") {
		want := "old"
		if slices.Contains(changed, f.path) {
			want = "new and longer"
		}
		got, err := tree.Get(f.path)
		if err == nil && string(got) != want || err != nil && !failed.of(f.path) {
			t.Errorf("%s is %q, want %q (%v)", f.path, got, want, err)
		}
	}
	expectNothingLeft(t, tree)
	tree.write = writeSynced
	if changed, failed := tree.putAll(some(60, "new and longer")); len(changed) != 40 || failed != nil {
		t.Errorf("with room again %d were written (%v)", len(changed), failed.join())
	}
}

func expectNothingLeft(t *testing.T, tree *Tree) {
	t.Helper()
	for _, name := range files(t, tree) {
		if strings.HasSuffix(name, ".tmp") {
			t.Errorf("%s is left", name)
		}
	}
}

func TestPutAllGoesOnAfterAFailure(t *testing.T) {
	tree := openTree(t)
	put(t, tree, "a.html/x", "a folder where a file should be")
	put(t, tree, "b", "a file where a folder should be")
	changed, failed := tree.putAll([]file{
		{"a.html", nil}, {"b/b.html", nil}, {"../c.html", nil}, {"d.html", []byte("d")}, {"d.html", []byte("D")}, {"e.html", []byte("e")}, {"", nil},
	})
	if want := []string{"d.html", "e.html"}; !slices.Equal(changed, want) {
		t.Errorf("written are %q, want %q", changed, want)
	}
	err := failed.join()
	for _, part := range []string{
		"publishing a.html: ", "publishing b/b.html: ", "move away what stands in the way",
		`publishing ../c.html: "../c.html" is not a path inside the published folder`,
		"publishing d.html: another file of the same run has this path",
	} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q:\n%v", part, err)
		}
	}
	if failed.of("e.html") || !failed.of("a.html") || !failed.of("b/b.html") {
		t.Errorf("failed are %v", failed)
	}
	expectNothingLeft(t, tree)
}

func TestARenameThatFailsLeavesNothing(t *testing.T) {
	tree := openTree(t)
	tree.write = func(f *os.File, data []byte) error {
		return errors.Join(writeSynced(f, data), os.MkdirAll(filepath.Join(tree.dir, "a.html", "x"), 0o755))
	}
	changed, failed := tree.putAll([]file{{"a.html", []byte("a")}})
	if len(changed) > 0 || !failed.of("a.html") {
		t.Errorf("written %q, failed %v", changed, failed)
	}
	expectNothingLeft(t, tree)
}

func TestWhatAKilledWriterLeftIsCleared(t *testing.T) {
	tree := openTree(t)
	kept := []string{".htaccess", ".well-known/x.1.tmp", "rooms/quic/notes.1.tmp", "rooms/.part.tmp", ".x.tmp.1"}
	for _, path := range append(kept, ".rooms.json.123456789.tmp", "rooms/quic/.index.html.42.tmp", ".status.json.0.tmp") {
		name := filepath.Join(tree.dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(tree.dir, ".folder.1.tmp"), 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, tree, "rooms.json", "{}")
	want := "[.folder.1.tmp .htaccess .well-known .well-known/x.1.tmp .x.tmp.1 rooms rooms/.part.tmp rooms/quic rooms/quic/notes.1.tmp rooms.json]"
	if got := fmt.Sprint(files(t, tree)); got != want {
		t.Errorf("the tree holds %s\nwant %s", got, want)
	}
}

func TestFailuresTellEachReasonOnce(t *testing.T) {
	full := func(path string) failure {
		return failure{path, &fs.PathError{Op: "write", Path: path, Err: syscall.ENOSPC}}
	}
	for name, tt := range map[string]struct {
		failed failures
		want   string
	}{
		"one":                {failures{full("a")}, "publishing a: write a: no space left on device"},
		"two":                {failures{full("a"), full("b")}, "publishing a and one other file: write a: no space left on device"},
		"three":              {failures{full("a"), full("b"), full("c")}, "publishing a and 2 other files: write a: no space left on device"},
		"two reasons":        {failures{full("a"), {"b", errors.New("no")}, full("c")}, "publishing a and one other file: write a: no space left on device\npublishing b: no"},
		"two of their own":   {failures{{"a", errors.New("x")}, {"b", errors.New("y")}}, "publishing a: x\npublishing b: y"},
		"reason among other": {failures{{"a", fmt.Errorf("x: %w", syscall.EACCES)}, {"b", errors.Join(syscall.EACCES, syscall.EIO)}}, "publishing a and one other file: x: permission denied"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.failed.join(); got.Error() != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	if err := (failures)(nil).join(); err != nil {
		t.Errorf("without a failure: %v", err)
	}
}
