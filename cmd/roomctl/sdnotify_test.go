package main

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// manager is a service manager's end of the notification socket.
func manager(t *testing.T, name string) *net.UnixConn {
	t.Helper()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// message is the next message that the manager gets.
func message(t *testing.T, conn *net.UnixConn) string {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 4096)
	n, err := conn.Read(buffer)
	if err != nil {
		t.Fatal(err)
	}
	return string(buffer[:n])
}

// environment looks names up in a list of name and value.
func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestTheServiceManagerIsTold(t *testing.T) {
	for name, socket := range map[string]string{
		"on a path":              filepath.Join(t.TempDir(), "notify"),
		"under an abstract name": "@roomctl-test-" + strconv.FormatInt(time.Now().UnixNano(), 36),
	} {
		t.Run(name, func(t *testing.T) {
			conn := manager(t, socket)
			s, err := newSystemd(environment("NOTIFY_SOCKET", socket), 4711)
			if err != nil {
				t.Fatal(err)
			}
			var before, after unix.Timespec
			tell := func(err error) string {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				return message(t, conn)
			}
			if got, want := tell(s.ready("the first run")), "READY=1\nSTATUS=the first run"; got != want {
				t.Errorf("ready says %q, want %q", got, want)
			}
			if got, want := tell(s.status("failed: a\nREADY=1")), "STATUS=failed: a READY=1"; got != want {
				t.Errorf("a status of two lines says %q, want %q", got, want)
			}
			if got, want := tell(s.stopping()), "STOPPING=1\nSTATUS=finishing the change in hand"; got != want {
				t.Errorf("stopping says %q, want %q", got, want)
			}
			if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &before); err != nil {
				t.Fatal(err)
			}
			said := tell(s.reloading())
			if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &after); err != nil {
				t.Fatal(err)
			}
			usec, err := strconv.ParseInt(strings.TrimPrefix(said, "RELOADING=1\nMONOTONIC_USEC="), 10, 64)
			if err != nil || usec < before.Nano()/1000 || usec > after.Nano()/1000 {
				t.Errorf("reloading says %q between %d and %d", said, before.Nano()/1000, after.Nano()/1000)
			}
		})
	}
}

func TestWithoutAServiceManagerNobodyIsTold(t *testing.T) {
	s, err := newSystemd(environment("WATCHDOG_USEC", "1000"), 4711)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ready("x"); err != nil {
		t.Error(err)
	}
	s.watch(t.Context(), func() bool { t.Error("somebody asked"); return true }, func(err error) { t.Error(err) })
}

func TestAServiceManagerThatIsGoneIsAnError(t *testing.T) {
	s, err := newSystemd(environment("NOTIFY_SOCKET", filepath.Join(t.TempDir(), "nobody")), 4711)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ready("x"); err == nil || !strings.HasPrefix(err.Error(), "telling the service manager: ") {
		t.Errorf("got %v", err)
	}
}

func TestTheEnvironmentOfTheServiceManager(t *testing.T) {
	for _, tt := range []struct {
		name     string
		env      []string
		watchdog time.Duration
		wrong    string
	}{
		{"asks for signs of life", []string{"NOTIFY_SOCKET", "/x", "WATCHDOG_USEC", "30000000"}, 30 * time.Second, ""},
		{"asks this process for them", []string{"NOTIFY_SOCKET", "/x", "WATCHDOG_USEC", "1000000", "WATCHDOG_PID", "4711"}, time.Second, ""},
		{"asks another process", []string{"NOTIFY_SOCKET", "/x", "WATCHDOG_USEC", "1000000", "WATCHDOG_PID", "1"}, 0, ""},
		{"asks for none", []string{"NOTIFY_SOCKET", "/x"}, 0, ""},
		{"names no socket", []string{"NOTIFY_SOCKET", "notify"}, 0, "NOTIFY_SOCKET"},
		{"has no number", []string{"NOTIFY_SOCKET", "/x", "WATCHDOG_USEC", "soon"}, 0, "WATCHDOG_USEC"},
		{"has a number that is too large", []string{"NOTIFY_SOCKET", "/x", "WATCHDOG_USEC", "9223372036854775807"}, 0, "WATCHDOG_USEC"},
		{"has none at all", []string{"NOTIFY_SOCKET", "/x", "WATCHDOG_USEC", "0"}, 0, "WATCHDOG_USEC"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := newSystemd(environment(tt.env...), 4711)
			switch {
			case tt.wrong != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.wrong+": ")):
				t.Errorf("got %v, want an error about %s", err, tt.wrong)
			case tt.wrong == "" && err != nil:
				t.Error(err)
			case s.watchdog != tt.watchdog:
				t.Errorf("a sign of life each %s, want %s", s.watchdog, tt.watchdog)
			}
		})
	}
}

// The signs of life come while somebody is alive, stop when nobody is, and come
// again.
func TestSignsOfLife(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	conn := manager(t, socket)
	s, err := newSystemd(environment("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "2000"), 4711)
	if err != nil {
		t.Fatal(err)
	}
	var alive atomic.Bool
	alive.Store(true)
	asked := make(chan bool)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan bool)
	go func() {
		defer close(ended)
		s.watch(ctx, func() bool {
			select {
			case asked <- true:
			case <-ctx.Done():
			}
			return alive.Load()
		}, func(err error) { t.Error(err) })
	}()
	for range 2 {
		<-asked
		if got := message(t, conn); got != "WATCHDOG=1" {
			t.Errorf("got %q", got)
		}
	}
	alive.Store(false)
	<-asked
	<-asked // the answer to the first has had no consequence by now
	if err := conn.SetReadDeadline(time.Now()); err != nil {
		t.Fatal(err)
	}
	if n, err := conn.Read(make([]byte, 100)); err == nil {
		t.Errorf("%d bytes came from nobody alive", n)
	}
	alive.Store(true)
	<-asked
	if got := message(t, conn); got != "WATCHDOG=1" {
		t.Errorf("got %q", got)
	}
	cancel()
	<-ended
}

// A service manager that is started anew, or is too busy to read, misses some signs
// of life. It gets those that follow, and no message blocks for ever.
func TestSignsOfLifeGoOn(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	s, err := newSystemd(environment("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "2000"), 4711)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	told, ended := make(chan error, 100), make(chan bool)
	go func() {
		defer close(ended)
		s.watch(ctx, func() bool { return true }, func(err error) { told <- err })
	}()
	if err := <-told; !strings.HasPrefix(err.Error(), "telling the service manager: ") {
		t.Errorf("told %v", err)
	}
	conn := manager(t, socket)
	if got := message(t, conn); got != "WATCHDOG=1" {
		t.Errorf("got %q", got)
	}
	// Nobody reads any more, until no more messages fit in.
	if err := <-told; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("told %v", err)
	}
	cancel()
	<-ended
	if len(told) > 0 {
		t.Errorf("told once more: %v", <-told)
	}
}
