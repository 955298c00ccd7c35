package ical

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLine is how long a line may be, in octets, without its end (RFC 5545
// section 3.1).
const maxLine = 75

// Encode writes a component and all within it: lines end in CRLF and are folded
// between characters. What has no place on a line is dropped: invalid UTF-8,
// and control characters other than the tab. Names of components, properties
// and parameters stand as they are; they are never texts from outside.
func Encode(c Component) []byte {
	var b bytes.Buffer
	encode(&b, c)
	return b.Bytes()
}

func encode(b *bytes.Buffer, c Component) {
	fold(b, "BEGIN:"+c.Name)
	for _, p := range c.Properties {
		fold(b, p.line())
	}
	for _, inner := range c.Components {
		encode(b, inner)
	}
	fold(b, "END:"+c.Name)
}

// line is the property before it is folded.
func (p Property) line() string {
	var b strings.Builder
	b.WriteString(p.Name)
	for _, param := range p.Params {
		b.WriteByte(';')
		b.WriteString(param.Name)
		b.WriteByte('=')
		for i, value := range param.Values {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(quoteParam(value))
		}
	}
	b.WriteByte(':')
	b.WriteString(printable(p.Value))
	return b.String()
}

// quoteParam is a parameter's value, in quotes where it needs them (RFC 5545
// section 3.2). It cannot hold a quote itself: few programs know the escapes of
// RFC 6868.
func quoteParam(value string) string {
	value = strings.ReplaceAll(printable(value), `"`, "'")
	if strings.ContainsAny(value, ":;,") {
		return `"` + value + `"`
	}
	return value
}

// printable is s without what may not stand in a value.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// isControl says whether r is what RFC 5545 section 3.1 calls CONTROL, or one of
// the further control characters, at which some programs end a line.
func isControl(r rune) bool { return unicode.IsControl(r) && r != '\t' }

// fold writes one line, in pieces of maxLine octets at most. Each piece but the
// first starts with a space, which counts.
func fold(b *bytes.Buffer, line string) {
	limit := maxLine
	for len(line) > limit {
		cut := limit
		for cut > 1 && !utf8.RuneStart(line[cut]) {
			cut--
		}
		b.WriteString(line[:cut])
		b.WriteString("\r\n ")
		line, limit = line[cut:], maxLine-1
	}
	b.WriteString(line)
	b.WriteString("\r\n")
}
