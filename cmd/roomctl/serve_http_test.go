package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// says is a handler that answers with a text.
func says(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, text) })
}

// ask returns the status and the body of an answer; 0 when there is none.
func ask(t *testing.T, method, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return 0, ""
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// newSites are sites that must not end by themselves.
func newSites(t *testing.T) *sites {
	s := &sites{failed: func(err error) { t.Error(err) }}
	t.Cleanup(func() { s.close(t.Context()) })
	return s
}

func TestSitesAnswerGetAndHeadAndNothingElse(t *testing.T) {
	s := newSites(t)
	if err := s.listen(t.Context(), wantedSite{&s.admin, "http.admin_listen", "127.0.0.1:0", says("well")}); err != nil {
		t.Fatal(err)
	}
	_, url := s.urls()
	for method, want := range map[string]int{
		"GET": 200, "HEAD": 200, "POST": 405, "PUT": 405, "DELETE": 405, "OPTIONS": 405, "TRACE": 405, "BREW": 405,
	} {
		status, body := ask(t, method, url)
		if status != want || (method == "GET") != (body == "well") {
			t.Errorf("%s: %d %q, want %d", method, status, body, want)
		}
	}
}

func TestSitesAfterAnotherConfiguration(t *testing.T) {
	s := newSites(t)
	listen := func(pages, admin, text string) {
		t.Helper()
		if err := s.listen(t.Context(),
			wantedSite{&s.pages, "http.listen", pages, says(text)},
			wantedSite{&s.admin, "http.admin_listen", admin, says(text)}); err != nil {
			t.Fatal(err)
		}
	}
	require := func(url, text string) {
		t.Helper()
		if _, body := ask(t, "GET", url); body != text {
			t.Errorf("%s answers %q, want %q", url, body, text)
		}
	}
	listen("127.0.0.1:0", "127.0.0.1:0", "first")
	pages, admin := s.urls()
	require(pages, "first")
	require(admin, "first")

	// The same address stays, with what is new.
	listen("127.0.0.1:0", "", "second")
	if again, none := s.urls(); again != pages || none != "" {
		t.Errorf("the sites are at %q and %q, want %q and nowhere", again, none, pages)
	}
	require(pages, "second")
	require(admin, "")

	// Another one takes the place of the first.
	listen("localhost:0", "127.0.0.1:0", "third")
	other, _ := s.urls()
	require(other, "third")
	require(pages, "")
}

func TestAnAddressThatIsTakenChangesNothing(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	s := newSites(t)
	if err := s.listen(t.Context(), wantedSite{&s.admin, "http.admin_listen", "127.0.0.1:0", says("first")}); err != nil {
		t.Fatal(err)
	}
	_, before := s.urls()
	err = s.listen(t.Context(),
		wantedSite{&s.pages, "http.listen", "127.0.0.1:0", says("second")},
		wantedSite{&s.admin, "http.admin_listen", taken.Addr().String(), says("second")})
	if err == nil || !strings.HasPrefix(err.Error(), "http.admin_listen: ") || !strings.Contains(err.Error(), `choose another port, or "" for none`) {
		t.Errorf("got %v", err)
	}
	pages, admin := s.urls()
	if pages != "" || admin != before {
		t.Errorf("the sites are at %q and %q, want nowhere and %q", pages, admin, before)
	}
	if _, body := ask(t, "GET", admin); body != "first" {
		t.Errorf("it answers %q", body)
	}
}

func TestAnotherAddressWithAPortOfOurs(t *testing.T) {
	s := newSites(t)
	if err := s.listen(t.Context(), wantedSite{&s.pages, "http.listen", "127.0.0.1:0", says("pages")}); err != nil {
		t.Fatal(err)
	}
	at := s.pages.socket.Addr().String()
	err := s.listen(t.Context(), wantedSite{&s.pages, "http.listen", ":" + portOf(at), says("pages")})
	if err == nil || !strings.Contains(err.Error(), "roomctl itself has that port, at "+at+": to let go of it needs a restart") {
		t.Errorf("got %v", err)
	}
}

// OPTIONS * is about the server, and not about a page.
func TestWhatTheServerAllowsIsNotAnswered(t *testing.T) {
	s := newSites(t)
	if err := s.listen(t.Context(), wantedSite{&s.pages, "http.listen", "127.0.0.1:0", says("pages")}); err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", s.pages.socket.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if line, _, _ := strings.Cut(string(answer), "\r\n"); err != nil || !strings.Contains(line, "405") {
		t.Errorf("%q (%v)", line, err)
	}
}

func TestASiteThatEndsByItselfIsTold(t *testing.T) {
	told := make(chan error, 1)
	one, err := openSite(t.Context(), "http.listen", "127.0.0.1:0", says("x"), func(err error) { told <- err })
	if err != nil {
		t.Fatal(err)
	}
	if err := one.socket.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-told; !errors.Is(err, net.ErrClosed) || !strings.HasPrefix(err.Error(), "http.listen: nobody is served any more") {
		t.Errorf("told %v", err)
	}
	one.close(t.Context())
}
