package web

import (
	"bytes"
	"fmt"
	"html/template"
	"os"
	"time"
)

// Where pages take what only the moment tells. Without it the markers stay:
// they are comments.
const (
	bannerMarker = "<!--banner-->"
	nowMarker    = "<!--now-->"
)

// insert puts what the moment tells into a page, and says whether that is
// anything. A document of the tree that is not there or cannot be read makes no
// difference to the page.
func (h *handler) insert(root *os.Root, name string, page []byte) (filled []byte, inserted bool) {
	now := h.now()
	filled = page
	fill := func(marker string, part func() ([]byte, error)) {
		if !bytes.Contains(page, []byte(marker)) {
			return
		}
		text, err := part()
		if err != nil {
			h.onError(fmt.Errorf("serving %s: %w", name, err))
		}
		if len(text) > 0 {
			filled, inserted = bytes.Replace(filled, []byte(marker), text, 1), true
		}
	}
	fill(bannerMarker, func() ([]byte, error) { return h.banner(root, now) })
	fill(nowMarker, func() ([]byte, error) { return h.onNow(root, name, now) })
	return filled, inserted
}

// moment is a time as pages show it.
type moment struct{ time.Time }

// Machine is the value of a datetime attribute.
func (m moment) Machine() string { return m.UTC().Format(time.RFC3339) }

// execute is what a part says.
func execute(part *template.Template, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := part.Execute(&b, data); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
