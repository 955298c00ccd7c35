package datatracker

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func sampleCopy() *stored {
	return &stored{
		Name:    "groups",
		Read:    time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		Changed: time.Date(2026, 2, 28, 8, 0, 0, 0, time.UTC),
		MaxAge:  5 * time.Minute,
		Pages: []page{{
			URL: "https://datatracker.example/api/v1/group/group/?limit=1000", ETag: `"abc"`,
			LastModified: "Sat, 28 Feb 2026 08:00:00 GMT", Body: []byte("{\"a\": \"\u000b\xff\"}\r\n"),
		}},
	}
}

func TestCacheKeepsEveryByte(t *testing.T) {
	c := cache{dir: filepath.Join(t.TempDir(), "made", "when needed")}
	if s, err := c.load("groups.json"); s != nil || err != nil {
		t.Fatalf("before the first store: %v, %v", s, err)
	}
	want := sampleCopy()
	for range 2 { // the second replaces the first
		if err := c.store("groups.json", want); err != nil {
			t.Fatal(err)
		}
	}
	got, err := c.load("groups.json")
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
	entries, err := os.ReadDir(c.dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v (%v), want the one file", entries, err)
	}
}

func TestCacheNoticesDamage(t *testing.T) {
	c := cache{dir: t.TempDir()}
	path := filepath.Join(c.dir, "groups.json")
	if err := c.store("groups.json", sampleCopy()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := append([]byte(nil), whole...)
	flipped[len(flipped)/2] ^= 1
	noPages := []byte(`{"name":"groups"}`)
	tests := map[string][]byte{
		"an empty file":         {},
		"cut in the middle":     whole[:len(whole)/2],
		"one bit flipped":       flipped,
		"another program's":     []byte("hello\n"),
		"of a future format":    []byte(strings.Replace(string(whole), "copy 1", "copy 2", 1)),
		"whole but not JSON":    []byte(cacheHeader + checksum([]byte("{")) + "\n{"),
		"whole but of no pages": append([]byte(cacheHeader+checksum(noPages)+"\n"), noPages...),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := c.load("groups.json")
			if s != nil {
				t.Errorf("a copy came out: %+v", s)
			}
			checkError(t, err, "groups.json is damaged")
		})
	}
}

func TestCacheThatCannotBeWrittenLeavesNothingBehind(t *testing.T) {
	t.Run("a file where the folder belongs", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "cache")
		if err := os.WriteFile(dir, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		err := cache{dir: dir}.store("groups.json", sampleCopy())
		checkError(t, err, "keeping the last good copy of groups in "+filepath.Join(dir, "groups.json"))
		checkError(t, err, "make sure that the folder may be written")
		if data, err := os.ReadFile(dir); err != nil || string(data) != "mine" {
			t.Errorf("the file is now %q (%v)", data, err)
		}
	})
	t.Run("a folder where the file belongs", func(t *testing.T) {
		c := cache{dir: t.TempDir()}
		if err := os.MkdirAll(filepath.Join(c.dir, "groups.json", "x"), 0o700); err != nil {
			t.Fatal(err)
		}
		checkError(t, c.store("groups.json", sampleCopy()), "groups.json")
		entries, err := os.ReadDir(c.dir)
		if err != nil || len(entries) != 1 {
			t.Errorf("the folder holds %v (%v), want what was there", entries, err)
		}
	})
}

func FuzzDecodeStored(f *testing.F) {
	valid := []byte(`{"name":"groups","pages":[{"url":"https://x/","body":"e30="}]}`)
	f.Add(append([]byte(cacheHeader+checksum(valid)+"\n"), valid...), false)
	f.Add(valid, true)
	f.Add([]byte(cacheHeader), false)
	f.Fuzz(func(t *testing.T, data []byte, sign bool) {
		if sign { // or hardly any input gets past the checksum
			data = append([]byte(cacheHeader+checksum(data)+"\n"), data...)
		}
		s, err := decodeStored(data)
		if (s == nil) == (err == nil) || s != nil && len(s.Pages) == 0 {
			t.Errorf("got %+v and %v, want a copy with pages or an error", s, err)
		}
	})
}
