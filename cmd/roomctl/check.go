package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/sys/unix"

	"roomctl/datatracker"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

func (p *program) checkCommand() *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "does everything work that is configured?",
		UsageText: "roomctl check [--json]",
		Description: `Tries the configuration, the Datatracker, the login, the rights, the ways
rooms are handled, whether they can be logged, what publishing needs, where
roomctl serve is to listen, and the webhook, to which it posts nothing. Says
what works, what does not, and what to do. It changes nothing.

EXAMPLES:
   roomctl check
   roomctl --config ./roomctl.yaml check --json

` + exitStatusHelp,
		Flags:  []cli.Flag{jsonFlag()},
		Before: noArguments,
		Action: p.check,
	}
}

// finding is one thing that was tried.
type finding struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Note string `json:"note,omitempty"` // what was seen
	Do   string `json:"do,omitempty"`   // what a person can do about it
}

func (p *program) check(c *cli.Context) error {
	h, err := p.house(c)
	if err != nil {
		return err
	}
	findings := []finding{{What: "configuration", OK: true, Note: c.String("config")}}
	for _, w := range h.config.Warnings() {
		findings = append(findings, finding{What: w.Key, OK: true, Note: w.Text})
	}
	known, state := h.checkState(c.Context)
	findings = append(findings, state, checkWritable("state_dir", h.config.StateDir), checkWritable("publish.dir", h.config.Publish.Dir))
	snap, polled := h.checkDatatracker(c.Context, known)
	findings = append(findings, polled...)
	findings = append(findings, h.checkChat(c.Context, known)...)
	findings = append(findings, h.checkPublish(c.Context, known, snap)...)
	findings = append(findings, h.checkServe(c.Context)...)
	h.progress.clear()

	status := exitDone
	for _, f := range findings {
		if !f.OK {
			status = exitFailed
		}
	}
	if c.Bool("json") {
		return finish(p.writeJSON(map[string]any{"version": 1, "exit_status": status, "findings": findings}), status)
	}
	p.printFindings(findings)
	return asError(status)
}

func (p *program) printFindings(findings []finding) {
	out := printer{w: p.stdout, paint: newPaint(p.stdout, p.getenv), wrap: newWrap(p.stdout)}
	for _, f := range findings {
		mark := out.paint.in(green, "ok  ")
		if !f.OK {
			mark = out.paint.in(red, "FAIL")
		}
		out.line("%s  %-14s %s", mark, f.What, inert(f.Note))
		mark = "->"
		for line := range strings.Lines(f.Do) {
			// Not wrapped: it may be a line to copy into a configuration.
			fmt.Fprintf(p.stdout, "      %-14s %s\n", mark, inert(strings.TrimRight(line, "\n")))
			mark = ""
		}
	}
}

// checkState reads the registry. Of one that cannot be read nothing is known,
// and the rest is checked all the same.
func (h *house) checkState(ctx context.Context) (*registry.State, finding) {
	f := finding{What: "state folder", Note: h.config.StateDir}
	reg, err := registry.OpenReader(ctx, h.registryPath(), h.identity())
	if err != nil {
		f.Note = err.Error()
		return &registry.State{}, f
	}
	defer reg.Close()
	known, err := reg.Load(ctx)
	if err != nil {
		f.Note = err.Error()
		return &registry.State{}, f
	}
	f.OK = true
	f.Note = fmt.Sprintf("%s: %s ours, last good sync %s", f.Note, plural(len(known.Rooms), "room"), clock(known.Synced, h.program.now()))
	return known, f
}

// checkWritable asks whether a sync could write in a folder. One that is not
// there yet is made by the first sync.
func checkWritable(key, dir string) finding {
	f := finding{What: key, OK: true, Note: dir + ": writable"}
	switch err := unix.Access(dir, unix.W_OK|unix.X_OK); {
	case errors.Is(err, fs.ErrNotExist):
		f.Note = dir + ": not there yet, the first sync makes it"
	case err != nil:
		f.OK = false
		f.Note = fmt.Sprintf("%s cannot be written: %v", dir, err)
		f.Do = "make the user that runs roomctl its owner: chown -R USER " + dir
	}
	return f
}

