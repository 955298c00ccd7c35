package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"roomctl/xmppadmin/xmpptest"
)

// movingLine is a step that is drawn over the one before it.
const movingLine = "\r\x1b[Kreading the Datatracker…"

// narrow is the width of the terminal.
const narrow = 64

// colours finds SGR sequences (ECMA-48 section 8.3.117).
var colours = regexp.MustCompile(`\x1b\[[0-9;]*m`)

func TestOnATerminal(t *testing.T) {
	s := newStage(t.TempDir())
	t.Cleanup(s.close)
	servers, err := s.open(xmpptest.Options{Kind: xmpptest.Ejabberd})
	if err != nil {
		t.Fatal(err)
	}
	environment := s.environment()
	maps.Copy(environment, servers)
	config := os.Expand(usualConfig, func(name string) string { return environment[name] })
	if err := os.WriteFile(s.path("config.yaml"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		set             string
		moving, colours bool
	}{
		"progress is one moving line, and there are colours": {"TERM=xterm", true, true},
		"NO_COLOR takes the colours away, nothing else":      {"NO_COLOR=1", true, false},
		"a dumb terminal gets plain lines":                   {"TERM=dumb", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			screen := onTerminal(t, environment, c.set, "plan")
			if strings.Contains(screen, movingLine) != c.moving {
				t.Errorf("a moving line is to be there (%t):\n%q", c.moving, screen)
			}
			if strings.Contains(screen, "\nreading the Datatracker\r\n") && c.moving {
				t.Errorf("steps have lines of their own:\n%q", screen)
			}
			if colours.MatchString(screen) != c.colours {
				t.Errorf("colours are to be there (%t):\n%q", c.colours, screen)
			}
			if c.colours && !strings.Contains(screen, "\x1b[32m+ create") {
				t.Errorf("a room to create is not green:\n%q", screen)
			}
			for _, line := range strings.Split(strings.ReplaceAll(screen, "\r\x1b[K", "\r\n"), "\r\n") {
				if wide := utf8.RuneCountInString(colours.ReplaceAllString(line, "")); wide > narrow {
					t.Errorf("%d characters do not fit: %q", wide, line)
				}
			}
			// The moving line is gone before anything is printed.
			if _, after, found := strings.Cut(screen, "IETF 113 agenda: "); !found || strings.Contains(after, "…") {
				t.Errorf("a step is left among the output:\n%q", screen)
			}
		})
	}
}

// onTerminal runs roomctl with a terminal for all three streams, and returns
// what came out of it.
func onTerminal(t *testing.T, environment map[string]string, set string, args ...string) string {
	t.Helper()
	cmd, screen := startOnTerminal(t, environment, set, args...)
	// The last program on a terminal has ended when reading it fails with EIO.
	data, err := io.ReadAll(screen)
	if err != nil && !errors.Is(err, syscall.EIO) {
		t.Fatalf("reading the screen: %v", err)
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != exitPending {
		t.Fatalf("roomctl %v: %v, want exit status %d:\n%s", args, err, exitPending, data)
	}
	return string(data)
}

// startOnTerminal starts roomctl in a session of its own on a terminal, of which
// screen is the other side.
func startOnTerminal(t *testing.T, environment map[string]string, set string, args ...string) (cmd *exec.Cmd, screen *os.File) {
	t.Helper()
	screen, terminal, err := openTerminal()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { screen.Close() })
	defer terminal.Close()
	cmd = exec.CommandContext(t.Context(), "roomctl", args...)
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		cmd.Env = append(cmd.Env, name+"="+environment[name])
	}
	cmd.Env = append(cmd.Env, set)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, screen
}

// What is logged on a terminal may quote text from outside: the path that a client
// of the pages asked for, the words of a server.
func TestTheLogDoesNothingToATerminal(t *testing.T) {
	screen, terminal, err := openTerminal()
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	p := &program{stderr: terminal, getenv: func(string) string { return "" }}
	log, err := p.logger(logContext("serve"))
	if err != nil {
		t.Fatal(err)
	}
	log.WithError(errors.New("\x1b]0;field\a")).Warn("serving rooms/\x1b]0;title\a\u202e: permission denied\nall is well")
	terminal.Close()
	data, err := io.ReadAll(screen)
	if err != nil && !errors.Is(err, syscall.EIO) {
		t.Fatal(err)
	}
	text := colours.ReplaceAllString(string(data), "")
	if strings.ContainsAny(text, "\x1b\a\u202e") || strings.Count(text, "\n") != 1 || !strings.Contains(text, "permission denied") {
		t.Errorf("the screen gets %q", text)
	}
}

// On a terminal the demo ends with its pages open in a browser, and Ctrl-C ends
// it.
func TestTheDemoOnATerminalServesUntilCtrlC(t *testing.T) {
	t.Parallel()
	environment := map[string]string{"GORACE": "atexit_sleep_ms=10"}
	cmd, screen := startOnTerminal(t, environment, "TERM=xterm", "demo", "--dir", filepath.Join(t.TempDir(), "demo"))
	base := ""
	lines := bufio.NewScanner(screen)
	for base == "" && lines.Scan() {
		if found := opened.FindStringSubmatch(lines.Text()); found != nil {
			base = found[1]
		}
	}
	if base == "" {
		t.Fatalf("the demo ended (%v) and served nothing: %v", cmd.Wait(), lines.Err())
	}
	if page := fetch(t, base+"/rooms/quic/"); !strings.Contains(page, "quic@conference.localhost") {
		t.Errorf("the page of quic is\n%s", page)
	}
	if _, err := screen.Write([]byte{ctrlC}); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() { // until the demo has ended
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after Ctrl-C: %v, want exit status 0", err)
	}
}

// ctrlC makes a terminal interrupt its programs (termios(3), VINTR).
const ctrlC = 3

// openTerminal makes a pseudo-terminal: what is written to terminal comes out of
// screen (pts(4)).
func openTerminal() (screen, terminal *os.File, err error) {
	screen, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			screen.Close()
		}
	}()
	if err := unix.IoctlSetPointerInt(int(screen.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		return nil, nil, fmt.Errorf("unlocking the terminal: %w", err)
	}
	if err := unix.IoctlSetWinsize(int(screen.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: narrow}); err != nil {
		return nil, nil, fmt.Errorf("setting the terminal's size: %w", err)
	}
	n, err := unix.IoctlGetInt(int(screen.Fd()), unix.TIOCGPTN)
	if err != nil {
		return nil, nil, fmt.Errorf("asking for the terminal's number: %w", err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	return screen, terminal, err
}
