package web

import (
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strings"
	"syscall"
)

// found is the file that a request is about. It stays whole while it is served:
// a new version takes its place under another inode.
type found struct {
	*os.File
	path string // in the tree
	info fs.FileInfo

	redirect string // where the request is to go instead; there is no file then
}

// find looks up the path of a request, which starts with a slash or is empty. A
// folder is its index.html.
//
// os.Root sees to it that no link leads out of the tree, whatever is moved about
// meanwhile.
func find(root *os.Root, requested string) (*found, error) {
	name := strings.TrimPrefix(requested, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	if !isPublic(name) {
		return nil, fs.ErrNotExist
	}
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return folder(root, name)
	}
	if !info.Mode().IsRegular() { // a pipe would be waited for
		return nil, fs.ErrNotExist
	}
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err = file.Stat(); err != nil {
		file.Close()
		return nil, err
	}
	return &found{File: file, path: name, info: info}, nil
}

// folder leads to the form of a folder's path with a slash, for links on its
// page to work. The way is relative: the tree may be served below any path.
func folder(root *os.Root, name string) (*found, error) {
	if _, err := root.Stat(path.Join(name, "index.html")); err != nil {
		return nil, err
	}
	return &found{redirect: "./" + url.PathEscape(path.Base(name)) + "/"}, nil
}

// isPublic says whether a name may be served: it stays in the tree, and no part
// of it starts with a dot. Files that are being written do.
func isPublic(name string) bool {
	return fs.ValidPath(name) && !strings.HasPrefix(name, ".") && !strings.Contains(name, "/.")
}

// read is the file as it was when it was found.
func (f *found) read() ([]byte, error) {
	return io.ReadAll(io.LimitReader(f.File, f.info.Size()))
}

// isNotFound says whether an error of find or os.OpenRoot is about what a
// request asks for. The others, about what is wrong with the tree or the host,
// are named here, because that of a link out of the tree has no name.
func isNotFound(err error) bool {
	for _, wrong := range []error{fs.ErrPermission, syscall.EIO, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.ESTALE} {
		if errors.Is(err, wrong) {
			return false
		}
	}
	return true
}
