package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/agenda"
	"roomctl/config"
	"roomctl/datatracker"
	"roomctl/provisioner"
	"roomctl/provisioner/archive"
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
	joinPage string // HTML in place of the join page's text; "" keeps that
	progress *progress
	lockWait time.Duration // for another writer to end

	observe func(status int) // told of every request to the Datatracker; nil: nobody is
}

// What the configuration checks templates against is what rooms are described
// and named with: the types convert into each other, or this does not compile.
var (
	_ = provisioner.RoomText(config.RoomText{})
	_ = provisioner.NameText(config.NameText{})
)

func newHouse(c *config.Config, p *program, log *logrus.Logger) (*house, error) {
	texts, err := provisioner.ParseTexts(c.Rooms.Title, c.Rooms.Description, c.Rooms.Subject)
	if err != nil {
		return nil, usageError{fmt.Errorf("configuration: rooms: %w", err)}
	}
	texts.Contact = c.Publish.Contact
	texts.NoteWell = c.Rooms.NoteWell
	if !strings.Contains(c.Publish.ChatArchiveURLPattern, agenda.DatePlaceholder) {
		texts.LogPattern = c.Publish.ChatArchiveURLPattern // a description is of no day
	}
	sessionRooms, err := sessionRules(c.Rooms.Sessions)
	if err != nil {
		return nil, usageError{fmt.Errorf("configuration: %w", err)}
	}
	meetingRooms, err := nameTemplates("rooms.meeting", c.Rooms.Meeting)
	if err != nil {
		return nil, usageError{fmt.Errorf("configuration: %w", err)}
	}
	joinPage, err := c.JoinPage()
	if err != nil {
		return nil, usageError{fmt.Errorf("configuration: %w", err)}
	}
	limits := provisioner.DefaultLimits()
	limits.Retire = provisioner.Limit(c.Guards.Retire)
	limits.Reconfigure = provisioner.Limit(c.Guards.Reconfigure)
	limits.Create = provisioner.Limit(c.Guards.Create)
	limits.WriteBack = provisioner.Limit(c.Guards.WriteBack)
	return &house{
		config:   c,
		program:  p,
		log:      log,
		joinPage: joinPage,
		lockWait: p.lockWait,
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

			SessionRooms: sessionRooms,
			MeetingRooms: meetingRooms,
			Joint:        c.Rooms.Joint == config.JointPointer,

			WriteBack:    provisioner.WriteBack(c.Publish.Datatracker),
			ChatPatterns: provisioner.ChatPatterns(patterns(c.Publish), c.XMPP.MUC, c.Publish.BaseURL),
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
		UserAgent: h.userAgent(),
		MinGroups: minGroups,
		Observe:   h.observe,
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

// patterns are what the links to a room look like.
func patterns(c config.Publish) agenda.Patterns {
	p := agenda.Patterns{Chat: c.ChatURLPattern, Web: c.ChatWebURLPattern, Archive: c.ChatArchiveURLPattern}
	for _, era := range c.ChatArchiveEras {
		p.Eras = append(p.Eras, agenda.Era(era))
	}
	return p
}

// userAgent tells web servers who asks, and whom to ask about it.
func (h *house) userAgent() string {
	agent := "roomctl/" + version()
	if contact := h.config.Datatracker.Contact; contact != "" {
		agent += " (+" + contact + ")"
	}
	return agent
}

// archives asks the web servers that keep the logs.
func (h *house) archives() *archive.Checker {
	return archive.New(archive.Options{UserAgent: h.userAgent()})
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

// secretariat logs in to the Datatracker, to set rooms there. The caller logs
// out.
func (h *house) secretariat(ctx context.Context) (*datatracker.Secretariat, error) {
	password, err := h.config.DatatrackerPassword(h.program.getenv)
	if err != nil {
		return nil, usageError{err}
	}
	s, err := datatracker.NewSecretariat(datatracker.SecretariatOptions{
		URL:       h.config.Datatracker.URL,
		Username:  h.config.Datatracker.Username,
		Password:  password,
		UserAgent: h.userAgent(),
		Observe:   h.observe,
	})
	if err != nil {
		return nil, err
	}
	return s, s.Login(ctx)
}

// reader opens what a dry run needs: the registry as it is, and a connection
// that cannot write. The caller closes the connection. allow names the guards
// that are lifted. With a chatError the registry's state is there all the same.
func (h *house) reader(ctx context.Context, allow ...string) (*registry.State, *xmppadmin.Reader, error) {
	reg, err := registry.OpenReader(ctx, h.registryPath(), h.identity())
	if err != nil {
		return nil, nil, err
	}
	defer reg.Close()
	known, err := reg.Load(ctx)
	if err != nil {
		return nil, nil, err
	}
	options, err := h.chat(remembered(known.Mechanism, allow))
	if err != nil {
		return nil, nil, err
	}
	h.progress.step("connecting to the chat server", 0, 0)
	rooms, err := xmppadmin.OpenReader(ctx, options)
	if err != nil {
		return known, nil, chatError{err}
	}
	return known, rooms, nil
}

// chatError is why the chat server could not be asked.
type chatError struct{ error }

func (e chatError) Unwrap() error { return e.error }

// preview walks the line up to guard. It is all that plan does.
func (h *house) preview(ctx context.Context, o provisioner.Options) (*provisioner.Report, error) {
	defer h.progress.clear()
	planner, err := h.planner()
	if err != nil {
		return nil, err
	}
	known, rooms, err := h.reader(ctx, o.Allow...)
	if err != nil {
		return nil, err
	}
	defer rooms.Close()
	return planner.Preview(ctx, rooms, known, o)
}
