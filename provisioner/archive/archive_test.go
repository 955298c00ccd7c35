package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// server is a web server on loopback that writes down what it is asked.
type server struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

func serve(t *testing.T, handler http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(s.noting(handler))
	t.Cleanup(s.Close)
	return s
}

func (s *server) noting(handler http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Method+" "+r.URL.Path)
		s.mu.Unlock()
		handler(w, r)
	})
}

func (s *server) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// newChecker is a Checker that does not wait long between attempts.
func newChecker(t *testing.T, o Options) *Checker {
	t.Helper()
	c := New(o)
	c.http.RetryWaitMin, c.http.RetryWaitMax = time.Millisecond, time.Millisecond
	t.Cleanup(c.Close)
	return c
}

// answering answers each method with its own status.
func answering(head, get int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			w.WriteHeader(head)
			return
		}
		w.WriteHeader(get)
	}
}

func TestExists(t *testing.T) {
	for name, tt := range map[string]struct {
		head, get int
		want      bool
		wantErr   string // "": none
		requests  int
	}{
		"a page is there":                             {200, 500, true, "", 1},
		"a page without content is there":             {204, 500, true, "", 1},
		"no page, by both methods":                    {404, 404, false, "", 2},
		"a page that is gone":                         {410, 410, false, "", 2},
		"HEAD is not allowed, GET finds it":           {405, 200, true, "", 2},
		"HEAD is not allowed, GET does not find it":   {405, 404, false, "", 2},
		"HEAD is not implemented":                     {501, 200, true, "", 2},
		"HEAD finds nothing, GET does":                {404, 200, true, "", 2},
		"HEAD is refused, GET is not":                 {403, 200, true, "", 2},
		"neither method is implemented":               {501, 501, false, "the answer was 501 Not Implemented", 2},
		"the page wants a password":                   {401, 401, false, "the answer was 401 Unauthorized", 2},
		"the page is forbidden":                       {403, 403, false, "the answer was 403 Forbidden", 2},
		"the server wants to be left alone":           {429, 429, false, "the answer was 429 Too Many Requests", 2},
		"a broken server is asked three times in all": {500, 200, false, "the answer was 500 Internal Server Error", 3},
		"an overloaded server is asked three times":   {503, 200, false, "the answer was 503 Service Unavailable", 3},
		"GET breaks where HEAD was not known":         {405, 502, false, "the answer was 502 Bad Gateway", 4},
		"an answer of no use":                         {304, 304, false, "the answer was 304 Not Modified", 2},
		"a redirect that leads nowhere":               {302, 302, false, "302", 2},
		"a page with a status that nobody knows":      {299, 500, true, "", 1},
		"a client error to both methods":              {418, 418, false, "the answer was 418 I'm a teapot", 2},
		"a page that is withheld for legal reasons":   {451, 451, false, "the answer was 451", 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, answering(tt.head, tt.get))
			got, err := newChecker(t, Options{}).Exists(t.Context(), s.URL+"/logs/quic/")
			if got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if asked := s.requests(); len(asked) != tt.requests {
				t.Errorf("asked %v, want %d requests", asked, tt.requests)
			}
			requireError(t, err, tt.wantErr)
		})
	}
}

// requireError fails unless err holds want; "" is no error.
func requireError(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("error %v, want none", err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("error %v, want one with %q", err, want)
	}
}

func TestRedirects(t *testing.T) {
	to := func(address string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/there" {
				return
			}
			w.Header().Set("Location", address)
			w.WriteHeader(http.StatusMovedPermanently)
		}
	}
	// /5 leads to /4, and so on to /0, which is there.
	countdown := func(w http.ResponseWriter, r *http.Request) {
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d", &n); err != nil || n == 0 {
			return
		}
		http.Redirect(w, r, fmt.Sprintf("/%d", n-1), http.StatusFound)
	}
	for name, tt := range map[string]struct {
		handler  http.HandlerFunc
		path     string
		want     bool
		wantErr  string
		requests int
	}{
		"one is followed":                         {to("/there"), "/", true, "", 2},
		"five are followed":                       {countdown, "/5", true, "", 6},
		"six are too many, and not tried again":   {countdown, "/6", false, "more than 5 redirects", 6},
		"one in a circle ends":                    {to("/"), "/", false, "more than 5 redirects", 6},
		"to another scheme is not followed":       {to("ftp://127.0.0.1/"), "/", false, "redirected to another scheme: ftp", 1},
		"to a script is not followed":             {to("javascript:alert(1)"), "/", false, "redirected to another scheme: javascript", 1},
		"with a password is not followed":         {to("http://user:word@127.0.0.1/"), "/", false, "redirected to an address with a user name", 1},
		"to an address that is none is not known": {to("http://[::1"), "/", false, "failed to parse Location header", 3},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, tt.handler)
			got, err := newChecker(t, Options{}).Exists(t.Context(), s.URL+tt.path)
			if got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			requireError(t, err, tt.wantErr)
			if err != nil && strings.Contains(err.Error(), "word") {
				t.Errorf("the error holds a password: %v", err)
			}
			if asked := s.requests(); len(asked) != tt.requests {
				t.Errorf("asked %v, want %d requests", asked, tt.requests)
			}
		})
	}
}

