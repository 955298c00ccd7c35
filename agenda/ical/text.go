package ical

import "strings"

// escapes are those of RFC 5545 section 3.3.11.
var escapes = strings.NewReplacer("\r\n", `\n`, "\r", `\n`, "\n", `\n`, `\`, `\\`, ";", `\;`, ",", `\,`)

// escapeText is s as the value of a property that holds text (RFC 5545 section
// 3.3.11): backslashes, semicolons, commas and line ends are escaped.
func escapeText(s string) string {
	return escapes.Replace(s)
}

// TextList is the value of a property that holds a list of texts, such as
// CATEGORIES.
func TextList(texts []string) string {
	escaped := make([]string, len(texts))
	for i, text := range texts {
		escaped[i] = escapeText(text)
	}
	return strings.Join(escaped, ",")
}

// parseText undoes escapeText. A backslash before any other character stands for
// nothing.
func parseText(value string) string {
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

// parseTextList undoes TextList. An empty value is a list of one empty text.
func parseTextList(value string) []string {
	var texts []string
	start, escaped := 0, false
	for i := range len(value) {
		switch {
		case escaped:
			escaped = false
		case value[i] == '\\':
			escaped = true
		case value[i] == ',':
			texts = append(texts, parseText(value[start:i]))
			start = i + 1
		}
	}
	return append(texts, parseText(value[start:]))
}
