package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/urfave/cli/v2"
)

// helpWidth is that of the terminal which help is written for.
const helpWidth = 80

func TestNoLineOfHelpIsWiderThanATerminal(t *testing.T) {
	seen := 0
	var look func(path []string, commands []*cli.Command)
	look = func(path []string, commands []*cli.Command) {
		var out bytes.Buffer
		p := newProgram()
		p.stdout, p.stderr = &out, &out
		if err := p.app().RunContext(t.Context(), append(path, "--help")); err != nil {
			t.Fatalf("%s --help: %v", strings.Join(path, " "), err)
		}
		seen++
		for line := range strings.Lines(out.String()) {
			line = strings.TrimRight(line, "\n")
			if n := utf8.RuneCountInString(line); n > helpWidth {
				t.Errorf("%s --help has a line of %d columns: %s", strings.Join(path, " "), n, line)
			}
		}
		for _, c := range commands {
			if !c.Hidden {
				look(append(path[:len(path):len(path)], c.Name), c.Subcommands)
			}
		}
	}
	look([]string{"roomctl"}, newProgram().app().Commands)
	if seen < 30 {
		t.Errorf("only %d helps were looked at", seen)
	}
}
