package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"roomctl/config"
)

func (p *program) configCommand() *cli.Command {
	return &cli.Command{
		Name:      "config",
		Usage:     "the configuration: an example, and what is in force",
		UsageText: "roomctl config COMMAND",
		Description: `EXAMPLES:
   roomctl config example > roomctl.yaml
   roomctl --config ./roomctl.yaml config show

` + exitStatusHelp,
		Subcommands: []*cli.Command{
			p.configExampleCommand(),
			p.configShowCommand(),
		},
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usageError{fmt.Errorf("no command %q; see roomctl config --help", c.Args().First())}
			}
			return cli.ShowSubcommandHelp(c)
		},
	}
}

func (p *program) configExampleCommand() *cli.Command {
	return &cli.Command{
		Name:      "example",
		Usage:     "print a configuration with every key explained",
		UsageText: "roomctl config example",
		Description: `Prints the smallest useful configuration, and every other key with its
default, commented out.

EXAMPLES:
   roomctl config example > roomctl.yaml

` + exitStatusHelp,
		Before: noArguments,
		Action: func(*cli.Context) error {
			_, err := fmt.Fprint(p.stdout, config.Example())
			return err
		},
	}
}

func (p *program) configShowCommand() *cli.Command {
	return &cli.Command{
		Name:      "show",
		Usage:     "show what is in force, and where each value came from",
		UsageText: "roomctl config show [--json]",
		Description: `Shows every value in force, and whether it is the default or which line of
the file sets it. Of a password or token it shows where it was found, never
what it is; of the web address in notify.webhook, the host. Nobody is asked,
so that it works while the servers do not. A mistake in the file itself is
told as by every other command.

EXAMPLES:
   roomctl config show
   roomctl config show --json | jq '.settings[] | select(.line)'

` + exitStatusHelp,
		Flags:  []cli.Flag{jsonFlag()},
		Before: noArguments,
		Action: p.configShow,
	}
}

// configDocument is what `config show --json` prints. Members are only ever
// added; a change of meaning moves version.
type configDocument struct {
	Version  int               `json:"version"`
	File     string            `json:"file"`
	Settings []settingDocument `json:"settings"`
	Secrets  []secretDocument  `json:"secrets"`
	Warnings []warningDocument `json:"warnings"` // what works, but hardly as it was meant
}

// settingDocument is one value in force.
type settingDocument struct {
	Key   string `json:"key"`
	Value any    `json:"value"`          // times are texts: "20s"
	Line  int    `json:"line,omitempty"` // of the file; absent: the default
}

// secretDocument is a password or token, without itself.
type secretDocument struct {
	Key     string `json:"key"`
	Set     bool   `json:"set"`
	From    string `json:"from,omitempty"`    // a file, or a variable of the environment
	Problem string `json:"problem,omitempty"` // why what is named cannot be used
}

// warningDocument is something to look at.
type warningDocument struct {
	Key  string `json:"key"`
	Text string `json:"text"`
}

func (p *program) configShow(c *cli.Context) error {
	file := c.String("config")
	settings, values, err := config.LoadSettings(file)
	if err != nil {
		return usageError{err}
	}
	doc := configDocument{Version: 1, File: file, Settings: []settingDocument{}, Secrets: []secretDocument{}, Warnings: []warningDocument{}}
	for _, v := range values {
		doc.Settings = append(doc.Settings, settingDocument{Key: v.Key, Value: v.Value, Line: v.Line})
	}
	for _, s := range settings.Secrets(p.getenv) {
		secret := secretDocument{Key: s.Key, Set: s.From != "", From: s.From}
		if s.Problem != nil {
			secret.Problem = s.Problem.Error()
		}
		doc.Secrets = append(doc.Secrets, secret)
	}
	for _, w := range settings.Warnings() {
		doc.Warnings = append(doc.Warnings, warningDocument{Key: w.Key, Text: w.Text})
	}
	if c.Bool("json") {
		return p.writeJSON(doc)
	}
	return p.printConfig(c, doc, values)
}

// printConfig prints a line for each value, the secrets, and what is odd.
func (p *program) printConfig(c *cli.Context, doc configDocument, values []config.Setting) error {
	out := p.printer(c)
	out.line("In force: %s and the defaults", inert(doc.File))
	out.line("")
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, v := range values {
		from := "default"
		if v.Line > 0 {
			from = fmt.Sprintf("line %d", v.Line)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", v.Key, from, inert(v.Text()))
	}
	for _, s := range doc.Secrets {
		fmt.Fprintf(table, "%s\tsecret\t%s\n", s.Key, inert(s.String()))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, w := range doc.Warnings {
		out.line("")
		out.line("%s: %s: %s", out.paint.in(yellow, "Note"), w.Key, inert(w.Text))
	}
	return nil
}

func (s secretDocument) String() string {
	switch {
	case s.Problem != "":
		return "not set: " + s.Problem
	case s.Set:
		return "set (from " + s.From + ")"
	}
	return "not set"
}
