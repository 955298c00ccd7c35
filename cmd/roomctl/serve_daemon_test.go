package main

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/provisioner/worker/clocktest"
	"roomctl/xmppadmin/xmpptest"
)

// daemon is the whole of serve in this process, with a clock that its test turns.
type daemon struct {
	*serving
	t     *testing.T
	stage *stage
	clock *clocktest.Clock
}

// startDaemon serves until the test ends. It returns when the first run has ended.
func startDaemon(t *testing.T, o xmpptest.Options, configuration string) *daemon {
	t.Helper()
	s, p, file := serveStageWith(t, o, configuration)
	d := &daemon{t: t, stage: s, clock: clocktest.New(epoch)}
	p.now, p.clock, p.getenv = d.clock.Now, d.clock, environment()
	log := logrus.New()
	log.SetOutput(io.Discard)
	var err error
	if d.serving, err = p.newServing(file, log); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.serving.run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	d.turn(0)
	return d
}

// turn turns the clock on by d. Then everybody sleeps.
func (d *daemon) turn(by time.Duration) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), 2*time.Minute)
	defer cancel()
	if err := d.clock.TurnTo(ctx, d.clock.Now().Add(by)); err != nil {
		d.t.Fatal(err)
	}
}

// settle lets the worker do what it was just woken for: it naps for a minute, so
// that after two it has slept again.
func (d *daemon) settle() {
	d.t.Helper()
	d.turn(2 * time.Minute)
}

// order gives an order by the control socket.
func (d *daemon) order(do string) {
	d.t.Helper()
	answer, err := askWorker(d.t.Context(), d.shift.Load().house.config.StateDir, controlOrder{Do: do})
	if err != nil {
		d.t.Fatal(err)
	}
	if !answer.OK {
		d.t.Fatalf("%s: %s", do, answer.Error)
	}
	d.settle()
}

// readAgain is SIGHUP.
func (d *daemon) readAgain() {
	d.t.Helper()
	before := d.shift.Load()
	d.reload(d.t.Context())
	if d.shift.Load() == before {
		d.t.Fatal("the configuration was refused")
	}
	d.settle()
}

// ask asks the administration.
func (d *daemon) ask(path string) (status int, body string) {
	d.t.Helper()
	_, admin := d.sites.urls()
	return ask(d.t, "GET", admin+path)
}
