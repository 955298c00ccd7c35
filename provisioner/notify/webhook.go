package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"roomctl/provisioner/health"
)

const (
	maxRetries   = 2                // after the first attempt
	webhookLimit = 10 * time.Second // for all attempts together
	maxDrained   = 64 << 10         // bytes of an answer, which nobody reads
)

// WebhookOptions say where to.
type WebhookOptions struct {
	URL       string        // required
	Token     string        // sent as a bearer token (RFC 6750 section 2.1); "": none
	UserAgent string        // "" leaves it to net/http
	Timeout   time.Duration // for all attempts together; 0 means 10 seconds
}

// Webhook posts notices as JSON:
//
//	{
//	  "version": 1,
//	  "service": "jabber.example.org",
//	  "time": "2026-07-20T12:00:00Z",
//	  "text": "roomctl (jabber.example.org): red: …",
//	  "problems": [{
//	    "kind": "new", "key": "sync-age", "since": "2026-07-20T12:00:00Z",
//	    "rule": "sync-age", "level": "red", "text": "…", "command": "roomctl sync, …"
//	  }]
//	}
//
// kind is new, reminder or solved; of a problem that is solved there are key and
// since only. text is the whole in words, which is what chat services show. Every
// 2xx accepts it.
type Webhook struct {
	url       *url.URL
	token     string
	userAgent string
	timeout   time.Duration
	http      *retryablehttp.Client
}

// NewWebhook checks the address. It sends nothing.
func NewWebhook(o WebhookOptions) (*Webhook, error) {
	at, err := url.Parse(o.URL)
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
		return nil, errors.New("webhook: not a web address") // which may hold a secret
	}
	c := retryablehttp.NewClient()
	c.Logger = nil
	c.RetryMax = maxRetries
	c.RetryWaitMin = 500 * time.Millisecond
	c.RetryWaitMax = 2 * time.Second
	c.CheckRetry = retrySoon
	c.ErrorHandler = retryablehttp.PassthroughErrorHandler
	c.HTTPClient.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // another address gets no token
	w := &Webhook{url: at, token: o.Token, userAgent: o.UserAgent, timeout: o.Timeout, http: c}
	if w.timeout == 0 {
		w.timeout = webhookLimit
	}
	return w, nil
}

// retrySoon tries nothing again while everything else waits for it that is asked to
// come back later: the Notifier does.
func retrySoon(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if resp != nil && (resp.StatusCode == http.StatusTooManyRequests || resp.Header.Get("Retry-After") != "") {
		return false, nil
	}
	return retryablehttp.DefaultRetryPolicy(ctx, resp, err)
}

// Way is the webhook as a way to tell operators.
func (w *Webhook) Way() Way { return Way{Name: "webhook", Tell: w.post} }

// Close gives up the connections that are kept for more requests.
func (w *Webhook) Close() { w.http.HTTPClient.CloseIdleConnections() }

// post sends one notice. Its errors name the host alone: the rest of the address
// may be a secret.
func (w *Webhook) post(ctx context.Context, n Notice) error {
	ctx, cancel := context.WithTimeoutCause(ctx, w.timeout, fmt.Errorf("no answer within %s", w.timeout))
	defer cancel()
	status, err := w.send(ctx, n)
	var asked *url.Error // repeats the address
	switch {
	case err == nil && status/100 == 2:
		return nil
	case err == nil:
		err = fmt.Errorf("the answer was %d %s", status, http.StatusText(status))
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case errors.As(err, &asked):
		err = asked.Err
	}
	return fmt.Errorf("posting to the webhook on %s: %w", w.url.Host, err)
}

func (w *Webhook) send(ctx context.Context, n Notice) (status int, err error) {
	body, err := json.Marshal(body(n))
	if err != nil {
		return 0, err
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodPost, w.url.String(), body)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	if w.userAgent != "" {
		req.Header.Set("User-Agent", w.userAgent)
	}
	if w.token != "" {
		req.Header.Set("Authorization", "Bearer "+w.token)
	}
	resp, err := w.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, maxDrained) // the status says it all
	return resp.StatusCode, nil
}

// noticeBody is what is posted. Members are only ever added; a change of meaning
// moves version.
type noticeBody struct {
	Version  int           `json:"version"`
	Service  string        `json:"service"`
	Time     time.Time     `json:"time"`
	Text     string        `json:"text"`
	Problems []problemBody `json:"problems"`
}

type problemBody struct {
	Kind    Kind         `json:"kind"`
	Key     string       `json:"key"`
	Since   time.Time    `json:"since"`
	Rule    health.Rule  `json:"rule,omitempty"`
	Level   health.Level `json:"level,omitempty"`
	Text    string       `json:"text,omitempty"`
	Command string       `json:"command,omitempty"`
}

func body(n Notice) noticeBody {
	b := noticeBody{Version: 1, Service: n.Service, Time: n.Time.UTC(), Text: n.Text(), Problems: []problemBody{}}
	for _, m := range n.Messages {
		p := m.Problem
		b.Problems = append(b.Problems, problemBody{
			Kind: m.Kind, Key: m.Key, Since: m.Since.UTC(), Rule: p.Rule, Level: p.Level, Text: p.Text, Command: p.Command,
		})
	}
	return b
}
