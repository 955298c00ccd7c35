package datatracker_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"roomctl/datatracker"
)

// TestAPollLeavesNoConnectionOpen: somebody who polls every few minutes for years
// would hold the Datatracker's connections for nothing.
func TestAPollLeavesNoConnectionOpen(t *testing.T) {
	var mu sync.Mutex
	open := map[net.Conn]bool{}
	changed := make(chan struct{}, 1)
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ConnState = func(c net.Conn, state http.ConnState) {
		mu.Lock()
		defer mu.Unlock()
		open[c] = state != http.StateClosed
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	server.Start()
	defer server.Close()
	client, err := datatracker.New(datatracker.Options{URL: server.URL, CacheDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Poll(t.Context(), datatracker.Query{GroupTypes: []string{"wg"}, GroupStates: []string{"active"}}); err != nil {
		t.Fatal(err)
	}
	left := func() (n int) {
		mu.Lock()
		defer mu.Unlock()
		for _, is := range open {
			if is {
				n++
			}
		}
		return n
	}
	patience := time.After(10 * time.Second)
	for left() > 0 {
		select {
		case <-changed:
		case <-patience:
			t.Fatalf("%d of %d connections are open", left(), len(open))
		}
	}
	if len(open) == 0 {
		t.Error("nothing was asked")
	}
}
