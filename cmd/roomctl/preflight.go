package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/urfave/cli/v2"

	"roomctl/datatracker"
	"roomctl/provisioner/preflight"
	"roomctl/xmppadmin"
)

func (p *program) preflightCommand() *cli.Command {
	return &cli.Command{
		Name:      "preflight",
		Usage:     "go or no-go for every session of a meeting",
		UsageText: "roomctl preflight [--join] [--html FILE] [--verbose] [--json] [MEETING]",
		Description: `Tries, for every session that asks for a room, what people depend on: the
room exists, is ours, lets everybody in, is persistent, public and logged,
and is linked in the published agenda.json, in the calendar and on the agenda
page; and these are made of the agenda that the Datatracker has now. What is
wrong comes first, with what to do. It changes nothing. Without MEETING it is
the current IETF meeting.

With --join the account of preflight.jid really walks into every room, and
out again: people in the rooms see it, and so may the logs. Without it that
is not tested, and what was not tested is never go.

EXAMPLES:
   roomctl preflight --join                          everything
   roomctl preflight --join --html preflight.html    a page to hand round
   roomctl preflight interim-2026-quic-01            an interim
   roomctl preflight --json | jq -r '.findings[].do'

EXIT STATUS:
   0   go
   1   failed: nothing can be said
   4   no-go, or not tested
   64  wrong usage or configuration`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "join", Usage: "walk into the rooms as preflight.jid", DisableDefaultText: true},
			&cli.StringFlag{Name: "html", Usage: "write the result as a page to `FILE`, too"},
			verboseFlag("every room and session"), jsonFlag(),
		},
		Action: p.preflight,
	}
}

// oneMeeting is the number of the meeting that a command is about; "" when none is
// given.
func oneMeeting(c *cli.Context) (string, error) {
	given, err := words(c)
	switch {
	case err != nil || len(given) == 0:
		return "", err
	case len(given) > 1:
		return "", usageError{fmt.Errorf("%s takes one meeting; there is also %q", c.Command.Name, given[1])}
	case !datatracker.ValidMeetingNumber(given[0]):
		return "", usageError{fmt.Errorf("%q is no meeting number such as 126 or interim-2026-oauth-04", given[0])}
	}
	return given[0], nil
}

func (p *program) preflight(c *cli.Context) error {
	number, err := oneMeeting(c)
	if err != nil {
		return err
	}
	h, err := p.house(c)
	if err != nil {
		return err
	}
	result, err := h.preflight(c.Context, number, c.Bool("join"))
	if err != nil {
		return err
	}
	status := exitDone
	if result.Verdict != preflight.Go {
		status = exitPartial
	}
	if c.Bool("json") {
		err = p.writeJSON(newPreflightDocument(result, status))
	} else {
		p.printer(c).preflight(result)
	}
	if file := c.String("html"); file != "" && err == nil {
		err = writePreflightPage(file, result, h.config.XMPP.MUC)
	}
	return finish(err, status)
}

// preflight asks everybody. It opens nothing that writes.
func (h *house) preflight(ctx context.Context, number string, join bool) (*preflight.Report, error) {
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
	sources := preflight.Sources{
		Rooms:     rooms,
		Published: os.DirFS(h.config.Publish.Dir),
		Patterns:  patterns(h.config.Publish),
	}
	if by, paused := h.paused(); paused {
		sources.Paused = by.String()
	}
	if join {
		options, err := h.visit()
		if err != nil {
			return nil, err
		}
		visitor, err := xmppadmin.OpenVisitor(ctx, options)
		if err != nil {
			sources.NoVisitor = err.Error()
		} else {
			defer visitor.Close()
			sources.Visitor = visitor
		}
	}
	return preflight.Run(ctx, &planner, known, number, sources)
}

// visit says how the ordinary account reaches the chat service: as roomctl's own
// does.
func (h *house) visit() (xmppadmin.Options, error) {
	if h.config.Preflight.JID == "" {
		return xmppadmin.Options{}, usageError{errors.New("--join needs an ordinary account of the chat server: set preflight.jid and preflight.password_file")}
	}
	password, err := h.config.PreflightPassword(h.program.getenv)
	if err != nil {
		return xmppadmin.Options{}, usageError{err}
	}
	c := h.config.XMPP
	return xmppadmin.Options{
		JID:      h.config.Preflight.JID,
		Password: password,
		Address:  c.Address,
		TLS:      string(c.TLS),
		CAFile:   c.CAFile,
		MUC:      c.MUC,
		Window:   c.Window,
		Rate:     c.Rate,
		Timeout:  c.Timeout,
	}, nil
}

// preflightDocument is what preflight prints with --json. Members are only ever
// added; a change of meaning moves version.
type preflightDocument struct {
	Version    int       `json:"version"`
	Command    string    `json:"command"`
	ExitStatus int       `json:"exit_status"`
	Began      time.Time `json:"began"`
	Ended      time.Time `json:"ended"`

	Meeting string            `json:"meeting,omitempty"` // number; absent: no IETF meeting is announced
	Title   string            `json:"title,omitempty"`
	Verdict preflight.Verdict `json:"verdict"` // "go", "not tested" or "no-go"
	Joined  bool              `json:"joined"`  // an ordinary account tried the rooms
	Rooms   int               `json:"rooms"`   // of the sessions that ask for one

	Findings []preflight.Finding `json:"findings"` // the gravest first
	Sessions []preflight.Session `json:"sessions"` // by start
}

func newPreflightDocument(r *preflight.Report, status int) preflightDocument {
	return preflightDocument{
		Version: 1, Command: "preflight", ExitStatus: status, Began: r.Began, Ended: r.Ended,
		Meeting: r.Meeting, Title: r.Title, Verdict: r.Verdict, Joined: r.Joined, Rooms: r.Rooms,
		Findings: listed(r.Findings), Sessions: listed(r.Sessions),
	}
}
