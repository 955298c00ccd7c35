package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/urfave/cli/v2"

	"roomctl/config"
	"roomctl/provisioner/lock"
	"roomctl/provisioner/registry"
	"roomctl/provisioner/worker"
)

func (p *program) serveCommand() *cli.Command {
	return &cli.Command{
		Name:      "serve",
		Usage:     "the daemon: runs by a schedule, pages, metrics, health",
		UsageText: "roomctl serve [--trace FILE]",
		Description: `Runs until it is told to stop: a quick run every quarter of an hour
(schedule.sync), every five minutes while a meeting is on (schedule.meeting),
and one every hour that reads every room (schedule.full), the first at once.
One runs at a time; one that is due meanwhile is missed, and told. Between
runs subjects follow the sessions, and announcements are made, as configured.
A run that takes longer than 20 minutes is ended. Typed commands, such as
roomctl sync, work beside it.

Under systemd (Type=notify) it says when it is ready, what it is at, and,
with WatchdogSec, that it gets on: a run that does not end although its time
is over stops that. It logs at level info unless --log-level says otherwise.

SIGNALS:
   SIGTERM, SIGINT  finish the change in hand, leave all rooms, and stop
   SIGHUP           read the configuration again; a bad one is refused and
                    told, by /healthz until a good one is read, and the old
                    one stays. Another MUC service, Datatracker or state
                    folder needs a restart, and so does another address
                    with a port that roomctl has
   SIGUSR1          run now, and read every room

FILES, in the state folder:
   control.sock     takes run, pause, resume, status: roomctl control --help
   worker/          holds the lock by which there is one serve at a time
   registry.sqlite, datatracker/, lock, pause.json
                    what every command uses

ENDPOINTS, for GET and HEAD:
   http.listen        /         what is published (publish.dir)
   http.admin_listen  /metrics  for Prometheus
                      /healthz  200 green or yellow, 503 red, with what is
                                wrong and what to type; as JSON, too
                      /readyz   200 once the first run has ended, or
                                while roomctl is paused

EXAMPLES:
   roomctl serve
   roomctl --log-format json --log-level debug serve
   roomctl serve --trace /tmp/stream.xml    what goes over the XMPP stream,
                                            but for the login

` + exitStatusHelp,
		Flags:  []cli.Flag{&cli.StringFlag{Name: "trace", Usage: "append what goes over the XMPP stream to `FILE`"}},
		Before: noArguments,
		Action: p.serve,
	}
}

func (p *program) serve(c *cli.Context) error {
	log, err := p.logger(c)
	if err != nil {
		return err
	}
	if !c.IsSet("log-level") {
		log.SetLevel(logrus.InfoLevel)
	}
	s, err := p.newServing(c.String("config"), log)
	if err != nil {
		return err
	}
	if name := c.String("trace"); name != "" {
		trace, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return fmt.Errorf("--trace: %w", err)
		}
		defer trace.Close()
		s.trace = trace
	}
	signal.Notify(s.signals, syscall.SIGHUP, syscall.SIGUSR1) // before anybody can mean this process
	defer signal.Stop(s.signals)
	if err := s.run(c.Context); c.Context.Err() == nil {
		return err
	}
	return nil // told to stop, be it before it had begun
}

// newServing is a roomctl serve that does nothing before run.
func (p *program) newServing(file string, log *logrus.Logger) (*serving, error) {
	quiet := *p
	quiet.stderr = io.Discard // nobody waits for the progress of a run
	s := &serving{program: &quiet, file: file, log: log, signals: make(chan os.Signal, 4)}
	s.sites.failed = func(err error) { log.Error(err) }
	var err error
	s.systemd, err = newSystemd(p.getenv, os.Getpid())
	return s, err
}

// serving is one roomctl serve.
type serving struct {
	program *program // without its stderr
	file    string   // the configuration
	log     *logrus.Logger
	systemd systemd
	trace   io.Writer      // nil: nobody looks
	signals chan os.Signal // SIGHUP and SIGUSR1

	worker  *worker.Worker
	vitals  *vitals
	metrics *metrics
	admin   http.Handler // of what vitals and metrics tell
	sites   sites
	shift   atomic.Pointer[shift] // of the configuration in force
}

// run serves until ctx ends. What has to be right for any of it is checked first.
func (s *serving) run(ctx context.Context) error {
	settings, err := config.Load(s.file)
	if err != nil {
		return usageError{err}
	}
	s.vitals = newVitals(s.program.now)
	s.metrics = newMetrics(s.vitals.read)
	s.admin = s.vitals.handler(s.metrics.handler())
	first, err := s.newShift(settings)
	if err != nil {
		return err
	}
	if err := first.house.check(ctx); err != nil {
		return err
	}
	// status holds this lock for an instant, to see whether anybody does.
	only, err := lock.Acquire(ctx, filepath.Join(settings.StateDir, serviceFolder), first.house.holder("serve"), time.Second, nil)
	if err != nil {
		return beside(err)
	}
	defer only.Release()
	s.worker = worker.New(first.duty, worker.Options{Clock: s.program.clock, Log: s.log})
	s.vitals.watch(s.worker)
	s.enforce(first)
	if err := s.listen(ctx, first); err != nil {
		return err
	}
	defer s.sites.close(ctx)
	control, err := openControl(settings.StateDir, s.carryOut)
	if err != nil {
		return err
	}
	first.begin(ctx)
	s.work(ctx, control)
	s.log.Info("roomctl has stopped")
	return nil
}

// enforce makes a shift the one that others see, and tells what is doubtful in its
// configuration.
func (s *serving) enforce(one *shift) {
	for _, doubt := range one.house.config.Warnings() {
		s.log.WithField("key", doubt.Key).Warn(doubt.Text)
	}
	s.shift.Store(one)
	s.vitals.use(one.house, one.chat.connection, one.notifier)
}

// check finds what no run could mend.
func (h *house) check(ctx context.Context) error {
	if _, err := h.chat(""); err != nil {
		return err // without a password
	}
	var other *registry.IdentityError
	if _, err := h.known(ctx); errors.As(err, &other) {
		return err
	}
	return nil // a registry that cannot be read is told by every run, and by health
}

// work is run once everything is open: all that goes on at the same time.
func (s *serving) work(ctx context.Context, control *controlSocket) {
	var others sync.WaitGroup
	defer others.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for _, other := range []func(context.Context) error{
		control.serve,
		func(ctx context.Context) error {
			s.systemd.watch(ctx, func() bool { return !s.worker.Stuck() }, s.note)
			return nil
		},
		s.heedSignals,
		func(ctx context.Context) error {
			<-ctx.Done()
			s.log.Info("roomctl is told to stop; it finishes the change in hand")
			return s.systemd.stopping()
		},
	} {
		others.Add(1)
		go func() {
			defer others.Done()
			if err := other(ctx); err != nil {
				s.log.Error(err)
			}
		}()
	}
	s.log.WithFields(s.addresses()).Infof("roomctl %s serves", version())
	s.note(s.systemd.ready("the first run"))
	s.worker.Work(ctx)
}

// addresses are where pages and metrics are, for the log.
func (s *serving) addresses() logrus.Fields {
	fields := logrus.Fields{}
	pages, admin := s.sites.urls()
	if pages != "" {
		fields["pages"] = pages
	}
	if admin != "" {
		fields["admin"] = admin
	}
	return fields
}

// note logs what went wrong and stops nothing.
func (s *serving) note(err error) {
	if err != nil {
		s.log.Warn(err)
	}
}
