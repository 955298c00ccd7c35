package datatracker

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// TestEveryRequestIsObserved: also those that are repeated, and those that nobody
// answers.
func TestEveryRequestIsObserved(t *testing.T) {
	answers := []int{503, 200, 0} // 0: none
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		status := answers[0]
		answers = answers[1:]
		if status == 0 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(status)
	}))
	defer server.Close()
	var mu sync.Mutex
	seen := map[int]int{}
	c := newTestClient(t, Options{URL: server.URL, Observe: func(status int) {
		mu.Lock()
		defer mu.Unlock()
		seen[status]++
	}})
	c.http.RetryMax = 1
	if _, err := c.get(t.Context(), server.URL, nil); err != nil {
		t.Fatal(err)
	}
	c.http.RetryMax = 0
	if _, err := c.get(t.Context(), server.URL, nil); err == nil {
		t.Fatal("an answer that was cut off is one")
	}
	if want := map[int]int{503: 1, 200: 1, 0: 1}; !maps.Equal(seen, want) {
		t.Errorf("seen %v, want %v", seen, want)
	}
}
