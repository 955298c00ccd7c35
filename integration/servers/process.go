package servers

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

//go:embed templates/launch.sh
var launchScript string

// stopPatience is how long a server may take to end by itself before it is killed.
const stopPatience = 15 * time.Second

// A process is a command inside a tree, the first of its own process namespace: when it ends, the kernel kills
// everything that it started and undoes its mounts. It dies with the program that started it.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when the command has ended
	err  error         // how it ended; valid once done is closed
}

// launch starts a command in a tree, as a user of that tree. The run folder is /srv there, and belongs to that user.
// Standard output and error go to log.
func launch(tree, folder, user string, log *os.File, command ...string) (*process, error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("real chat servers run in a chroot: this needs root with the right to mount")
	}
	arguments := append([]string{"-c", launchScript, "launch.sh", tree, folder, user}, command...)
	cmd := exec.Command("/bin/sh", arguments...)
	cmd.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/srv", "LANG=C.UTF-8"}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setpgid:      true, // a terminal's Ctrl-C is for the program alone: it stops the server itself
		Pdeathsig:    syscall.SIGKILL,
		Cloneflags:   syscall.CLONE_NEWPID,
		Unshareflags: syscall.CLONE_NEWNS,
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The parent-death signal is sent when the parent's thread ends, so that thread is held.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting %s in %s: %w", command[0], tree, err)
	}
	return p, nil
}

// wait waits until the command has ended and tells how. It kills the command when the context ends.
func (p *process) wait(ctx context.Context) error {
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		p.kill()
		return ctx.Err()
	}
}

// terminate asks the command to end, and kills it when it has not done so in time.
func (p *process) terminate() {
	// The process may have ended already: then there is nothing to signal.
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	patience := time.NewTimer(stopPatience)
	defer patience.Stop()
	select {
	case <-p.done:
	case <-patience.C:
		p.kill()
	}
}

// kill ends the command and everything that it started, at once.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // fails only if it has ended
	<-p.done
}
