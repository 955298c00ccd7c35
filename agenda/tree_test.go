package agenda

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func openTree(t *testing.T) *Tree {
	t.Helper()
	tree, err := OpenTree(filepath.Join(t.TempDir(), "www"))
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// put puts text where no error is expected.
func put(t *testing.T, tree *Tree, path, text string) (changed bool) {
	t.Helper()
	changed, err := tree.Put(path, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// files lists every file and folder of the tree.
func files(t *testing.T, tree *Tree) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(tree.dir, func(path string, _ fs.DirEntry, err error) error {
		if path != tree.dir {
			names = append(names, strings.TrimPrefix(path, tree.dir+string(filepath.Separator)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestPutThenGet(t *testing.T) {
	tree := openTree(t)
	const path = "meeting/126/agenda.json"
	if !put(t, tree, path, "one") {
		t.Error("a new file is not reported as changed")
	}
	if !put(t, tree, path, "two") {
		t.Error("a file with new content is not reported as changed")
	}
	got, err := tree.Get(path)
	if err != nil || string(got) != "two" {
		t.Errorf("Get gives %q, %v", got, err)
	}
	if got := fmt.Sprint(files(t, tree)); got != "[meeting meeting/126 meeting/126/agenda.json]" {
		t.Errorf("the tree holds %s", got)
	}
	if _, err := tree.Get("rooms.json"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there gives %v", err)
	}
}

func TestPutLeavesUnchangedBytesAlone(t *testing.T) {
	tree := openTree(t)
	put(t, tree, "rooms.json", "one")
	name := filepath.Join(tree.dir, "rooms.json")
	long := time.Date(2006, 3, 10, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(name, long, long); err != nil {
		t.Fatal(err)
	}
	if put(t, tree, "rooms.json", "one") {
		t.Error("the same bytes are reported as changed")
	}
	info, err := os.Stat(name)
	if err != nil || !info.ModTime().Equal(long) {
		t.Errorf("the file was written again: %v, %v", info, err)
	}
}

func TestPutMakesFilesForEverybodyToRead(t *testing.T) {
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	tree := openTree(t)
	put(t, tree, "meeting/126/agenda.json", "{}")
	for path, want := range map[string]fs.FileMode{
		"":                        fs.ModeDir | 0o755,
		"meeting":                 fs.ModeDir | 0o755,
		"meeting/126":             fs.ModeDir | 0o755,
		"meeting/126/agenda.json": 0o644,
	} {
		info, err := os.Stat(filepath.Join(tree.dir, path))
		if err != nil || info.Mode() != want {
			t.Errorf("%q has mode %v, want %v (%v)", path, info.Mode(), want, err)
		}
	}
}

func TestPutStaysInsideTheTree(t *testing.T) {
	tree := openTree(t)
	for _, path := range []string{"", ".", "..", "../rooms.json", "meeting/../../rooms.json", "/etc/passwd", "meeting/.."} {
		if _, err := tree.Put(path, nil); err == nil || !strings.Contains(err.Error(), "not a path inside the published folder") {
			t.Errorf("Put(%q) gives %v", path, err)
		}
		if _, err := tree.Get(path); err == nil || !strings.Contains(err.Error(), "not a path inside the published folder") {
			t.Errorf("Get(%q) gives %v", path, err)
		}
	}
}

func TestPutOnAFullDiskLeavesTheOldFileWhole(t *testing.T) {
	tree := openTree(t)
	put(t, tree, "rooms.json", "old")
	tree.write = func(f *os.File, data []byte) error {
		if _, err := f.Write(data[:len(data)/2]); err != nil {
			return err
		}
		return &fs.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
	}
	changed, err := tree.Put("rooms.json", []byte("new and longer"))
	if changed || !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("Put gives %v, %v", changed, err)
	}
	for _, part := range []string{"publishing rooms.json: ", "the file is as it was: make room on the disk of " + tree.dir} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	if got, err := tree.Get("rooms.json"); err != nil || string(got) != "old" {
		t.Errorf("the old file is now %q, %v", got, err)
	}
	if got := fmt.Sprint(files(t, tree)); got != "[rooms.json]" {
		t.Errorf("the tree holds %s", got)
	}
}

func TestSomethingStandsInTheWay(t *testing.T) {
	tree := openTree(t)
	put(t, tree, "meeting", "a file where a folder should be")
	put(t, tree, "rooms.json/x", "a folder where a file should be")
	for _, path := range []string{"meeting/126/agenda.json", "rooms.json"} {
		_, err := tree.Put(path, []byte("{}"))
		if err == nil || !strings.Contains(err.Error(), "publishing "+path) || !strings.Contains(err.Error(), "stands in the way") {
			t.Errorf("Put(%q) gives %v", path, err)
		}
	}
	if _, err := OpenTree(filepath.Join(tree.dir, "meeting")); err == nil || !strings.Contains(err.Error(), "stands in the way") {
		t.Errorf("OpenTree of a file gives %v", err)
	}
}

func TestExplainSaysWhatToDo(t *testing.T) {
	for err, want := range map[error]string{
		syscall.EACCES: "permission denied; let the account that runs roomctl write to /srv/www",
		syscall.EROFS:  "read-only file system; let the account that runs roomctl write to /srv/www",
		syscall.EDQUOT: "disk quota exceeded; the file is as it was: make room on the disk of /srv/www and run again",
		syscall.EIO:    "input/output error",
	} {
		if got := explain(err, "/srv/www"); got.Error() != want || !errors.Is(got, err) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}
