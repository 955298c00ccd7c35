package lock

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var syncing = Holder{Command: "sync", PID: 4711, Host: "chat", Began: time.Date(2026, 3, 14, 13, 42, 5, 0, time.UTC)}

// TestMain turns the test binary into a second process that takes the lock of
// the folder in LOCK_CHILD_DIR, says so, and holds it until it is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("LOCK_CHILD_DIR"); dir != "" {
		if _, err := Acquire(context.Background(), dir, syncing, 0, nil); err != nil {
			os.Stdout.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Stdout.WriteString("held\n")
		os.Stdin.Read(make([]byte, 1)) // the pipe never says anything
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// hold starts a process that holds the lock of dir.
func hold(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "LOCK_CHILD_DIR="+dir)
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "held\n" {
		t.Fatalf("the holding process said %q (%v)", line, err)
	}
	return cmd
}

func acquire(t *testing.T, dir string, h Holder) *Lock {
	t.Helper()
	l, err := Acquire(context.Background(), dir, h, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Release() })
	return l
}

func TestASecondHolderIsRefusedAndToldWhoHoldsIt(t *testing.T) {
	dir := t.TempDir()
	acquire(t, dir, syncing)
	_, err := Acquire(context.Background(), dir, Holder{Command: "rooms adopt"}, 0, nil)
	var held *HeldError
	if !errors.As(err, &held) {
		t.Fatalf("got %v, want a *HeldError", err)
	}
	if held.Holder != syncing || held.Dir != dir {
		t.Errorf("held by %+v in %s", held.Holder, held.Dir)
	}
	for _, part := range []string{dir, `"sync"`, "process 4711 on chat", "since 2026-03-1"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}

func TestTheLockIsFreeAfterItsHolderWasKilled(t *testing.T) {
	dir := t.TempDir()
	cmd := hold(t, dir)
	if _, err := Acquire(context.Background(), dir, Holder{}, 0, nil); !errors.As(err, new(*HeldError)) {
		t.Fatalf("while another process holds it: %v, want a *HeldError", err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	acquire(t, dir, Holder{Command: "rooms adopt"})
}

func TestAWaitingProcessIsToldOnceAndGetsTheLockOnRelease(t *testing.T) {
	dir := t.TempDir()
	first := acquire(t, dir, syncing)
	var told []Holder
	second, err := Acquire(context.Background(), dir, Holder{Command: "publish"}, time.Minute, func(h Holder) {
		told = append(told, h)
		time.AfterFunc(3*poll, func() { first.Release() })
	})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Release()
	if len(told) != 1 || told[0] != syncing {
		t.Errorf("told %+v, want the first holder once", told)
	}
}

func TestWaitingEnds(t *testing.T) {
	dir := t.TempDir()
	acquire(t, dir, syncing)

	t.Run("when the wait is over, with the holder", func(t *testing.T) {
		_, err := Acquire(context.Background(), dir, Holder{}, poll/2, nil)
		var held *HeldError
		if !errors.As(err, &held) || held.Waited < poll/2 {
			t.Errorf("got %v, want a *HeldError after %s", err, poll/2)
		}
	})
	t.Run("when the context ends, with its error", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		_, err := Acquire(ctx, dir, Holder{}, time.Hour, func(Holder) { cancel() })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
	})
}

func TestTheWaitIsToldWhereThereWasOne(t *testing.T) {
	for waited, want := range map[time.Duration]string{
		0:                        "",
		400 * time.Millisecond:   "",
		29900 * time.Millisecond: "; waited 30s",
	} {
		err := &HeldError{Dir: "/state", Holder: Holder{}, Waited: waited}
		if want := "state folder /state is in use by another run" + want; err.Error() != want {
			t.Errorf("after %s: %q, want %q", waited, err, want)
		}
	}
}

func TestReleaseMayBeCalledAgain(t *testing.T) {
	dir := t.TempDir()
	l := acquire(t, dir, syncing)
	for range 3 {
		if err := l.Release(); err != nil {
			t.Fatal(err)
		}
	}
	next := acquire(t, dir, syncing)
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	if _, err := Acquire(context.Background(), dir, syncing, 0, nil); !errors.As(err, new(*HeldError)) {
		t.Errorf("an old lock's Release let go of a new one: %v", err)
	}
	if err := next.Release(); err != nil {
		t.Fatal(err)
	}
}

func TestAHolderThatCannotBeReadIsAnotherRun(t *testing.T) {
	for name, content := range map[string]string{
		"nothing written yet": "",
		"half written":        `{"command":"sy`,
		"not a holder at all": "\x00\xff\x00",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			acquire(t, dir, syncing)
			if err := os.WriteFile(filepath.Join(dir, fileName), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Acquire(context.Background(), dir, Holder{}, 0, nil)
			if !errors.As(err, new(*HeldError)) || !strings.HasSuffix(err.Error(), "in use by another run") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAStateFolderThatCannotBeUsedIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(file, "state")
	_, err := Acquire(context.Background(), dir, syncing, 0, nil)
	if err == nil || !strings.Contains(err.Error(), "the folder "+dir+" and the files in it must be writable") {
		t.Errorf("got %v", err)
	}
}

func TestTheFolderAndTheFileAreForTheOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "var", "state")
	acquire(t, dir, syncing)
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, fileName): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", path, info.Mode().Perm(), want)
		}
	}
}

// A process that is being started has copies of all descriptors until its program begins, that of the lock too.
func TestTheLockIsFreeAfterReleaseWhateverElseHasItsFile(t *testing.T) {
	dir := t.TempDir()
	held := acquire(t, dir, syncing)
	copied, err := syscall.Dup(int(held.f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(copied)
	if err := held.Release(); err != nil {
		t.Fatal(err)
	}
	if err := acquire(t, dir, syncing).Release(); err != nil {
		t.Error(err)
	}
}
