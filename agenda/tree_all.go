package agenda

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"golang.org/x/sync/errgroup"
)

// writers is how many files are written at a time. Each is waited for until it
// is on disk, and a disk makes many durable in about the time of one.
const writers = 16

// putAll does for many files what Put does for one, with the same promises for
// each of them. New content is first written beside every file that changes and
// made durable, and only then do the files change, one right after the other:
// readers see pages of two runs side by side for a moment only. A file that
// fails does not stop the others.
//
// What a killed writer left behind is cleared away first.
func (t *Tree) putAll(files []file) (changed []string, failed failures) {
	t.clear()
	var moves []*move
	taken := map[string]bool{}
	for _, f := range files {
		m, err := t.prepare(f, taken)
		switch {
		case err != nil:
			failed = append(failed, failure{f.path, err})
		case m != nil:
			moves = append(moves, m)
		}
	}
	t.stageAll(moves)
	for _, m := range moves {
		if m.err == nil {
			m.err = m.commit()
		}
		if m.err != nil {
			failed = append(failed, failure{m.path, explain(m.err, filepath.Dir(m.name))})
			continue
		}
		changed = append(changed, m.path)
	}
	return changed, failed
}

// move is the change of one file.
type move struct {
	file
	name   string // in the file system
	staged string // the new content, beside it
	err    error
}

// prepare makes the folder of a file. A file that stays as it is has no move.
// taken are the names that have been given away: were two files to share one,
// each run would write both.
func (t *Tree) prepare(f file, taken map[string]bool) (*move, error) {
	name, err := t.name(f.path)
	if err != nil {
		return nil, err
	}
	if taken[name] {
		return nil, errors.New("another file of the same run has this path")
	}
	taken[name] = true
	same, err := has(name, f.data)
	if err == nil && !same {
		err = makeDir(filepath.Dir(name))
	}
	if err != nil {
		return nil, explain(err, filepath.Dir(name))
	}
	if same {
		return nil, nil
	}
	return &move{file: f, name: name}, nil
}

// stageAll writes the new content of all, several at a time.
func (t *Tree) stageAll(moves []*move) {
	var group errgroup.Group
	group.SetLimit(writers)
	for _, m := range moves {
		group.Go(func() error {
			m.staged, m.err = t.stage(m.name, m.data)
			return nil // each has its own error: one does not stop the others
		})
	}
	_ = group.Wait() // never an error
}

// commit puts the new content into place.
func (m *move) commit() error {
	if err := os.Rename(m.staged, m.name); err != nil {
		return errors.Join(err, os.Remove(m.staged))
	}
	return nil
}

// stagedName is what stage calls its files: os.CreateTemp puts digits in place
// of the star.
var stagedName = regexp.MustCompile(`^\..+\.[0-9]+\.tmp$`)

// clear removes what a killed writer left behind. It takes up space and is
// never served; what cannot be removed now is tried again by the next run.
func (t *Tree) clear() {
	_ = filepath.WalkDir(t.dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // a folder that cannot be read has nothing of ours, or its files will fail
		}
		if entry.Type().IsRegular() && stagedName.MatchString(entry.Name()) {
			_ = os.Remove(name)
		}
		return nil
	})
}
