// Command roomctl keeps the IETF's chat rooms true to the Datatracker.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // meetings name their zone; a bare machine has no list of them

	"roomctl/provisioner/worker"
)

func main() { os.Exit(run(newProgram())) }

// run is main with an exit status, so that every deferred call is made.
func run(p *program) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return p.main(ctx, os.Args)
}

// program is one invocation: where it talks and what it knows of the world.
type program struct {
	stdout io.Writer // data
	stderr io.Writer // talk
	getenv func(string) string
	now    func() time.Time
	clock  worker.Clock // of serve; it tells the same time as now

	// lockWait is how long a writing command waits for another one to end.
	lockWait time.Duration
}

// newProgram is an invocation from the shell.
func newProgram() *program {
	return &program{stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, now: time.Now, clock: worker.SystemClock{}, lockWait: 5 * time.Minute}
}
