package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roomctl/xmppadmin/xmpptest"
)

// serveStage is a configuration for the servers of a stage, and a program that
// reads it.
func serveStage(t *testing.T, more string) (s *stage, p *program, file string) {
	t.Helper()
	return serveStageWith(t, xmpptest.Options{Kind: xmpptest.Ejabberd}, usualConfig+more)
}

// serveStageWith is serveStage with another chat server and another configuration,
// with the names of servers and files as $NAMES.
func serveStageWith(t *testing.T, o xmpptest.Options, configuration string) (s *stage, p *program, file string) {
	t.Helper()
	s = newStage(t.TempDir())
	t.Cleanup(s.close)
	names := s.environment()
	servers, err := s.open(o)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range servers {
		names[name] = value
	}
	file = s.path("config.yaml")
	text := os.Expand(configuration, func(name string) string { return names[name] })
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p = newProgram()
	p.stdout, p.stderr = io.Discard, &strings.Builder{} // logrus writes one line at a time
	p.now = s.now
	p.clock = scriptClock{now: s.now}
	return s, p, file
}

// The service manager hears when serve is up, how runs went, that it gets on, and
// that it ends.
func TestServeUnderAServiceManager(t *testing.T) {
	t.Parallel()
	_, p, file := serveStage(t, "http: {listen: \"\", admin_listen: \"\"}\n")
	socket := filepath.Join(t.TempDir(), "notify")
	conn := manager(t, socket)
	p.getenv = environment("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "20000")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	status := make(chan int, 1)
	go func() { status <- p.main(ctx, []string{"roomctl", "--config", file, "serve"}) }()

	hears := func(want string) {
		t.Helper()
		for {
			if got := message(t, conn); strings.HasPrefix(got, want) {
				return
			}
		}
	}
	hears("READY=1\nSTATUS=")
	hears("WATCHDOG=1")
	hears("STATUS=full run at 12:00 UTC: done")
	hears("WATCHDOG=1")
	stop()
	hears("STOPPING=1")
	if got := <-status; got != exitDone {
		t.Errorf("exit status %d, want %d: %s", got, exitDone, p.stderr)
	}
}

// Being told to stop is no failure, however early: to the service manager it would
// be one.
func TestServeThatIsStoppedBeforeItHasBegun(t *testing.T) {
	t.Parallel()
	_, p, file := serveStage(t, "http: {listen: \"\", admin_listen: \"\"}\n")
	p.getenv = environment()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if got := p.main(ctx, []string{"roomctl", "--config", file, "serve"}); got != exitDone {
		t.Errorf("exit status %d, want %d: %s", got, exitDone, p.stderr)
	}
}
