package config

import (
	"strings"
	"testing"
)

func TestJoinPage(t *testing.T) {
	for name, tt := range map[string]struct {
		file string
		want string
		err  string
	}{
		"none is named":              {"", "", ""},
		"it is taken as it is":       {file(t, "join.html", "<p>żółw</p>\n", 0o644), "<p>żółw</p>\n", ""},
		"a file of just one MiB":     {file(t, "join.html", strings.Repeat("x", 1<<20), 0o644), strings.Repeat("x", 1<<20), ""},
		"a file that is missing":     {"/nowhere/join.html", "", "publish.join_page: open /nowhere/join.html: no such file or directory"},
		"a folder":                   {t.TempDir(), "", "is a directory"},
		"a file larger than that":    {file(t, "join.html", strings.Repeat("x", 1<<20+1), 0o644), "", "join.html: it is larger than 1 MiB"},
		"a file in another encoding": {file(t, "join.html", "caf\xe9", 0o644), "", "join.html: it is not UTF-8 text"},
		"an empty file is a mistake": {file(t, "join.html", "", 0o644), "", "join.html: it is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			c := Config{Publish: Publish{JoinPageFile: tt.file}}
			got, err := c.JoinPage()
			if got != tt.want {
				t.Errorf("got %d bytes, want %d", len(got), len(tt.want))
			}
			switch {
			case tt.err == "" && err != nil:
				t.Errorf("error %v, want none", err)
			case tt.err != "" && (err == nil || !strings.HasPrefix(err.Error(), "publish.join_page: ") || !strings.Contains(err.Error(), tt.err)):
				t.Errorf("error %v, want one of publish.join_page with %q", err, tt.err)
			}
		})
	}
}
