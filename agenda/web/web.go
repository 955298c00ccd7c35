// Package web serves the published tree over HTTP. It only reads: whatever the
// tree holds at the moment of a request is what is served, and the tree is of
// use to any other web server as well. What this one adds is what a file cannot
// know: how old the data is, which sessions are on now, and a calendar of just
// the sessions that somebody asks for.
package web

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	"roomctl/agenda"
)

const (
	// contentPolicy lets pages use the tree's own style, script and icon and
	// nothing else. (Content Security Policy Level 3.)
	contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

	// cacheControl keeps a page for a minute, and for ten more while a new one is
	// fetched behind the reader's back (RFC 9111 section 5.2, RFC 5861 section 3).
	cacheControl = "public, max-age=60, stale-while-revalidate=600"

	// maxHeld is the size up to which a file is held in memory to be tagged and
	// compressed. roomctl publishes none that is as large; a larger one is passed
	// on as it is.
	maxHeld = 8 << 20
)

// Options of a handler. The zero Options are useful.
type Options struct {
	// Now is the clock; nil: time.Now.
	Now func() time.Time

	// OnError hears of what a person should look at: a file that cannot be read,
	// a document that is damaged. Requests for what is not there are no errors.
	// It is called by several requests at a time; nil: nobody hears.
	OnError func(error)
}

// New returns a handler that serves the published folder dir. The folder need
// not be there yet.
//
// It answers GET and HEAD; index.html stands for its folder; there are no
// listings, and nothing whose name starts with a dot or that leads out of the
// folder. Calendars take the filters of ical.ParseFilter as a query, other files
// take none. To serve the tree below a path, wrap the handler in
// http.StripPrefix.
//
// Time limits and the size of headers are the server's: set ReadHeaderTimeout,
// WriteTimeout, IdleTimeout and MaxHeaderBytes of the http.Server.
func New(dir string, o Options) http.Handler {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.OnError == nil {
		o.OnError = func(error) {}
	}
	return &handler{
		dir:       dir,
		now:       o.Now,
		onError:   o.OnError,
		zipped:    newZipped(maxZipped, o.Now),
		statuses:  newMemo(agenda.ReadStatus, o.Now),
		schedules: newMemo(agenda.ReadSchedule, o.Now),
	}
}

type handler struct {
	dir     string
	now     func() time.Time
	onError func(error)

	zipped    *zipped
	statuses  *memo[agenda.Status]
	schedules *memo[agenda.Schedule]
}

// ServeHTTP answers one request.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", contentPolicy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "Pages can be read here, and nothing else.", http.StatusMethodNotAllowed)
		return
	}
	// The folder is opened for each request: it may be put in place, or another
	// in its place, at any time.
	root, err := os.OpenRoot(h.dir)
	if err != nil {
		h.missing(w, r, err)
		return
	}
	defer root.Close()
	f, err := find(root, r.URL.Path)
	if err != nil {
		h.missing(w, r, err)
		return
	}
	if f.redirect != "" {
		to := f.redirect
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		header.Set("Location", to)
		header.Set("Content-Length", "0")
		w.WriteHeader(http.StatusMovedPermanently)
		return
	}
	defer f.Close()
	h.serve(w, r, root, f)
}

// missing answers a request for what was not found.
func (h *handler) missing(w http.ResponseWriter, r *http.Request, err error) {
	if !isNotFound(err) {
		h.fail(w, r, err)
		return
	}
	http.Error(w, "There is no such page.", http.StatusNotFound)
}

// fail answers a request for what is there and cannot be served.
func (h *handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	h.onError(fmt.Errorf("serving %q: %w", r.URL.Path, err))
	http.Error(w, "This page cannot be read at the moment.", http.StatusInternalServerError)
}

// serve answers with a file, or with what the query and the moment make of it.
func (h *handler) serve(w http.ResponseWriter, r *http.Request, root *os.Root, f *found) {
	media := mediaOf(f.path)
	header := w.Header()
	header.Set("Content-Type", media.name)
	if media.open {
		header.Set("Access-Control-Allow-Origin", "*")
	}
	if f.info.Size() > maxHeld {
		header.Set("Cache-Control", cacheControl)
		http.ServeContent(w, r, "", f.info.ModTime(), f) // without a tag: it would have to be read twice
		return
	}
	data, err := f.read()
	if err != nil {
		h.fail(w, r, err)
		return
	}
	name, modified := f.path, f.info.ModTime()
	switch {
	case media.calendar && r.URL.RawQuery != "":
		filter, err := parseFilter(r.URL.RawQuery)
		if err != nil {
			http.Error(w, fmt.Sprintf("This calendar cannot be filtered like that: %v.", err), http.StatusBadRequest)
			return
		}
		if data, err = filterCalendar(data, filter); err != nil {
			h.fail(w, r, err)
			return
		}
		name = ""
	case media.page:
		var fresh bool
		if data, fresh = h.insert(root, f.path, data); fresh {
			modified = time.Time{} // what was inserted is of this moment, not of the file's
		}
	}
	h.send(w, r, media, name, modified, data)
}

// send answers with data. Its tag is strong, and so each coding of it has its
// own (RFC 9110 section 8.8.3.3). name is the path of the file that data is the whole
// of; "": it is a part.
func (h *handler) send(w http.ResponseWriter, r *http.Request, media media, name string, modified time.Time, data []byte) {
	header := w.Header()
	header.Set("Cache-Control", cacheControl)
	tag := contentTag(data)
	if media.text {
		header.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header) {
			if smaller := h.zipped.get(cmp.Or(name, tag), tag, data); smaller != nil {
				data, tag = smaller, tag+"-gzip"
				header.Set("Content-Encoding", "gzip")
				// ServeContent leaves this to its caller when there is a coding.
				header.Set("Content-Length", strconv.Itoa(len(data)))
			}
		}
	}
	header.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", modified, bytes.NewReader(data))
}
