package main

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestDemoPlaysToItsEndAndLeavesTheFiles runs the demo as a person would, apart
// from the folder.
func TestDemoPlaysToItsEndAndLeavesTheFiles(t *testing.T) {
	t.Parallel() // it mostly waits for the disk
	dir := filepath.Join(t.TempDir(), "demo")
	var stdout, stderr strings.Builder
	p := newProgram()
	p.stdout, p.stderr = &stdout, &stderr
	began := time.Now()
	if status := p.main(t.Context(), []string{"roomctl", "demo", "--dir", dir}); status != exitDone {
		t.Fatalf("exit status %d, want 0:\n%s\n%s", status, &stdout, &stderr)
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("the demo took %s, want under a minute", took)
	}
	checkStory(t, stdout.String())
	checkAnnotated(t, filepath.Join(dir, "www"))
	checkNoPassword(t, dir, stdout.String()+stderr.String())
}

// checkStory looks for the stable parts of what the demo tells, in their order.
func checkStory(t *testing.T, told string) {
	t.Helper()
	for _, part := range []string{
		`(?m)^\+ create quic +QUIC \(quic\)$`,
		`(?m)^Plan: 1\d\d to create\. Nothing has been changed\.$`,
		`(?m)^Rooms: (1\d\d) changed and verified; 1\d\d are ours, 1\d\d fit to be linked\.$`,
		`(?m)^IETF 113: 148 of 148 sessions that ask for a room are linked\.$`,
		`(?m)^Rooms: nothing to do; 1\d\d are ours, 1\d\d fit to be linked\.$`,
		`(?m)^Published: nothing new\.$`,
		`(?m)^~ configure can\n    name +Computing-Aware Networking \(can BOF\)\n +-> +Computing-Aware Networking \(can\)$`,
		`(?m)^- retire sframe$`,
		`(?m)^Plan: 1 to configure, 1 to retire\. Nothing has been changed\.$`,
		`(?m)^Rooms: 2 changed and verified; 1\d\d are ours, 1\d\d fit to be linked\.$`,
		`/www/meeting/113/agenda\.json \(\d+ kB\)`,
		`/www/rooms\.json \(\d+ kB\)\n    and 4 agendas, \d{3} calendars, \d{3} pages, \d other files\n$`,
	} {
		at := regexp.MustCompile(part).FindStringIndex(told)
		if at == nil {
			t.Fatalf("the rest of the story lacks %s:\n%s", part, told)
		}
		told = told[at[1]:]
	}
}

// checkAnnotated wants a room for every session of the published agendas that
// still takes place, and each of these rooms in rooms.json.
func checkAnnotated(t *testing.T, www string) {
	t.Helper()
	var directory struct {
		Rooms []struct {
			Name  string
			JID   string
			State string
			Fit   bool
		}
	}
	readJSON(t, filepath.Join(www, "rooms.json"), &directory)
	fit := map[string]string{}
	for _, r := range directory.Rooms {
		if r.Fit {
			fit[r.Name] = r.JID
		}
	}
	agendas, err := filepath.Glob(filepath.Join(www, "meeting/*/agenda.json"))
	if err != nil || len(agendas) != 5 { // IETF 113 and four interims
		t.Fatalf("published agendas: %v (%v), want five", agendas, err)
	}
	sessions := 0
	for _, path := range append(agendas, filepath.Join(www, "agenda.json")) {
		var agenda map[string][]map[string]any // by meeting number
		readJSON(t, path, &agenda)
		for _, objects := range agenda {
			for _, o := range objects {
				if o["objtype"] != "session" {
					continue
				}
				sessions++
				name, _ := o["chat_room"].(string)
				if jid := fit[name]; jid == "" || o["chat_jid"] != jid || o["chat_url"] != "xmpp:"+jid+"?join" {
					t.Errorf("%s: session %v has room %q, JID %v, URL %v; the room's JID is %q", path, o["session_id"], name, o["chat_jid"], o["chat_url"], jid)
				}
			}
		}
	}
	if sessions < 2*148 {
		t.Errorf("%d sessions on the published agendas, want at least those of IETF 113 twice", sessions)
	}
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// checkNoPassword looks for the demo's password where it must not be.
func checkNoPassword(t *testing.T, dir, told string) {
	t.Helper()
	file := filepath.Join(dir, "xmpp-password")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	password := strings.TrimSpace(string(data))
	if strings.Contains(told, password) {
		t.Error("the demo shows the password")
	}
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || path == file {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), password) {
			t.Errorf("the password stands in %s", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestDemoWantsAFolderOfItsOwn(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), []byte("two years of work"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	p := newProgram()
	p.stdout, p.stderr = io.Discard, &stderr
	if status := p.main(t.Context(), []string{"roomctl", "demo", "--dir", dir}); status != exitUsage {
		t.Errorf("exit status %d, want %d", status, exitUsage)
	}
	if want := "the folder is not empty"; !strings.Contains(stderr.String(), want) {
		t.Errorf("stderr is %q, want %q in it", &stderr, want)
	}
}

func TestAnInterruptedDemoEndsAndSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stderr strings.Builder
	p := newProgram()
	p.stdout, p.stderr = io.Discard, &stderr
	if status := p.main(ctx, []string{"roomctl", "demo", "--dir", filepath.Join(t.TempDir(), "demo")}); status != exitFailed {
		t.Errorf("exit status %d, want %d", status, exitFailed)
	}
	if want := "canceled"; !strings.Contains(stderr.String(), want) {
		t.Errorf("stderr is %q, want %q in it", &stderr, want)
	}
}
