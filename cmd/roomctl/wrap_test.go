package main

import "testing"

func TestLinesAreBrokenToTheTerminal(t *testing.T) {
	for name, c := range map[string]struct {
		width wrap
		line  string
		want  string
	}{
		"a line that fits stays":                 {20, "Published: nothing.", "Published: nothing."},
		"a longer one goes on further in":        {20, "Published: nothing at all.", "Published: nothing\n    at all."},
		"no terminal, no breaks":                 {0, "Published: nothing at all.", "Published: nothing at all."},
		"columns stay columns":                   {24, "    name  The Quick Brown Fox", "    name  The Quick\n          Brown Fox"},
		"what comes after an arrow stays there":  {24, "      -> The Quick Brown Fox", "      -> The Quick Brown\n         Fox"},
		"an address is never broken":             {24, "the page http://127.0.0.1/group/quic/about/ now", "the page\n    http://127.0.0.1/group/quic/about/\n    now"},
		"colours take up no room":                {20, "\x1b[31mPublished\x1b[0m: nothing.", "\x1b[31mPublished\x1b[0m: nothing."},
		"a terminal too narrow for columns":      {12, "    name  The Quick", "    name  The Quick"},
		"letters count, not bytes":               {10, "ääää ääää ä", "ääää ääää\n    ä"},
		"columns are found behind colours":       {26, "\x1b[32m+ quic    \x1b[0m  The Quick Brown Fox", "\x1b[32m+ quic    \x1b[0m  The Quick\n            Brown Fox"},
		"a line below a column stays there":      {26, "            The Quick Brown Fox", "            The Quick\n            Brown Fox"},
		"an unfinished colour does not go wrong": {20, "\x1b[31", "\x1b[31"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.width.in(c.line); got != c.want {
				t.Errorf("%q became %q, want %q", c.line, got, c.want)
			}
		})
	}
}
