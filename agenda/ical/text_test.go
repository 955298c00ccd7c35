package ical

import (
	"slices"
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"Note: joint; with, EXTRA":    `Note: joint\; with\, EXTRA`,
		`C:\new`:                      `C:\\new`,
		"one\ntwo\r\nthree\rfour":     `one\ntwo\nthree\nfour`,
		`"quotes" and <b>markup</b>`:  `"quotes" and <b>markup</b>`,
		"END:VEVENT\r\nBEGIN:VALARM:": `END:VEVENT\nBEGIN:VALARM:`,
	} {
		if got := escapeText(in); got != want {
			t.Errorf("escapeText(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestParseTextTakesWhatOthersEscape(t *testing.T) {
	for in, want := range map[string]string{
		`a\Nb`:   "a\nb",
		`a\:b`:   "a:b",
		`a\\nb`:  `a\nb`,
		`a\`:     "a",
		`a\\\,b`: `a\,b`,
	} {
		if got := parseText(in); got != want {
			t.Errorf("parseText(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("quic", `a,b\`)
	f.Add("\\n\n", ";,")
	f.Fuzz(func(t *testing.T, a, b string) {
		want := []string{a, b}
		for i, s := range want {
			s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
			want[i] = strings.ToValidUTF8(s, "\ufffd")
		}
		list := TextList([]string{a, b})
		got := parseTextList(strings.ToValidUTF8(list, "\ufffd"))
		if !slices.Equal(got, want) {
			t.Errorf("%q is read as %q, want %q", list, got, want)
		}
	})
}
