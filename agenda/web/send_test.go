package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
)

func TestTagsFollowTheContent(t *testing.T) {
	s := serve(t, map[string]string{"rooms.json": "{}"})
	first := s.get(t, "/rooms.json")
	tag := first.Header.Get("ETag")
	if tag != `"44136fa355b3678a1146ad16f7e8649e"` { // printf {} | sha256sum
		t.Errorf("ETag is %s", tag)
	}
	if _, err := http.ParseTime(first.Header.Get("Last-Modified")); err != nil {
		t.Error(err)
	}
	for name, header := range map[string][2]string{
		"the tag":  {"If-None-Match", tag},
		"tags":     {"If-None-Match", `"x", ` + tag},
		"the time": {"If-Modified-Since", first.Header.Get("Last-Modified")},
	} {
		if got := s.get(t, "/rooms.json", header[:]...); got.StatusCode != http.StatusNotModified || got.body != "" || got.Header.Get("ETag") != tag || got.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("with %s: %s, %v, %q", name, got.Status, got.Header, got.body)
		}
	}
	s.put(t, "rooms.json", "[]")
	if got := s.get(t, "/rooms.json", "If-None-Match", tag); got.StatusCode != http.StatusOK || got.body != "[]" || got.Header.Get("ETag") == tag {
		t.Errorf("after a change: %s, %q", got.Status, got.body)
	}
}

// long is a text that compresses well.
var long = `{"rooms": "` + strings.Repeat("quic and ", 5000) + `"}`

func TestEachCodingHasItsOwnTag(t *testing.T) {
	s := serve(t, map[string]string{"rooms.json": long})
	whole, packed := s.get(t, "/rooms.json"), s.get(t, "/rooms.json", "Accept-Encoding", "br, gzip")
	if whole.Header.Get("Content-Encoding") != "" || whole.body != long {
		t.Errorf("without Accept-Encoding: %v", whole.Header)
	}
	if packed.Header.Get("Content-Encoding") != "gzip" || unpack(t, packed.body) != long || packed.ContentLength != int64(len(packed.body)) {
		t.Errorf("with Accept-Encoding: %v", packed.Header)
	}
	for _, got := range []answer{whole, packed} {
		if got.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Vary is %q", got.Header.Get("Vary"))
		}
	}
	tag, packedTag := whole.Header.Get("ETag"), packed.Header.Get("ETag")
	if tag == packedTag {
		t.Errorf("both have the tag %s", tag)
	}
	for _, tt := range []struct {
		tag, accept string
		want        int
	}{
		{tag, "", 304}, {packedTag, "gzip", 304}, {tag, "gzip", 200}, {packedTag, "", 200},
	} {
		if got := s.get(t, "/rooms.json", "If-None-Match", tt.tag, "Accept-Encoding", tt.accept); got.StatusCode != tt.want {
			t.Errorf("%s for %q gives %s", tt.tag, tt.accept, got.Status)
		}
	}
}

func unpack(t testing.TB, packed string) string {
	t.Helper()
	r, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestHeadIsGetWithoutTheBody(t *testing.T) {
	s := serve(t, map[string]string{
		"index.html":              "<!--banner--><p>index",
		"rooms/index.html":        "<p>rooms",
		"rooms.json":              long,
		"agenda.ics":              "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
		"status.json":             old,
		"meeting/113/agenda.json": "{}",
	})
	for _, path := range []string{"/", "/rooms", "/rooms.json", "/agenda.ics", "/agenda.ics?show=quic", "/agenda.ics?tz=mars", "/nothing", "/meeting/"} {
		for _, header := range [][]string{nil, {"Accept-Encoding", "gzip"}, {"Range", "bytes=0-0"}} {
			get, head := s.get(t, path, header...), s.ask(t, http.MethodHead, path, header...)
			get.Header.Del("Date")
			head.Header.Del("Date")
			if head.body != "" || head.StatusCode != get.StatusCode || !maps.EqualFunc(get.Header, head.Header, func(a, b []string) bool { return a[0] == b[0] }) {
				t.Errorf("%s %q: HEAD gives %s %v, GET %s %v", path, header, head.Status, head.Header, get.Status, get.Header)
			}
		}
	}
}

func TestRanges(t *testing.T) {
	s := serve(t, map[string]string{"rooms.json": long})
	whole := s.get(t, "/rooms.json", "Accept-Encoding", "gzip")
	tag := whole.Header.Get("ETag")
	for name, tt := range map[string]struct {
		header []string
		status int
		body   string
	}{
		"a part":                       {[]string{"Range", "bytes=2-6"}, 206, long[2:7]},
		"the end":                      {[]string{"Range", "bytes=-3"}, 206, long[len(long)-3:]},
		"past the end":                 {[]string{"Range", "bytes=999999-"}, 416, "invalid range: failed to overlap\n"},
		"no range":                     {[]string{"Range", "bytes=x"}, 416, "invalid range\n"},
		"a part of the coded content":  {[]string{"Accept-Encoding", "gzip", "Range", "bytes=2-6"}, 206, whole.body[2:7]},
		"the rest of the same version": {[]string{"Accept-Encoding", "gzip", "Range", "bytes=2-6", "If-Range", tag}, 206, whole.body[2:7]},
		"the rest of another version":  {[]string{"Accept-Encoding", "gzip", "Range", "bytes=2-6", "If-Range", `"x"`}, 200, whole.body},
		"many overlapping ranges":      {[]string{"Range", "bytes=" + strings.Repeat("0-,", 500) + "0-"}, 200, long},
	} {
		t.Run(name, func(t *testing.T) {
			got := s.get(t, "/rooms.json", tt.header...)
			if got.StatusCode != tt.status || got.body != tt.body {
				t.Errorf("got %s, %d bytes", got.Status, len(got.body))
			}
		})
	}
}

func TestCompressionIsWorthIt(t *testing.T) {
	s := serve(t, map[string]string{"rooms.json": "{}", "photo.avif": long})
	for _, path := range []string{"/rooms.json", "/photo.avif"} {
		if got := s.get(t, path, "Accept-Encoding", "gzip"); got.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s is compressed", path)
		}
	}
}

func TestAHugeFileIsPassedOn(t *testing.T) {
	s := serve(t, nil)
	want := bytes.Repeat([]byte("0123456789abcdef"), (maxHeld+16)/16)
	s.put(t, "logs.json", string(want))
	got := s.get(t, "/logs.json", "Accept-Encoding", "gzip")
	if got.body != string(want) || got.Header.Get("ETag") != "" || got.Header.Get("Last-Modified") == "" {
		t.Errorf("got %s, %d bytes, %v", got.Status, len(got.body), got.Header)
	}
	if got := s.get(t, "/logs.json", "If-Modified-Since", got.Header.Get("Last-Modified")); got.StatusCode != http.StatusNotModified {
		t.Errorf("asked again: %s", got.Status)
	}
}
