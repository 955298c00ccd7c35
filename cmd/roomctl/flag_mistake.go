package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// What package flag says of a mistake. It writes every flag with one dash.
var (
	unknownFlag  = regexp.MustCompile(`^flag provided but not defined: -(.+)$`)
	lonelyFlag   = regexp.MustCompile(`^flag needs an argument: -(.+)$`)
	wrongValue   = regexp.MustCompile(`(?s)^invalid value (".*") for flag -([^ ]+): (.+)$`)
	wrongBoolean = regexp.MustCompile(`(?s)^invalid boolean value (".*") for -([^ ]+): `)
)

// inOurWords is a mistake in the flags of a command as people type them, and with
// an example where there is one. Other errors are returned as they are.
func inOurWords(c *cli.Context, err error) error {
	text := err.Error()
	if m := unknownFlag.FindStringSubmatch(text); m != nil {
		return fmt.Errorf("there is no flag %s", dashed(m[1]))
	}
	if m := lonelyFlag.FindStringSubmatch(text); m != nil {
		return fmt.Errorf("%s needs a value", dashed(m[1]))
	}
	if m := wrongBoolean.FindStringSubmatch(text); m != nil {
		return fmt.Errorf("%s takes no value, but there is %s", dashed(m[2]), m[1])
	}
	m := wrongValue.FindStringSubmatch(text)
	if m == nil {
		return err
	}
	value, name, why := m[1], m[2], m[3]
	switch flagNamed(c, name).(type) {
	case *cli.DurationFlag:
		return fmt.Errorf("%s: %s is no duration; give one as 45m or 2h30m", dashed(name), value)
	case *cli.IntFlag:
		return fmt.Errorf("%s: %s is no number", dashed(name), value)
	}
	return fmt.Errorf("%s: %s: %s", dashed(name), value, why)
}

// dashed is a flag as it is typed.
func dashed(name string) string {
	if name = strings.TrimLeft(name, "-"); len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// flagNamed is the flag of a command, or of the program; nil when there is none.
func flagNamed(c *cli.Context, name string) cli.Flag {
	for _, f := range slices.Concat(c.Command.Flags, c.App.Flags) {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}
