package web

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestAFileReplacedWhileItIsServedStaysWhole(t *testing.T) {
	before := strings.Repeat("before ", maxHeld) // far more than the sockets hold
	for name, change := range map[string]func(s *site) error{
		"replaced": func(s *site) error { _, err := s.tree.Put("logs.txt", []byte("after")); return err },
		"removed":  func(s *site) error { return os.Remove(filepath.Join(s.dir, "logs.txt")) },
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, map[string]string{"logs.txt": before})
			response, err := s.Client().Get(s.URL + "/logs.txt")
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body := bufio.NewReader(response.Body)
			if _, err := body.Peek(1); err != nil {
				t.Fatal(err)
			}
			if err := change(s); err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(body); err != nil || string(got) != before {
				t.Errorf("got %d bytes, %v", len(got), err)
			}
			if got := s.get(t, "/logs.txt").body; got == before {
				t.Error("the next request gets the old file")
			}
		})
	}
}

// One writer replaces a page all the time while readers fetch it: each sees one
// version, with its own tag.
func TestReadersSeeWholeVersions(t *testing.T) {
	versions := []string{strings.Repeat("a", 50000), strings.Repeat("b", 40000)}
	s := serve(t, map[string]string{"index.html": versions[0]})
	written := make(chan error, 1)
	go func() {
		var err error
		for i := range 100 {
			_, putErr := s.tree.Put("index.html", []byte(versions[i%2]))
			if err == nil {
				err = putErr
			}
		}
		written <- err
	}()
	for done := false; !done; {
		select {
		case err := <-written:
			if err != nil {
				t.Fatal(err)
			}
			done = true
		default:
		}
		got := s.get(t, "/", "Accept-Encoding", "gzip")
		body := unpack(t, got.body)
		if body != versions[0] && body != versions[1] || got.Header.Get("ETag") != `"`+contentTag([]byte(body))+`-gzip"` {
			t.Fatalf("got %s, %d bytes, %s", got.Status, len(body), got.Header.Get("ETag"))
		}
	}
}

func TestTheFolderMayComeAndGo(t *testing.T) {
	s := serve(t, map[string]string{"rooms.json": "{}"})
	if err := os.Rename(s.dir, s.dir+".old"); err != nil {
		t.Fatal(err)
	}
	if got := s.get(t, "/rooms.json"); got.StatusCode != http.StatusNotFound {
		t.Errorf("without the folder: %s", got.Status)
	}
	if err := os.Rename(s.dir+".old", s.dir); err != nil {
		t.Fatal(err)
	}
	if got := s.get(t, "/rooms.json"); got.body != "{}" {
		t.Errorf("with the folder: %s", got.Status)
	}
}

func TestWhatIsWrongWithTheTreeIsNotTakenForNotThere(t *testing.T) {
	for err, want := range map[error]int{
		fs.ErrNotExist:       404,
		syscall.ENOTDIR:      404,
		syscall.ELOOP:        404,
		fs.ErrPermission:     500,
		syscall.EIO:          500,
		syscall.EMFILE:       500,
		syscall.ENAMETOOLONG: 404,
	} {
		var told error
		h := New(t.TempDir(), Options{OnError: func(err error) { told = err }}).(*handler)
		w := httptest.NewRecorder()
		h.missing(w, httptest.NewRequest("GET", "/rooms.json", nil), &fs.PathError{Op: "open", Path: "rooms.json", Err: err})
		if w.Code != want || (told != nil) != (want == 500) {
			t.Errorf("%v gives %d, and told is %v", err, w.Code, told)
		}
		if strings.Contains(w.Body.String(), "open") {
			t.Errorf("readers are told %s", w.Body)
		}
	}
}

func TestADamagedCalendarIsNotFiltered(t *testing.T) {
	s := serve(t, map[string]string{"agenda.ics": "BEGIN:VCALENDAR\r\n"})
	if got := s.get(t, "/agenda.ics"); got.StatusCode != http.StatusOK {
		t.Errorf("as it is: %s", got.Status)
	}
	if got := s.get(t, "/agenda.ics?tz=utc"); got.StatusCode != http.StatusInternalServerError {
		t.Errorf("filtered: %s", got.Status)
	}
	if err := s.told(); err == nil || !strings.Contains(err.Error(), `serving "/agenda.ics": filtering: decoding a calendar`) {
		t.Errorf("told: %v", err)
	}
}

// FuzzRequest sends any path and query to a tree with something secret beside
// it, in it, and linked from it.
func FuzzRequest(f *testing.F) {
	const secret, public = "SECRET", "public"
	above := f.TempDir()
	dir := filepath.Join(above, "www")
	for path, text := range map[string]string{
		"outside": secret, "www/.hidden": secret, "www/rooms/.index.html.1.tmp": secret,
		"www/index.html": public + "<!--banner--><!--now UTC-->", "www/rooms/quic/index.html": public, "www/rooms.json": public,
		"www/agenda.ics": "BEGIN:VCALENDAR\r\nX:" + public + "\r\nEND:VCALENDAR\r\n", "www/status.json": old, "www/meeting/113/index.html": public + "<!--now UTC-->",
	} {
		name := filepath.Join(above, path)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			f.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			f.Fatal(err)
		}
	}
	if err := os.Symlink("../outside", filepath.Join(dir, "link")); err != nil {
		f.Fatal(err)
	}
	for _, path := range []string{"", "/", "/rooms.json", "/rooms/quic", "/rooms/quic/", "/../outside", "/.hidden", "//outside", "/link", "/rooms/.index.html.1.tmp", "/meeting/113/", "*", "/\x00", "/agenda.ics"} {
		f.Add(path, "")
		f.Add(path, "show=quic&hide=tls&tz=utc")
	}
	f.Add("/agenda.ics", "show=%zz;&tz=mars")
	h := New(dir, Options{})
	f.Fuzz(func(t *testing.T, path, query string) {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.URL = &url.URL{Path: path, RawQuery: query}
		h.ServeHTTP(w, r)
		body := w.Body.String()
		if strings.Contains(body, secret) {
			t.Fatalf("%q gives the secret", path)
		}
		switch w.Code {
		case http.StatusOK:
			if !strings.Contains(body, public) {
				t.Fatalf("%q gives %q", path, body)
			}
		case http.StatusMovedPermanently:
			to, err := url.Parse(w.Header().Get("Location"))
			if err != nil || to.IsAbs() || to.Host != "" || !strings.HasSuffix(to.Path, "/") {
				t.Fatalf("%q leads to %q (%v)", path, to, err)
			}
		case http.StatusBadRequest:
			if query == "" {
				t.Fatalf("%q is a bad filter", path)
			}
		case http.StatusNotFound:
		default:
			t.Fatalf("%q gives %s", path, fmt.Sprint(w.Code))
		}
	})
}
