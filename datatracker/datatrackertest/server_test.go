package datatrackertest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
)

// now is the clock of the tests.
var now = time.Date(2026, 3, 4, 10, 30, 0, 0, time.UTC)

// start starts a server that stands still at now, unless o says otherwise.
func start(t *testing.T, o datatrackertest.Options) *datatrackertest.Server {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return now }
	}
	s, err := datatrackertest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// unmoved are the options that leave the captures of a meeting in their time.
func unmoved(t *testing.T, meeting string) datatrackertest.Options {
	t.Helper()
	var list struct {
		Objects []struct{ Number, Date string }
	}
	decode(t, capture(t, "meetings.json"), &list)
	for _, m := range list.Objects {
		if m.Number == meeting {
			date, err := time.Parse("2006-01-02", m.Date)
			if err != nil {
				t.Fatal(err)
			}
			captured := time.Date(2023, 2, 1, 0, 0, 0, 0, time.UTC)
			return datatrackertest.Options{Meeting: meeting, Starts: date, Now: func() time.Time { return captured }}
		}
	}
	t.Fatalf("no captured meeting %s", meeting)
	return datatrackertest.Options{}
}

func capture(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("data/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// do sends a request and reads the whole answer.
func do(t *testing.T, s *datatrackertest.Server, method, path string, header ...string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return response, body
}

// get reads a path that must answer 200.
func get(t *testing.T, s *datatrackertest.Server, path string) []byte {
	t.Helper()
	response, body := do(t, s, http.MethodGet, path)
	if response.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s: %s", path, response.Status, body)
	}
	return body
}

func decode(t *testing.T, data []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%v in %.200s", err, data)
	}
}

// update changes the world and must succeed.
func update(t *testing.T, s *datatrackertest.Server, change func(*datatrackertest.World)) {
	t.Helper()
	if err := s.Update(change); err != nil {
		t.Fatal(err)
	}
}

func TestStartRefusesAMeetingWithoutCapture(t *testing.T) {
	_, err := datatrackertest.Start(datatrackertest.Options{Meeting: "112"})
	want := "building the Datatracker's world: no captured agenda of IETF 112, only of 108, 110, 111, 113"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestTheServerListensOnLoopbackAndEndsWithClose(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	if !strings.HasPrefix(s.URL(), "http://127.0.0.1:") {
		t.Errorf("listens on %s", s.URL())
	}
	get(t, s, "/meeting/113/agenda.json")
	s.Close()
	s.Close()
	response, err := http.Get(s.URL() + "/meeting/113/agenda.json")
	if err == nil {
		response.Body.Close()
		t.Errorf("answers %s after Close", response.Status)
	}
}

func TestOnlyReadingIsAllowed(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	for _, c := range []struct {
		method, path string
		want         int
	}{
		{http.MethodPost, "/api/v1/group/group/", http.StatusUnauthorized},
		{http.MethodDelete, "/api/v1/group/group/7/", http.StatusUnauthorized},
		{http.MethodPost, "/meeting/113/agenda.json", http.StatusMethodNotAllowed},
		{http.MethodHead, "/api/v1/group/group/", http.StatusOK},
		{http.MethodHead, "/meeting/113/agenda.json", http.StatusOK},
	} {
		response, body := do(t, s, c.method, c.path)
		if response.StatusCode != c.want || len(body) > 0 {
			t.Errorf("%s %s: %s with %d bytes, want %d with none", c.method, c.path, response.Status, len(body), c.want)
		}
	}
}

func TestWhatIsNotThereAnswers404(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	for _, path := range []string{
		"/", "/api/v1/", "/api/v1/group/group/999999/", "/api/v1/group/group/x/", "/api/v1/doc/document/",
		"/meeting/115/agenda.json", "/meeting/interim-2026-oauth-99/agenda.json", "/meeting//agenda.json", "/meeting/113/agenda.csv",
	} {
		if response, _ := do(t, s, http.MethodGet, path); response.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s: %s, want 404", path, response.Status)
		}
	}
}

