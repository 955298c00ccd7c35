package datatracker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// SecretariatOptions say which Datatracker a Secretariat edits, and as whom.
type SecretariatOptions struct {
	// URL is the Datatracker: scheme and host. It must be https, unless the
	// host is a loopback address.
	URL string

	// Username and Password are of an account that has the role Secretariat.
	Username, Password string

	// UserAgent is that of Options.
	UserAgent string

	// Timeout limits one method with all its requests; 0 means one minute.
	Timeout time.Duration

	// Observe is that of Options.
	Observe func(status int)
}

// Secretariat sets the chat rooms of sessions through the form that the
// Datatracker has for its secretariat (ietf/meeting/views.py, edit_session): the
// only remote way there is. It is a type apart from Client, so that what only
// reads cannot write. It is not safe for concurrent use.
type Secretariat struct {
	base      *url.URL
	username  string
	password  string
	userAgent string
	timeout   time.Duration

	// http asks again where that is harmless. What it wraps sends the forms,
	// once. Both keep the cookies and follow no redirect.
	http *retryablehttp.Client
}

// Where the Datatracker has its forms, and what Django calls their fields
// (django.contrib.auth.views, django.middleware.csrf).
const (
	loginPath  = "/accounts/login/"
	logoutPath = "/accounts/logout/"

	csrfField  = "csrfmiddlewaretoken"
	csrfCookie = "csrftoken"
)

// NewSecretariat checks the options and makes a Secretariat. It sends nothing.
func NewSecretariat(o SecretariatOptions) (*Secretariat, error) {
	base, err := parseBase(o.URL)
	if err != nil {
		return nil, err
	}
	if base.Scheme != "https" && !isLoopback(base.Hostname()) {
		return nil, fmt.Errorf("datatracker URL %s: a password is only sent over https", base)
	}
	if o.Username == "" || o.Password == "" {
		return nil, errors.New("logging in to the Datatracker takes a username and a password")
	}
	agent, err := userAgent(o.UserAgent)
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("making a place for cookies: %w", err)
	}
	s := &Secretariat{
		base:      base,
		username:  o.Username,
		password:  o.Password,
		userAgent: agent,
		timeout:   orDefault(o.Timeout, time.Minute),
		http:      newHTTPClient(30*time.Second, o.Observe),
	}
	s.http.HTTPClient.Jar = jar
	s.http.HTTPClient.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return s, nil
}

// isLoopback says whether what is sent to a host stays on this machine.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Login logs in. Whether the account has the role that editing takes shows only
// when a session's form is asked for. After an error there is nothing to log out
// of.
func (s *Secretariat) Login(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if err := s.login(ctx); err != nil {
		s.http.HTTPClient.CloseIdleConnections()
		return fmt.Errorf("logging in to %s: %w", s.base, err) // without the name: what goes wrong is published
	}
	return nil
}

func (s *Secretariat) login(ctx context.Context) error {
	page, err := s.get(ctx, loginPath)
	if err != nil {
		return err
	}
	if page.status != http.StatusOK {
		return page.refusal()
	}
	forms, err := readForms(page.body)
	if err != nil {
		return fmt.Errorf("%s is not the login page that is known here: %w", page.url, err)
	}
	f, err := pickForm(forms, "username", "password", csrfField)
	if err == nil {
		err = f.staysOn(page.url)
	}
	if err != nil {
		return fmt.Errorf("%s is not the login page that is known here: %w", page.url, err)
	}
	f.control("username").value = s.username
	f.control("password").value = s.password
	answer, err := s.post(ctx, page.url, f.fields())
	switch {
	case err != nil:
		return err
	case answer.isRedirect() && !answer.toLogin():
		return nil
	case answer.status == http.StatusOK:
		return fmt.Errorf("the Datatracker does not let this account in%s", said(answer.body))
	}
	return answer.refusal()
}

// Logout ends the login and lets go of the connections. There may be none.
func (s *Secretariat) Logout(ctx context.Context) error {
	defer s.http.HTTPClient.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	var token []field
	for _, cookie := range s.http.HTTPClient.Jar.Cookies(s.base) {
		if cookie.Name == csrfCookie {
			token = []field{{csrfField, cookie.Value}} // Django takes the bare secret too
		}
	}
	if token == nil {
		return nil // it never came to a login
	}
	answer, err := s.post(ctx, s.at(logoutPath), token)
	if err == nil && answer.status != http.StatusOK && !answer.isRedirect() {
		err = answer.refusal()
	}
	if err != nil {
		return fmt.Errorf("logging out of %s: %w", s.base, err)
	}
	return nil
}

// staysOn refuses a form that would be sent to another page than its own.
func (f *form) staysOn(page *url.URL) error {
	to, err := page.Parse(f.action)
	if err != nil {
		return fmt.Errorf("the address that the form is sent to: %w", errors.Unwrap(err))
	}
	if to.Scheme != page.Scheme || to.Host != page.Host || to.Path != page.Path {
		return fmt.Errorf("the form is sent to %s, which is another page", to.Redacted())
	}
	return nil
}

// said is what a page says about a form, to be added to an error.
func said(page []byte) string {
	if c := complaints(page); len(c) > 0 {
		return ": " + strings.Join(c, "; ")
	}
	return ""
}
