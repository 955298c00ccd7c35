package datatracker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

const (
	maxBody       = 32 << 20         // bytes of one answer
	maxRetries    = 3                // after the first attempt
	maxRetryAfter = 30 * time.Second // a longer Retry-After fails at once: the last good copy serves
	maxRedirects  = 5
)

// answer is what the Datatracker said to one GET.
type answer struct {
	page        page
	notModified bool          // 304: page is the one we had
	maxAge      time.Duration // Cache-Control: max-age; 0 when not said
}

// permanentError is a failure that asking again does not mend.
type permanentError struct{ err error }

func (e *permanentError) Error() string { return e.err.Error() }
func (e *permanentError) Unwrap() error { return e.err }

// get asks for one URL, conditionally when have is not nil (RFC 9110, section
// 13.1). What comes back is whole, but not looked into.
func (c *Client) get(ctx context.Context, url string, have *page) (answer, error) {
	req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return answer{}, fmt.Errorf("preparing the request for %s: %w", url, err)
	}
	req.Header.Set("User-Agent", c.userAgent)
	req.Header.Set("Accept", "application/json")
	if have != nil && have.ETag != "" {
		req.Header.Set("If-None-Match", have.ETag)
	}
	if have != nil && have.LastModified != "" {
		req.Header.Set("If-Modified-Since", have.LastModified)
	}

	// The body is read inside the retry loop, so that a connection lost in the
	// middle of it is tried again.
	var got answer
	req.SetResponseHandler(func(resp *http.Response) (err error) {
		defer func() { err = errors.Join(err, resp.Body.Close()) }()
		got, err = readAnswer(resp, url, have)
		return err
	})
	if _, err := c.http.Do(req); err != nil {
		if ctx.Err() != nil {
			return answer{}, context.Cause(ctx)
		}
		if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
			return answer{}, fmt.Errorf("no complete answer from %s within %s: %w", url, c.requestTimeout, err)
		}
		return answer{}, err
	}
	return got, nil
}

// readAnswer turns a response into an answer, or into an error that says what
// is wrong with it.
func readAnswer(resp *http.Response, url string, have *page) (answer, error) {
	got := answer{maxAge: parseMaxAge(resp.Header.Get("Cache-Control"))}
	switch resp.StatusCode {
	case http.StatusNotModified:
		if have == nil {
			return answer{}, &permanentError{fmt.Errorf("%s answered 304 to an unconditional request", url)}
		}
		got.page, got.notModified = *have, true
		return got, nil
	case http.StatusOK:
	default:
		return answer{}, &permanentError{statusError(resp)}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return answer{}, fmt.Errorf("reading the answer of %s: %w", url, err)
	}
	if len(body) > maxBody {
		return answer{}, &permanentError{fmt.Errorf("the answer of %s is larger than %d MiB", url, maxBody>>20)}
	}
	if isHTML(resp.Header, body) {
		return answer{}, &permanentError{fmt.Errorf("%s answered 200 with an HTML page instead of JSON: a challenge, maintenance or login page", url)}
	}
	got.page = page{
		URL:          url,
		ETag:         resp.Header.Get("ETag"),
		LastModified: resp.Header.Get("Last-Modified"),
		Body:         body,
	}
	return got, nil
}

// isHTML tells a page for people from data, also when it is labelled wrongly.
func isHTML(h http.Header, body []byte) bool {
	return strings.HasPrefix(h.Get("Content-Type"), "text/html") ||
		bytes.HasPrefix(bytes.TrimLeft(body, "\ufeff \t\r\n"), []byte("<"))
}

// statusError words a status that is no answer.
func statusError(resp *http.Response) error {
	url := resp.Request.URL
	wait, told := retryAfter(resp)
	switch {
	case resp.StatusCode == http.StatusForbidden && isHTML(resp.Header, nil):
		return fmt.Errorf("%s answered %s with an HTML page: the network in front of the Datatracker wants to see a browser; "+
			"ask its operators to let this address or user agent through", url, resp.Status)
	case told:
		return fmt.Errorf("%s answered %s and asks to wait %s", url, resp.Status, wait)
	}
	return fmt.Errorf("%s answered %s", url, resp.Status)
}

// newHTTPClient makes the client that every request goes through. observe is
// Options.Observe.
func newHTTPClient(requestTimeout time.Duration, observe func(status int)) *retryablehttp.Client {
	c := retryablehttp.NewClient()
	c.Logger = nil
	c.RetryMax = maxRetries
	c.RetryWaitMin = 500 * time.Millisecond
	c.RetryWaitMax = 8 * time.Second
	c.CheckRetry = checkRetry
	c.Backoff = backoff
	c.ErrorHandler = explainAttempts
	c.HTTPClient.Timeout = requestTimeout
	c.HTTPClient.CheckRedirect = checkRedirect
	if observe != nil {
		c.HTTPClient.Transport = &statusTransport{c.HTTPClient.Transport, observe}
	}
	return c
}

// checkRetry decides whether to ask again:
//
//	429, 5xx             yes, unless Retry-After is too long
//	connection trouble   yes, also in the middle of a body
//	request timed out    no: the poll's time is better spent on other documents
//	anything else        no
func checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		if permanent := (*permanentError)(nil); errors.As(err, &permanent) {
			return false, err
		}
		if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
			return false, err
		}
		retry, _ := retryablehttp.DefaultRetryPolicy(ctx, nil, err)
		return retry, err
	}
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode < 500 {
		return false, nil
	}
	if wait, told := retryAfter(resp); told && wait > maxRetryAfter {
		return false, nil // the response handler words it
	}
	return true, statusError(resp)
}

// backoff waits as long as the server asks, else twice as long each time. The
// random half keeps pollers from coming back all at once.
func backoff(shortest, longest time.Duration, attempt int, resp *http.Response) time.Duration {
	if resp != nil {
		if wait, told := retryAfter(resp); told {
			return min(wait, maxRetryAfter)
		}
	}
	wait := min(shortest<<min(attempt, 16), longest)
	return wait/2 + rand.N(wait/2+1)
}

// retryAfter reads Retry-After in seconds or as a date (RFC 9110, section
// 10.2.3).
func retryAfter(resp *http.Response) (time.Duration, bool) {
	value := resp.Header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(time.Until(at), 0), true
	}
	return 0, false
}

// explainAttempts words the error of a request that is given up.
func explainAttempts(resp *http.Response, err error, attempts int) (*http.Response, error) {
	if resp != nil {
		resp.Body.Close() // nothing in it is wanted
	}
	if attempts > 1 {
		return nil, fmt.Errorf("%w (%d attempts)", err, attempts)
	}
	return nil, err
}

// checkRedirect follows a redirect only on the same host: what another host
// says is not the Datatracker's word.
func checkRedirect(req *http.Request, via []*http.Request) error {
	from := via[0].URL
	if req.URL.Host != from.Host || req.URL.Scheme != from.Scheme {
		return &permanentError{fmt.Errorf("%s redirects to another host: %s", from, req.URL.Host)}
	}
	if len(via) >= maxRedirects {
		return &permanentError{fmt.Errorf("%s redirects more than %d times", from, maxRedirects)}
	}
	return nil
}

// parseMaxAge reads max-age from Cache-Control (RFC 9111, section 5.2.2.1).
func parseMaxAge(cacheControl string) time.Duration {
	for directive := range strings.SplitSeq(cacheControl, ",") {
		value, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(directive)), "max-age=")
		if !ok {
			continue
		}
		if seconds, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 31); err == nil {
			return time.Duration(seconds) * time.Second
		}
	}
	return 0
}
