package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/sirupsen/logrus"

	"roomctl/agenda"
	"roomctl/config"
	"roomctl/datatracker"
	"roomctl/provisioner"
	"roomctl/provisioner/lock"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// house is what one configuration describes, made into the packages' own
// values. Nothing in it is open yet.
type house struct {
	config   *config.Config
	program  *program
	log      *logrus.Logger
	rules    provisioner.Rules
	progress *progress
}

// What the configuration checks templates against is what rooms are described
// with: the two types convert into each other, or this does not compile.
var _ = provisioner.RoomText(config.RoomText{})

func newHouse(c *config.Config, p *program, log *logrus.Logger) (*house, error) {
	texts, err := provisioner.ParseTexts(c.Rooms.Title, c.Rooms.Description, c.Rooms.Subject)
	if err != nil {
		return nil, usageError{fmt.Errorf("configuration: rooms: %w", err)}
	}
	texts.Contact = c.Publish.Contact
	texts.NoteWell = c.Rooms.NoteWell
	texts.LogPattern = c.Publish.ChatArchiveURLPattern
	limits := provisioner.DefaultLimits()
	limits.Retire = provisioner.Limit(c.Guards.Retire)
	limits.Reconfigure = provisioner.Limit(c.Guards.Reconfigure)
	limits.Create = provisioner.Limit(c.Guards.Create)
	return &house{
		config:   c,
		program:  p,
		log:      log,
		progress: newProgress(p.stderr, p.getenv),
		rules: provisioner.Rules{
			MUC:         c.XMPP.MUC,
			Self:        c.XMPP.JID,
			Datatracker: c.Datatracker.URL,
			GroupTypes:  c.Rooms.GroupTypes,
			GroupStates: c.Rooms.GroupStates,
			Fixed:       c.Rooms.Fixed,
			Overrides:   c.Rooms.Overrides,
			Language:    c.Rooms.Language,
			Logging:     provisioner.Logging(c.Rooms.Logging),
			Owners:      c.Rooms.Owners,
			Admins:      c.Rooms.Admins,
			Texts:       texts,
			Limits:      limits,
		},
	}, nil
}

func (h *house) identity() registry.Identity {
	return registry.Identity{MUC: h.config.XMPP.MUC, Datatracker: h.config.Datatracker.URL}
}

func (h *house) registryPath() string { return filepath.Join(h.config.StateDir, "registry.sqlite") }

// planner is the part of the line that cannot write.
func (h *house) planner() (provisioner.Planner, error) {
	minGroups := h.config.Guards.MinGroups
	if minGroups == 0 {
		minGroups = -1 // to package datatracker, 0 is its default
	}
	client, err := datatracker.New(datatracker.Options{
		URL:       h.config.Datatracker.URL,
		CacheDir:  filepath.Join(h.config.StateDir, "datatracker"),
		Contact:   h.config.Datatracker.Contact,
		MinGroups: minGroups,
		Progress:  h.progress.note,
	})
	if err != nil {
		return provisioner.Planner{}, err
	}
	return provisioner.Planner{
		Datatracker: client,
		Rules:       h.rules,
		Now:         h.program.now,
		Progress:    h.progress.step,
	}, nil
}

// chat says how to reach the chat service. mechanism is the strongest ever seen
// there.
func (h *house) chat(mechanism string) (xmppadmin.Options, error) {
	password, err := h.config.Password(h.program.getenv)
	if err != nil {
		return xmppadmin.Options{}, usageError{err}
	}
	c := h.config.XMPP
	return xmppadmin.Options{
		JID:       c.JID,
		Password:  password,
		Address:   c.Address,
		TLS:       string(c.TLS),
		CAFile:    c.CAFile,
		MUC:       c.MUC,
		AdminHost: c.AdminHost,
		Mechanism: mechanism,
		Window:    c.Window,
		Rate:      c.Rate,
		Timeout:   c.Timeout,
	}, nil
}

// reader opens what a dry run needs: the registry as it is, and a connection
// that cannot write. The caller closes the connection.
func (h *house) reader(ctx context.Context) (*registry.State, *xmppadmin.Reader, error) {
	reg, err := registry.OpenReader(ctx, h.registryPath(), h.identity())
	if err != nil {
		return nil, nil, err
	}
	defer reg.Close()
	known, err := reg.Load(ctx)
	if err != nil {
		return nil, nil, err
	}
	options, err := h.chat(known.Mechanism)
	if err != nil {
		return nil, nil, err
	}
	h.progress.step("connecting to the chat server", 0, 0)
	rooms, err := xmppadmin.OpenReader(ctx, options)
	return known, rooms, err
}

// preview walks the line up to guard. It is all that plan does.
func (h *house) preview(ctx context.Context, o provisioner.Options) (*provisioner.Report, error) {
	defer h.progress.clear()
	planner, err := h.planner()
	if err != nil {
		return nil, err
	}
	known, rooms, err := h.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer rooms.Close()
	return planner.Preview(ctx, rooms, known, o)
}

// sync walks the whole line. The report is nil when nothing was found out;
// command is what the lock says to others.
func (h *house) sync(ctx context.Context, command string, o provisioner.Options) (*provisioner.Report, error) {
	defer h.progress.clear()
	w, err := h.writer(ctx, command, o.Allow)
	if err != nil {
		return nil, err
	}
	defer w.close()
	return w.Sync(ctx, o)
}

// writer is what a command that may write holds while it runs.
type writer struct {
	provisioner.Syncer
	lock *lock.Lock
}

// writer takes the lock of the state folder and opens everything for writing.
// The caller closes it.
func (h *house) writer(ctx context.Context, command string, allow []string) (w *writer, err error) {
	host, _ := os.Hostname() // only for people: who holds the lock
	holder := lock.Holder{Command: command, PID: os.Getpid(), Host: host, Began: h.program.now()}
	w = &writer{}
	w.lock, err = lock.Acquire(ctx, h.config.StateDir, holder, h.program.lockWait, func(by lock.Holder) {
		h.progress.say("waiting for %s, at most %s", by, h.program.lockWait)
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
	w.Patterns = agenda.Patterns{
		Chat:    h.config.Publish.ChatURLPattern,
		Web:     h.config.Publish.ChatWebURLPattern,
		Archive: h.config.Publish.ChatArchiveURLPattern,
	}
	w.Log = h.log
	w.Connect = func(ctx context.Context) (provisioner.RoomWriter, error) { return h.connect(ctx, w.Registry, allow) }
	return w, nil
}

func (w *writer) close() {
	if w.Registry != nil {
		w.Registry.Close()
	}
	w.lock.Release()
}

// connect opens a connection that may write, and remembers the strongest
// mechanism that the server offers.
func (h *house) connect(ctx context.Context, reg *registry.Registry, allow []string) (provisioner.RoomWriter, error) {
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
