//go:build integration

package integration

import (
	"bytes"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"roomctl/integration/servers"
)

// integration/serve prints a configuration that fits the server it runs. Interrupted, it leaves nothing behind;
// killed, it leaves its folder, but no server.
func TestServe(t *testing.T) {
	program := filepath.Join(t.TempDir(), "serve")
	if out, err := exec.Command("go", "build", "-o", program, "./internal/serve").CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	for _, name := range servers.Names() {
		t.Run(string(name)+" interrupted", func(t *testing.T) {
			t.Parallel()
			serving := serve(t, program, name)
			serving.endsAfter(t, os.Interrupt)
			if _, err := os.Stat(serving.folder); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("its folder is still there: %v", err)
			}
			if state := serving.process.ProcessState; !state.Success() {
				t.Errorf("it ended with %v", state)
			}
		})
		t.Run(string(name)+" killed", func(t *testing.T) {
			t.Parallel()
			serving := serve(t, program, name)
			serving.endsAfter(t, os.Kill)
			if err := os.RemoveAll(serving.folder); err != nil {
				t.Error(err)
			}
		})
	}
}

// A serving is a running integration/serve.
type serving struct {
	process *exec.Cmd
	address string // of the server
	folder  string
}

// serve runs the program until it has printed its configuration, and checks that.
func serve(t *testing.T, program string, name servers.Name) serving {
	t.Helper()
	var stderr bytes.Buffer
	process := exec.Command(program, string(name))
	process.Stderr = &stderr
	stdout, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { process.Process.Kill() }) // fails where the test has ended it
	var config struct {
		XMPP struct {
			JID, Address, MUC string
			PasswordFile      string `yaml:"password_file"`
			CAFile            string `yaml:"ca_file"`
		}
		State string `yaml:"state_dir"`
	}
	printed := make([]byte, 4096)
	n, err := stdout.Read(printed) // it is written at once, and so read at once
	if err != nil {
		t.Fatalf("reading its configuration: %v; it said: %s", err, &stderr)
	}
	if err := yaml.Unmarshal(printed[:n], &config); err != nil {
		t.Fatalf("its configuration: %v\n%s", err, printed[:n])
	}
	info, err := os.Stat(config.XMPP.PasswordFile)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the password file has mode %v, want 0600", info.Mode())
	}
	if _, err := os.Stat(config.XMPP.CAFile); err != nil {
		t.Error(err)
	}
	return serving{process: process, address: config.XMPP.Address, folder: filepath.Dir(config.State)}
}

// endsAfter sends a signal and waits until the program has ended and its server with it.
func (s serving) endsAfter(t *testing.T, signal os.Signal) {
	t.Helper()
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatalf("before the signal: %v", err)
	}
	defer conn.Close()
	if err := s.process.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	_ = s.process.Wait() // how it ended is in its ProcessState
	deadline := time.Now().Add(10 * time.Second)
	conn.SetDeadline(deadline)
	if _, err := conn.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal("the server did not end")
	}
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		left, err := net.Dial("tcp", s.address)
		if errors.Is(err, syscall.ECONNREFUSED) {
			return
		}
		if err == nil {
			left.Close()
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server still answers: %v", err)
		}
		<-again.C
	}
}
