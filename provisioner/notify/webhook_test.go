package notify

import (
	"context"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the expected outputs in testdata")

// receiver is a web server that takes notices.
type receiver struct {
	*httptest.Server

	mu      sync.Mutex
	answers []http.HandlerFunc // one after the other, then 204
	header  http.Header        // of the last request
	body    string
	asked   int
}

func newReceiver(t *testing.T, answers ...http.HandlerFunc) *receiver {
	r := &receiver{answers: answers}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		r.asked++
		r.header, r.body = req.Header, req.Method+" "+req.URL.Path+"\n"+string(body)
		answer := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }
		if len(r.answers) > 0 {
			answer, r.answers = r.answers[0], r.answers[1:]
		}
		r.mu.Unlock()
		answer(w, req)
	}))
	t.Cleanup(r.Server.Close)
	return r
}

func (r *receiver) webhook(t *testing.T, o WebhookOptions) *Webhook {
	t.Helper()
	o.URL = r.URL + "/hooks/s3cret"
	w, err := NewWebhook(o)
	if err != nil {
		t.Fatal(err)
	}
	w.http.RetryWaitMin, w.http.RetryWaitMax = time.Millisecond, 2*time.Millisecond
	t.Cleanup(w.Close)
	return w
}

func answer(status int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
	}
}

var notice = Notice{Service: "jabber.example.org", Time: noon, Messages: []Message{
	{First, "sync-age", noon, old},
	{Reminder, "withheld retire", noon.Add(-24 * time.Hour), withheld},
	{Kind: Solved, Key: "chat", Since: noon.Add(-time.Hour)},
}}

func TestWhatAWebhookGets(t *testing.T) {
	r := newReceiver(t)
	w := r.webhook(t, WebhookOptions{Token: "t0ken", UserAgent: "roomctl/1"}).Way()
	if err := w.Tell(t.Context(), notice); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Authorization": "Bearer t0ken", "User-Agent": "roomctl/1", "Content-Type": "application/json"} {
		if got := r.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	golden := filepath.Join("testdata", "webhook.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(r.body+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if r.body+"\n" != string(want) {
		t.Errorf("got\n%s\nwant\n%s", r.body, want)
	}
}

func TestAWebhookWithoutATokenSendsNone(t *testing.T) {
	r := newReceiver(t)
	if err := r.webhook(t, WebhookOptions{}).Way().Tell(t.Context(), notice); err != nil {
		t.Fatal(err)
	}
	if _, ok := r.header["Authorization"]; ok {
		t.Error("it sent one")
	}
}

func TestWhatAWebhookAnswers(t *testing.T) {
	hangUp := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	tests := []struct {
		name    string
		answers []http.HandlerFunc
		asked   int
		bad     string // "": accepted
	}{
		{"200", []http.HandlerFunc{answer(200)}, 1, ""},
		{"503 once", []http.HandlerFunc{answer(503)}, 2, ""},
		{"a connection that is cut", []http.HandlerFunc{hangUp, hangUp}, 3, ""},
		{"503 for ever", []http.HandlerFunc{answer(503), answer(503), answer(503), answer(503)}, 3, "the answer was 503 Service Unavailable"},
		{"wait for an hour", []http.HandlerFunc{answer(429, "Retry-After", "3600")}, 1, "the answer was 429 Too Many Requests"},
		{"come back in a minute", []http.HandlerFunc{answer(503, "Retry-After", "60")}, 1, "the answer was 503 Service Unavailable"},
		{"a wrong token", []http.HandlerFunc{answer(401)}, 1, "the answer was 401 Unauthorized"},
		{"no such hook", []http.HandlerFunc{answer(404)}, 1, "the answer was 404 Not Found"},
		{"somewhere else, which would get the token", []http.HandlerFunc{answer(307, "Location", "/other")}, 1, "the answer was 307 Temporary Redirect"},
		{"an endless page", []http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
			for w.Write(make([]byte, 1<<16)); ; {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		}}, 1, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newReceiver(t, test.answers...)
			err := r.webhook(t, WebhookOptions{Token: "t0ken"}).Way().Tell(t.Context(), notice)
			if r.asked != test.asked {
				t.Errorf("asked %d times, want %d", r.asked, test.asked)
			}
			if (err == nil) != (test.bad == "") {
				t.Fatalf("error %v, want %q", err, test.bad)
			}
			if err == nil {
				return
			}
			if !strings.Contains(err.Error(), test.bad) {
				t.Errorf("error %v, want %q", err, test.bad)
			}
			if strings.Contains(err.Error(), "cret") || strings.Contains(err.Error(), "t0ken") {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
}

func TestAWebhookThatNobodyAnswers(t *testing.T) {
	r := newReceiver(t, func(_ http.ResponseWriter, req *http.Request) { <-req.Context().Done() })
	began := time.Now()
	err := r.webhook(t, WebhookOptions{Timeout: 100 * time.Millisecond}).Way().Tell(t.Context(), notice)
	if err == nil || !strings.Contains(err.Error(), "no answer within 100ms") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("error %v", err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}

	slow := newReceiver(t, func(w http.ResponseWriter, req *http.Request) {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-req.Context().Done()
	})
	if err := slow.webhook(t, WebhookOptions{Timeout: time.Second}).Way().Tell(t.Context(), notice); err != nil {
		t.Errorf("it was accepted, and its answer has no end: %v", err)
	}

	gone := newReceiver(t)
	w := gone.webhook(t, WebhookOptions{})
	gone.Server.Close()
	var refused *net.OpError
	if err := w.Way().Tell(t.Context(), notice); !errors.As(err, &refused) || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("error %v", err)
	}
}

func TestAWebhookNeedsAWebAddress(t *testing.T) {
	for _, address := range []string{"", "hooks", "ftp://example.org/s3cret", "https://", "http://[::1/s3cret"} {
		if _, err := NewWebhook(WebhookOptions{URL: address}); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// TestTheTimeOfAWayIsLimited, whatever it does.
func TestTheTimeOfAWayIsLimited(t *testing.T) {
	var left []bool
	d := newDesk(t)
	d.options.Ways = []Way{ToPerson("ops@example.org", func(ctx context.Context, to, text string) error {
		deadline, ok := ctx.Deadline()
		left = append(left, ok && time.Until(deadline) <= patience && to == "ops@example.org" && strings.HasPrefix(text, "roomctl (jabber.example.org): red: "))
		return nil
	}), ToRoom("ops@chat.example.org", func(ctx context.Context, room, _ string) error {
		_, ok := ctx.Deadline()
		left = append(left, ok && room == "ops@chat.example.org")
		return nil
	})}
	d.restart()
	d.verdict = verdict(old)
	if _, err := d.Step(t.Context(), noon, nil); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(left, []bool{true, true}) {
		t.Errorf("%v", left)
	}
}
