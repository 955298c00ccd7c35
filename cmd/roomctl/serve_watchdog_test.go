package main

import (
	"context"
	"io"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/provisioner"
	"roomctl/provisioner/worker"
	"roomctl/provisioner/worker/clocktest"
)

// askedClock tells when somebody looks at it.
type askedClock struct {
	*clocktest.Clock
	asked chan bool // gets one for each look that somebody waits for
}

func (c askedClock) Now() time.Time {
	select {
	case c.asked <- true:
	default:
	}
	return c.Clock.Now()
}

// The service manager is to restart a serve that hangs: it gets no sign of life from
// the moment on when a run should have ended for its limit.
func TestServeThatHangsGivesNoSignOfLife(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "notify")
	signs := signsOfLife(t, name)
	clock := askedClock{clocktest.New(epoch), make(chan bool)}
	p := newProgram()
	p.now, p.getenv = clock.Clock.Now, environment("NOTIFY_SOCKET", name, "WATCHDOG_USEC", "2000")
	log := logrus.New()
	log.SetOutput(io.Discard)
	s, err := p.newServing("", log)
	if err != nil {
		t.Fatal(err)
	}
	schedule, err := worker.ParseSchedule("@hourly", "@hourly", "@hourly", "UTC", 0)
	if err != nil {
		t.Fatal(err)
	}
	began, end := make(chan bool), make(chan bool)
	release := sync.OnceFunc(func() { close(end) })
	s.worker = worker.New(worker.Duty{Schedule: schedule, Sync: func(context.Context, worker.Order) (*provisioner.Report, error) {
		close(began)
		<-end // whatever becomes of the context
		return &provisioner.Report{}, nil
	}}, worker.Options{Clock: clock, Log: log})
	control, err := openControl(dir, s.carryOut)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan bool)
	go func() {
		defer close(ended)
		s.work(ctx, control)
	}()
	defer func() { stop(); release(); <-ended }()

	<-began
	clock.Jump(21 * time.Minute) // the limit of a run, and the time that it has to end then
	signs.mark()
	signs.await("mark")
	signs.await("WATCHDOG=1")
	clock.Jump(time.Second)
	signs.mark()
	signs.await("mark")
	for range 10 {
		select {
		case <-clock.asked:
		case <-time.After(time.Minute):
			t.Fatal("nobody asks whether the worker gets on")
		}
	}
	signs.mark()
	if n := signs.await("mark"); n > 1 { // one may have been on its way
		t.Errorf("%d signs of life since it hangs, want none", n)
	}
	release()
	signs.await("WATCHDOG=1")
}

// signs are what a service manager hears.
type signs struct {
	t     *testing.T
	name  string
	heard chan string
}

func signsOfLife(t *testing.T, name string) *signs {
	t.Helper()
	conn := manager(t, name)
	s := &signs{t: t, name: name, heard: make(chan string, 1000)}
	go func() {
		buffer := make([]byte, 4096)
		for {
			n, err := conn.Read(buffer)
			if err != nil {
				return // the test is over
			}
			select {
			case s.heard <- string(buffer[:n]):
			case <-t.Context().Done():
				return
			}
		}
	}()
	return s
}

// mark puts a mark behind what was sent so far.
func (s *signs) mark() {
	s.t.Helper()
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: s.name, Net: "unixgram"})
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("mark")); err != nil {
		s.t.Fatal(err)
	}
}

// await waits for a message. It says how many signs of life came before it.
func (s *signs) await(want string) (alive int) {
	s.t.Helper()
	for {
		select {
		case got := <-s.heard:
			if got == want {
				return alive
			}
			if got == "WATCHDOG=1" {
				alive++
			}
		case <-time.After(time.Minute):
			s.t.Fatalf("%s does not come", want)
		}
	}
}
