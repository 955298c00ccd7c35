package datatracker

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// newTestClient is a client that does not wait long between attempts.
func newTestClient(t *testing.T, o Options) *Client {
	t.Helper()
	if o.CacheDir == "" {
		o.CacheDir = t.TempDir()
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c.http.RetryWaitMin, c.http.RetryWaitMax = time.Millisecond, 2*time.Millisecond
	t.Cleanup(c.http.HTTPClient.CloseIdleConnections)
	return c
}

func TestGet(t *testing.T) {
	const ok = `{"126": []}`
	cutShort := func(w http.ResponseWriter) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, ok)
	}
	status := func(code int, header ...string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
		}
	}
	good := func(w http.ResponseWriter) { io.WriteString(w, ok) }
	tests := []struct {
		name     string
		answers  []func(http.ResponseWriter) // the last one again and again
		attempts int32
		bad      string
	}{
		{"an answer", []func(http.ResponseWriter){good}, 1, ""},
		{"503 once", []func(http.ResponseWriter){status(503), good}, 2, ""},
		{"429 without Retry-After", []func(http.ResponseWriter){status(429), good}, 2, ""},
		{"429 with a Retry-After of no time", []func(http.ResponseWriter){status(429, "Retry-After", "0"), good}, 2, ""},
		{"429 with a Retry-After of two minutes", []func(http.ResponseWriter){status(429, "Retry-After", "120"), good}, 1, "429 Too Many Requests and asks to wait 2m0s"},
		{"500 for ever", []func(http.ResponseWriter){status(500)}, 4, "500 Internal Server Error (4 attempts)"},
		{"404", []func(http.ResponseWriter){status(404)}, 1, "404 Not Found"},
		{"403", []func(http.ResponseWriter){status(403)}, 1, "403 Forbidden"},
		{"403 with a challenge page", []func(http.ResponseWriter){status(403, "Content-Type", "text/html; charset=utf-8")}, 1, "wants to see a browser"},
		{"304 to an unconditional request", []func(http.ResponseWriter){status(304)}, 1, "304 to an unconditional request"},
		{"200 with an HTML page", []func(http.ResponseWriter){func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, "\n<!DOCTYPE html><title>Just a moment</title>")
		}}, 1, "HTML page instead of JSON"},
		{"a connection lost in the body once", []func(http.ResponseWriter){cutShort, good}, 2, ""},
		{"a connection lost in the body for ever", []func(http.ResponseWriter){cutShort}, 4, "unexpected EOF (4 attempts)"},
		{"a redirect to another host", []func(http.ResponseWriter){status(302, "Location", "http://elsewhere.example/")}, 1, "redirects to another host: elsewhere.example"},
		{"a redirect without end", []func(http.ResponseWriter){status(302, "Location", "/again")}, 5, "redirects more than 5 times"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var n atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				i := int(n.Add(1)) - 1
				tt.answers[min(i, len(tt.answers)-1)](w)
			}))
			defer server.Close()
			c := newTestClient(t, Options{URL: server.URL})
			got, err := c.get(t.Context(), server.URL+"/meeting/126/agenda.json", nil)
			checkError(t, err, tt.bad)
			if err == nil && string(got.page.Body) != ok {
				t.Errorf("body %q, want %q", got.page.Body, ok)
			}
			if n.Load() != tt.attempts {
				t.Errorf("%d requests, want %d", n.Load(), tt.attempts)
			}
		})
	}
}

func TestGetSaysWhoAsksAndWhatItHas(t *testing.T) {
	var header http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header = r.Header.Clone()
		w.Header().Set("Cache-Control", "public, max-age=900")
		w.WriteHeader(http.StatusNotModified)
	}))
	defer server.Close()
	c := newTestClient(t, Options{URL: server.URL, UserAgent: "roomctl/1 (+mailto:noc@example.org)"})
	have := &page{ETag: `"abc"`, LastModified: "Sat, 28 Feb 2026 08:00:00 GMT", Body: []byte("{}")}
	got, err := c.get(t.Context(), server.URL, have)
	if err != nil {
		t.Fatal(err)
	}
	if !got.notModified || string(got.page.Body) != "{}" || got.maxAge != 15*time.Minute {
		t.Errorf("got %+v, want the page we have and its age", got)
	}
	if agent := header.Get("User-Agent"); agent != "roomctl/1 (+mailto:noc@example.org)" {
		t.Errorf("User-Agent is %q", agent)
	}
	if header.Get("If-None-Match") != `"abc"` || header.Get("If-Modified-Since") != have.LastModified {
		t.Errorf("the request is not conditional: %v", header)
	}
}

func TestGetRefusesABodyOverTheLimit(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chunk := []byte(strings.Repeat(" ", 1<<20))
		for range maxBody>>20 + 1 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	c := newTestClient(t, Options{URL: server.URL})
	_, err := c.get(t.Context(), server.URL, nil)
	checkError(t, err, "larger than 32 MiB")
}

