package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

func (p *program) controlCommand() *cli.Command {
	return &cli.Command{
		Name:      "control",
		Usage:     "have the daemon run, pause or resume, or ask what it is at",
		UsageText: "roomctl control COMMAND",
		Description: `Talks to roomctl serve through the socket control.sock in the state folder,
which only the user that it runs as, and root, may use. Other programs can do
the same: a line with {"do":"run"}, "pause", "resume" or "status" is answered
with one JSON object on a line, the one that --json prints. A run may have
"kind":"quick", a pause "for":"2h" and "why".

EXAMPLES:
   roomctl control run
   roomctl control pause --for 2h --why 'the chat server moves'
   roomctl control status --json | jq .status.next
   echo '{"do":"status"}' | nc -NU /var/lib/roomctl/control.sock

` + exitStatusHelp,
		Subcommands: []*cli.Command{
			p.controlRunCommand(),
			p.controlPauseCommand(),
			p.controlResumeCommand(),
			p.controlStatusCommand(),
		},
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usageError{fmt.Errorf("no command %q; see roomctl control --help", c.Args().First())}
			}
			return cli.ShowSubcommandHelp(c)
		},
	}
}

func (p *program) controlRunCommand() *cli.Command {
	return &cli.Command{
		Name:      "run",
		Usage:     "begin a run now, or when the one under way has ended",
		UsageText: "roomctl control run [--quick] [--json]",
		Description: `The run asks the Datatracker for every document, and reads every room unless
it is to be quick. How it went is in roomctl status.

EXAMPLES:
   roomctl control run

` + exitStatusHelp,
		Flags:  []cli.Flag{quickFlag(), jsonFlag()},
		Before: noArguments,
		Action: func(c *cli.Context) error {
			o := controlOrder{Do: "run", By: p.person()}
			if c.Bool("quick") {
				o.Kind = "quick"
			}
			return p.control(c, o)
		},
	}
}

func (p *program) controlPauseCommand() *cli.Command {
	return &cli.Command{
		Name:      "pause",
		Usage:     "write nothing for a while",
		UsageText: "roomctl control pause [--for DURATION] [--why TEXT] [--json]",
		Description: `The same as roomctl pause, done by the daemon.

EXAMPLES:
   roomctl control pause --for 2h --why 'the chat server moves'

` + exitStatusHelp,
		Flags:  append(pauseFlags(), jsonFlag()),
		Before: noArguments,
		Action: func(c *cli.Context) error {
			d, err := pauseFor(c)
			if err != nil {
				return err
			}
			o := controlOrder{Do: "pause", Why: c.String("why"), By: p.person()}
			if d > 0 {
				o.For = d.String()
			}
			return p.control(c, o)
		},
	}
}

func (p *program) controlResumeCommand() *cli.Command {
	return &cli.Command{
		Name:      "resume",
		Usage:     "end a pause, and do at once what was due",
		UsageText: "roomctl control resume [--json]",
		Description: `The same as roomctl resume, but the daemon notices at once and not within a
minute.

EXAMPLES:
   roomctl control resume

` + exitStatusHelp,
		Flags:  []cli.Flag{jsonFlag()},
		Before: noArguments,
		Action: func(c *cli.Context) error { return p.control(c, controlOrder{Do: "resume", By: p.person()}) },
	}
}

func (p *program) controlStatusCommand() *cli.Command {
	return &cli.Command{
		Name:      "status",
		Usage:     "what the daemon is at",
		UsageText: "roomctl control status [--json]",
		Description: `Tells which run is under way or comes next, how the last one went, and where
the daemon listens. Whether all is well is for roomctl status to say.

EXAMPLES:
   roomctl control status

` + exitStatusHelp,
		Flags:  []cli.Flag{jsonFlag()},
		Before: noArguments,
		Action: func(c *cli.Context) error { return p.control(c, controlOrder{Do: "status"}) },
	}
}
