package ical

import "strings"

// Text is s as the value of a property that holds text (RFC 5545 section
// 3.3.11): backslashes, semicolons, commas and line ends are escaped.
func Text(s string) string {
	return strings.NewReplacer("\r\n", `\n`, "\r", `\n`, "\n", `\n`, `\`, `\\`, ";", `\;`, ",", `\,`).Replace(s)
}

// TextList is the value of a property that holds a list of texts, such as
// CATEGORIES.
func TextList(texts []string) string {
	escaped := make([]string, len(texts))
	for i, text := range texts {
		escaped[i] = Text(text)
	}
	return strings.Join(escaped, ",")
}

// ParseText undoes Text. A backslash before any other character stands for
// nothing.
func ParseText(value string) string {
	var b strings.Builder
	escaped := false
	for _, r := range value {
		switch {
		case escaped && (r == 'n' || r == 'N'):
			b.WriteByte('\n')
		case !escaped && r == '\\':
			escaped = true
			continue
		default:
			b.WriteRune(r)
		}
		escaped = false
	}
	return b.String()
}

// ParseTextList undoes TextList. An empty value is a list of one empty text.
func ParseTextList(value string) []string {
	var texts []string
	start, escaped := 0, false
	for i := range len(value) {
		switch {
		case escaped:
			escaped = false
		case value[i] == '\\':
			escaped = true
		case value[i] == ',':
			texts = append(texts, ParseText(value[start:i]))
			start = i + 1
		}
	}
	return append(texts, ParseText(value[start:]))
}
