package datatracker

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestOfflineTheLastGoodCopiesServe(t *testing.T) {
	server := startDatatracker(t)
	var asked []string
	c := newTestClient(t, Options{URL: server.URL(), Progress: func(name string) { asked = append(asked, name) }})
	before := mustPoll(t, c, testQuery())
	requests, announced := len(server.Requests()), len(asked)

	q := testQuery()
	q.Offline = true
	q.Now = testNow.Add(5 * time.Hour)
	s := mustPoll(t, c, q)
	if n := len(server.Requests()) - requests; n != 0 {
		t.Errorf("%d requests were made, want none", n)
	}
	if len(asked) != announced {
		t.Errorf("progress told %v, and nothing was asked for", asked[announced:])
	}
	requireAll(t, s, LastGood)
	for i, src := range s.Sources {
		if was := before.Sources[i]; !src.Read.Equal(was.Read) || !src.Changed.Equal(was.Changed) || src.MaxAge != was.MaxAge {
			t.Errorf("%s: read %v, changed %v, max-age %v; the copy has %v, %v, %v",
				src.Name, src.Read, src.Changed, src.MaxAge, was.Read, was.Changed, was.MaxAge)
		}
	}
	requireSameContent(t, s, before)
}

func TestOfflineADocumentWithoutCopyIsMissing(t *testing.T) {
	server := startDatatracker(t)
	dir := t.TempDir()
	c := newTestClient(t, Options{URL: server.URL(), CacheDir: dir})
	mustPoll(t, c, testQuery())
	requests := len(server.Requests())
	if err := os.Remove(filepath.Join(dir, "agenda-113.json")); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(dir, "groups.json"), 1000); err != nil {
		t.Fatal(err)
	}
	q := testQuery()
	q.Offline = true
	s := mustPoll(t, c, q)
	for name, want := range map[string]string{
		"IETF 113 agenda": "IETF 113 agenda was not read yet",
		"groups":          "groups.json is damaged",
	} {
		src := source(t, s, name)
		if src.Outcome != Missing || !src.Read.IsZero() {
			t.Errorf("%s is %s, read %v; want missing", name, src.Outcome, src.Read)
		}
		checkError(t, src.Problem, want)
	}
	if meeting(t, s, "113").Agenda != nil {
		t.Error("there is an agenda without a copy of it")
	}
	if n := len(server.Requests()) - requests; n != 0 {
		t.Errorf("%d requests were made, want none", n)
	}
}

func TestOfflineBeforeAnythingWasRead(t *testing.T) {
	server := startDatatracker(t)
	dir := filepath.Join(t.TempDir(), "cache")
	q := testQuery()
	q.Offline = true
	s := mustPoll(t, newTestClient(t, Options{URL: server.URL(), CacheDir: dir}), q)
	for _, src := range s.Sources {
		if src.Outcome != Missing {
			t.Errorf("%s is %s, want missing", src.Name, src.Outcome)
		}
		checkError(t, src.Problem, "was not read yet")
	}
	if s.DefaultChat != nil || len(s.Groups) != 0 || len(s.Meetings) != 0 {
		t.Errorf("something is known of nothing: %+v", s)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder for copies was made (%v)", err)
	}
	if asked := server.Requests(); len(asked) != 0 {
		t.Errorf("asked %v", asked)
	}
	// A poll afterwards reads everything.
	q.Offline = false
	requireAll(t, mustPoll(t, newTestClient(t, Options{URL: server.URL(), CacheDir: dir}), q), Fresh)
}

// An offline poll later in the year meets meetings that nobody read.
func TestOfflineAMeetingThatBecameCurrentIsMissing(t *testing.T) {
	server := startDatatracker(t)
	c := newTestClient(t, Options{URL: server.URL()})
	mustPoll(t, c, testQuery())
	q := testQuery()
	q.Offline = true
	q.Now = testNow.AddDate(0, 0, 60)
	s := mustPoll(t, c, q)
	for _, m := range s.Meetings {
		if m.Current && m.Number == "113" {
			t.Error("a meeting is current that was over a month ago")
		}
		if m.Current && m.Agenda != nil {
			t.Errorf("%s has an agenda that was not read", m.Title())
		}
	}
	for _, src := range s.Sources {
		if src.Outcome != LastGood && !strings.Contains(src.Problem.Error(), "was not read yet") {
			t.Errorf("%s: %s, %v", src.Name, src.Outcome, src.Problem)
		}
	}
}