// checkDatatracker polls it as a sync would. The snapshot is nil when that came to
// nothing.
func (h *house) checkDatatracker(ctx context.Context, known *registry.State) (*datatracker.Snapshot, []finding) {
	f := finding{What: "Datatracker", Note: h.config.Datatracker.URL}
	planner, err := h.planner()
	if err != nil {
		f.Note = err.Error()
		return nil, []finding{f}
	}
	snap, err := planner.Poll(ctx, known, provisioner.Options{})
	if err != nil {
		f.Note = err.Error()
		return nil, []finding{f}
	}
	f.OK = true
	f.Note = fmt.Sprintf("%s: %s, %s", f.Note, plural(len(snap.Groups), "group"), plural(len(snap.Meetings), "meeting"))
	findings := []finding{f}
	for _, s := range snap.Sources {
		if s.Problem != nil {
			findings = append(findings, finding{What: "Datatracker", Note: fmt.Sprintf("%s: %s: %v", s.Name, s.Outcome, s.Problem)})
		}
	}
	return snap, findings
}

// checkChat logs in and asks what the server offers.
func (h *house) checkChat(ctx context.Context, known *registry.State) []finding {
	options, err := h.chat(known.Mechanism)
	if err != nil {
		return []finding{{What: "password", Note: err.Error()}}
	}
	h.progress.step("connecting to the chat server", 0, 0)
	rooms, err := xmppadmin.OpenReader(ctx, options)
	if err != nil {
		f := finding{What: "chat server", Note: err.Error()}
		var weaker *xmppadmin.DowngradeError
		if errors.As(err, &weaker) {
			f.Do = "if the server was changed on purpose: roomctl sync --allow " + provisioner.RuleMechanism
		}
		return []finding{f}
	}
	defer rooms.Close()
	return h.judge(ctx, rooms)
}

// judge turns what the server offers into findings.
func (h *house) judge(ctx context.Context, rooms *xmppadmin.Reader) []finding {
	profile := rooms.Profile()
	secured := profile.TLS
	if secured == "" {
		secured = "no TLS (loopback)"
	}
	findings := []finding{
		{What: "chat server", OK: true, Note: fmt.Sprintf("%s %s; logged in as %s by %s over %s", profile.Software, profile.Version, h.rules.Self, profile.Mechanism, secured)},
		{What: "dialect", OK: true, Note: profile.Dialect},
	}
	for _, op := range profile.Operations {
		findings = append(findings, finding{What: "  " + op.Name, OK: true, Note: op.By})
	}
	listing, err := rooms.List(ctx)
	switch {
	case err != nil:
		findings = append(findings, finding{What: "rooms", Note: err.Error()})
	case !listing.Complete:
		findings = append(findings, finding{What: "rooms", OK: true, Note: fmt.Sprintf("%s listed; the service cannot say that these are all", plural(len(listing.Names), "room"))})
	default:
		findings = append(findings, finding{What: "rooms", OK: true, Note: fmt.Sprintf("%s on %s", plural(len(listing.Names), "room"), h.rules.MUC)})
	}
	for _, right := range profile.Missing {
		findings = append(findings, finding{What: "right missing", Note: right.What, Do: right.Do})
	}
	for _, right := range profile.Unneeded {
		findings = append(findings, finding{What: "more than used", OK: true, Note: right.What, Do: right.Do})
	}
	return append(findings, h.judgeLogging(profile))
}

// judgeLogging says whether rooms can be logged, and which lines to add where
// they cannot.
func (h *house) judgeLogging(profile xmppadmin.Profile) finding {
	f := finding{What: "logging", OK: true}
	switch {
	case h.rules.Logging == provisioner.LoggingOff:
		f.Note = "not managed (rooms.logging: off)"
	case profile.Logging == xmppadmin.LoggingYes:
		f.Note = "rooms can be logged"
	case profile.Logging == xmppadmin.LoggingUnknown:
		f.Note = "found out with the first room that is made"
	default:
		f.OK = h.rules.Logging != provisioner.LoggingRequired
		f.Note = "the service cannot log rooms"
		f.Do = "add to its configuration\n" + loggingLines
	}
	return f
}
