package main

import (
	"context"
	"errors"
	"slices"

	"roomctl/agenda"
	"roomctl/datatracker"
	"roomctl/provisioner"
	"roomctl/provisioner/archive"
	"roomctl/provisioner/lock"
	"roomctl/provisioner/pause"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// sync walks the whole line. The report is nil when nothing was found out;
// command is what the lock says to others.
func (h *house) sync(ctx context.Context, command string, o provisioner.Options) (*provisioner.Report, error) {
	defer h.progress.clear()
	if by, paused := h.paused(); paused {
		return h.pausedSync(ctx, o, by)
	}
	w, err := h.writer(ctx, command, o.Allow)
	if err != nil {
		return nil, err
	}
	defer w.close()
	return w.Sync(ctx, o)
}

// pausedSync is what a sync comes to while a person has paused roomctl: a
// preview, without the lock and without anything that writes. That the chat
// server does not answer may be why there is a pause, and is no failure.
func (h *house) pausedSync(ctx context.Context, o provisioner.Options, by pause.Pause) (*provisioner.Report, error) {
	began := h.program.now()
	report, err := h.preview(ctx, o)
	var down chatError
	if errors.As(err, &down) && ctx.Err() == nil {
		unknown := provisioner.Problem{Text: "what there is to do is not known: " + down.Error()}
		report, err = &provisioner.Report{Began: began, Ended: h.program.now(), Problems: []provisioner.Problem{unknown}}, nil
	}
	if err != nil {
		return nil, err
	}
	report.Pause(by)
	return report, nil
}

// republish publishes again without asking anybody. The report is as sync's.
func (h *house) republish(ctx context.Context) (*provisioner.Report, error) {
	defer h.progress.clear()
	if by, paused := h.paused(); paused {
		report := &provisioner.Report{Began: h.program.now(), Ended: h.program.now()}
		report.Pause(by)
		return report, nil
	}
	w, err := h.writer(ctx, "publish", nil)
	if err != nil {
		return nil, err
	}
	defer w.close()
	w.Datatracker = lastGoodCopies{w.Datatracker}
	return w.Republish(ctx)
}

// lastGoodCopies is a Datatracker of which only the copies are read.
type lastGoodCopies struct{ provisioner.Poller }

// Poll makes no request.
func (c lastGoodCopies) Poll(ctx context.Context, q datatracker.Query) (*datatracker.Snapshot, error) {
	q.Offline = true
	return c.Poller.Poll(ctx, q)
}

// writer is what a command that may write holds while it runs.
type writer struct {
	provisioner.Syncer
	lock     *lock.Lock
	archives *archive.Checker // nil: logs are not checked
}

// writer takes the lock of the state folder and opens everything for writing.
// The caller closes it.
func (h *house) writer(ctx context.Context, command string, allow []string) (w *writer, err error) {
	w = &writer{}
	w.lock, err = lock.Acquire(ctx, h.config.StateDir, h.holder(command), h.lockWait, func(by lock.Holder) {
		h.progress.say("waiting for %s, at most %s", by, h.lockWait)
	})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if w.Planner, err = h.planner(); err != nil {
		return w, err
	}
	if w.Registry, err = registry.Open(ctx, h.registryPath(), h.identity()); err != nil {
		return w, err
	}
	if w.Tree, err = agenda.OpenTree(h.config.Publish.Dir); err != nil {
		return w, err
	}
	w.Patterns = patterns(h.config.Publish)
	w.Site = agenda.Site{BaseURL: h.config.Publish.BaseURL, JoinPage: h.joinPage}
	if h.config.Publish.CheckArchive {
		w.archives = h.archives()
		w.Archives = w.archives
	}
	w.Log = h.log
	w.Paused = h.paused
	w.Connect = func(ctx context.Context) (provisioner.RoomWriter, error) { return h.connect(ctx, w.Registry, allow) }
	w.Destroyer = func(ctx context.Context) (provisioner.RoomDestroyer, error) { return h.connect(ctx, w.Registry, allow) }
	w.Secretariat = func(ctx context.Context) (provisioner.SessionEditor, error) { return h.secretariat(ctx) }
	return w, nil
}

func (w *writer) close() {
	if w.archives != nil {
		w.archives.Close()
	}
	if w.Registry != nil {
		w.Registry.Close()
	}
	w.lock.Release()
}

// connect opens a connection that may write, and remembers the strongest
// mechanism that the server offers.
func (h *house) connect(ctx context.Context, reg *registry.Registry, allow []string) (*xmppadmin.Service, error) {
	known, err := reg.Load(ctx)
	if err != nil {
		return nil, err
	}
	options, err := h.chat(remembered(known.Mechanism, allow))
	if err != nil {
		return nil, err
	}
	rooms, err := xmppadmin.Open(ctx, options)
	if err != nil {
		return nil, err
	}
	offered := rooms.Profile().Mechanism
	if offered == known.Mechanism {
		return rooms, nil
	}
	if err := reg.SetMechanism(ctx, offered); err != nil {
		rooms.Close()
		return nil, err
	}
	return rooms, nil
}

// remembered is the mechanism that an offer is held against: none when a person
// allows a weaker one.
func remembered(mechanism string, allow []string) string {
	if slices.Contains(allow, provisioner.RuleMechanism) {
		return ""
	}
	return mechanism
}
