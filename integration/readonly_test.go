//go:build integration

package integration

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/xmppadmin/xmpptest"
)

// nobody is the account without rights that every Debian has.
const nobody = 65534

// newNobodysStage is a stage where root has done everything and an ordinary user goes on, who may read all of it and
// write nothing. A change is pending.
func newNobodysStage(ctx context.Context, t *testing.T) (*stage, *xmpptest.Server) {
	t.Helper()
	s, chat := newEmbeddedStage(t)
	s.run(ctx, t, "sync").expect(t, 0)
	s.update(t, func(w *datatrackertest.World) { w.Group("quic").Name = "Quite Another Name" })
	for _, dir := range []string{filepath.Dir(program), filepath.Dir(s.Dir), s.state(), s.state("datatracker")} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(s.state("*.*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("files in the state folder: %v, %v", files, err)
	}
	copies, err := filepath.Glob(s.state("datatracker", "*"))
	if err != nil || len(copies) == 0 {
		t.Fatalf("last good copies: %v, %v", copies, err)
	}
	for _, file := range append(append(files, copies...), s.state("lock")) {
		if err := os.Chmod(file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s.give(t, filepath.Join(s.Dir, "config.yaml"), filepath.Join(s.Dir, "xmpp-password"))
	s.user = nobody
	chat.ResetStanzas()
	return s, chat
}

// state is the path of something in the state folder.
func (s *stage) state(path ...string) string {
	return filepath.Join(append([]string{s.Dir, "state"}, path...)...)
}

// give makes files and folders, with what is in them, the ordinary user's.
func (s *stage) give(t testing.TB, paths ...string) {
	t.Helper()
	for _, root := range paths {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return os.Chown(path, nobody, nobody)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// What an ordinary user may not write is named, with what to do, and no room is touched.
func TestFilesThatMayNotBeWritten(t *testing.T) {
	const hint = "must be writable by the user that runs roomctl (setting: state_dir)"
	tests := []struct {
		name   string
		given  []string // what the user may write, below the state folder
		args   []string
		status int
		says   []string
	}{
		{"sync wants to write the state folder", nil, []string{"sync"}, 1,
			[]string{"locking the state folder: open ", "/state/lock: permission denied", hint}},
		{"so does adopting", nil, []string{"rooms", "adopt", "--all"}, 1,
			[]string{"/state/lock: permission denied", hint}},
		{"and the registry in it", []string{"lock"}, []string{"sync"}, 1,
			[]string{"/state/registry.sqlite", "readonly database", hint}},
		{"and the registry's journal", []string{"lock", "registry.sqlite"}, []string{"sync"}, 1,
			[]string{"/state/registry.sqlite", "may write all the files in ", "(setting: state_dir)"}},
		{"plan wants to write the last good copies", nil, []string{"plan"}, 1,
			[]string{"keeping the last good copy of ", "permission denied", "make sure that the folder may be written by this user"}},
		{"plan wants nothing else", []string{"datatracker"}, []string{"plan"}, 2,
			[]string{"1 to configure", "Nothing has been changed"}},
		{"listing the rooms writes nothing", nil, []string{"rooms", "list"}, 0,
			[]string{"quic      active"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			s, chat := newNobodysStage(ctx, t)
			for _, path := range test.given {
				s.give(t, s.state(path))
			}
			run := s.run(ctx, t, test.args...).expect(t, test.status)
			for _, text := range test.says {
				if !strings.Contains(run.stdout+run.stderr, text) {
					t.Errorf("%q is not said:\n%s%s", text, run.stdout, run.stderr)
				}
			}
			expectNothingSent(t, chat)
			s.user = 0
			s.run(ctx, t, "sync").expect(t, 0)
			s.run(ctx, t, "plan").expect(t, 0)
		})
	}
}

// What an ordinary user may not read is named, too.
func TestFilesThatMayNotBeRead(t *testing.T) {
	tests := []struct {
		name   string
		file   string // below the stage's folder
		args   []string
		status int
		says   []string
	}{
		{"the configuration", "config.yaml", []string{"sync"}, 64, []string{"reading the configuration", "config.yaml: permission denied"}},
		{"the password", "xmpp-password", []string{"plan"}, 64, []string{"xmpp.password_file", "xmpp-password: permission denied"}},
		{"the registry", "state/registry.sqlite", []string{"plan"}, 1, []string{"/state/registry.sqlite", "(setting: state_dir)"}},
		{"the state folder", "state", []string{"rooms", "list"}, 1, []string{"/state/registry.sqlite: permission denied", "(setting: state_dir)"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			s, chat := newNobodysStage(ctx, t)
			path := filepath.Join(s.Dir, test.file)
			if err := errors.Join(os.Chown(path, 0, 0), os.Chmod(path, 0o600)); err != nil {
				t.Fatal(err)
			}
			run := s.run(ctx, t, test.args...).expect(t, test.status)
			for _, text := range test.says {
				if !strings.Contains(run.stderr, text) {
					t.Errorf("%q is not said:\n%s%s", text, run.stdout, run.stderr)
				}
			}
			expectNothingSent(t, chat)
		})
	}
}

// A published folder that may not be written keeps its files, and the rooms are done all the same.
func TestPublishedFilesThatMayNotBeWritten(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, _ := newNobodysStage(ctx, t)
	s.give(t, s.state())
	before := published(t, s)
	run := s.run(ctx, t, "sync").expect(t, 1)
	for _, text := range []string{"Rooms: 1 changed and verified", "publishing rooms/quic/index.html", "permission denied", "let the account that runs roomctl write to "} {
		if !strings.Contains(run.stdout+run.stderr, text) {
			t.Errorf("%q is not said:\n%s%s", text, run.stdout, run.stderr)
		}
	}
	if moved := differing(before, published(t, s)); len(moved) > 0 {
		t.Errorf("rewritten: %v", moved)
	}
	s.give(t, filepath.Join(s.Dir, "www"))
	s.run(ctx, t, "sync").expect(t, 0)
	if moved := differing(before, published(t, s)); !slices.Contains(moved, "rooms.json") {
		t.Errorf("once it may, %v were rewritten", moved)
	}
}

// check finds out what a sync would stumble over, without writing anything.
func TestCheckNamesTheFolderThatMayNotBeWritten(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, _ := newNobodysStage(ctx, t)
	out := s.run(ctx, t, "check").expect(t, 1).stdout
	if want := s.state() + " cannot be written: permission denied"; !strings.Contains(out, want) {
		t.Errorf("check does not say %q:\n%s", want, out)
	}
}
