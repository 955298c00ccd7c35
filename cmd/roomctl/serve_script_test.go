package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long a script waits for what serve is about to do.
const patience = 20 * time.Second

// until waits for something to become true; it fails the script when that takes
// too long.
func until(ts *testscript.TestScript, what string, is func() bool) {
	for began := time.Now(); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > patience {
			log, _ := os.ReadFile(stageOf(ts).path("serve.log"))
			ts.Fatalf("%s: not within %s; serve.log:\n%s", what, patience, log)
		}
	}
}

// logged waits until serve.log, which a script has serve write, has so many lines
// that match: logged N REGEXP.
func logged(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: logged N REGEXP")
	}
	n, pattern := number(ts, args[0]), regexp.MustCompile("(?m)"+args[1])
	until(ts, fmt.Sprintf("%d lines like %q", n, args[1]), func() bool {
		log, err := os.ReadFile(stageOf(ts).path("serve.log"))
		return err == nil && len(pattern.FindAll(log, -1)) >= n
	})
}

// signals are those that serve heeds, by the names that scripts use.
var signals = map[string]syscall.Signal{
	"HUP": syscall.SIGHUP, "USR1": syscall.SIGUSR1, "TERM": syscall.SIGTERM, "INT": syscall.SIGINT, "KILL": syscall.SIGKILL,
}

// sendSignal sends a signal to the one process that runs in the background: signal
// HUP.
func sendSignal(ts *testscript.TestScript, neg bool, args []string) {
	running := ts.BackgroundCmds()
	if neg || len(args) != 1 || signals[args[0]] == 0 || len(running) != 1 {
		ts.Fatalf("usage: signal HUP|USR1|TERM|INT|KILL, with one process in the background; there are %d", len(running))
	}
	ts.Check(running[0].Process.Signal(signals[args[0]]))
}

// fetchPage prints what a web server of serve answers: fetch [-X METHOD] STATUS
// URL.
func fetchPage(ts *testscript.TestScript, neg bool, args []string) {
	method := http.MethodGet
	if len(args) > 2 && args[0] == "-X" {
		method, args = args[1], args[2:]
	}
	if neg || len(args) != 2 {
		ts.Fatalf("usage: fetch [-X METHOD] STATUS URL")
	}
	req, err := http.NewRequest(method, args[1], nil)
	ts.Check(err)
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if status := number(ts, args[0]); resp.StatusCode != status {
		ts.Fatalf("%s %s: %s, want %d\n%s", method, args[1], resp.Status, status, page)
	}
	fmt.Fprint(ts.Stdout(), string(page))
}

// settle waits until the serve of the script is at something: settle PATH VALUE,
// as with jsonis of roomctl control status --json. It leaves the addresses of its
// sites in $PAGES and $ADMIN.
func settle(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: settle PATH VALUE")
	}
	until(ts, strings.Join(args, " is "), func() bool {
		answer, err := askWorker(context.Background(), ts.Getenv("STATE"), controlOrder{Do: "status"})
		if err != nil {
			return false
		}
		text, err := json.Marshal(answer)
		ts.Check(err)
		var document any
		ts.Check(json.Unmarshal(text, &document))
		is, err := member(document, args[0])
		ts.Setenv("PAGES", answer.Status.Pages)
		ts.Setenv("ADMIN", answer.Status.Admin)
		return err == nil && shown(is) == args[1]
	})
}
