package debian

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

//go:embed boot.sh
var bootScript string

//go:embed clean.sh
var cleanScript string

// bootPatience is how long systemd may take to start what a bare Debian has.
const bootPatience = time.Minute

// A process is the systemd of a machine, the first of its own process namespace: all others end with it.
type process struct {
	cmd    *exec.Cmd
	output bytes.Buffer  // of what it printed; valid once ended is closed
	ended  chan struct{} // closed when it has
	err    error         // how it ended; valid once ended is closed
}

func (p *process) pid() string { return strconv.Itoa(p.cmd.Process.Pid) }

// Boot starts the machine's systemd and waits until it is up. The caller calls Stop.
func (m *Machine) Boot(ctx context.Context) error {
	p := &process{cmd: exec.Command("/bin/sh", "-c", bootScript, "boot.sh", m.Root, m.name), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	p.cmd.SysProcAttr = &syscall.SysProcAttr{
		Setsid:       true,
		Pdeathsig:    syscall.SIGKILL,
		Cloneflags:   syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
		Unshareflags: syscall.CLONE_NEWNS,
	}
	started := make(chan error)
	go func() {
		// The parent-death signal is sent when the parent's thread ends, so that thread is held.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.err = p.cmd.Wait()
			close(p.ended)
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("booting %s: %w", m.name, err)
	}
	m.process = p
	return m.waitUntilUp(ctx)
}

// waitUntilUp waits until systemd has nothing left to start.
func (m *Machine) waitUntilUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, bootPatience)
	defer cancel()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		if state := m.state(ctx); state == "running" || state == "degraded" { // degraded: not everything runs in a container
			return nil
		}
		select {
		case <-m.process.ended:
			return fmt.Errorf("booting %s: it ended: %v: %s", m.name, m.process.err, &m.process.output)
		case <-ctx.Done():
			return fmt.Errorf("booting %s: %w", m.name, ctx.Err())
		case <-again.C:
		}
	}
}

// state is what systemd says of the whole machine; "" while the script of the boot has not made way for it, as the root
// folder is still this machine's then.
func (m *Machine) state(ctx context.Context) string {
	program, err := os.Readlink(filepath.Join("/proc", m.process.pid(), "exe"))
	if err != nil || filepath.Base(program) != "systemd" {
		return ""
	}
	state, _ := m.Run(ctx, "systemctl is-system-running || true") // it does not answer at once
	return strings.TrimSpace(state)
}

// Stop ends a booted machine with everything that runs in it.
func (m *Machine) Stop() error {
	if m.process == nil {
		return nil
	}
	_ = m.process.cmd.Process.Kill() // fails only if it has ended
	<-m.process.ended
	m.process = nil
	if err := os.MkdirAll(m.Path("sys"), 0o755); err != nil {
		return err
	}
	cmd := exec.Command("/bin/sh", "-c", cleanScript, "clean.sh", m.Root, m.name)
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cleaning up after %s: %w: %s", m.name, err, out)
	}
	return nil
}