func TestGetGivesUpOnAServerThatHangs(t *testing.T) {
	release := make(chan struct{})
	var n atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		<-release
	}))
	defer server.Close()
	defer close(release)

	t.Run("after the limit of one request, once", func(t *testing.T) {
		c := newTestClient(t, Options{URL: server.URL, RequestTimeout: 50 * time.Millisecond})
		_, err := c.get(t.Context(), server.URL, nil)
		checkError(t, err, "no complete answer from "+server.URL+" within 50ms")
		if n.Load() != 1 {
			t.Errorf("%d requests, want 1", n.Load())
		}
	})
	t.Run("with the reason why the context ended", func(t *testing.T) {
		why := errors.New("enough")
		ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, why)
		defer cancel()
		c := newTestClient(t, Options{URL: server.URL})
		if _, err := c.get(ctx, server.URL, nil); !errors.Is(err, why) {
			t.Errorf("got %v, want %v", err, why)
		}
	})
}

func TestGetDoesNotRetryACertificateThatIsNotTrusted(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it reports the refused handshake
	server.StartTLS()
	defer server.Close()
	c := newTestClient(t, Options{URL: server.URL})
	_, err := c.get(t.Context(), server.URL, nil)
	checkError(t, err, "certificate")
	if strings.Contains(err.Error(), "attempts") {
		t.Errorf("it was tried again: %v", err)
	}
}

func TestRetryAfter(t *testing.T) {
	tests := []struct {
		name, value string
		told        bool
		least, most time.Duration
	}{
		{"seconds", "7", true, 7 * time.Second, 7 * time.Second},
		{"a date", time.Now().Add(time.Minute).UTC().Format(http.TimeFormat), true, 50 * time.Second, time.Minute},
		{"a date gone by", "Fri, 31 Dec 1999 23:59:59 GMT", true, 0, 0},
		{"nothing", "", false, 0, 0},
		{"negative seconds", "-5", false, 0, 0},
		{"words", "soon", false, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp := &http.Response{Header: http.Header{"Retry-After": {tt.value}}}
			wait, told := retryAfter(resp)
			if told != tt.told || wait < tt.least || wait > tt.most {
				t.Errorf("got %v, %t; want %v to %v, %t", wait, told, tt.least, tt.most, tt.told)
			}
		})
	}
}

func TestBackoffGrowsAndIsLimited(t *testing.T) {
	for attempt, longest := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 4 * time.Second} {
		wait := backoff(time.Second, 4*time.Second, attempt, nil)
		if wait < longest/2 || wait > longest {
			t.Errorf("attempt %d waits %v, want %v to %v", attempt, wait, longest/2, longest)
		}
	}
	if wait := backoff(time.Second, 4*time.Second, 1000, nil); wait < 2*time.Second || wait > 4*time.Second {
		t.Errorf("attempt 1000 waits %v", wait)
	}
	resp := &http.Response{Header: http.Header{"Retry-After": {"25"}}}
	if wait := backoff(time.Second, 4*time.Second, 0, resp); wait != 25*time.Second {
		t.Errorf("Retry-After: 25 waits %v", wait)
	}
}

func TestParseMaxAge(t *testing.T) {
	tests := map[string]time.Duration{
		"max-age=900":                   15 * time.Minute,
		"s-maxage=5, Max-Age=300":       5 * time.Minute,
		"no-cache":                      0,
		"":                              0,
		"max-age=-1":                    0,
		`private="x", max-age="60"`:     time.Minute,
		"max-age=99999999999999999999x": 0,
	}
	for in, want := range tests {
		if got := parseMaxAge(in); got != want {
			t.Errorf("parseMaxAge(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestNewRefusesUnusableOptions(t *testing.T) {
	tests := []struct {
		name string
		o    Options
		bad  string
	}{
		{"a good URL", Options{URL: "https://datatracker.ietf.org/", CacheDir: "x"}, ""},
		{"no URL", Options{CacheDir: "x"}, "not just a scheme and a host"},
		{"a path", Options{URL: "https://example.org/datatracker", CacheDir: "x"}, "not just a scheme and a host"},
		{"another scheme", Options{URL: "ftp://example.org", CacheDir: "x"}, "not just a scheme and a host"},
		{"a password", Options{URL: "https://a:secret@example.org", CacheDir: "x"}, "not just a scheme and a host"},
		{"a password in no URL at all", Options{URL: "https://a:secret@exa mple", CacheDir: "x"}, "datatracker URL"},
		{"no folder", Options{URL: "https://example.org"}, "no folder"},
		{"a user agent of two lines", Options{URL: "https://example.org", CacheDir: "x", UserAgent: "a\nb"}, "cannot be sent"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := New(tt.o)
			checkError(t, err, tt.bad)
			if (c == nil) != (err != nil) {
				t.Errorf("client %v beside error %v", c, err)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}
