package config

import (
	"fmt"
	"slices"
	"strings"
)

// Error is everything that is wrong with one configuration.
type Error struct {
	File     string // "" when the text did not come from a file
	Problems []Problem
}

// Problem is one thing that is wrong. Its text never holds a secret: it does
// not repeat values of keys that roomctl does not know.
type Problem struct {
	Key  string // "xmpp.jid"; "" when it is about the file as a whole
	Line int    // 0: not in the file
	Text string
}

// Error has one line per problem.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("configuration")
	if e.File != "" {
		b.WriteString(" " + e.File)
	}
	if len(e.Problems) == 1 {
		b.WriteString(": " + e.Problems[0].String())
		return b.String()
	}
	fmt.Fprintf(&b, " has %d problems:", len(e.Problems))
	for _, p := range e.Problems {
		b.WriteString("\n  " + p.String())
	}
	return b.String()
}

func (p Problem) String() string {
	switch {
	case p.Key == "":
		return p.Text
	case p.Line == 0:
		return p.Key + ": " + p.Text
	}
	return fmt.Sprintf("%s (line %d): %s", p.Key, p.Line, p.Text)
}

// problems collects them. lines knows where each key stands.
type problems struct {
	found []Problem
	lines map[string]int
}

func (p *problems) add(key, format string, args ...any) {
	p.found = append(p.found, Problem{Key: key, Line: p.lines[key], Text: fmt.Sprintf(format, args...)})
}

// missing adds a key without a value, unless the value was refused already.
func (p *problems) missing(key, example string) {
	if !slices.ContainsFunc(p.found, func(f Problem) bool { return f.Key == key }) {
		p.add(key, "missing; for example %s", example)
	}
}
