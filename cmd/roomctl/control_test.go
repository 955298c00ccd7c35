package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"roomctl/config"
)

// openSocket serves a control socket in a folder of its own until the test ends.
func openSocket(t *testing.T, carryOut func(context.Context, controlOrder) controlAnswer) (dir string, end func()) {
	t.Helper()
	dir = t.TempDir()
	socket, err := openControl(dir, carryOut)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- socket.serve(ctx) }()
	over := false
	end = func() {
		if cancel(); over {
			return
		}
		over = true
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(end)
	return dir, end
}

// echo agrees to everything.
func echo(_ context.Context, o controlOrder) controlAnswer { return agreed(o.Do + " " + o.Why) }

func TestTheControlSocketIsForItsOwnerAndGoesInTheEnd(t *testing.T) {
	dir, end := openSocket(t, echo)
	path := filepath.Join(dir, controlName)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Mode().Type() != os.ModeSocket {
		t.Fatalf("the socket is %v (%v)", info, err)
	}
	if entries, err := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("the folder holds %v (%v), want the socket alone", entries, err)
	}
	answer, err := askWorker(t.Context(), dir, controlOrder{Do: "run", Why: "because"})
	if err != nil || !answer.OK || answer.Text != "run because" || answer.Version != 1 {
		t.Errorf("the answer is %+v, %v", answer, err)
	}

	idle, err := net.Dial("unix", path) // who says nothing keeps nobody from ending
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	end()
	if _, err := askWorker(t.Context(), dir, controlOrder{Do: "status"}); !errors.Is(err, errNoWorker) {
		t.Errorf("after the end: %v, want %v", err, errNoWorker)
	}
	if _, err := os.Lstat(path); err == nil {
		t.Error("the socket is still there")
	}
}

func TestASocketThatWasLeftBehindIsReplaced(t *testing.T) {
	dir := t.TempDir()
	left, err := openControl(dir, echo)
	if err != nil {
		t.Fatal(err)
	}
	left.listener.Close() // as by a kill: nobody takes the file away
	if _, err := askWorker(t.Context(), dir, controlOrder{Do: "status"}); !errors.Is(err, errNoWorker) {
		t.Errorf("nobody listens: %v, want %v", err, errNoWorker)
	}
	again, err := openControl(dir, echo)
	if err != nil {
		t.Fatal(err)
	}
	again.listener.Close()
}

func TestLinesOfTheControlSocket(t *testing.T) {
	dir, _ := openSocket(t, echo)
	conn, err := net.Dial("unix", filepath.Join(dir, controlName))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	for _, tt := range []struct {
		name, line string
		ok         bool
		want       string
	}{
		{"an order", `{"do":"run"}`, true, "run "},
		{"another one on the same connection", `{"do":"pause","why":"x"}`, true, "pause x"},
		{"an unknown member", `{"do":"run","rooms":["quic"]}`, false, `unknown field "rooms"`},
		{"no JSON", `run`, false, `the line is no order such as {"do":"run"}`},
		{"an empty line", ``, false, "the line is no order"},
		{"a value of another type", `{"do":7}`, false, "the line is no order"},
	} {
		if _, err := conn.Write([]byte(tt.line + "\n")); err != nil {
			t.Fatal(err)
		}
		line, err := answers.ReadBytes('\n')
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		var a controlAnswer
		if err := json.Unmarshal(line, &a); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if a.OK != tt.ok || !strings.Contains(a.Text+a.Error, tt.want) {
			t.Errorf("%s: answered %s", tt.name, line)
		}
	}

	// A line without an end is not waited for.
	if _, err := conn.Write(append([]byte(`{"do":"`), make([]byte, maxControlLine)...)); err != nil {
		t.Fatal(err)
	}
	if line, err := answers.ReadBytes('\n'); err == nil {
		t.Errorf("answered %s", line)
	}
}

func TestOrdersThatCannotBeCarriedOut(t *testing.T) {
	s := serving{program: newProgram()}
	one := &shift{house: &house{program: s.program, config: &config.Config{StateDir: t.TempDir()}}}
	s.shift.Store(one)
	for _, tt := range []struct {
		order controlOrder
		want  string
	}{
		{controlOrder{Do: "restart"}, `there is no order "restart": run, pause, resume and status are`},
		{controlOrder{}, `there is no order ""`},
		{controlOrder{Do: "run", Kind: "meeting"}, `there is no kind of run "meeting": full and quick are`},
		{controlOrder{Do: "pause", For: "tomorrow"}, `for: "tomorrow" is no time to pause for`},
		{controlOrder{Do: "pause", For: "-1h"}, `for: "-1h" is no time to pause for`},
	} {
		if a := s.carryOut(t.Context(), tt.order); a.OK || a.Version != 1 || !strings.HasPrefix(a.Error, tt.want) {
			t.Errorf("%+v: answered %+v", tt.order, a)
		}
	}
	if _, paused := one.house.paused(); paused {
		t.Error("it is paused")
	}
}

func TestAStateFolderWithALongNameIsToldAbout(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("x", 100))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := openControl(dir, echo); err == nil || !strings.Contains(err.Error(), "(setting: state_dir)") {
		t.Errorf("got %v", err)
	}
	if entries, err := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("left behind: %v (%v)", entries, err)
	}
}

// busyListener has no file descriptor left for the first connection.
type busyListener struct {
	net.Listener
	had bool
}

func (l *busyListener) Accept() (net.Conn, error) {
	if !l.had {
		l.had = true
		return nil, &net.OpError{Op: "accept", Net: "unix", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	}
	return l.Listener.Accept()
}

func TestTheControlSocketOutlivesAWantOfFileDescriptors(t *testing.T) {
	dir := t.TempDir()
	socket, err := openControl(dir, echo)
	if err != nil {
		t.Fatal(err)
	}
	socket.listener = &busyListener{Listener: socket.listener}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- socket.serve(ctx) }()
	if answer, err := askWorker(t.Context(), dir, controlOrder{Do: "run"}); err != nil || !answer.OK {
		t.Errorf("the answer is %+v, %v", answer, err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
