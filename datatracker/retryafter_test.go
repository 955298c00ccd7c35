package datatracker

import (
	"net/http"
	"net/url"
	"testing"
	"time"
)

// Half a minute is waited for; what would take longer is given up at once.
func TestRetryAfterIsHonouredUpToThirtySeconds(t *testing.T) {
	tests := []struct {
		name       string
		status     int
		retryAfter string
		retry      bool
		wait       time.Duration // 0: not said, so up to the client
	}{
		{"429 and thirty seconds", http.StatusTooManyRequests, "30", true, 30 * time.Second},
		{"429 and a second more", http.StatusTooManyRequests, "31", false, 0},
		{"429 and an hour", http.StatusTooManyRequests, "3600", false, 0},
		{"429 and nothing said", http.StatusTooManyRequests, "", true, 0},
		{"429 and what is no time", http.StatusTooManyRequests, "soon", true, 0},
		{"429 and a time long past", http.StatusTooManyRequests, "Mon, 02 Jan 2006 15:04:05 GMT", true, 0},
		{"429 and a time far ahead", http.StatusTooManyRequests, "Fri, 02 Jan 2099 15:04:05 GMT", false, 0},
		{"503 and thirty seconds", http.StatusServiceUnavailable, "30", true, 30 * time.Second},
		{"503 and a second more", http.StatusServiceUnavailable, "31", false, 0},
		{"403 and a second", http.StatusForbidden, "1", false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp := &http.Response{
				StatusCode: tt.status,
				Header:     http.Header{"Retry-After": {tt.retryAfter}},
				Request:    &http.Request{URL: &url.URL{Scheme: "https", Host: "datatracker.example.org"}},
			}
			retry, _ := checkRetry(t.Context(), resp, nil)
			if retry != tt.retry {
				t.Fatalf("asked again: %v, want %v", retry, tt.retry)
			}
			if wait := backoff(time.Millisecond, time.Second, 0, resp); tt.wait != 0 && wait != tt.wait {
				t.Errorf("waits %s, want %s", wait, tt.wait)
			}
		})
	}
}
