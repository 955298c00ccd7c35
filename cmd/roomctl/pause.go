package main

import (
	"fmt"
	"os/user"
	"time"

	"github.com/urfave/cli/v2"

	"roomctl/provisioner/pause"
)

func (p *program) pauseCommand() *cli.Command {
	return &cli.Command{
		Name:      "pause",
		Usage:     "write nothing for a while",
		UsageText: "roomctl pause [--for DURATION] [--why TEXT] [--json]",
		Description: `From now on no sync and no publish on this state folder writes anything:
neither to the chat server, nor to the Datatracker, nor to the published
files, which stay as they are. A run in progress stops after the change in
hand; another sync only tells what it would change. With --for the pause ends
by itself, and sync exits with 0 as long as nothing else is wrong; without,
it lasts until roomctl resume, and sync exits with 3. A chat server that does
not answer is nothing wrong meanwhile. A pause takes the place of an earlier
one.

What a person does by name goes on: roomctl rooms adopt, retire, restore and
the others.

EXAMPLES:
   roomctl pause --for 2h --why 'the chat server moves'
   roomctl pause
   roomctl resume

` + exitStatusHelp,
		Flags:  append(pauseFlags(), jsonFlag()),
		Before: noArguments,
		Action: p.pause,
	}
}

func pauseFlags() []cli.Flag {
	return []cli.Flag{
		&cli.DurationFlag{Name: "for", Usage: "end after `DURATION`: 45m, 2h30m", DefaultText: "at roomctl resume"},
		&cli.StringFlag{Name: "why", Usage: "`TEXT` that every run shows while it lasts"},
	}
}

// pauseFor is how long a pause is to last; 0: until somebody resumes.
func pauseFor(c *cli.Context) (time.Duration, error) {
	d := c.Duration("for")
	if c.IsSet("for") && d <= 0 {
		return 0, usageError{fmt.Errorf("--for: %s is no time to pause for; give one as 45m or 2h30m", d)}
	}
	return d, nil
}

func (p *program) resumeCommand() *cli.Command {
	return &cli.Command{
		Name:      "resume",
		Usage:     "end a pause",
		UsageText: "roomctl resume [--json]",
		Description: `Ends the pause of roomctl pause. What was left undone meanwhile is done by
the next sync.

EXAMPLES:
   roomctl resume && roomctl sync

` + exitStatusHelp,
		Flags:  []cli.Flag{jsonFlag()},
		Before: noArguments,
		Action: p.resume,
	}
}

// pauseDocument is what pause and resume print with --json.
type pauseDocument struct {
	Version int          `json:"version"`
	Paused  bool         `json:"paused"`
	Pause   *pause.Pause `json:"pause,omitempty"`   // that is in force now
	Before  *pause.Pause `json:"before,omitempty"`  // that was in force until now
	Problem string       `json:"problem,omitempty"` // why the one before cannot be told
}

func (p *program) pause(c *cli.Context) error {
	d, err := pauseFor(c)
	if err != nil {
		return err
	}
	h, err := p.house(c)
	if err != nil {
		return err
	}
	doc := p.pauseBefore(h)
	now := pause.Pause{Since: p.now().UTC().Truncate(time.Second), By: p.person(), Why: c.String("why")}
	if d > 0 {
		now.Until = now.Since.Add(d)
	}
	if err := pause.Set(h.config.StateDir, now); err != nil {
		return err
	}
	doc.Paused, doc.Pause = true, &now
	if c.Bool("json") {
		return p.writeJSON(doc)
	}
	out := p.printer(c)
	out.pausedBefore(doc)
	out.line("roomctl is paused %s.", inert(now.String()))
	out.line("A run in progress stops after the change in hand. `roomctl resume` ends the pause.")
	return nil
}

func (p *program) resume(c *cli.Context) error {
	h, err := p.house(c)
	if err != nil {
		return err
	}
	doc := p.pauseBefore(h)
	if err := pause.Clear(h.config.StateDir); err != nil {
		return err
	}
	if c.Bool("json") {
		return p.writeJSON(doc)
	}
	out := p.printer(c)
	if doc.Before == nil && doc.Problem == "" {
		out.line("roomctl was not paused.")
		return nil
	}
	out.pausedBefore(doc)
	out.line("It is resumed: the next sync does what was left undone.")
	return nil
}

// pauseBefore says which pause is in force before a command changes that.
func (p *program) pauseBefore(h *house) pauseDocument {
	doc := pauseDocument{Version: 1}
	was, paused, err := pause.Read(h.config.StateDir, p.now())
	switch {
	case err != nil:
		doc.Problem = err.Error()
	case paused:
		doc.Before = &was
	}
	return doc
}

// pausedBefore prints which pause was in force, if there was one.
func (p printer) pausedBefore(doc pauseDocument) {
	switch {
	case doc.Problem != "":
		p.line("roomctl was paused: %s.", inert(doc.Problem))
	case doc.Before != nil:
		p.line("roomctl was paused %s.", inert(doc.Before.String()))
	}
}

// person is the user name of who types; "" when it is not known.
func (p *program) person() string {
	if name := p.getenv("SUDO_USER"); name != "" {
		return name
	}
	who, err := user.Current()
	if err != nil {
		return "" // it is only told
	}
	return who.Username
}

// paused says which pause is in force on the state folder. What is wrong with one
// that cannot be read stands in place of its reason.
func (h *house) paused() (pause.Pause, bool) {
	p, paused, err := pause.Read(h.config.StateDir, h.program.now())
	if err != nil {
		p.Why = err.Error()
	}
	return p, paused
}
