package web

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"roomctl/agenda"
)

// noon is when the requests of these tests are made.
var noon = time.Date(2022, 3, 22, 12, 0, 0, 0, time.UTC)

// site is a tree that is served on the loopback interface.
type site struct {
	*httptest.Server
	tree *agenda.Tree
	dir  string

	mu     sync.Mutex
	now    time.Time
	errors []error
}

func serve(t testing.TB, files map[string]string) *site {
	t.Helper()
	s := &site{dir: filepath.Join(t.TempDir(), "www"), now: noon}
	var err error
	if s.tree, err = agenda.OpenTree(s.dir); err != nil {
		t.Fatal(err)
	}
	for path, text := range files {
		s.put(t, path, text)
	}
	s.Server = httptest.NewServer(s.handler())
	t.Cleanup(s.Close)
	return s
}

func (s *site) handler() http.Handler {
	return New(s.dir, Options{
		Now: func() time.Time {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.now
		},
		OnError: func(err error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.errors = append(s.errors, err)
		},
	})
}

func (s *site) at(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = now
}

// told is what OnError has heard.
func (s *site) told() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.errors...)
}

func (s *site) put(t testing.TB, path, text string) {
	t.Helper()
	if _, err := s.tree.Put(path, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// answer is a response whose body has been read.
type answer struct {
	*http.Response
	body string
}

// ask sends a request as it is: no redirect is followed, nothing is unpacked.
// header is a list of names and values.
func (s *site) ask(t testing.TB, method, path string, header ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response, string(body)}
}

func (s *site) get(t testing.TB, path string, header ...string) answer {
	t.Helper()
	return s.ask(t, http.MethodGet, path, header...)
}

func TestWhatIsServed(t *testing.T) {
	s := serve(t, map[string]string{
		"index.html":                      "<p>index",
		"rooms/index.html":                "<p>rooms",
		"rooms/a+b.c/index.html":          "<p>a+b.c",
		"rooms.json":                      "{}",
		"rooms.schema.json":               "{ }",
		"meeting/113/agenda.json":         `{"113": []}`,
		"meeting/113/sessions/quic.ics":   "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
		"news.atom":                       "<feed/>",
		"assets/site.css":                 "p{}",
		"assets/site.js":                  ";",
		"assets/icon.svg":                 "<svg/>",
		"robots.txt":                      "User-agent: *",
		"left-by-the-operator/photo.avif": "binary",
	})
	for path, want := range map[string]struct{ media, body string }{
		"/":                                {"text/html; charset=utf-8", "<p>index"},
		"/index.html":                      {"text/html; charset=utf-8", "<p>index"},
		"/?utm_source=x&show=quic":         {"text/html; charset=utf-8", "<p>index"},
		"/rooms/":                          {"text/html; charset=utf-8", "<p>rooms"},
		"/rooms/a+b.c/":                    {"text/html; charset=utf-8", "<p>a+b.c"},
		"/rooms/a%2Bb%2Ec%2F":              {"text/html; charset=utf-8", "<p>a+b.c"},
		"/rooms.json":                      {"application/json", "{}"},
		"/rooms.json?tz=mars":              {"application/json", "{}"},
		"/rooms.schema.json":               {"application/schema+json", "{ }"},
		"/meeting/113/agenda.json":         {"application/json", `{"113": []}`},
		"/meeting/113/sessions/quic.ics":   {"text/calendar; charset=utf-8", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"},
		"/news.atom":                       {"application/atom+xml", "<feed/>"},
		"/assets/site.css":                 {"text/css; charset=utf-8", "p{}"},
		"/assets/site.js":                  {"text/javascript; charset=utf-8", ";"},
		"/assets/icon.svg":                 {"image/svg+xml", "<svg/>"},
		"/robots.txt":                      {"text/plain; charset=utf-8", "User-agent: *"},
		"/left-by-the-operator/photo.avif": {"application/octet-stream", "binary"},
	} {
		got := s.get(t, path)
		if got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != want.media || got.body != want.body {
			t.Errorf("%s gives %s, %s, %q", path, got.Status, got.Header.Get("Content-Type"), got.body)
		}
		data := !strings.Contains(want.media, "html") && strings.ContainsAny(filepath.Ext(path), "jai") && !strings.HasPrefix(path, "/assets/") && !strings.Contains(path, "operator")
		if open := got.Header.Get("Access-Control-Allow-Origin") == "*"; open != data {
			t.Errorf("scripts of other sites may read %s: %v", path, open)
		}
	}
	if err := s.told(); err != nil {
		t.Error(err)
	}
}

func TestEveryAnswerHasThePolicies(t *testing.T) {
	s := serve(t, map[string]string{"rooms/index.html": "<p>rooms", "agenda.ics": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"})
	tag := s.get(t, "/rooms/").Header.Get("ETag")
	for want, got := range map[int]answer{
		200: s.get(t, "/rooms/"),
		206: s.get(t, "/rooms/", "Range", "bytes=0-1"),
		301: s.get(t, "/rooms"),
		304: s.get(t, "/rooms/", "If-None-Match", tag),
		400: s.get(t, "/agenda.ics?tz=mars"),
		404: s.get(t, "/nothing"),
		405: s.ask(t, http.MethodPost, "/rooms/"),
		416: s.get(t, "/rooms/", "Range", "bytes=100-"),
	} {
		if got.StatusCode != want {
			t.Errorf("got %s, want %d", got.Status, want)
		}
		for name, value := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":  "nosniff",
			"Referrer-Policy":         "no-referrer",
			"Set-Cookie":              "",
		} {
			if got.Header.Get(name) != value {
				t.Errorf("%d has %s: %s", want, name, got.Header.Get(name))
			}
		}
		kept := want == 200 || want == 206 || want == 304
		if got := got.Header.Get("Cache-Control"); (got == "public, max-age=60, stale-while-revalidate=600") != kept {
			t.Errorf("%d has Cache-Control: %s", want, got)
		}
	}
}

func TestOnlyReadingIsAllowed(t *testing.T) {
	s := serve(t, map[string]string{"rooms.json": "{}"})
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} {
		got := s.ask(t, method, "/rooms.json", "Origin", "https://example.org", "Access-Control-Request-Method", "GET")
		if got.StatusCode != http.StatusMethodNotAllowed || got.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s gives %s, Allow: %s", method, got.Status, got.Header.Get("Allow"))
		}
	}
}

func TestWhatIsNotServed(t *testing.T) {
	s := serve(t, map[string]string{
		"rooms/index.html":          "<p>rooms",
		"rooms.json":                "{}",
		"assets/site.css":           "p{}",
		".rooms.json.123456.tmp":    "half a fi",
		"rooms/.index.html.123.tmp": "half a fi",
		".git/config":               "secret",
		".well/index.html":          "secret",
	})
	outside := filepath.Join(filepath.Dir(s.dir), "outside")
	if err := os.WriteFile(outside, []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"link": outside, "relative-link": "../outside", "up": "..", "loop": "loop", "nowhere": "gone"} {
		if err := os.Symlink(target, filepath.Join(s.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(s.dir, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"/nothing", "/nothing/", "/rooms/nothing", "/rooms.json/", "/rooms.json/x",
		"/assets", "/assets/", // no page, no listing
		"/.rooms.json.123456.tmp", "/rooms/.index.html.123.tmp", "/.git/config", "/.well/", "/.well", "/rooms/../.git/config",
		"/link", "/relative-link", "/up/outside", "/loop", "/nowhere", "/pipe",
		"/../outside", "/rooms/../../outside", "/%2e%2e/outside", "/..%2foutside", "/%2foutside", "//outside", "/rooms//index.html", "/rooms/./index.html",
		"/rooms.json%00", "/%ff%fe", "/" + strings.Repeat("x", 300), "/" + strings.Repeat("x/", 3000),
	} {
		got := s.get(t, path)
		if got.StatusCode != http.StatusNotFound || got.body != "There is no such page.\n" {
			t.Errorf("%.60s gives %s, %q", path, got.Status, got.body)
		}
	}
	if err := s.told(); err != nil {
		t.Error(err)
	}
}

func TestALinkWithinTheTreeIsFollowed(t *testing.T) {
	s := serve(t, map[string]string{"rooms.json": "{}"})
	if err := os.Symlink("rooms.json", filepath.Join(s.dir, "all.json")); err != nil {
		t.Fatal(err)
	}
	if got := s.get(t, "/all.json"); got.body != "{}" {
		t.Errorf("got %s, %q", got.Status, got.body)
	}
}

func TestAFolderIsServedWithASlashBelowAnyPath(t *testing.T) {
	s := serve(t, map[string]string{"rooms/quic/index.html": "<p>quic", "index.html": "<p>index"})
	for _, prefix := range []string{"", "/chat"} {
		server := httptest.NewServer(http.StripPrefix(prefix, s.handler()))
		defer server.Close()
		response, err := server.Client().Get(server.URL + prefix + "/rooms/quic")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if at := response.Request.URL.Path; response.StatusCode != http.StatusOK || at != prefix+"/rooms/quic/" {
			t.Errorf("%s/rooms/quic leads to %s, %s", prefix, at, response.Status)
		}
	}
	for path, want := range map[string]string{"/rooms/quic": "./quic/", "/rooms/quic?show=tls&tz=utc": "./quic/?show=tls&tz=utc"} {
		if got := s.get(t, path).Header.Get("Location"); got != want {
			t.Errorf("%s leads to %q, want %q", path, got, want)
		}
	}
}
