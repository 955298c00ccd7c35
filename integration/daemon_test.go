//go:build integration

package integration

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/servers"
)

// daemonServers are those that the daemon is tried on as people start it: one of each kind.
func daemonServers() []servers.Name { return []servers.Name{servers.Prosody13, servers.Ejabberd26} }

// onDaemonServers runs a test for each of them.
func onDaemonServers(t *testing.T, test func(ctx context.Context, t *testing.T, server *servers.Server)) {
	for _, name := range daemonServers() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			test(ctx, t, start(ctx, t, name, servers.Options{}))
		})
	}
}

// daemon is a running `roomctl serve`.
type daemon struct {
	stage  *stage
	cmd    *exec.Cmd
	finish func() outcome
	status daemonStatus // the last that it told
}

// daemonStatus is what it tells on the control socket.
type daemonStatus struct {
	PID     int
	Running string
	Last    *struct {
		Kind, Outcome, Failure string
		Began                  time.Time
	}
	Paused       string
	Pages, Admin string
}

// serveSoon has the daemon listen on free ports, and run often.
const serveSoon = `schedule: {sync: "@every 1s", meeting: "@every 1s", full: "@every 1h", jitter: 0s}
http: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0"}
`

// serve starts the daemon and waits until it answers. It is killed at the end of the test, if it has not ended.
func (s *stage) serve(ctx context.Context, t testing.TB, args ...string) *daemon {
	t.Helper()
	d := &daemon{stage: s}
	d.cmd, d.finish = s.start(ctx, t, append(args, "serve")...)
	t.Cleanup(func() { d.cmd.Process.Kill() }) // it may have ended
	d.settle(ctx, t, "it answers", func() bool { return d.status.PID == d.cmd.Process.Pid })
	return d
}

// order gives an order on the control socket.
func (d *daemon) order(order string) (answer struct {
	OK     bool
	Text   string
	Error  string
	Status *daemonStatus
}, err error) {
	conn, err := net.Dial("unix", filepath.Join(d.stage.Dir, "state", "control.sock"))
	if err != nil {
		return answer, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := fmt.Fprintln(conn, order); err != nil {
		return answer, err
	}
	line, err := bufio.NewReader(conn).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &answer)
	}
	return answer, err
}

// settle waits until something is true of what the daemon tells of itself.
func (d *daemon) settle(ctx context.Context, t testing.TB, what string, is func() bool) {
	t.Helper()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		answer, err := d.order(`{"do":"status"}`)
		if err == nil && answer.Status != nil {
			d.status = *answer.Status
			if is() {
				return
			}
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("waiting until %s: %v, %v, %+v\n%s", what, context.Cause(ctx), err, d.status, abridged(d.said()))
		}
	}
}

// ran waits until a run has begun after a time and ended well.
func (d *daemon) ran(ctx context.Context, t testing.TB, after time.Time) {
	t.Helper()
	d.settle(ctx, t, "a run has ended as done", func() bool {
		l := d.status.Last
		return l != nil && l.Outcome == "done" && l.Began.After(after)
	})
}

// said is what it has logged so far.
func (d *daemon) said() string { return d.cmd.Stderr.(*transcript).String() }

// signal sends a signal.
func (d *daemon) signal(t testing.TB, signal syscall.Signal) {
	t.Helper()
	if err := d.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
}

// ask asks one of its web servers.
func ask(ctx context.Context, t testing.TB, method, url string) (status int, text string) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// waitFor asks for a page until it has a status and some words.
func waitFor(ctx context.Context, t testing.TB, url string, status int, words ...string) {
	t.Helper()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		is, text := ask(ctx, t, http.MethodGet, url)
		lacking := ""
		for _, w := range words {
			if !strings.Contains(text, w) {
				lacking = w
			}
		}
		if is == status && lacking == "" {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("%s: status %d, want %d; it lacks %q:\n%s", url, is, status, lacking, text)
		}
	}
}

// gone is a Datatracker that answers nothing, and says for how long, so that nobody waits for another attempt.
func gone() datatrackertest.Fault {
	return datatrackertest.Fault{Kind: datatrackertest.Status, RetryAfter: "3600"}
}