func TestASecondReadOnConditionIsNotModified(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	for _, path := range []string{
		"/meeting/113/agenda.json", "/meeting/114/agenda.json", "/api/v1/group/group/?limit=1000", "/api/v1/group/groupfeatures/",
		"/api/v1/meeting/meeting/?type=ietf", "/api/v1/meeting/session/?meeting__number=113", "/api/v1/group/group/7/",
	} {
		first, _ := do(t, s, http.MethodGet, path)
		etag := first.Header.Get("ETag")
		for _, c := range []struct {
			name, header, value string
			want                int
		}{
			{"the same ETag", "If-None-Match", etag, http.StatusNotModified},
			{"a weak form of it among others", "If-None-Match", `"x", W/` + etag, http.StatusNotModified},
			{"another ETag", "If-None-Match", `"x"`, http.StatusOK},
		} {
			again, body := do(t, s, http.MethodGet, path, c.header, c.value)
			if etag == "" || again.StatusCode != c.want || again.Header.Get("ETag") != etag || (len(body) == 0) != (c.want == http.StatusNotModified) {
				t.Errorf("%s with %s: %s, ETag %s after %s", path, c.name, again.Status, again.Header.Get("ETag"), etag)
			}
		}
	}
	requests := s.Requests()
	if len(requests) != 4*7 || requests[0].Conditional || !requests[1].Conditional || requests[1].Status != http.StatusNotModified ||
		requests[4].URL != "/meeting/114/agenda.json" || requests[0].Method != http.MethodGet || requests[0].UserAgent == "" {
		t.Errorf("%d requests taken down, the first %+v", len(requests), requests[:min(5, len(requests))])
	}
	s.ResetRequests()
	if left := s.Requests(); len(left) != 0 {
		t.Errorf("%d requests left after the reset", len(left))
	}
}

func TestDocumentsTellHowLongTheyMayBeKept(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	agenda, _ := do(t, s, http.MethodGet, "/meeting/113/agenda.json")
	got := http.Header{}
	for _, name := range []string{"Cache-Control", "Content-Type", "Expires", "Last-Modified"} {
		got.Set(name, agenda.Header.Get(name))
	}
	// The newest change of all captures was at 12:17, so the move ends on the
	// day before now; this agenda's own newest is of 18:30 one day earlier.
	want := http.Header{
		"Cache-Control": {"max-age=900"},
		"Content-Type":  {"application/json;charset=utf-8"},
		"Expires":       {"Wed, 04 Mar 2026 10:45:00 GMT"},
		"Last-Modified": {"Mon, 02 Mar 2026 18:30:37 GMT"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("agenda: got %v, want %v", got, want)
	}
	if r, _ := do(t, s, http.MethodGet, "/meeting/113/agenda.json", "If-Modified-Since", want.Get("Last-Modified")); r.StatusCode != http.StatusNotModified {
		t.Errorf("agenda since its Last-Modified: %s", r.Status)
	}
	if r, _ := do(t, s, http.MethodGet, "/meeting/113/agenda.json", "If-Modified-Since", "Mon, 02 Mar 2026 18:30:36 GMT"); r.StatusCode != http.StatusOK {
		t.Errorf("agenda since a second before its Last-Modified: %s", r.Status)
	}
	empty, _ := do(t, s, http.MethodGet, "/meeting/114/agenda.json")
	list, _ := do(t, s, http.MethodGet, "/api/v1/group/group/")
	if empty.Header.Get("Last-Modified") != "" || list.Header.Get("Last-Modified") != "" {
		t.Error("an empty agenda or a list has a Last-Modified")
	}
	if c := list.Header.Get("Cache-Control"); c != "max-age=300, s-maxage=300" {
		t.Errorf("list: Cache-Control %q", c)
	}
}

func TestReadersAndUpdatesDoNotDisturbEachOther(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	done := make(chan error, 4)
	for range cap(done) {
		go func() {
			for range 3 {
				response, err := http.Get(s.URL() + "/api/v1/meeting/session/?limit=1000")
				if err != nil {
					done <- err
					return
				}
				_, err = io.Copy(io.Discard, response.Body)
				response.Body.Close()
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for i := range 5 {
		update(t, s, func(w *datatrackertest.World) {
			w.AddInterim("tls", now.AddDate(0, 0, i+1), 1)
		})
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
