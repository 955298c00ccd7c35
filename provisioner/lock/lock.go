// Package lock lets one process at a time write in a state folder.
//
// The lock is an advisory lock of the kernel (flock(2)) on a file in the folder.
// The kernel lets go of it when the process ends, however it ends, so nothing is
// left to clean up after a kill. What the file says is for people only: it names
// the holder while the lock is held, and after that one that did not let go of it
// itself.
package lock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// fileName is the lock's file in the state folder. It is never removed: a second
// process could otherwise lock a file that has lost its name.
const fileName = "lock"

// poll is the time between two attempts.
const poll = 200 * time.Millisecond

// Holder is who holds a lock.
type Holder struct {
	Command string    `json:"command"` // as typed: "sync", "rooms adopt"
	PID     int       `json:"pid"`
	Host    string    `json:"host"` // the folder may be shared between machines
	Began   time.Time `json:"began"`
}

// String names the holder in a message. The zero Holder, of a lock that was
// taken a moment ago, is "another run".
func (h Holder) String() string {
	if h == (Holder{}) {
		return "another run"
	}
	return fmt.Sprintf("%q (process %d on %s), since %s",
		h.Command, h.PID, h.Host, h.Began.Local().Format("2006-01-02 15:04:05 MST"))
}

// HeldError is returned by Acquire when another process still holds the lock
// after the whole wait.
type HeldError struct {
	Dir    string
	Holder Holder // zero when it is not known
	Waited time.Duration
}

func (e *HeldError) Error() string {
	text := fmt.Sprintf("state folder %s is in use by %s", e.Dir, e.Holder)
	if waited := e.Waited.Round(time.Second); waited > 0 {
		text += fmt.Sprintf("; waited %s", waited)
	}
	return text
}

// Lock is a lock that is held.
type Lock struct{ f *os.File }

// Acquire takes the lock of the state folder dir, which is created (mode 0700)
// if it is missing, and writes there that holder has it. If another process has
// it, Acquire calls waiting once with its holder (waiting may be nil) and tries
// again until wait has passed; then it returns a *HeldError. A wait of 0 tries
// once and does not call waiting. When ctx ends first, it returns its error.
func Acquire(ctx context.Context, dir string, holder Holder, wait time.Duration, waiting func(Holder)) (*Lock, error) {
	f, err := open(dir)
	if err != nil {
		return nil, fmt.Errorf("locking the state folder: %w; the folder %s and the files in it must be "+
			"writable by the user that runs roomctl (setting: state_dir)", err, dir)
	}
	if err := take(ctx, f, dir, wait, waiting); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	l := &Lock{f}
	if err := write(f, holder); err != nil {
		err = fmt.Errorf("writing who holds state folder %s: %w", dir, err)
		if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
			err = fmt.Errorf("%w; free some space on that disk", err)
		}
		return nil, errors.Join(err, l.Release())
	}
	return l, nil
}

// Release lets go of the lock. Further calls do nothing.
func (l *Lock) Release() error {
	// Between this and the next holder's name the file names nobody. Should that
	// fail, it names one that is gone, until the next one has written its own.
	_ = l.f.Truncate(0)

	// Closing would do, were this the only descriptor: a process that is just being
	// started has them all until its program begins.
	unlocked := flock(l.f, syscall.LOCK_UN)
	switch closed := l.f.Close(); {
	case errors.Is(closed, os.ErrClosed):
		return nil
	case unlocked != nil:
		return errors.Join(fmt.Errorf("unlocking %s: %w", l.f.Name(), unlocked), closed)
	default:
		return closed
	}
}

func open(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(filepath.Join(dir, fileName), os.O_RDWR|os.O_CREATE, 0o600)
}

// take locks f, waiting as Acquire says.
func take(ctx context.Context, f *os.File, dir string, wait time.Duration, waiting func(Holder)) error {
	began := time.Now()
	for told := false; ; {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("waiting for the lock of state folder %s: %w", dir, err)
		}
		err := flock(f, syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("locking state folder %s: %w", dir, err)
		}
		waited := time.Since(began)
		if waited >= wait {
			return &HeldError{Dir: dir, Holder: read(f), Waited: waited}
		}
		if !told && waiting != nil {
			waiting(read(f))
		}
		told = true
		pause(ctx, min(poll, wait-waited))
	}
}

// flock does what flock(2) does. f may be closed at the same time.
func flock(f *os.File, how int) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var done error
	err = raw.Control(func(fd uintptr) {
		for {
			if done = syscall.Flock(int(fd), how); !errors.Is(done, syscall.EINTR) {
				return
			}
		}
	})
	return errors.Join(err, done)
}

// pause waits for d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// write puts the holder into the file.
func write(f *os.File, h Holder) error {
	b, err := json.Marshal(h)
	if err != nil {
		return err
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt(append(b, '\n'), 0)
	return err
}

// read is the holder that the file names; zero while that is being written.
func read(f *os.File) Holder {
	b, err := os.ReadFile(f.Name())
	var h Holder
	if err != nil || json.Unmarshal(b, &h) != nil {
		return Holder{}
	}
	return h
}
