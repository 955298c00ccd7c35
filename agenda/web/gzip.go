package web

import (
	"bytes"
	"compress/gzip"
	"container/list"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxZipped is how much compressed content is kept, in bytes: several times
// what is published about one meeting.
const maxZipped = 16 << 20

// keptFor is how long what nobody asks for is kept: what of meetings that are over
// was read once does not stay for good.
const keptFor = 24 * time.Hour

// zipped keeps compressed content by name, the newest of each. What was not asked for the longest time goes first. Each content
// is compressed once, however many ask for it at a time.
type zipped struct {
	limit int
	now   func() time.Time

	mu      sync.Mutex
	size    int
	order   *list.List // of *zippedEntry, the one asked for last in front
	entries map[string]*list.Element
}

type zippedEntry struct {
	name, tag string
	asked     time.Time // last; guarded by the lock of zipped, as size is
	size      int       // counted in zipped.size

	once sync.Once
	data []byte // nil: compression gains nothing
}

func newZipped(limit int, now func() time.Time) *zipped {
	return &zipped{limit: limit, now: now, order: list.New(), entries: map[string]*list.Element{}}
}

// get is data compressed; nil if that is not smaller. tag stands for the
// content; the content that had the name before is let go.
func (z *zipped) get(name, tag string, data []byte) []byte {
	entry := z.entry(name, tag)
	entry.once.Do(func() {
		entry.data = compress(data)
		z.count(entry)
	})
	return entry.data
}

// entry finds or makes the entry of some content, in place of what had that name
// before.
func (z *zipped) entry(name, tag string) *zippedEntry {
	z.mu.Lock()
	defer z.mu.Unlock()
	now := z.now()
	for last := z.order.Back(); last != nil && now.Sub(last.Value.(*zippedEntry).asked) > keptFor; last = z.order.Back() {
		z.drop(last)
	}
	if element, ok := z.entries[name]; ok {
		if entry := element.Value.(*zippedEntry); entry.tag == tag {
			entry.asked = now
			z.order.MoveToFront(element)
			return entry
		}
		z.drop(element)
	}
	entry := &zippedEntry{name: name, tag: tag, asked: now}
	z.entries[name] = z.order.PushFront(entry)
	return entry
}

// drop lets go of an entry.
func (z *zipped) drop(element *list.Element) {
	entry := z.order.Remove(element).(*zippedEntry)
	delete(z.entries, entry.name)
	z.size -= entry.size
}

// overhead is about what an entry takes beside its data.
const overhead = 256

// count adds an entry to the size, and lets go of others until the limit is
// kept.
func (z *zipped) count(entry *zippedEntry) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if element, ok := z.entries[entry.name]; !ok || element.Value != entry {
		return // it has been let go already
	}
	entry.size = len(entry.data) + overhead
	z.size += entry.size
	for z.size > z.limit {
		z.drop(z.order.Back())
	}
}

// compress is data in gzip; nil if that is not smaller.
func compress(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		return nil
	}
	if err := w.Close(); err != nil || b.Len() >= len(data) {
		return nil
	}
	return b.Bytes()
}

// acceptsGzip reads Accept-Encoding (RFC 9110 section 12.5.3): gzip must be
// there, by name or by "*", with a weight that is not 0.
func acceptsGzip(header http.Header) bool {
	all := false
	for _, field := range header.Values("Accept-Encoding") {
		for part := range strings.SplitSeq(field, ",") {
			coding, parameter, _ := strings.Cut(part, ";")
			switch strings.ToLower(strings.TrimSpace(coding)) {
			case "gzip", "x-gzip":
				return isWanted(parameter)
			case "*":
				all = isWanted(parameter)
			}
		}
	}
	return all
}

// isWanted reads a weight (RFC 9110 section 12.4.2); without one it is 1.
func isWanted(parameter string) bool {
	name, value, ok := strings.Cut(strings.TrimSpace(parameter), "=")
	if !ok || !strings.EqualFold(strings.TrimSpace(name), "q") {
		return true
	}
	weight, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	return err == nil && weight > 0
}
