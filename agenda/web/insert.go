package web

import (
	"bytes"
	"fmt"
	"html/template"
	"os"
	"path"
	"slices"
	"time"

	"roomctl/agenda"
)

// insert puts what the moment tells into a page, and says whether that is
// anything. A document of the tree that is not there or cannot be read makes no
// difference to the page.
func (h *handler) insert(root *os.Root, name string, page []byte) (filled []byte, inserted bool) {
	now := h.now()
	filled = page
	put := func(before, part, after []byte, err error) {
		if err != nil {
			h.onError(fmt.Errorf("serving %s: %w", name, err))
		}
		if len(part) > 0 {
			filled, inserted = slices.Concat(before, part, after), true
		}
	}
	if before, after, zone, found := agenda.CutNow(filled); found {
		part, err := h.onNow(root, path.Dir(name), zone, now)
		put(before, part, after, err)
	}
	if before, after, found := bytes.Cut(filled, []byte(agenda.BannerMarker)); found {
		part, err := h.banner(root, now)
		put(before, part, after, err)
	}
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
