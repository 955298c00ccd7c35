package lock

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Look says who holds the lock of the state folder dir, if anybody does. While
// nobody does, the holder is the last one if it was killed, and zero if it let go
// of the lock. It is zero for a lock that was taken a moment ago, too. Look creates
// nothing, writes nothing and does not wait.
//
// To find out, it shares the lock for an instant; a run that begins in that very
// instant takes it at its next attempt.
func Look(dir string) (holder Holder, held bool, err error) {
	path := filepath.Join(dir, fileName)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Holder{}, false, nil // nobody ever did
	}
	if err != nil {
		return Holder{}, false, fmt.Errorf("looking who holds state folder %s: %w", dir, err)
	}
	defer f.Close()
	switch err := flock(f, syscall.LOCK_SH|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return read(f), true, nil
	case err != nil:
		return Holder{}, false, fmt.Errorf("looking who holds state folder %s: %w", dir, err)
	}
	// Closing would not end the sharing if a process is just being started.
	if err := flock(f, syscall.LOCK_UN); err != nil {
		return Holder{}, false, fmt.Errorf("letting go of state folder %s: %w", dir, err)
	}
	return read(f), false, nil
}
