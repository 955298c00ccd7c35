package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// opened is what the demo says when it serves.
var opened = regexp.MustCompile(`^Open (http://127\.0\.0\.1:\d+)/ , Ctrl-C to stop$`)

// A demo that is to serve its pages does so until it is interrupted, and that is
// a good end.
func TestDemoServesItsPagesUntilInterrupted(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	screen, stdout := io.Pipe()
	var stderr strings.Builder
	p := newProgram()
	p.stdout, p.stderr = stdout, &stderr
	status := make(chan int, 1)
	go func() {
		status <- p.main(ctx, []string{"roomctl", "demo", "--serve", "yes", "--dir", filepath.Join(t.TempDir(), "demo")})
		stdout.Close()
	}()

	base := ""
	for lines := bufio.NewScanner(screen); base == "" && lines.Scan(); {
		if found := opened.FindStringSubmatch(lines.Text()); found != nil {
			base = found[1]
		}
	}
	if base == "" {
		t.Fatalf("the demo ended with %d and served nothing: %s", <-status, &stderr)
	}
	go io.Copy(io.Discard, screen) // what else it says is not read
	for path, want := range map[string]string{
		"/":                        "<!doctype html>",
		"/rooms/quic/":             "quic@conference.localhost",
		"/rooms/quic/calendar.ics": "BEGIN:VCALENDAR",
		"/agenda.json":             `"chat_room": "quic"`,
		"/news.atom":               base + "/news/",
	} {
		if page := fetch(t, base+path); !strings.Contains(strings.ToLower(page), strings.ToLower(want)) {
			t.Errorf("%s does not have %q:\n%.300s", path, want, page)
		}
	}
	interrupt()
	if got := <-status; got != exitDone {
		t.Errorf("exit status %d, want %d: %s", got, exitDone, &stderr)
	}
	if resp, err := http.Get(base); err == nil {
		resp.Body.Close()
		t.Error("the pages are still served")
	}
}

// fetch returns the page at url.
func fetch(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, resp.Status, err)
	}
	return string(page)
}

func TestDemoServesWhenItIsTo(t *testing.T) {
	for name, tt := range map[string]struct {
		when string
		want bool
		ok   bool
	}{
		"not by itself where nobody looks": {"auto", false, true},
		"when told to":                     {"yes", true, true},
		"not when told not to":             {"no", false, true},
		"not on a whim":                    {"perhaps", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProgram()
			p.stdout = io.Discard
			got, err := p.wantsPages(tt.when)
			if got != tt.want || (err == nil) != tt.ok {
				t.Errorf("got %v, %v", got, err)
			}
			if !tt.ok && statusOf(err) != exitUsage {
				t.Errorf("exit status %d, want %d", statusOf(err), exitUsage)
			}
		})
	}
}
