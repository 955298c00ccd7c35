package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"roomctl/config"
)

const defaultConfig = "/etc/roomctl/config.yaml"

// main runs one command and returns its exit status.
func (p *program) main(ctx context.Context, args []string) int {
	err := p.app().RunContext(ctx, args)
	var silent statusError
	if err != nil && !errors.As(err, &silent) {
		mark, wrap := "roomctl: ", newWrap(p.stderr)
		for line := range strings.Lines(err.Error()) {
			fmt.Fprintln(p.stderr, wrap.in(mark+inert(strings.TrimSuffix(line, "\n"))))
			mark = ""
		}
	}
	return statusOf(err)
}

// app is the command line.
func (p *program) app() *cli.App {
	app := &cli.App{
		Name:      "roomctl",
		Usage:     "keeps the IETF's chat rooms true to the Datatracker",
		UsageText: "roomctl [--config FILE] [--log-level L] [--log-format text|json] COMMAND",
		Description: `Reads groups, meetings and agendas from the Datatracker, compares them with
the rooms on an XMPP server, and makes the rooms true: created, configured,
verified, and named in agenda data. It never removes a room by itself, never
touches a room that is not its own, and never takes a missing answer for a
no. The configuration is the file that --config names, or $ROOMCTL_CONFIG.

EXAMPLES:
   roomctl demo            the whole thing on this machine, nothing to set up
   roomctl check           does everything work that is configured?
   roomctl plan            what would sync do?
   roomctl sync            do it

` + exitStatusHelp,
		HideVersion: true,
		Writer:      p.stdout,
		ErrWriter:   p.stderr,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "config", Usage: "configuration `FILE`", Value: p.configFile(), DefaultText: `"` + defaultConfig + `"`},
			&cli.StringFlag{Name: "log-level", Usage: "`L`: error, warn, info or debug", Value: "warn", DefaultText: "warn; info for serve"},
			&cli.StringFlag{Name: "log-format", Usage: "`F`: text or json", Value: "text", DefaultText: "text"},
			cli.HelpFlag, // the library adds it where no command is called help
		},
		Commands: []*cli.Command{
			p.planCommand(),
			p.syncCommand(),
			p.publishCommand(),
			p.serveCommand(),
			p.controlCommand(),
			p.pauseCommand(),
			p.resumeCommand(),
			p.checkCommand(),
			p.roomsCommand(),
			p.explainCommand(),
			p.historyCommand(),
			p.statusCommand(),
			p.preflightCommand(),
			p.announceCommand(),
			p.configCommand(),
			p.demoCommand(),
			p.completionCommand(),
			p.manCommand(),
			p.completeCommand(),
			p.versionCommand(),
			p.helpCommand(),
		},
		OnUsageError:   onUsageError,
		ExitErrHandler: func(*cli.Context, error) {}, // main maps errors to exit statuses
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usageError{fmt.Errorf("no command %q; see roomctl --help", c.Args().First())}
			}
			return cli.ShowAppHelp(c)
		},
	}
	for _, c := range app.Commands {
		prepare(c)
	}
	return app
}

// configFile is the configuration where no flag names one.
func (p *program) configFile() string { return cmp.Or(p.getenv("ROOMCTL_CONFIG"), defaultConfig) }

// prepare gives a command what every command has.
func prepare(c *cli.Command) {
	c.OnUsageError = onUsageError
	c.HideHelpCommand = true
	for _, sub := range c.Subcommands {
		prepare(sub)
	}
}

func onUsageError(c *cli.Context, err error, _ bool) error { return misused(c, err) }

// misused is a mistake in the flags of a command, and where they are explained.
func misused(c *cli.Context, err error) error {
	command := c.Command.HelpName
	if command == "" { // there is a flag of the program itself
		command = c.App.Name
	}
	return usageError{fmt.Errorf("%w; see %s --help", inOurWords(c, err), command)}
}

// noArguments is the Before of a command that takes flags only.
func noArguments(c *cli.Context) error {
	if c.Args().Present() {
		command := c.Command.HelpName // "roomctl rooms list"
		return usageError{fmt.Errorf("%s takes no arguments, but there is %q; see %s --help",
			strings.TrimPrefix(command, "roomctl "), strings.Join(c.Args().Slice(), " "), command)}
	}
	return nil
}

// words are the arguments of a command. Flags may stand before, between and after
// them; those behind the first word, which the library leaves alone, are set here.
func words(c *cli.Context) ([]string, error) {
	var words []string
	for rest := c.Args().Slice(); len(rest) > 0; {
		set := flag.NewFlagSet(c.Command.Name, flag.ContinueOnError)
		set.SetOutput(io.Discard)
		for _, f := range c.Command.Flags {
			if err := f.Apply(set); err != nil {
				return nil, err
			}
		}
		err := set.Parse(rest)
		help := errors.Is(err, flag.ErrHelp)
		set.Visit(func(f *flag.Flag) {
			help = help || slices.Contains(cli.HelpFlag.Names(), f.Name)
			for _, value := range values(f) {
				err = errors.Join(err, c.Set(f.Name, value))
			}
		})
		switch {
		case help:
			return nil, errors.Join(cli.ShowSubcommandHelp(c), statusError(exitDone))
		case err != nil:
			return nil, misused(c, err)
		}
		if rest = set.Args(); len(rest) > 0 {
			words, rest = append(words, rest[0]), rest[1:]
		}
	}
	return words, nil
}

// values are what a flag was set to: one value, unless it may be given several
// times.
func values(f *flag.Flag) []string {
	if list, ok := f.Value.(*cli.StringSlice); ok {
		return list.Value()
	}
	return []string{f.Value.String()}
}

// house reads the configuration and prepares what it describes.
func (p *program) house(c *cli.Context) (*house, error) {
	log, err := p.logger(c)
	if err != nil {
		return nil, err
	}
	settings, err := config.Load(c.String("config"))
	if err != nil {
		return nil, usageError{err}
	}
	return newHouse(settings, p, log)
}
