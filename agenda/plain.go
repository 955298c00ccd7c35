package agenda

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of texts from outside, in characters: what is longer ends in "…".
const (
	maxName = 200
	maxNote = 2000
)

// pathName is what an acronym or a room's name must look like to stand in a path
// of the tree.
var pathName = regexp.MustCompile(`^[a-z0-9][a-z0-9+._-]{0,62}$`)

// plain makes a text from outside inert and one line long: white space is
// collapsed, control characters and invalid UTF-8 go, and so do the characters
// that turn the direction of what follows them (Unicode Bidi_Control), with
// which a name could show as another one. Escaping for HTML, calendars or XML is
// not its business.
func plain(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError:
			return -1
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\ufeff', r == '\ufffe', r == '\uffff':
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return strings.TrimRight(string([]rune(text)[:limit-1]), " ") + "…"
}
