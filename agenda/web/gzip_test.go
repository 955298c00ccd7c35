package web

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestAcceptsGzip(t *testing.T) {
	for name, tt := range map[string]struct {
		fields []string
		want   bool
	}{
		"nothing":                          {nil, false},
		"an empty list":                    {[]string{""}, false},
		"gzip":                             {[]string{"gzip"}, true},
		"gzip among others":                {[]string{"deflate, GZIP;q=0.5, br"}, true},
		"an old name":                      {[]string{"x-gzip"}, true},
		"in a second field":                {[]string{"br", "gzip"}, true},
		"anything":                         {[]string{"*"}, true},
		"anything but gzip":                {[]string{"*, gzip;q=0"}, false},
		"gzip and nothing else":            {[]string{"gzip, *;q=0"}, true},
		"not gzip":                         {[]string{"gzip;q=0.000"}, false},
		"not anything":                     {[]string{"*;q=0"}, false},
		"a name that only starts alike":    {[]string{"gzipped"}, false},
		"a weight that is none":            {[]string{"gzip;q=much"}, false},
		"a weight with spaces":             {[]string{"gzip ; Q = 1"}, true},
		"a parameter that is not a weight": {[]string{"gzip;level=9"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := acceptsGzip(http.Header{"Accept-Encoding": tt.fields}); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestContentIsCompressedOnce(t *testing.T) {
	z := newZipped(1<<20, time.Now)
	data := []byte(long)
	results := make([][]byte, 16)
	var all sync.WaitGroup
	for i := range results {
		all.Add(1)
		go func() {
			defer all.Done()
			results[i] = z.get("page", "tag", data)
		}()
	}
	all.Wait()
	for _, got := range results {
		if len(got) == 0 || &got[0] != &results[0][0] {
			t.Fatal("it was compressed more than once")
		}
	}
}

func TestCompressedContentIsBounded(t *testing.T) {
	one := len(compress([]byte(long))) + overhead
	z := newZipped(4*one, time.Now)
	kept := func(i int) bool { _, ok := z.entries[fmt.Sprint(i)]; return ok }
	for i := range 10 {
		if got := z.get(fmt.Sprint(i), "tag", []byte(long)); unpack(t, string(got)) != long {
			t.Fatal("not the content")
		}
		z.get("0", "tag", []byte(long)) // asked for all the time
	}
	if z.size > z.limit || len(z.entries) != 4 || z.order.Len() != 4 || !kept(0) || kept(6) || !kept(7) || !kept(9) {
		t.Errorf("%d entries of %d bytes are kept", len(z.entries), z.size)
	}
	before := z.get("0", "tag", nil)
	if large := z.get("large", "tag", bytes.Repeat([]byte(long), 100)); large == nil {
		t.Error("a large content is not compressed")
	}
	if !bytes.Equal(z.get("0", "tag", []byte(long)), before) {
		t.Error("another content came back")
	}
}

func TestCompressedContentIsLetGo(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	z := newZipped(1<<20, func() time.Time { return now })
	names := func() []string { return slices.Sorted(maps.Keys(z.entries)) }
	z.get("over", "tag", []byte(long))
	z.get("page", "old", []byte(long))
	if got := z.get("page", "new", []byte(long+long)); unpack(t, string(got)) != long+long {
		t.Error("the content of before came back")
	}
	if got := names(); !slices.Equal(got, []string{"over", "page"}) || z.order.Len() != 2 {
		t.Errorf("after a new version %q are kept", got)
	}
	now = now.Add(keptFor)
	z.get("page", "new", nil)
	now = now.Add(time.Minute)
	z.get("page", "new", nil)
	if got := names(); !slices.Equal(got, []string{"page"}) || z.order.Len() != 1 {
		t.Errorf("after a day %q are kept", got)
	}
	if want := len(compress([]byte(long+long))) + overhead; z.size != want {
		t.Errorf("%d bytes are counted, want %d", z.size, want)
	}
}
