package web

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"sync"
	"time"
)

// maxKept is how many documents of one kind are kept: all of a year, and more.
const maxKept = 128

// memo keeps what was read out of files of the tree until they are replaced, or
// nobody has asked for it for as long as keptFor.
type memo[T any] struct {
	read func(data []byte) (T, error)
	now  func() time.Time

	mu   sync.Mutex
	kept map[string]kept[T]
}

type kept[T any] struct {
	info  fs.FileInfo
	value T
	ok    bool
	asked time.Time // last
}

func newMemo[T any](read func([]byte) (T, error), now func() time.Time) *memo[T] {
	return &memo[T]{read: read, now: now, kept: map[string]kept[T]{}}
}

// get is what the file at that path says; !ok when it is not there or says
// nothing. The error is one of reading it, told once for each version of a
// damaged file.
func (m *memo[T]) get(root *os.Root, path string) (value T, ok bool, err error) {
	f, err := find(root, path)
	switch {
	case err != nil && isNotFound(err), err == nil && f.redirect != "":
		return value, false, nil
	case err != nil:
		return value, false, err
	}
	defer f.Close()
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	known, seen := m.kept[path]
	if seen && isSame(known.info, f.info) {
		known.asked = now
		m.kept[path] = known
		return known.value, known.ok, nil
	}
	maps.DeleteFunc(m.kept, func(_ string, k kept[T]) bool { return now.Sub(k.asked) > keptFor })
	if len(m.kept) >= maxKept {
		clear(m.kept)
	}
	value, err = m.decode(f)
	m.kept[path] = kept[T]{info: f.info, value: value, ok: err == nil, asked: now}
	return value, err == nil, err
}

// isSame says whether two looks at a path saw the same version of the file: a
// new one has an inode of its own.
func isSame(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}

func (m *memo[T]) decode(f *found) (value T, err error) {
	if f.info.Size() > maxHeld {
		return value, errors.New("too large")
	}
	data, err := f.read()
	if err != nil {
		return value, err
	}
	return m.read(data)
}
