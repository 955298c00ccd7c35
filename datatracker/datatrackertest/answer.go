package datatrackertest

import (
	"cmp"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// refuseMethod refuses to write: the REST interface for lack of authorization
// (tastypie ReadOnlyAuthorization), the pages because they have no such method.
func refuseMethod(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.Header().Set("Allow", "GET, HEAD")
	w.WriteHeader(http.StatusMethodNotAllowed)
}

// writeError sends an error as the REST interface words it.
func writeError(w http.ResponseWriter, status int, reason string) {
	w.Header().Set("Content-Type", jsonType)
	w.WriteHeader(status)
	// A client that has gone is not this server's concern.
	_ = json.NewEncoder(w).Encode(map[string]string{"error": reason})
}

// writeHTML sends a page that says one thing.
func writeHTML(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", htmlType)
	w.WriteHeader(status)
	text = html.EscapeString(text)
	_, _ = io.WriteString(w, "<!DOCTYPE html>\n<html lang=\"en\"><head><title>"+text+"</title></head><body><h1>"+text+"</h1></body></html>\n")
}

// replace gives the answer of a fault that needs no document. It returns false
// for the other kinds.
func (s *Server) replace(w http.ResponseWriter, r *http.Request, f *Fault) bool {
	switch f.Kind {
	case HTML200:
		writeHTML(w, http.StatusOK, "Just a moment...")
	case Status:
		if f.RetryAfter != "" {
			w.Header().Set("Retry-After", f.RetryAfter)
		}
		code := cmp.Or(f.Code, http.StatusServiceUnavailable)
		writeHTML(w, code, http.StatusText(code))
	case Timeout:
		select {
		case <-r.Context().Done():
		case <-s.closing:
		}
		// Nothing may go out: not even the empty answer of a handler that
		// just returns.
		panic(http.ErrAbortHandler)
	case OversizedBody:
		s.writeOversized(w, cmp.Or(f.Size, 256<<20))
	default:
		return false
	}
	return true
}

// writeOversized sends a valid JSON object of so many bytes.
func (s *Server) writeOversized(w http.ResponseWriter, size int64) {
	const opening, closing = `{"meta":`, `null}`
	blank := []byte(strings.Repeat(" ", 32<<10))
	left := max(size-int64(len(opening)+len(closing)), 0)
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("Content-Length", strconv.FormatInt(left+int64(len(opening)+len(closing)), 10))
	if _, err := io.WriteString(w, opening); err != nil {
		return
	}
	for left > 0 {
		select {
		case <-s.closing:
			return
		default:
		}
		n, err := w.Write(blank[:min(left, int64(len(blank)))])
		if err != nil {
			return
		}
		left -= int64(n)
	}
	_, _ = io.WriteString(w, closing)
}
