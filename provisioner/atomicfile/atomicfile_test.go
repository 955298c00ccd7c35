package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWriteReplacesAFileAsAWhole(t *testing.T) {
	for name, mode := range map[string]fs.FileMode{"for everybody to read": 0o644, "for its owner alone": 0o600} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "file.json")
			for _, content := range []string{"what is there at first, and longer", "what is there then"} {
				if err := Write(path, []byte(content), mode); err != nil {
					t.Fatal(err)
				}
				requireContent(t, path, content)
				if info, err := os.Stat(path); err != nil || info.Mode() != mode {
					t.Errorf("mode %v, %v", info.Mode(), err)
				}
			}
			requireAlone(t, dir, 1)
		})
	}
}

func TestWriteFollowsALink(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "file"), filepath.Join(t.TempDir(), "link")
	if err := errors.Join(os.WriteFile(file, []byte("old"), 0o600), os.Symlink(file, link)); err != nil {
		t.Fatal(err)
	}
	if err := Write(link, []byte("new"), 0o644); err != nil {
		t.Fatal(err)
	}
	requireContent(t, file, "new")
	if info, err := os.Lstat(link); err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("the link is %v, %v", info.Mode(), err)
	}
	requireAlone(t, dir, 1)
}

func TestWriteRefusesWhatIsNoRegularFile(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(os.DevNull, link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, link} {
		err := Write(path, []byte("text"), 0o644)
		if err == nil || err.Error() != "write "+path+": it is no regular file" {
			t.Errorf("error %v", err)
		}
	}
	requireAlone(t, dir, 1)
}

func TestWriteThatFailsNamesTheFileThatWasMeant(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "file")
	err := Write(path, nil, 0o644)
	if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "write "+path+": ") {
		t.Errorf("error %v", err)
	}
}

// A rename fails when a folder of that name has come into being meanwhile.
func TestWriteThatFailsLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := os.MkdirAll(filepath.Join(path, "something"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := replace(path, []byte("text"), 0o644); err == nil {
		t.Error("no error")
	}
	requireAlone(t, dir, 1)
}

func requireContent(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v; want %q", path, got, err, want)
	}
}

// requireAlone fails unless a folder holds that many files and no more.
func requireAlone(t *testing.T, dir string, want int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != want {
		t.Errorf("the folder holds %v, %v; want %d", entries, err, want)
	}
}
