package main

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// meetingHelp is what the secretariat types before and during a meeting. The
// README has the same text.
//
//go:embed meeting.txt
var meetingHelp string

// roomsHelp is what people can say about rooms.
//
//go:embed rooms.txt
var roomsHelp string

// helpTopics are the texts that are about no single command.
var helpTopics = []struct{ name, about, text string }{
	{"meeting", "what to type before and during a meeting", meetingHelp},
	{"rooms", "what people can decide about rooms", roomsHelp},
}

func (p *program) helpCommand() *cli.Command {
	return &cli.Command{
		Name:      "help",
		Aliases:   []string{"h"},
		Usage:     "a topic, or a command, explained",
		UsageText: "roomctl help [TOPIC | COMMAND…]",
		Description: `Explains a topic or a command. Without either it lists the topics.

EXAMPLES:
   roomctl help meeting       what to type before and during a meeting
   roomctl help rooms         what people can decide about rooms
   roomctl help sync          the same as roomctl sync --help
   roomctl help rooms adopt`,
		Action: p.help,
	}
}

func (p *program) help(c *cli.Context) error {
	if !c.Args().Present() {
		return p.listTopics()
	}
	for _, topic := range helpTopics {
		if c.NArg() == 1 && c.Args().First() == topic.name {
			_, err := fmt.Fprint(p.stdout, topic.text)
			return err
		}
	}
	commands := p.app().Commands
	for _, name := range c.Args().Slice() {
		i := slices.IndexFunc(commands, func(command *cli.Command) bool { return command.HasName(name) })
		if i < 0 {
			return usageError{fmt.Errorf("no topic or command %q; roomctl help lists the topics, roomctl --help the commands", strings.Join(c.Args().Slice(), " "))}
		}
		commands = commands[i].Subcommands
	}
	return p.app().RunContext(c.Context, slices.Concat([]string{"roomctl"}, c.Args().Slice(), []string{"--help"}))
}

// listTopics names what is explained.
func (p *program) listTopics() error {
	var b strings.Builder
	b.WriteString("TOPICS:\n")
	for _, topic := range helpTopics {
		fmt.Fprintf(&b, "   roomctl help %-10s %s\n", topic.name, topic.about)
	}
	b.WriteString("\nCOMMANDS:\n   roomctl --help           lists them\n   roomctl help COMMAND     explains one\n")
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}
