package manual

import (
	"regexp"
	"slices"
	"strings"
)

// section is a part of a command's description under its own heading.
type section struct {
	title string // "EXAMPLES"; "" for what comes before the first heading
	lines []string
}

func (s section) equals(other section) bool {
	return s.title == other.title && slices.Equal(s.lines, other.lines)
}

// heading is a line such as EXIT STATUS: or FILES, in the state folder:
var heading = regexp.MustCompile(`^([A-Z][A-Z ]+)(?:, (.+))?:$`)

// sections splits a text at its headings. The first section is what comes before
// them, and may be empty.
func sections(text string) []section {
	list := []section{{}}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \n")
		if m := heading.FindStringSubmatch(line); m != nil {
			list = append(list, section{title: m[1]})
			if m[2] == "" {
				continue
			}
			line = capital(m[2]) + ":"
		}
		last := &list[len(list)-1]
		last.lines = append(last.lines, line)
	}
	for i := range list {
		list[i].lines = trim(list[i].lines)
	}
	return list
}

// merge appends what is added. A section that there is already goes on with the one
// of the same title.
func merge(own, added []section) []section {
	list := slices.Clone(own)
	for _, s := range added {
		i := slices.IndexFunc(list, func(o section) bool { return o.title == s.title })
		if i < 0 {
			list = append(list, s)
			continue
		}
		list[i].lines = slices.Concat(list[i].lines, []string{""}, s.lines)
	}
	return list
}

// trim cuts empty lines off at both ends.
func trim(lines []string) []string {
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// block is a run of lines of a section that belong together.
type block struct {
	indented bool
	lines    []string // without the three spaces that indent them
}

// blocks splits lines where they are empty, and where indented ones begin or end.
func blocks(lines []string) []block {
	var list []block
	open := false
	for _, line := range lines {
		text, indented := strings.CutPrefix(line, "   ")
		switch {
		case line == "":
			open = false
		case open && list[len(list)-1].indented == indented:
			last := &list[len(list)-1]
			last.lines = append(last.lines, text)
		default:
			list = append(list, block{indented, []string{text}})
			open = true
		}
	}
	return list
}

// row is a line of a list: what, and behind two spaces or more what is said of it.
type row struct{ what, about string }

// columns splits a line of a list.
var columns = regexp.MustCompile(`^(\S+(?: \S+)*) {2,}(\S.*)$`)

// rows reads a block as a list of two columns. Lines may go on below the second
// one, or begin there where the first is long. It is nil when the block is no such
// list.
func rows(lines []string) []row {
	var list []row
	for i, line := range lines {
		text := strings.TrimSpace(line)
		below := i+1 < len(lines) && strings.HasPrefix(lines[i+1], "     ")
		switch m := columns.FindStringSubmatch(line); {
		case strings.HasPrefix(line, " ") && len(list) > 0 && !strings.Contains(text, "  "):
			last := &list[len(list)-1]
			last.about = strings.TrimSpace(last.about + " " + text)
		case m != nil && !strings.Contains(m[2], "  "):
			list = append(list, row{m[1], m[2]})
		case line == text && below && !strings.Contains(text, "  "):
			list = append(list, row{what: text})
		default:
			return nil
		}
	}
	return list
}

// capital makes the first letter a capital one.
func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
