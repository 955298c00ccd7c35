package main

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"roomctl/cmd/roomctl/manual"
	"roomctl/config"
)

// Sections that --help has no room for, of roomctl(1) and of roomctl-serve(1).
var (
	//go:embed man.txt
	manProgram string
	//go:embed man_serve.txt
	manServe string
)

// manCommand writes the man pages when a package is built. It is of no use to
// anybody else, and not listed.
func (p *program) manCommand() *cli.Command {
	return &cli.Command{
		Name:      "man",
		Hidden:    true,
		Usage:     "write the man pages",
		UsageText: "roomctl man --date DATE DIR",
		Description: `Writes a man page for the program, for each command and for the configuration
into the folder DIR, which must be there.

EXAMPLES:
   roomctl man --date 2026-11-21 ./man

` + exitStatusHelp,
		Flags:  []cli.Flag{&cli.StringFlag{Name: "date", Usage: "the `DATE` of the pages"}},
		Action: p.man,
	}
}

func (p *program) man(c *cli.Context) error {
	if c.NArg() != 1 {
		return misused(c, errors.New("there must be one folder"))
	}
	if _, err := time.Parse(time.DateOnly, c.String("date")); err != nil {
		return misused(c, fmt.Errorf("--date: %w", err))
	}
	serve, err := serveSections()
	if err != nil {
		return err
	}
	book := manual.Book{
		App: p.app(), Keys: config.Keys(), Version: version(), Date: c.String("date"),
		Added: map[string]string{"": manProgram, "serve": serve},
	}
	for _, page := range book.Pages() {
		if err := os.WriteFile(filepath.Join(c.Args().First(), page.File), page.Text, 0o644); err != nil {
			return fmt.Errorf("writing a man page: %w", err)
		}
	}
	return nil
}

// serveSections are the sections of roomctl-serve(1) that --help has no room for.
func serveSections() (string, error) {
	rules, err := healthSection()
	if err != nil {
		return "", err
	}
	metrics, err := metricsSection()
	if err != nil {
		return "", err
	}
	return strings.Join([]string{manServe, rules, metrics}, "\n"), nil
}