func TestNoRedirectFromHTTPSToHTTP(t *testing.T) {
	plain := serve(t, func(http.ResponseWriter, *http.Request) {})
	secure := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	t.Cleanup(secure.Close)
	c := newChecker(t, Options{})
	c.http.HTTPClient.Transport = secure.Client().Transport
	_, err := c.Exists(t.Context(), secure.URL)
	requireError(t, err, "redirected from https to http")
	if asked := plain.requests(); len(asked) > 0 {
		t.Errorf("the plain server was asked %v", asked)
	}
}

func TestACertificateThatIsNotTrustedIsNotKnown(t *testing.T) {
	s := &server{}
	s.Server = httptest.NewUnstartedServer(s.noting(func(http.ResponseWriter, *http.Request) {}))
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	t.Cleanup(s.Close)
	_, err := newChecker(t, Options{}).Exists(t.Context(), s.URL)
	requireError(t, err, "certificate")
	if asked := s.requests(); len(asked) > 0 {
		t.Errorf("it was asked all the same: %v", asked)
	}
}

func TestAddressesThatAreNotAskedFor(t *testing.T) {
	for name, tt := range map[string]struct{ address, want string }{
		"none":                   {"", "not a web address"},
		"a path":                 {"/logs/quic/", "not a web address"},
		"another scheme":         {"ftp://example.org/logs/", "not a web address"},
		"a script":               {"javascript:alert(1)", "not a web address"},
		"no host":                {"https:///logs/", "not a web address"},
		"what cannot be read":    {"http://[::1/%zz", "not a web address"},
		"an address with a name": {"https://user:word@example.org/", "the address holds a user name"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := newChecker(t, Options{}).Exists(t.Context(), tt.address)
			if got {
				t.Error("it is said to be there")
			}
			requireError(t, err, tt.want)
			if err != nil && strings.Contains(err.Error(), "word") {
				t.Errorf("the error holds a password: %v", err)
			}
		})
	}
}

func TestAServerThatDoesNotAnswer(t *testing.T) {
	t.Run("is asked once, and the time limit holds", func(t *testing.T) {
		release := make(chan struct{})
		s := serve(t, func(http.ResponseWriter, *http.Request) { <-release })
		defer close(release) // before the server waits for its requests
		_, err := newChecker(t, Options{Timeout: 50 * time.Millisecond}).Exists(t.Context(), s.URL)
		requireError(t, err, "Client.Timeout exceeded")
		if asked := s.requests(); len(asked) != 1 {
			t.Errorf("asked %v, want one request", asked)
		}
	})
	t.Run("nobody is there", func(t *testing.T) {
		s := serve(t, func(http.ResponseWriter, *http.Request) {})
		s.Close()
		_, err := newChecker(t, Options{}).Exists(t.Context(), s.URL)
		requireError(t, err, "connection refused")
	})
	t.Run("the connection breaks once and is tried again", func(t *testing.T) {
		var once sync.Once
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			once.Do(func() { panic(http.ErrAbortHandler) })
		})
		got, err := newChecker(t, Options{}).Exists(t.Context(), s.URL)
		requireError(t, err, "")
		if !got {
			t.Error("the page is said not to be there")
		}
	})
	t.Run("the caller gives up", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("enough")
		release := make(chan struct{})
		s := serve(t, func(http.ResponseWriter, *http.Request) {
			cancel(why)
			<-release
		})
		defer close(release)
		if _, err := newChecker(t, Options{}).Exists(ctx, s.URL); !errors.Is(err, why) {
			t.Errorf("error %v, want %v", err, why)
		}
	})
}

func TestWhatIsSent(t *testing.T) {
	var mu sync.Mutex
	var headers []http.Header
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		headers = append(headers, r.Header.Clone())
		mu.Unlock()
		http.SetCookie(w, &http.Cookie{Name: "tracking", Value: "you"})
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	})
	c := newChecker(t, Options{UserAgent: "roomctl/1 (+rooms@example.org)"})
	if got, err := c.Exists(t.Context(), s.URL); !got || err != nil {
		t.Fatalf("got %v, %v", got, err)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(headers) != 2 {
		t.Fatalf("%d requests, want HEAD and GET", len(headers))
	}
	for _, h := range headers {
		if got := h.Get("User-Agent"); got != "roomctl/1 (+rooms@example.org)" {
			t.Errorf("User-Agent is %q", got)
		}
		if h.Get("Cookie") != "" || h.Get("Authorization") != "" {
			t.Errorf("sent are %v", h)
		}
	}
}

func TestTheBodyStaysUnread(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusNotImplemented)
			return
		}
		for w.(http.Flusher).Flush(); r.Context().Err() == nil; { // without end
			if _, err := w.Write(make([]byte, 1<<10)); err != nil {
				return
			}
		}
	})
	if got, err := newChecker(t, Options{}).Exists(t.Context(), s.URL); !got || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

// quiet keeps what a server has to say about bad handshakes to itself.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
