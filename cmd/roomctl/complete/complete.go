// Package complete answers what may stand at the end of a command line that
// somebody is typing. The shells ask it with scripts of a few lines (Script), so
// that all of them know the same, and no more than --help tells.
package complete

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// Candidate is a word that may stand there.
type Candidate struct {
	Word  string
	About string // a short explanation; may be ""
}

// Answer is what may stand at the end of the line.
type Answer struct {
	Candidates []Candidate
	Files      bool // names of files, which shells know best
}

// Source lists what a placeholder of the usage texts can stand for, such as NAME.
// option gives the value of an option of the program in the line so far, such as
// config; "" when it is not there.
type Source func(option func(name string) string) []Candidate

// Completer knows a command tree.
type Completer struct {
	App *cli.App

	// Sources are by placeholder. Of other placeholders nothing is known. FILE and
	// DIR, names of files, need none, nor does COMMAND.
	Sources map[string]Source
}

// Line completes the last of the words behind the program's name; it is empty
// where nothing is typed yet. Bash hands --allow=x over as three words.
func (c Completer) Line(words []string) Answer {
	words = joined(words)
	if len(words) == 0 {
		return Answer{}
	}
	last := len(words) - 1
	s := c.walk(words[:last])
	answer := s.next(words[last])
	answer.Candidates = slices.DeleteFunc(answer.Candidates, func(one Candidate) bool {
		return !strings.HasPrefix(one.Word, words[last])
	})
	return answer
}

// joined turns the three words --allow, =, x into --allow and x, which means the
// same.
func joined(words []string) []string {
	var list []string
	for i, word := range words {
		switch {
		case word != "=" || i == 0 || !strings.HasPrefix(words[i-1], "--"):
			list = append(list, word)
		case i == len(words)-1:
			list = append(list, "") // nothing stands behind the = yet
		}
	}
	return list
}

// state is where in the command tree a line has come to.
type state struct {
	Completer
	commands []*cli.Command // one of which may come next
	flags    []cli.Flag     // likewise
	usage    string         // of the command, for what else it takes; "" before there is one
	explains bool           // the command takes the names of others: roomctl help rooms adopt
	words    []string       // that it was given
	given    []string       // names of the flags before
	options  map[string]string
	value    cli.Flag // whose value comes next; nil: none
	ended    bool     // behind --, everything is a word
}

// walk reads the words before the last.
func (c Completer) walk(words []string) *state {
	s := &state{Completer: c, commands: c.App.Commands, flags: c.App.Flags, options: map[string]string{}}
	for _, word := range words {
		switch {
		case s.value != nil:
			s.option(s.value, word)
			s.value = nil
		case s.ended || !strings.HasPrefix(word, "-") || word == "-":
			s.word(word)
		case word == "--":
			s.ended = true
		default:
			s.flag(word)
		}
	}
	return s
}

// word is a command, or something that a command was given.
func (s *state) word(word string) {
	i := slices.IndexFunc(s.commands, func(c *cli.Command) bool { return c.HasName(word) })
	if i < 0 {
		s.words = append(s.words, word)
		return
	}
	c := s.commands[i]
	s.commands = c.Subcommands
	if s.explains {
		s.usage = "" // it takes no topic any more
		return
	}
	s.flags, s.usage, s.given = c.Flags, c.UsageText, nil
	if len(s.commands) == 0 && slices.Contains(s.taken(), "COMMAND") {
		s.commands, s.explains = s.App.Commands, true
	}
}

// flag is a flag, perhaps with its value.
func (s *state) flag(word string) {
	name, value, withValue := strings.Cut(strings.TrimLeft(word, "-"), "=")
	f := find(s.flags, name)
	if f == nil {
		return // there is none; the program will say so
	}
	s.given = append(s.given, f.Names()...)
	switch {
	case withValue:
		s.option(f, value)
	case takesValue(f):
		s.value = f
	}
}

// option keeps the value of a flag of the program itself.
func (s *state) option(f cli.Flag, value string) {
	if s.usage == "" && !s.explains {
		s.options[f.Names()[0]] = value
	}
}
