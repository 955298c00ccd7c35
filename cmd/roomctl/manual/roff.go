package manual

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/urfave/cli/v2"
)

// printer writes the macros of groff_man(7).
type printer struct{ text *bytes.Buffer }

// macro writes a line as it is.
func (p *printer) macro(line string) { p.text.WriteString(line + "\n") }

// line writes a line of text that is escaped already. A point or an apostrophe at
// its beginning would make it a request to roff.
func (p *printer) line(text string) {
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	p.macro(text)
}

// section writes one section, unless it is empty.
func (p *printer) section(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.macro(".SH " + title)
	p.body(section{title, lines})
}

// sections writes those of a command, and those that are added.
func (p *printer) sections(own []section, added string) {
	for _, s := range merge(own, sections(added)[1:]) {
		p.section(s.title, s.lines)
	}
}

// body writes the paragraphs, lists and examples of a section.
func (p *printer) body(s section) {
	for i, b := range blocks(s.lines) {
		var list []row
		if b.indented && s.title != "EXAMPLES" {
			list = rows(b.lines)
		}
		if i > 0 && list == nil {
			p.macro(".PP")
		}
		switch {
		case list != nil:
			for _, r := range list {
				p.item(bold(r.what), r.about)
			}
		case b.indented:
			p.verbatim(b.lines)
		default:
			for _, line := range b.lines {
				p.line(prose(line))
			}
		}
	}
}

// verbatim writes lines that keep their shape.
func (p *printer) verbatim(lines []string) {
	p.macro(".RS 4")
	p.macro(".EX")
	for _, line := range lines {
		p.line(escape(line))
	}
	p.macro(".EE")
	p.macro(".RE")
}

// item writes an entry of a list. what is escaped already, about is not.
func (p *printer) item(what, about string) {
	p.macro(".TP")
	p.line(what)
	p.line(prose(about))
}

// options writes an entry for each flag, as --help has it.
func (p *printer) options(flags []cli.Flag) {
	for _, f := range flags {
		names, about, _ := strings.Cut(f.String(), "\t")
		p.item(mark(names), strings.TrimSpace(about))
	}
}

// synopsis writes that section.
func (p *printer) synopsis(usage string) {
	p.macro(".SH SYNOPSIS")
	p.usage(usage)
}

// usage writes a command line to a paragraph, however many lines it has here.
func (p *printer) usage(usage string) {
	for i, line := range strings.Split(usage, "\n") {
		text := strings.TrimSpace(line)
		if i > 0 && strings.HasPrefix(text, "roomctl ") {
			p.macro(".PP")
		}
		p.line(mark(text) + `\&`) // the end of no sentence
	}
}

// seeAlso writes that section, of names such as roomctl(1).
func (p *printer) seeAlso(pages []string) {
	p.macro(".SH SEE ALSO")
	for i, name := range pages {
		name, number, _ := strings.Cut(name, "(")
		end := ","
		if i == len(pages)-1 {
			end = ""
		}
		p.macro(fmt.Sprintf(".BR %s (%s%s", escape(name), number, end))
	}
}

// bold sets text in bold.
func bold(text string) string { return `\fB` + escape(text) + `\fR` }

// marked finds what stands out in a usage: what is typed as it is there, and
// what something else is typed for.
var marked = regexp.MustCompile(`--?[a-z][a-z-]*|\b[A-Z][A-Z-]*\b|[a-z0-9/$][\w./$-]*`)

// mark sets a usage: what is typed in bold, what stands for something else in
// italics.
func mark(usage string) string {
	var b strings.Builder
	end := 0
	for _, at := range marked.FindAllStringIndex(usage, -1) {
		word := usage[at[0]:at[1]]
		b.WriteString(escape(usage[end:at[0]]))
		if isPlaceholder(word) {
			b.WriteString(`\fI` + escape(word) + `\fR`)
		} else {
			b.WriteString(bold(word))
		}
		end = at[1]
	}
	return b.String() + escape(usage[end:])
}

func isPlaceholder(word string) bool { return word[0] >= 'A' && word[0] <= 'Z' }

// typed finds flags and references to commands in a sentence.
var typed = regexp.MustCompile(`--[a-z][a-z-]*`)

// prose sets a sentence: flags in bold.
func prose(text string) string {
	var b strings.Builder
	end := 0
	for _, at := range typed.FindAllStringIndex(text, -1) {
		b.WriteString(escape(text[end:at[0]]) + bold(text[at[0]:at[1]]))
		end = at[1]
	}
	return b.String() + escape(text[end:])
}

// escapes are the characters that roff would set otherwise (groff_char(7)).
var escapes = strings.NewReplacer(
	`\`, `\e`, `-`, `\-`, `'`, `\(aq`, "`", `\(ga`, `^`, `\(ha`, `~`, `\(ti`, `"`, `\(dq`,
)

// escape makes text come out as it is.
func escape(text string) string {
	var b strings.Builder
	for _, r := range escapes.Replace(text) {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, `\[u%04X]`, r)
	}
	return b.String()
}
