package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"roomctl/agenda/web"
	"roomctl/config"
	"roomctl/provisioner"
	"roomctl/provisioner/sessionclock"
	"roomctl/provisioner/worker"
	"roomctl/xmppadmin"
)

// linger is how long the change in hand may take when serve is told to stop. With
// what comes after it, that is within half a minute.
const linger = 20 * time.Second

// shift is all of serve that depends on the configuration. A new configuration is
// a new shift.
type shift struct {
	house    *house
	chat     *chatLine
	subjects *sessionclock.Clock
	notifier *operators // nil: nobody is told
	pages    http.Handler
	duty     worker.Duty

	stop  context.CancelFunc // of the chat line
	ended chan struct{}      // closed when that has ended
}

// newShift is what a configuration describes. Nothing in it is open yet.
func (s *serving) newShift(settings *config.Config) (*shift, error) {
	h, err := newHouse(settings, s.program, s.log)
	if err != nil {
		return nil, err
	}
	schedule, err := h.schedule()
	if err != nil {
		return nil, err
	}
	h.observe = s.metrics.request
	one := &shift{house: h, stop: func() {}, ended: make(chan struct{})}
	one.chat = newChatLine(h, s.trace, func() { s.worker.Call() })
	one.chat.dropped = s.metrics.lost.Inc
	followers, err := s.followers(one)
	if err != nil {
		return nil, err
	}
	one.pages = web.New(settings.Publish.Dir, web.Options{Now: s.program.now, OnError: func(err error) { s.log.Warn(err) }})
	one.duty = worker.Duty{
		Schedule:  schedule,
		Sync:      func(ctx context.Context, o worker.Order) (*provisioner.Report, error) { return s.sync(ctx, one, o) },
		Paused:    h.paused,
		Followers: followers,
		Observers: []worker.Observer{s.vitals, s.metrics, systemdStatus{s}},
		Close:     one.close,
	}
	return one, nil
}

// schedule is when runs are due, later by a part of the jitter.
func (h *house) schedule() (worker.Schedule, error) {
	c := h.config.Schedule
	var offset time.Duration
	if c.Jitter > 0 {
		offset = rand.N(c.Jitter)
	}
	s, err := worker.ParseSchedule(c.Sync, c.Meeting, c.Full, c.Timezone, offset)
	if err != nil {
		return worker.Schedule{}, usageError{fmt.Errorf("configuration: %w", err)}
	}
	return s, nil
}

// followers are what a shift does between runs, over its chat line.
func (s *serving) followers(one *shift) ([]worker.Following, error) {
	h := one.house
	texts, err := h.sessionTexts()
	if err != nil {
		return nil, err
	}
	chat := one.chat.current
	one.subjects = h.subjects(texts, func(context.Context) (*xmppadmin.Service, error) { return chat() }, h.store)
	announcer := h.announcements(texts, func(context.Context) (speaker, error) { return chat() }, h.store, s.program.now)
	one.notifier, err = h.operators(s.vitals, func(context.Context) (messenger, error) { return chat() }, h.store)
	if err != nil {
		return nil, err
	}
	list := []worker.Following{{What: "subjects", Follower: one.subjects}, {What: "announcements", Follower: announcer}}
	if one.notifier != nil {
		list = append(list, worker.Following{What: "notifications", Follower: one.notifier})
	}
	return list, nil
}

// begin opens the chat line. It outlives ctx, for the change in hand: close ends
// it.
func (s *shift) begin(ctx context.Context) {
	ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(s.ended)
		s.chat.keep(ctx)
	}()
}

// close leaves all rooms and ends the chat line.
func (s *shift) close(ctx context.Context) {
	s.subjects.Close(ctx)
	s.notifier.close()
	s.stop()
	<-s.ended
}

// sync is one run of a shift.
func (s *serving) sync(ctx context.Context, one *shift, o worker.Order) (*provisioner.Report, error) {
	h := *one.house
	h.lockWait = o.Wait
	w, err := h.writer(ctx, "serve", nil)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if o.Kind == worker.Full && !one.subjects.Inside() {
		one.chat.renew()
	}
	w.Linger = linger
	w.Connect = func(ctx context.Context) (provisioner.RoomWriter, error) { return one.chat.lend(ctx, w.Registry) }
	return w.Sync(ctx, provisioner.Options{Quick: o.Kind != worker.Full, Scheduled: o.Scheduled})
}

// listen has the sites serve what a shift answers.
func (s *serving) listen(ctx context.Context, one *shift) error {
	c := one.house.config.HTTP
	return s.sites.listen(ctx,
		wantedSite{&s.sites.pages, "http.listen", c.Listen, one.pages},
		wantedSite{&s.sites.admin, "http.admin_listen", c.AdminListen, s.admin})
}

// systemdStatus tells the service manager how the last run ended.
type systemdStatus struct{ *serving }

// Ended tells it in a line.
func (s systemdStatus) Ended(kind worker.Kind, r *provisioner.Report, err error, _ time.Duration) {
	text := fmt.Sprintf("%s run at %s: %s", kind, s.program.now().UTC().Format("15:04 MST"), provisioner.Outcome(r, err))
	if err != nil {
		text += ": " + err.Error()
	}
	s.note(s.systemd.status(text))
}

// Missed tells nothing: the log does.
func (systemdStatus) Missed(worker.Kind) {}
