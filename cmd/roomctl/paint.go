package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// paint colours text on a terminal, and leaves it alone anywhere else and where
// NO_COLOR is set (https://no-color.org).
type paint bool

func newPaint(w io.Writer, getenv func(string) string) paint {
	return paint(isTerminal(w) && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb")
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Colours as SGR parameters.
const (
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

func (p paint) in(colour, text string) string {
	if !p || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}
