package debian

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// typingPatience is how long a shell may take to show what was waited for.
const typingPatience = 20 * time.Second

// A Terminal is a shell of a machine that somebody types at.
type Terminal struct {
	keyboard *os.File // both ways
	shown    chan string
	cmd      *exec.Cmd
	screen   string // what has been shown since the last key
}

// Terminal starts a shell, with its arguments, on a terminal of its own. The caller closes it.
func (m *Machine) Terminal(ctx context.Context, shell ...string) (*Terminal, error) {
	keyboard, screen, err := openTerminal()
	if err != nil {
		return nil, fmt.Errorf("opening a terminal: %w", err)
	}
	defer screen.Close()
	t := &Terminal{keyboard: keyboard, shown: make(chan string)}
	t.cmd = m.command(ctx, append([]string{`exec "$@"`, "sh"}, shell...))
	t.cmd.Stdin, t.cmd.Stdout, t.cmd.Stderr = screen, screen, screen
	t.cmd.SysProcAttr.Setsid, t.cmd.SysProcAttr.Setctty = true, true
	if err := t.cmd.Start(); err != nil {
		keyboard.Close()
		return nil, err
	}
	go func() {
		defer close(t.shown)
		buffer := make([]byte, 4096)
		for {
			n, err := keyboard.Read(buffer)
			if err != nil {
				return // the last program on the terminal has ended
			}
			t.shown <- string(buffer[:n])
		}
	}()
	return t, nil
}

// Type types keys, and returns what the screen then shows up to the text until, which must come.
func (t *Terminal) Type(keys, until string) (string, error) {
	t.screen = ""
	if _, err := t.keyboard.WriteString(keys); err != nil {
		return "", err
	}
	patience := time.NewTimer(typingPatience)
	defer patience.Stop()
	for !strings.Contains(t.screen, until) {
		select {
		case text, open := <-t.shown:
			if !open {
				return t.screen, fmt.Errorf("the shell ended: %q", t.screen)
			}
			t.screen += text
		case <-patience.C:
			return t.screen, fmt.Errorf("typed %q and waited for %q: %q", keys, until, t.screen)
		}
	}
	return t.screen, nil
}

// Close ends the shell.
func (t *Terminal) Close() {
	_ = t.cmd.Process.Kill() // fails only if it has ended
	for range t.shown {      // until it has
	}
	_ = t.cmd.Wait() // it was killed
	t.keyboard.Close()
}

// openTerminal makes a pseudo-terminal: what is written to one side comes out of the other (pts(4)).
func openTerminal() (keyboard, screen *os.File, err error) {
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	keyboard = os.NewFile(uintptr(fd), "/dev/ptmx")
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		keyboard.Close()
		return nil, nil, err
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		keyboard.Close()
		return nil, nil, err
	}
	screen, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		keyboard.Close()
		return nil, nil, err
	}
	return keyboard, screen, nil
}
