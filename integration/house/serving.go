package house

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/provisioner"
	"roomctl/provisioner/announce"
	"roomctl/provisioner/lock"
	"roomctl/provisioner/notify"
	"roomctl/provisioner/registry"
	"roomctl/provisioner/sessionclock"
	"roomctl/provisioner/worker"
	"roomctl/provisioner/worker/clocktest"
	"roomctl/xmppadmin"
)

// ServeOptions say what a Serving does beside keeping rooms and their subjects.
type ServeOptions struct {
	Clock    *clocktest.Clock // that of the house
	Announce announce.Settings
	Remind   time.Duration // of problems that operators were told of; 0: never

	Log       io.Writer          // nil: nobody reads it
	Followers []worker.Following // called after those of roomctl; may be nil
}

// A Serving is one `roomctl serve`: the worker with all that follows the sessions, in this process, on the clock of the
// house. What needs the time of the machine, as waiting for a lock or for a lost connection, does not wait here: it is
// tried again whenever roomctl does something. It is turned by one goroutine, that of the test.
type Serving struct {
	*worker.Worker
	house    *House
	line     *line
	subjects *sessionclock.Clock
	notifier *notify.Notifier

	cancel context.CancelFunc
	ended  chan struct{} // closed when the worker has

	health healthBook

	mu      sync.Mutex
	notices []notify.Message
	syncing func() // called in the middle of each run; nil: nothing is
}

// Serve starts one, until Stop. The first run begins when the clock is turned.
func (h *House) Serve(t testing.TB, o ServeOptions) *Serving {
	t.Helper()
	texts, err := provisioner.ParseSessionTexts("", "", "", "", "")
	if err != nil {
		t.Fatal(err)
	}
	texts.MUC, texts.Datatracker, texts.NoteWell = MUC, h.Datatracker.URL(), h.Rules.Texts.NoteWell
	schedule, err := worker.ParseSchedule("*/15 * * * *", "*/5 * * * *", "@hourly", "UTC", 0)
	if err != nil {
		t.Fatal(err)
	}
	log := logrus.New()
	log.SetOutput(io.Discard)
	if o.Log != nil {
		log.SetOutput(o.Log)
	}
	s := &Serving{house: h, line: &line{house: h, down: h.roomctlsNow()}, ended: make(chan struct{})}
	s.subjects = sessionclock.New(sessionclock.Options{
		Texts: texts, Enter: s.line.enter, Read: h.showing, Store: h.store, Paused: h.isPaused, Log: log,
	})
	announcer := announce.New(announce.Options{
		Settings: o.Announce, Texts: texts, Say: s.line.say, Read: h.announced, Store: h.store,
		Now: h.roomctlsNow, Paused: h.isPaused, Log: log,
	})
	s.notifier = notify.New(notify.Options{
		Service: MUC, Remind: o.Remind, Ways: []notify.Way{{Name: "the test", Tell: s.hear}},
		Judge: s.judge, Read: h.notified, Store: h.store, Log: log,
	})
	followers := []worker.Following{
		{What: "subjects", Follower: s.subjects}, {What: "announcements", Follower: announcer}, {What: "notifications", Follower: s.notifier},
	}
	s.Worker = worker.New(worker.Duty{
		Schedule: schedule, Sync: s.sync, Paused: h.pause, Close: s.close,
		Followers: append(followers, o.Followers...), Observers: []worker.Observer{&s.health},
	}, worker.Options{Clock: o.Clock, Log: log})
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	go func() {
		defer close(s.ended)
		s.Work(ctx)
	}()
	return s
}

// Stop ends it as SIGTERM does, and waits. It may be called twice.
func (s *Serving) Stop() {
	s.cancel()
	<-s.ended
}

// Crash ends it in such a way that the chat server hears of nothing but the end of the connection.
func (s *Serving) Crash() error {
	s.house.Wire.Refuse()
	s.Stop()
	return s.house.Wire.Accept()
}

// During has a function called in the middle of each run: when it has the lock, and has asked nobody yet. Nil ends that.
func (s *Serving) During(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.syncing = do
}

// Notices is what operators were told, oldest first.
func (s *Serving) Notices() []notify.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]notify.Message{}, s.notices...)
}

// hear is a way to tell operators.
func (s *Serving) hear(_ context.Context, n notify.Notice) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notices = append(s.notices, n.Messages...)
	return nil
}

// sync is one run.
func (s *Serving) sync(ctx context.Context, o worker.Order) (_ *provisioner.Report, err error) {
	held, err := s.house.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, held.Release()) }()
	s.mu.Lock()
	during := s.syncing
	s.mu.Unlock()
	if during != nil {
		during()
	}
	w, err := s.house.writer(ctx)
	if err != nil {
		return nil, err
	}
	defer w.Registry.Close()
	w.Connect = func(ctx context.Context) (provisioner.RoomWriter, error) {
		rooms, err := s.line.open(ctx)
		return lent{rooms}, err
	}
	return w.Sync(ctx, provisioner.Options{Quick: o.Kind != worker.Full, Scheduled: o.Scheduled})
}

// close leaves all rooms and hangs up.
func (s *Serving) close(ctx context.Context) {
	s.subjects.Close(ctx)
	s.line.hangUp()
}

// lent is a connection that its user does not close.
type lent struct{ *xmppadmin.Service }

func (lent) Close() error { return nil }

// Lock takes the lock of the state folder, as another roomctl does.
func (h *House) Lock(ctx context.Context) (*lock.Lock, error) { return h.lock(ctx) }

// lock waits for nobody.
func (h *House) lock(ctx context.Context) (*lock.Lock, error) {
	return lock.Acquire(ctx, h.Dir, lock.Holder{Command: "serve", PID: os.Getpid(), Began: h.roomctlsNow()}, 0, nil)
}

// store opens the registry for writing under the lock.
func (h *House) store(ctx context.Context, do func(*registry.Registry) error) (err error) {
	held, err := h.lock(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, held.Release()) }()
	reg, err := registry.Open(ctx, h.Registry(), h.identity())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	return do(reg)
}

// readAll opens the registry for reading.
func (h *House) readAll(ctx context.Context, do func(*registry.Reader) error) error {
	reg, err := registry.OpenReader(ctx, h.Registry(), h.identity())
	if err != nil {
		return err
	}
	defer reg.Close()
	return do(reg)
}

func (h *House) showing(ctx context.Context) (known *registry.State, rows []registry.Showing, err error) {
	err = h.readAll(ctx, func(r *registry.Reader) error {
		if known, err = r.Load(ctx); err == nil {
			rows, err = r.Showing(ctx)
		}
		return err
	})
	return known, rows, err
}

func (h *House) announced(ctx context.Context) (list []registry.Announced, err error) {
	err = h.readAll(ctx, func(r *registry.Reader) error {
		list, err = r.Announced(ctx, time.Time{})
		return err
	})
	return list, err
}

func (h *House) notified(ctx context.Context) (list []registry.Notified, err error) {
	err = h.readAll(ctx, func(r *registry.Reader) error {
		list, err = r.Notified(ctx)
		return err
	})
	return list, err
}
