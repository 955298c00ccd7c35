package main

import (
	"io"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// wrap is the width that lines are broken to; 0 leaves them as they are.
type wrap int

// newWrap is the width of a terminal. What is not printed on one is read by
// programs too, and keeps its lines.
func newWrap(w io.Writer) wrap {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd())) // fails where there is no terminal
	if err != nil {
		return 0
	}
	return wrap(width)
}

// in breaks a line at its spaces. What does not fit goes on below the beginning
// of the line's last column, where columns stand apart by two spaces or more, or
// else four spaces further in. A word that is wider than the terminal is left
// whole, so that an address can still be copied.
func (w wrap) in(line string) string {
	indent := hang(line)
	if int(w) <= 2*indent {
		return line
	}
	var out strings.Builder
	column := 0
	for i, word := range strings.Split(line, " ") {
		wide := visible(word)
		switch {
		case i == 0:
		case column > indent && column+1+wide > int(w):
			out.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			out.WriteByte(' ')
			column++
		}
		out.WriteString(word)
		column += wide
	}
	return out.String()
}

// hang is the column in which a broken line goes on.
func hang(line string) int {
	line = plain(line)
	text := strings.TrimLeft(line, " ")
	start := len(line) - len(text)
	arrow, isArrow := strings.CutPrefix(text, "-> ")
	gap := strings.LastIndex(text, "  ")
	switch {
	case isArrow:
		return len(line) - len(arrow)
	case gap >= 0:
		return start + utf8.RuneCountInString(text[:gap+2])
	case start > 4:
		return start // it is below another line's column itself
	}
	return start + 4
}

// cut is the beginning of a line, as much as fits with one column to spare.
func (w wrap) cut(line string) string {
	letters := []rune(line)
	if w > 0 && len(letters) >= int(w) {
		return string(letters[:w-1])
	}
	return line
}

// sgr are the sequences that colour text (ECMA-48 section 8.3.117).
var sgr = regexp.MustCompile(`\x1b\[[0-9;]*m`)

func plain(text string) string { return sgr.ReplaceAllString(text, "") }

// visible counts the characters that take up room.
func visible(text string) int { return utf8.RuneCountInString(plain(text)) }
