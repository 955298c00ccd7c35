package datatracker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"sync"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/net/http/httpguts"
)

// Options say which Datatracker a Client reads and where it keeps its copies.
type Options struct {
	// URL is the Datatracker: scheme and host, as in
	// https://datatracker.ietf.org. Required.
	URL string

	// CacheDir holds the last good copy of every document, one file each. It
	// is made when it does not exist. Required.
	CacheDir string

	// UserAgent goes with every request; "" stands for "roomctl". It should say
	// whom the Datatracker's operators can ask.
	UserAgent string

	// MinGroups is how many groups the scope query must return to be believed
	// (RuleMinGroups); 0 means 50, a negative number means no minimum.
	MinGroups int

	// Timeout limits one whole poll; 0 means two minutes.
	Timeout time.Duration

	// RequestTimeout limits one request with its answer, retries apart; 0
	// means 30 seconds.
	RequestTimeout time.Duration

	// Observe, if not nil, is told the status of the answer to each request that
	// was sent, retries and redirects one by one; 0 stands for no answer. It is
	// called by several goroutines at once.
	Observe func(status int)

	// Progress, if not nil, is told the name of each document as it is asked
	// for. It is called by several goroutines, one at a time.
	Progress func(name string)
}

// Client polls one Datatracker. It only reads. It is safe for concurrent use.
type Client struct {
	base           *url.URL
	userAgent      string
	minGroups      int
	timeout        time.Duration
	requestTimeout time.Duration
	pageSize       int // rows per page of a list
	http           *retryablehttp.Client
	cache          cache

	progressMu sync.Mutex
	progress   func(name string)
}

// New checks the options and makes a Client. It sends nothing.
func New(o Options) (*Client, error) {
	base, err := parseBase(o.URL)
	if err != nil {
		return nil, err
	}
	if o.CacheDir == "" {
		return nil, errors.New("no folder given for the last good copies")
	}
	agent, err := userAgent(o.UserAgent)
	if err != nil {
		return nil, err
	}
	c := &Client{
		base:           base,
		userAgent:      agent,
		minGroups:      orDefault(o.MinGroups, 50),
		timeout:        orDefault(o.Timeout, 2*time.Minute),
		requestTimeout: orDefault(o.RequestTimeout, 30*time.Second),
		pageSize:       1000, // tastypie's max_limit
		cache:          cache{dir: o.CacheDir},
		progress:       o.Progress,
	}
	c.http = newHTTPClient(c.requestTimeout, o.Observe)
	return c, nil
}

// parseBase reads the address of a Datatracker: scheme and host, and no more.
func parseBase(address string) (*url.URL, error) {
	base, err := url.Parse(address)
	if err != nil {
		// Without the url.Error around it, which would show a password.
		return nil, fmt.Errorf("datatracker URL: %w", errors.Unwrap(err))
	}
	if base.Scheme != "https" && base.Scheme != "http" || base.Host == "" || base.User != nil ||
		base.Path != "" && base.Path != "/" || base.RawQuery != "" || base.Fragment != "" {
		return nil, fmt.Errorf("datatracker URL %q is not just a scheme and a host, as in https://datatracker.ietf.org", base.Redacted())
	}
	return &url.URL{Scheme: base.Scheme, Host: base.Host}, nil
}

// userAgent is the User-Agent to send: the given one, else the default.
func userAgent(given string) (string, error) {
	agent := cmp.Or(given, "roomctl")
	if !httpguts.ValidHeaderFieldValue(agent) {
		return "", fmt.Errorf("user agent %q cannot be sent in an HTTP header", agent)
	}
	return agent, nil
}

func orDefault[T int | time.Duration](v, byDefault T) T {
	if v == 0 {
		return byDefault
	}
	return v
}

// Query says what one poll is to read.
type Query struct {
	// GroupTypes are the group types (slugs) wanted beside those that have a
	// chat room by default.
	GroupTypes []string

	// GroupStates are the states (slugs) of the groups wanted. At least one.
	GroupStates []string

	// GroupIDs are groups to read in any type and state, because somebody
	// depends on what became of them.
	GroupIDs []int

	// Acronyms are groups to read in any type and state, by what they are called
	// now. Those that cannot be acronyms are not asked for: there is no such
	// group. That a group does not come back proves that none is called so only if
	// the source AcronymsSource is fresh or unchanged.
	Acronyms []string

	// Meetings are numbers ("126", "interim-2026-oauth-04") of meetings to
	// read beside the current one and the interims ahead.
	Meetings []string

	// Ahead is how far ahead interims are read; 0 means 90 days.
	Ahead time.Duration

	// Now is the time of the poll; zero means the clock's. Times in the
	// Snapshot are counted from it.
	Now time.Time

	// Allow lifts input guards for this poll: Rule constants. Others are
	// ignored.
	Allow []string

	// ChatLinks reads Meeting.ChatLinks of the IETF meetings that are not over.
	ChatLinks bool

	// Trial leaves the last good copies as they are: what a lifted guard lets
	// through in a dry run must not be what later polls are held against.
	Trial bool

	// Offline makes no request: every document is its last good copy, with the
	// time when that was read.
	Offline bool

	// Fresh asks for no document again before its max-age is over (RFC 9111
	// section 4.2): the last good copy serves, Unchanged, with the time when it
	// was read. Without it every document is asked for, conditionally.
	Fresh bool
}

// meetingNumber is what a meeting's number may look like, to be put into a
// path and a file name (Datatracker ietf/meeting/urls.py).
var meetingNumber = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$`)

// ValidMeetingNumber says whether s can be a meeting's number, such as 126 or
// interim-2026-oauth-04: harmless in a path and in a file name.
func ValidMeetingNumber(s string) bool { return meetingNumber.MatchString(s) }

// withDefaults checks the query and fills in its defaults.
func (q Query) withDefaults() (Query, error) {
	if len(q.GroupStates) == 0 {
		return q, errors.New("the query names no group states")
	}
	for _, number := range q.Meetings {
		if !ValidMeetingNumber(number) {
			return q, fmt.Errorf("%q is not a meeting number", number)
		}
	}
	q.Ahead = orDefault(q.Ahead, 90*24*time.Hour)
	if q.Now.IsZero() {
		q.Now = time.Now()
	}
	return q, nil
}

// Poll reads what q asks for. It fails only when ctx is done, when q is
// unusable, or when the last good copies cannot be written: every other
// trouble concerns one document, which is then served from its last good copy
// or is missing, as its Source says, and the rest of the Snapshot is good.
func (c *Client) Poll(ctx context.Context, q Query) (*Snapshot, error) {
	q, err := q.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("polling %s: %w", c.base, err)
	}
	limited, cancel := context.WithTimeoutCause(ctx, c.timeout,
		fmt.Errorf("the poll took longer than its limit of %s", c.timeout))
	defer cancel()
	defer c.http.HTTPClient.CloseIdleConnections() // the next poll is minutes away

	start := time.Now()
	p := &poll{client: c, query: q, now: func() time.Time { return q.Now.Add(time.Since(start)) }}
	snapshot, err := p.run(limited)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("polling %s: %w", c.base, context.Cause(ctx))
	}
	if err != nil {
		return nil, fmt.Errorf("polling %s: %w", c.base, err)
	}
	return snapshot, nil
}

// announce tells Progress that a document is asked for.
func (c *Client) announce(name string) {
	if c.progress == nil {
		return
	}
	c.progressMu.Lock()
	defer c.progressMu.Unlock()
	c.progress(name)
}
