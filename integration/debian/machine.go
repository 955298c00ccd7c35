// Package debian installs roomctl's Debian package in copies of private Debian trees (integration/trees), and starts it
// there: in a chroot, or under a systemd of the copy's own. It needs root with the right to mount, and leaves the trees
// and the machine around them as they are.
package debian

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"roomctl/integration/installed"
)

//go:embed enter.sh
var enterScript string

// A Machine is a copy of a tree in which everything may be changed. Its network is that of this machine.
type Machine struct {
	Root string // its root folder, as seen from here

	name    string
	process *process // its systemd; nil while it is not booted
}

// Copy makes a machine out of a tree, in a new folder below dir.
func Copy(ctx context.Context, tree, dir string) (*Machine, error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("a Debian machine is a chroot: this needs root with the right to mount")
	}
	source, err := installed.Tree(ctx, tree)
	if err != nil {
		return nil, err
	}
	root, err := os.MkdirTemp(dir, tree+"-")
	if err != nil {
		return nil, err
	}
	if out, err := exec.CommandContext(ctx, "cp", "-a", "--reflink=auto", source+"/.", root).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("copying the tree %s: %w: %s", tree, err, out)
	}
	return &Machine{Root: root, name: "roomctl-" + filepath.Base(root)}, nil
}

// Path is where a file of the machine is, as seen from here. What a booted machine has in memory (/run, /tmp, /dev) is
// not there.
func (m *Machine) Path(name string) string { return filepath.Join(m.Root, name) }

// Run runs a shell script inside the machine, as root, and returns what it prints. The script sees the arguments as
// $1 and so on, and ends with its first command that fails.
func (m *Machine) Run(ctx context.Context, script string, args ...string) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd := m.command(ctx, append([]string{script, "sh"}, args...))
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("running %q in %s: %w: %s%s", script, m.name, err, &stdout, &stderr)
	}
	return stdout.String(), nil
}

// command is sh -c with arguments in the machine; with a systemd of its own among its processes.
func (m *Machine) command(ctx context.Context, args []string) *exec.Cmd {
	var cmd *exec.Cmd
	if m.process == nil {
		cmd = exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", enterScript, "enter.sh", m.Root}, args...)...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID, Unshareflags: syscall.CLONE_NEWNS}
	} else {
		namespaces := []string{"--mount", "--pid", "--ipc", "--uts", "--cgroup", "--root", "--wd"}
		arguments := append(append([]string{"--target", m.process.pid()}, namespaces...), "--", "/bin/sh", "-euc")
		cmd = exec.CommandContext(ctx, "nsenter", append(arguments, args...)...)
	}
	cmd.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8", "TERM=dumb", "PAGER=cat"}
	return cmd
}

// Install puts a Debian package into the machine.
func (m *Machine) Install(ctx context.Context, deb string) error {
	name := "/root/" + filepath.Base(deb)
	data, err := os.ReadFile(deb)
	if err != nil {
		return err
	}
	if err := os.WriteFile(m.Path(name), data, 0o644); err != nil {
		return err
	}
	_, err = m.Run(ctx, `dpkg --force-confold --install "$1"`, name)
	return err
}

// Mode is the owner, group and permissions of a file in the machine: "root:roomctl 640".
func (m *Machine) Mode(ctx context.Context, name string) (string, error) {
	out, err := m.Run(ctx, `stat --format='%U:%G %a' "$1"`, name)
	return strings.TrimSpace(out), err
}
