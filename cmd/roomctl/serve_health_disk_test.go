package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"roomctl/agenda"
)

// TestADiskThatHangs: everybody is told in time, and nobody piles up.
func TestADiskThatHangs(t *testing.T) {
	w := newWard(t)
	w.limit = 50 * time.Millisecond
	name := filepath.Join(w.house.config.Publish.Dir, agenda.StatusPath)
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(name), syscall.Mkfifo(name, 0o644)); err != nil { // reading it waits for somebody who writes
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	var all sync.WaitGroup
	for range 50 {
		all.Add(1)
		go func() {
			defer all.Done()
			answer := httptest.NewRecorder()
			w.healthz(answer, httptest.NewRequest("GET", "/healthz", nil))
			if body := answer.Body.String(); answer.Code != http.StatusServiceUnavailable || !strings.HasPrefix(body, "red\nred registry: the state folder cannot be read within 50ms") {
				t.Errorf("%d %s", answer.Code, body)
			}
		}()
	}
	all.Wait()
	if waiting := runtime.NumGoroutine() - before; waiting > 10 { // a few, and what the machine's tests have besides
		t.Errorf("%d wait for the disk", waiting)
	}
	writer, err := os.OpenFile(name, os.O_RDWR, 0) // whoever waits for it to be opened waits no more
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(name), writer.Close()); err != nil {
		t.Fatal(err)
	}
	for range maxLooking { // nobody looks any more
		w.looking <- struct{}{}
	}
	for range maxLooking {
		<-w.looking
	}
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
	w.limit = readLimit
	if status, _, body := w.ask(t, "GET", "/healthz", ""); status != http.StatusOK {
		t.Errorf("after that: %d %s", status, body)
	}
}
