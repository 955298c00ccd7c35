package main

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"roomctl/provisioner/worker"
)

var update = flag.Bool("update", false, "rewrite the expected outputs in testdata")

// epoch is when every script begins: a Wednesday without any meeting near. The
// world of a script lies around it, so that outputs are the same on any day.
var epoch = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// beganVariable tells the roomctl of a script when its clock was at epoch, in
// nanoseconds of Unix time.
const beganVariable = "TEST_SCRIPT_BEGAN"

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"roomctl": func() { os.Exit(run(scriptProgram())) }})
}

// scriptProgram is the real program with the clock of its script and little
// patience. Outside of a script it has the time of day.
func scriptProgram() *program {
	p := newProgram()
	p.lockWait = 300 * time.Millisecond
	if began, err := strconv.ParseInt(os.Getenv(beganVariable), 10, 64); err == nil {
		p.now = func() time.Time { return scriptTime(began) }
		p.clock = scriptClock{now: p.now}
	}
	return p
}

// scriptTime is the time on a clock that was at epoch at that moment.
func scriptTime(began int64) time.Time { return epoch.Add(time.Since(time.Unix(0, began))) }

// scriptClock has the time of a script and the machine's timers.
type scriptClock struct {
	worker.SystemClock
	now func() time.Time
}

func (c scriptClock) Now() time.Time { return c.now() }

// TestScripts runs the scripts of testdata: the real main in a process of its
// own, against a Datatracker and a chat server that live in this one.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: *update,
		Setup:         setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start":         start,
			"configure":     configure,
			"exits":         exits,
			"skipahead":     skipAhead,
			"scrub":         scrub,
			"holdlock":      holdLock,
			"newerregistry": newerRegistry,
			"dt":            changeDatatracker,
			"chat":          changeChat,
			"jsonis":        jsonIs,
			"jsonsame":      jsonSame,
			"visitor":       addVisitor,
			"logged":        logged,
			"signal":        sendSignal,
			"fetch":         fetchPage,
			"settle":        settle,
		},
	})
}

// exits runs a command and checks its exit status: exits STATUS COMMAND ARG…
// Whatever is run, no password must be in what it says.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND ARG…")
	}
	status := 0
	err := ts.Exec(args[1], args[2:]...)
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended):
		status = ended.ExitCode()
	case err != nil:
		ts.Fatalf("running %s: %v", args[1], err)
	}
	if want := args[0]; want != strconv.Itoa(status) {
		ts.Fatalf("%s ended with exit status %d, want %s", strings.Join(args[1:], " "), status, want)
	}
	if stageOf(ts).showsPassword(ts.ReadFile("stdout") + ts.ReadFile("stderr")) {
		ts.Fatalf("%s shows a password", strings.Join(args[1:], " "))
	}
}
