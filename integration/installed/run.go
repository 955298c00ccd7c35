package installed

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

//go:embed node.sh
var nodeScript string

// nobody is the user that programs of the trees run as: Debian's user without rights.
const nobody = 65534

// Python runs a script in a tree, as a user without rights. The request goes to its standard input as JSON, and what it
// prints is decoded into answer. It needs root.
func Python(ctx context.Context, tree, script string, request, answer any) error {
	cmd, err := PythonCommand(ctx, tree, script)
	if err != nil {
		return err
	}
	return exchange(cmd, request, answer)
}

// PythonCommand is Python for a script that is talked to while it runs. Nothing is started yet.
func PythonCommand(ctx context.Context, tree, script string) (*exec.Cmd, error) {
	root, err := Tree(ctx, tree)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "/usr/bin/python3", "-I", "-c", script)
	cmd.Dir = "/"
	cmd.Env = []string{"LANG=C.UTF-8"}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Chroot:     root,
		Credential: &syscall.Credential{Uid: nobody, Gid: nobody},
	}
	return cmd, nil
}

// Node runs a script in the tree with the browser, as a user without rights. The script is a module and may import the
// npm packages; Chromium is /usr/bin/chromium. The request goes to its standard input as JSON, and what it prints is
// decoded into answer. Everything that it started ends with it. It needs root with the right to mount.
func Node(ctx context.Context, script string, request, answer any) error {
	if os.Geteuid() != 0 {
		return errors.New("the browser runs in a chroot: this needs root with the right to mount")
	}
	root, err := Tree(ctx, "browser")
	if err != nil {
		return err
	}
	packages, err := Packages(ctx)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", nodeScript, "node.sh", root, packages, script)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/tmp", "LANG=C.UTF-8", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Pdeathsig:    syscall.SIGKILL,
		Cloneflags:   syscall.CLONE_NEWPID,
		Unshareflags: syscall.CLONE_NEWNS,
	}
	// The parent-death signal is sent when the parent's thread ends, so that thread is held.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return exchange(cmd, request, answer)
}

// exchange gives a command its request and reads its answer, both JSON.
func exchange(cmd *exec.Cmd, request, answer any) error {
	input, err := json.Marshal(request)
	if err != nil {
		return err
	}
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &stderr
	output, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%w: %s", err, &stderr)
	}
	if err := json.Unmarshal(output, answer); err != nil {
		return fmt.Errorf("reading its answer: %w: %s", err, &stderr)
	}
	return nil
}
