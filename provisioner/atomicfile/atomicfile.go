// Package atomicfile writes files so that a reader, and a crash, finds the old
// content or the new one, whole.
package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Write puts data into the place of the file at path, which need not be there,
// with exactly that mode, whatever the umask is. Where path is a symbolic link
// the file behind it is replaced. What is no regular file, as /dev/null, is
// refused: a rename would take its place. When Write fails the file is as it was
// and nothing lies beside it. The error is an *fs.PathError for path.
func Write(path string, data []byte, mode fs.FileMode) error {
	target, err := replaceable(path)
	if err == nil {
		err = replace(target, data, mode)
	}
	if err != nil {
		return &fs.PathError{Op: "write", Path: path, Err: cause(err)}
	}
	return nil
}

// replaceable is the path of the file itself, whatever links lead to it.
func replaceable(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return path, nil
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", errors.New("it is no regular file")
	}
	return filepath.EvalSymlinks(path)
}

// replace writes beside path, since a rename is atomic within one folder only,
// and waits until the data is on disk: otherwise a crash after the rename could
// leave an empty file.
func replace(path string, data []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name()) // what went wrong before is what counts
	}
	return err
}

// cause is an error without the name of the temporary file, which tells nobody
// anything.
func cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
