package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"roomctl/provisioner"
)

func (p *program) roomsCommand() *cli.Command {
	return &cli.Command{
		Name:      "rooms",
		Usage:     "the rooms, and what a person may do to them",
		UsageText: "roomctl rooms COMMAND",
		Description: `What a person decides about a room stays decided: no sync takes it back.
Rooms are named, or given by their address (quic@jabber.example.org). A pause
(roomctl pause) does not hold up what a person orders here.

EXAMPLES:
   roomctl rooms list
   roomctl rooms adopt --all --dry-run
   roomctl rooms hold quic --why 'the chairs are trying something'
   roomctl rooms retire tls --successor tlsng

` + exitStatusHelp,
		Subcommands: []*cli.Command{
			p.roomsListCommand(),
			p.roomsAdoptCommand(),
			p.roomsRetireCommand(),
			p.roomsRestoreCommand(),
			p.roomsCloseCommand(),
			p.roomsDestroyCommand(),
			p.roomsHoldCommand(),
			p.roomsRevertCommand(),
		},
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usageError{fmt.Errorf("no command %q; see roomctl rooms --help", c.Args().First())}
			}
			return cli.ShowSubcommandHelp(c)
		},
	}
}

// roomNames are the rooms that a person means, each once: by name, or by address
// at the MUC service. Case does not count there (RFC 7622 section 3.3).
func roomNames(words []string, muc string) ([]string, error) {
	var names []string
	for _, word := range words {
		name, service, isAddress := strings.Cut(strings.ToLower(word), "@")
		switch {
		case isAddress && service != muc:
			return nil, usageError{fmt.Errorf("%q is no room of %s", word, muc)}
		case !provisioner.ValidName(name):
			return nil, usageError{fmt.Errorf("%q cannot be the name of a room", word)}
		case !slices.Contains(names, name):
			names = append(names, name)
		}
	}
	return names, nil
}

// namedRooms are the rooms that a command is about, and the house they are in. At
// least one must be named.
func (p *program) namedRooms(c *cli.Context) (*house, []string, error) {
	given, err := words(c)
	if err != nil {
		return nil, nil, err
	}
	if len(given) == 0 {
		return nil, nil, usageError{fmt.Errorf("rooms %s: no room is named; see roomctl rooms %[1]s --help", c.Command.Name)}
	}
	h, err := p.house(c)
	if err != nil {
		return nil, nil, err
	}
	names, err := roomNames(given, h.rules.MUC)
	return h, names, err
}
