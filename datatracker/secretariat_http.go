package datatracker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/hashicorp/go-retryablehttp"
)

// maxPage is how many bytes a page with a form may have.
const maxPage = 4 << 20

// htmlPage is an answer for people: a page, or where to go instead.
type htmlPage struct {
	url      *url.URL // that was asked for
	status   int
	location *url.URL // of a redirect; nil when there is none
	body     []byte
}

// at is the address of a path.
func (s *Secretariat) at(path string) *url.URL {
	return &url.URL{Scheme: s.base.Scheme, Host: s.base.Host, Path: path}
}

// get asks for a page, again where the first answers are those of an overloaded
// site.
func (s *Secretariat) get(ctx context.Context, path string) (*htmlPage, error) {
	at := s.at(path)
	req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("preparing the request for %s: %w", at, err)
	}
	s.setHeader(req.Header)
	var page *htmlPage
	req.SetResponseHandler(func(resp *http.Response) (err error) {
		defer func() { err = errors.Join(err, resp.Body.Close()) }()
		page, err = readPage(resp, at)
		return err
	})
	if _, err := s.http.Do(req); err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("asking for %s: %w", at, context.Cause(ctx))
		}
		return nil, err
	}
	return page, nil
}

// post sends a form to the page that it stands on, once: no layer sends it
// again. After an error it may have been taken all the same.
func (s *Secretariat) post(ctx context.Context, at *url.URL, fields []field) (*htmlPage, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, at.String(), strings.NewReader(encodeFields(fields)))
	if err != nil {
		return nil, fmt.Errorf("preparing the request for %s: %w", at, err)
	}
	req.GetBody = nil // else net/http may send it again over another connection
	s.setHeader(req.Header)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Referer", at.String()) // Django asks for it on https
	resp, err := s.http.HTTPClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("sending the form to %s: %w", at, errors.Unwrap(err))
	}
	defer resp.Body.Close()
	return readPage(resp, at)
}

func (s *Secretariat) setHeader(h http.Header) {
	h.Set("User-Agent", s.userAgent)
	h.Set("Accept", "text/html")
}

// encodeFields is application/x-www-form-urlencoded in the order of the page
// (URL Standard, section 5.2).
func encodeFields(fields []field) string {
	pairs := make([]string, len(fields))
	for i, f := range fields {
		pairs[i] = url.QueryEscape(f.name) + "=" + url.QueryEscape(f.value)
	}
	return strings.Join(pairs, "&")
}

// readPage reads an answer to its end.
func readPage(resp *http.Response, at *url.URL) (*htmlPage, error) {
	page := &htmlPage{url: at, status: resp.StatusCode}
	if to, err := resp.Location(); err == nil {
		page.location = to
	}
	var err error
	if page.body, err = io.ReadAll(io.LimitReader(resp.Body, maxPage+1)); err != nil {
		return nil, fmt.Errorf("reading the answer of %s: %w", at, err)
	}
	if len(page.body) > maxPage {
		return nil, &permanentError{fmt.Errorf("the page %s is larger than %d MiB", at, maxPage>>20)}
	}
	return page, nil
}

// isRedirect says whether the page sends on to another of the same site.
func (p *htmlPage) isRedirect() bool {
	return p.location != nil && p.status/100 == 3 && p.location.Scheme == p.url.Scheme && p.location.Host == p.url.Host
}

// toLogin says whether the page sends on to the login page.
func (p *htmlPage) toLogin() bool { return p.isRedirect() && p.location.Path == loginPath }

// refusal words an answer that is not what was asked for. Nothing was changed.
func (p *htmlPage) refusal() error {
	status := fmt.Sprintf("%d %s", p.status, http.StatusText(p.status))
	switch {
	case p.toLogin():
		return fmt.Errorf("%s: nobody is logged in: the login was refused, or has ended", p.url)
	case p.location != nil:
		return fmt.Errorf("%s leads to %s instead of answering", p.url, p.location.Redacted())
	case p.status == http.StatusForbidden && bytes.Contains(p.body, []byte("Restricted to role")):
		return fmt.Errorf("%s: the account does not have the role Secretariat", p.url)
	case p.status == http.StatusForbidden && bytes.Contains(p.body, []byte("CSRF")):
		return fmt.Errorf("%s: the Datatracker took the form for a forged one (CSRF verification failed)", p.url)
	case p.status == http.StatusForbidden:
		return fmt.Errorf("%s answered %s: the network in front of the Datatracker may want to see a browser; "+
			"ask its operators to let this address or user agent through", p.url, status)
	}
	return fmt.Errorf("%s answered %s", p.url, status)
}
