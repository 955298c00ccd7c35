package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/urfave/cli/v2"
)

// Every metric of the README's table is on the man page, and no other.
func TestTheManPageHasEveryMetric(t *testing.T) {
	section, err := metricsSection()
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(filepath.Join("testdata", "metrics.md"))
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`roomctl_\w+`)
	first := func(lines [][]byte) []string {
		var names []string
		for _, line := range lines {
			names = append(names, name.FindString(string(line)))
		}
		return names
	}
	got := first(regexp.MustCompile(`(?m)^   roomctl_.*$`).FindAll([]byte(section), -1))
	want := first(regexp.MustCompile("(?m)^\\| `roomctl_.*$").FindAll(table, -1))
	if len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("the page has %v, the table %v", got, want)
	}
}

// unknowable are the placeholders that nobody can complete.
var unknowable = []string{
	"N", "TEXT", "DURATION", "TIME", "DATE", "RUN", "S", "MEETING", "JID", "SESSION-ID", "ACRONYM", "LEVEL", "FORMAT", "STATE", "L",
}

// A flag or argument whose placeholder is new is either completed or known not to
// be.
func TestEveryPlaceholderIsCompletedOrUnknowable(t *testing.T) {
	p := newProgram()
	known := slices.Concat(unknowable, []string{"FILE", "DIR", "COMMAND"})
	for placeholder := range p.completeSources(t.Context()) {
		known = append(known, placeholder)
	}
	word := regexp.MustCompile(`\b[A-Z][A-Z-]*\b`)
	var look func(path string, commands []*cli.Command)
	look = func(path string, commands []*cli.Command) {
		for _, c := range commands {
			for _, placeholder := range word.FindAllString(c.UsageText, -1) {
				if !slices.Contains(known, placeholder) {
					t.Errorf("%s %s: nobody knows how to complete %s", path, c.Name, placeholder)
				}
			}
			look(path+" "+c.Name, c.Subcommands)
		}
	}
	look("roomctl", p.app().Commands)
}
