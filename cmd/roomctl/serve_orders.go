package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"roomctl/config"
	"roomctl/provisioner/pause"
	"roomctl/provisioner/worker"
)

// heedSignals carries out what signals ask for, until ctx ends.
func (s *serving) heedSignals(ctx context.Context) error {
	for {
		select {
		case got := <-s.signals:
			if got == syscall.SIGUSR1 {
				s.log.Info("a run was asked for by SIGUSR1")
				s.worker.Run(worker.Full)
				continue
			}
			s.reload(ctx)
		case <-ctx.Done():
			return nil
		}
	}
}

// reload puts the configuration in force as it is now in its file. One that cannot
// be used changes nothing.
func (s *serving) reload(ctx context.Context) {
	s.note(s.systemd.reloading())
	status := "the configuration was read again"
	err := s.replace(ctx)
	s.vitals.configured(err)
	if err != nil {
		status = "the configuration was refused: " + err.Error()
		s.log.WithError(err).Error("the configuration is refused, and the one before stays in force")
	} else {
		s.log.WithFields(s.addresses()).Info("the configuration was read again")
	}
	s.note(s.systemd.ready(status))
}

// replace is reload with its error.
func (s *serving) replace(ctx context.Context) error {
	settings, err := config.Load(s.file)
	if err != nil {
		return err
	}
	old := s.shift.Load()
	if err := sameHouse(old.house.config, settings); err != nil {
		return err
	}
	next, err := s.newShift(settings)
	if err != nil {
		return err
	}
	if err := next.house.check(ctx); err != nil {
		return err
	}
	if err := s.listen(ctx, next); err != nil {
		return err
	}
	next.chat.follow(old.chat)
	next.begin(ctx)
	if err := s.worker.Take(ctx, next.duty); err != nil {
		next.close(ctx) // the worker ends, and all that listens with it
		return err
	}
	s.enforce(next)
	return nil
}

// sameHouse refuses what only a restart can change: a state folder belongs to one
// MUC service and one Datatracker, and this process holds the folder.
func sameHouse(old, settings *config.Config) error {
	var problems []error
	for _, key := range []struct{ name, was, is string }{
		{"state_dir", old.StateDir, settings.StateDir},
		{"xmpp.muc", old.XMPP.MUC, settings.XMPP.MUC},
		{"datatracker.url", old.Datatracker.URL, settings.Datatracker.URL},
	} {
		if key.was != key.is {
			problems = append(problems, fmt.Errorf("%s is %s now and was %s: that needs a restart", key.name, key.is, key.was))
		}
	}
	return errors.Join(problems...)
}

// carryOut is what the control socket has done.
func (s *serving) carryOut(_ context.Context, o controlOrder) controlAnswer {
	h := s.shift.Load().house
	switch o.Do {
	case "run":
		return s.runNow(h, o)
	case "pause":
		return s.pause(h, o)
	case "resume":
		return s.resume(h)
	case "status":
		return controlAnswer{Version: 1, OK: true, Status: s.status()}
	}
	return refusal(fmt.Errorf("there is no order %q: run, pause, resume and status are", o.Do))
}

// runNow has the worker begin a run.
func (s *serving) runNow(h *house, o controlOrder) controlAnswer {
	kind := worker.Full
	switch o.Kind {
	case "", "full":
	case "quick":
		kind = worker.Quick
	default:
		return refusal(fmt.Errorf("there is no kind of run %q: full and quick are", o.Kind))
	}
	if by, paused := h.paused(); paused {
		return refusal(fmt.Errorf("roomctl is paused %s; to end that: roomctl resume", by))
	}
	s.log.WithField("by", o.By).Infof("a run (%s) was asked for", kind)
	if s.worker.Run(kind) {
		return agreed("A run is under way; another one begins when it has ended.")
	}
	return agreed("A run begins now. roomctl status tells how it went.")
}

// pause is `roomctl pause`.
func (s *serving) pause(h *house, o controlOrder) controlAnswer {
	p := pause.Pause{Since: s.program.now().UTC().Truncate(time.Second), By: o.By, Why: o.Why}
	if o.For != "" {
		d, err := time.ParseDuration(o.For)
		if err != nil || d <= 0 {
			return refusal(fmt.Errorf("for: %q is no time to pause for; give one as 45m or 2h30m", o.For))
		}
		p.Until = p.Since.Add(d)
	}
	if err := pause.Set(h.config.StateDir, p); err != nil {
		return refusal(err)
	}
	s.log.Infof("paused %s", p)
	return agreed(fmt.Sprintf("roomctl is paused %s. A run in progress stops after the change in hand.", p))
}

// resume is `roomctl resume`, and has the worker notice at once.
func (s *serving) resume(h *house) controlAnswer {
	by, paused := h.paused()
	if err := pause.Clear(h.config.StateDir); err != nil {
		return refusal(err)
	}
	s.worker.Call()
	if !paused {
		return agreed("roomctl was not paused.")
	}
	s.log.Infof("resumed; it was paused %s", by)
	return agreed(fmt.Sprintf("roomctl was paused %s. What was due runs now.", by))
}

// status is what the worker is at, for the control socket.
func (s *serving) status() *workerDocument {
	d := newWorkerDocument(s.worker.State())
	d.Stuck = s.worker.Stuck()
	one := s.shift.Load()
	if by, paused := one.house.paused(); paused {
		d.Paused = by.String()
	}
	chat := one.chat.connection()
	d.ChatDown, d.ChatWhy = chat.Down, chat.Why
	d.Pages, d.Admin = s.sites.urls()
	return d
}
