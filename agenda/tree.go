package agenda

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Tree is the folder whose files are published. A web server may serve it at
// any moment: every file in it is whole, the old one or the new one. One writer
// at a time.
type Tree struct {
	dir string

	// write fills a new file. It is a field because a full disk cannot be had
	// on demand. Several files are written at a time.
	write func(f *os.File, data []byte) error
}

// OpenTree returns the tree at dir and makes the folder if it is not there.
func OpenTree(dir string) (*Tree, error) {
	if err := makeDir(dir); err != nil {
		return nil, fmt.Errorf("opening the published folder %s: %w", dir, explain(err, dir))
	}
	return &Tree{dir: dir, write: writeSynced}, nil
}

// Get returns the published bytes of a file. A file that is not there gives an
// error that is fs.ErrNotExist.
func (t *Tree) Get(path string) ([]byte, error) {
	name, err := t.name(path)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading published %s: %w", path, err)
	}
	return data, nil
}

// Put makes data the content of the file at path, relative to the tree's folder
// and with slashes. A file that has that content is not touched. The new file
// takes the old one's place at once, and after a crash one of the two is there;
// on an error it is the old one.
func (t *Tree) Put(path string, data []byte) (changed bool, err error) {
	written, failed := t.putAll([]file{{path: path, data: data}})
	return len(written) > 0, failed.join()
}

// name is the file's name in the file system. A path that leads out of the tree
// is refused: paths are made of what the Datatracker says.
func (t *Tree) name(path string) (string, error) {
	local := filepath.FromSlash(path)
	if !filepath.IsLocal(local) || filepath.Clean(local) == "." {
		return "", fmt.Errorf("%q is not a path inside the published folder", path)
	}
	return filepath.Join(t.dir, local), nil
}

// holds says whether there is something at a path.
func (t *Tree) holds(path string) bool {
	name, err := t.name(path)
	if err != nil {
		return false
	}
	_, err = os.Lstat(name)
	return err == nil
}

// has says whether the file has that content already. A file that is not there
// has not.
func has(name string, data []byte) (bool, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil || info.Mode().IsRegular() && info.Size() != int64(len(data)) {
		return false, err
	}
	old, err := os.ReadFile(name)
	return err == nil && bytes.Equal(old, data), err
}

// stage writes a file's new content beside it and returns where: a rename is
// atomic within one folder only.
func (t *Tree) stage(name string, data []byte) (staged string, err error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*.tmp")
	if err != nil {
		return "", err
	}
	err = t.write(f, data)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// writeSynced fills a file for everybody to read and waits until it is on disk;
// otherwise a crash after the rename could leave an empty file.
func writeSynced(f *os.File, data []byte) error {
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	return f.Sync()
}

// makeDir makes dir and what is missing above it, open to readers whatever the
// umask is: a web server that runs as somebody else reads it.
func makeDir(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return &fs.PathError{Op: "mkdir", Path: dir, Err: syscall.ENOTDIR}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if above := filepath.Dir(dir); above != dir {
		if err := makeDir(above); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	return os.Chmod(dir, 0o755)
}

// explain adds to an error what a person can do about it.
func explain(err error, dir string) error {
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w; let the account that runs roomctl write to %s", err, dir)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w; the file is as it was: make room on the disk of %s and run again", err, dir)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR):
		return fmt.Errorf("%w; move away what stands in the way in %s", err, dir)
	}
	return err
}
