package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"roomctl/provisioner/worker"
	"roomctl/xmppadmin/xmpptest"
)

// load is what a process holds.
type load struct{ goroutines, files int }

func measure(t *testing.T) load {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return load{runtime.NumGoroutine(), len(files)}
}

// growth says how loads grew from their first quarter to their last; "": they did
// not. What it tolerates is less than one goroutine or file in nine turns comes to in
// a hundred.
func growth(loads []load) string {
	const tolerated = 8
	quarter := len(loads) / 4
	first, last := average(loads[:quarter]), average(loads[len(loads)-quarter:])
	if last.goroutines <= first.goroutines+tolerated && last.files <= first.files+tolerated {
		return ""
	}
	return fmt.Sprintf("at first there were %+v, and in the end %+v", first, last)
}

func average(loads []load) load {
	var sum load
	for _, l := range loads {
		sum.goroutines += l.goroutines
		sum.files += l.files
	}
	return load{sum.goroutines / len(loads), sum.files / len(loads)}
}

// TestServeLeaksNothing, whatever happens to it: it runs for years. It is alone in
// this process, so that what grows is its own.
func TestServeLeaksNothing(t *testing.T) {
	hook := newHook(t)
	d := startDaemon(t, xmpptest.Options{Kind: xmpptest.Ejabberd},
		usualConfig+"http: {listen: \"127.0.0.1:0\", admin_listen: \"127.0.0.1:0\"}\nnotify: {webhook: \""+hook.URL+"\", remind: 2m}\n")
	d.stage.chat.PutRoom(xmpptest.Room{Name: "hallway", Affiliations: map[string]string{stranger: "owner"}}) // to remind operators of
	const turns = 100
	var loads []load
	for i := range turns {
		if i%2 == 0 {
			d.cut()
			d.order("run")
		} else {
			d.readAgain()
		}
		for _, path := range []string{"metrics", "healthz"} {
			if status, body := d.ask(path); status != 200 {
				t.Fatalf("%s: %d %s", path, status, body)
			}
		}
		pages, _ := d.sites.urls()
		if status, body := ask(t, "GET", pages+"rooms/"); status != 200 {
			t.Fatalf("the pages: %d %s", status, body)
		}
		loads = append(loads, measure(t))
	}
	if grew := growth(loads); grew != "" {
		t.Error(grew)
	}

	// All of it did happen.
	if n := len(hook.said()); n < turns/2 {
		t.Errorf("operators were told %d times in %d turns", n, turns)
	}
	_, metrics := d.ask("metrics")
	for _, want := range []string{
		fmt.Sprintf("roomctl_chat_connections_lost_total %d\n", turns/2),
		`roomctl_runs_total{kind="` + string(worker.Full) + `",outcome="failed"} 0`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("%q is not among the metrics:\n%s", want, metrics)
		}
	}
}

// cut cuts the connection to the chat server.
func (d *daemon) cut() {
	d.t.Helper()
	rooms, err := d.shift.Load().chat.current()
	if err != nil {
		d.t.Fatal(err)
	}
	d.stage.chat.Disconnect()
	<-rooms.Ended()
}
