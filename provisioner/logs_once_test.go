package provisioner_test

import (
	"errors"
	"testing"
)

// TestLogsAreAskedForOnceInARun: a run that retires a room publishes twice. A
// server of logs that does not answer is asked once all the same.
func TestLogsAreAskedForOnceInARun(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{groups: many})
	h.settle(t)
	logs := &logServer{err: errors.New("timeout awaiting response")}
	h.Archives = logs
	h.Patterns.Archive = "https://{chat_room_name}.example.org/" // a host each: none is left alone after others
	h.update(t, concludeSframe)
	retired := h.sync(t)
	if retired.Applied() == 0 || logs.requests() == 0 {
		t.Fatalf("%d changes, asked %v", retired.Applied(), logs.asked)
	}
	times := map[string]int{}
	for _, url := range logs.asked {
		if times[url]++; times[url] > 1 {
			t.Errorf("%s was asked for %d times", url, times[url])
		}
	}
}
