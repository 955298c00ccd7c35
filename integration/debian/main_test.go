//go:build integration

package debian

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// deb is the package, newer the same with a greater version; both are built by TestMain.
var deb, newer string

// suites are the trees that the package must work in.
var suites = []string{"debian12", "debian13"}

func TestMain(m *testing.M) {
	status, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

// buildAndRun builds the packages once for all tests, and removes them after them.
func buildAndRun(m *testing.M) (status int, err error) {
	dir, err := os.MkdirTemp("", "roomctl-debian-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	ctx := context.Background()
	if deb, err = Build(ctx, "../..", dir); err != nil {
		return 0, err
	}
	if newer, err = Newer(ctx, deb, dir); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// machine copies a tree for one test.
func machine(t *testing.T, tree string) *Machine {
	t.Helper()
	m, err := Copy(t.Context(), tree, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// run runs a script in the machine, which must end well.
func (m *Machine) run(t *testing.T, script string, args ...string) string {
	t.Helper()
	out, err := m.Run(t.Context(), script, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// install puts a package in.
func (m *Machine) install(t *testing.T, deb string) {
	t.Helper()
	if err := m.Install(t.Context(), deb); err != nil {
		t.Fatal(err)
	}
}

// write puts a file into the machine.
func (m *Machine) write(t *testing.T, name, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(m.Path(name)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(m.Path(name), []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// exists says whether a file is in the machine.
func (m *Machine) exists(name string) bool {
	_, err := os.Lstat(m.Path(name))
	return err == nil
}
