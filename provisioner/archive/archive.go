// Package archive finds out whether pages of chat logs are there, so that no
// link to logs is published that leads nowhere. What an ejabberd gives as the
// address of its logs, for one, is a folder that it does not list.
package archive

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

const (
	maxRetries   = 2 // after the first attempt
	maxRedirects = 5
)

// Options say how a Checker asks.
type Options struct {
	UserAgent string        // goes with every request; "" leaves it to net/http
	Timeout   time.Duration // for one request with its redirects; 0 means 10 seconds
}

// Checker asks web servers. It sends no cookies and no credentials. It is safe
// for concurrent use.
type Checker struct {
	userAgent string
	http      *retryablehttp.Client
}

// New makes a Checker. It sends nothing.
func New(o Options) *Checker {
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	c := retryablehttp.NewClient()
	c.Logger = nil
	c.RetryMax = maxRetries
	c.RetryWaitMin = 200 * time.Millisecond
	c.RetryWaitMax = 400 * time.Millisecond
	c.Backoff = retryablehttp.LinearJitterBackoff
	c.CheckRetry = checkRetry
	c.ErrorHandler = retryablehttp.PassthroughErrorHandler
	c.HTTPClient.Timeout = o.Timeout
	c.HTTPClient.CheckRedirect = checkRedirect
	return &Checker{userAgent: o.UserAgent, http: c}
}

// Close gives up the connections that are kept for more requests.
func (c *Checker) Close() { c.http.HTTPClient.CloseIdleConnections() }

// Exists says whether there is a page at address, which must be a web address.
// An error means that it is not known: nobody answered, or the answer was
// neither a page nor that there is none.
//
//	2xx to HEAD           there
//	5xx but 501 to HEAD   not known
//	anything else         GET is asked, whose body stays unread:
//	  2xx                   there
//	  404, 410              not there
//	  anything else         not known
//
// GET has the last word because some servers know HEAD for none of their pages.
func (c *Checker) Exists(ctx context.Context, address string) (bool, error) {
	if err := checkAddress(address); err != nil {
		return false, err
	}
	status, err := c.ask(ctx, http.MethodHead, address)
	if err == nil && !isSuccess(status) && (status < 500 || status == http.StatusNotImplemented) {
		status, err = c.ask(ctx, http.MethodGet, address)
	}
	switch {
	case err != nil:
		return false, fmt.Errorf("asking for the logs at %s: %w", address, err)
	case isSuccess(status):
		return true, nil
	case status == http.StatusNotFound, status == http.StatusGone:
		return false, nil
	}
	return false, fmt.Errorf("asking for the logs at %s: the answer was %d %s", address, status, http.StatusText(status))
}

// checkAddress refuses what is no web address, and credentials: they would be
// sent. The address is not repeated then, as it may hold a password.
func checkAddress(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("asking for logs: not a web address")
	case u.User != nil:
		return errors.New("asking for logs: the address holds a user name")
	}
	return nil
}

// ask sends one request, again if need be, and returns the status of the answer.
func (c *Checker) ask(ctx context.Context, method, address string) (status int, err error) {
	req, err := retryablehttp.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return 0, err
	}
	if c.userAgent != "" {
		req.Header.Set("User-Agent", c.userAgent)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		var asked *url.Error // repeats the address
		if errors.As(err, &asked) {
			err = asked.Err
		}
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// checkRetry asks again after connection trouble and 5xx. A request that timed
// out is not worth the time, and 429 wants to be left alone.
func checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err == nil {
		return resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented, nil
	}
	var refused *redirectError
	var timeout net.Error
	if errors.As(err, &refused) || errors.As(err, &timeout) && timeout.Timeout() {
		return false, err
	}
	retry, _ := retryablehttp.DefaultRetryPolicy(ctx, nil, err) // knows wrong certificates
	return retry, err
}

// redirectError is a redirect that is not followed.
type redirectError struct{ why string }

func (e *redirectError) Error() string { return e.why }

func checkRedirect(req *http.Request, via []*http.Request) error {
	from := via[len(via)-1].URL
	switch {
	case len(via) > maxRedirects:
		return &redirectError{fmt.Sprintf("more than %d redirects", maxRedirects)}
	case req.URL.Scheme != "https" && req.URL.Scheme != "http":
		return &redirectError{"redirected to another scheme: " + req.URL.Scheme}
	case from.Scheme == "https" && req.URL.Scheme == "http":
		return &redirectError{"redirected from https to http"}
	case req.URL.User != nil:
		return &redirectError{"redirected to an address with a user name"}
	}
	return nil
}

func isSuccess(status int) bool { return status >= 200 && status < 300 }
