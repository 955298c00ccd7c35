package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"roomctl/cmd/roomctl/complete"
	"roomctl/config"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

func (p *program) completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print the completion of commands, flags and rooms",
		UsageText: "roomctl completion SHELL",
		Description: `Prints the completion of bash, fish or zsh. The package has them in place;
otherwise this is how they get there. Rooms are completed for whoever may
read the registry.

EXAMPLES:
   source <(roomctl completion bash)     in ~/.bashrc
   source <(roomctl completion zsh)      in ~/.zshrc, behind compinit
   roomctl completion fish | source      in ~/.config/fish/config.fish

` + exitStatusHelp,
		Action: func(c *cli.Context) error {
			script, ok := complete.Script(c.Args().First())
			if !ok || c.NArg() != 1 {
				return misused(c, fmt.Errorf("name one shell of %s", strings.Join(complete.Shells(), ", ")))
			}
			_, err := fmt.Fprint(p.stdout, script)
			return err
		},
	}
}

// completeCommand is what the scripts run: roomctl complete WORD…, with the words
// behind the program's name, the last of which is to be completed. It says nothing
// but what may stand there.
func (p *program) completeCommand() *cli.Command {
	return &cli.Command{
		Name:            "complete",
		Hidden:          true,
		SkipFlagParsing: true,
		Action: func(c *cli.Context) error {
			ctx, cancel := context.WithTimeout(c.Context, completePatience)
			defer cancel()
			completer := complete.Completer{App: p.app(), Sources: p.completeSources(ctx)}
			_, err := fmt.Fprint(p.stdout, completer.Line(c.Args().Slice()).Lines())
			return err
		},
	}
}

// completePatience is how long somebody who has pressed TAB looks at nothing.
const completePatience = time.Second

// completeSources are what the placeholders of the usage texts stand for.
func (p *program) completeSources(ctx context.Context) map[string]complete.Source {
	plain := func(words []string) complete.Source {
		return func(func(string) string) []complete.Candidate {
			var list []complete.Candidate
			for _, word := range words {
				list = append(list, complete.Candidate{Word: word})
			}
			return list
		}
	}
	rooms := func(option func(string) string) []complete.Candidate { return p.completeRooms(ctx, option("config")) }
	return map[string]complete.Source{
		"NAME":  rooms,
		"OTHER": rooms,
		"RULE":  plain(provisioner.AllowedRules()),
		"SHELL": plain(complete.Shells()),
		"TOPIC": func(func(string) string) []complete.Candidate {
			var list []complete.Candidate
			for _, topic := range helpTopics {
				list = append(list, complete.Candidate{Word: topic.name, About: topic.about})
			}
			return list
		},
	}
}

// completeRooms are the rooms of the registry, by name. Whatever fails, there are
// none.
func (p *program) completeRooms(ctx context.Context, file string) []complete.Candidate {
	settings, err := config.Load(cmp.Or(file, p.configFile()))
	if err != nil {
		return nil
	}
	h := &house{config: settings}
	reg, err := registry.OpenReader(ctx, h.registryPath(), h.identity())
	if err != nil {
		return nil
	}
	defer reg.Close()
	known, err := reg.Load(ctx)
	if err != nil {
		return nil
	}
	var list []complete.Candidate
	for _, name := range slices.Sorted(maps.Keys(known.Rooms)) {
		list = append(list, complete.Candidate{Word: name, About: string(known.Rooms[name].State)})
	}
	return list
}
