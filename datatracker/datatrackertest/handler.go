package datatrackertest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Types and times to live of what is served.
const (
	jsonType   = "application/json"
	agendaType = "application/json;charset=utf-8"
	htmlType   = "text/html; charset=utf-8"

	restMaxAge   = 300 * time.Second // Django's default cache timeout
	agendaMaxAge = 15 * time.Minute  // cache_page(15*60)
)

// document is what a path holds: an answer that can be cached and asked for
// again on condition.
type document struct {
	body        []byte
	contentType string
	modified    time.Time     // zero: no Last-Modified
	maxAge      time.Duration // 0: nothing is said about caching
}

// errNotFound is the answer 404.
var errNotFound = errors.New("not found")

// serve answers one request and takes it down.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	request := &Request{
		Method:      r.Method,
		URL:         r.URL.RequestURI(),
		UserAgent:   r.UserAgent(),
		Conditional: r.Header.Get("If-None-Match") != "" || r.Header.Get("If-Modified-Since") != "",
	}
	s.mu.Lock()
	s.requests = append(s.requests, request)
	s.mu.Unlock()
	s.answer(&statusRecorder{ResponseWriter: w, record: func(status int) {
		s.mu.Lock()
		defer s.mu.Unlock()
		request.Status = status
	}}, r)
}

// statusRecorder reports the status of an answer when it is sent.
type statusRecorder struct {
	http.ResponseWriter
	record func(status int)
	sent   bool
}

func (w *statusRecorder) WriteHeader(status int) {
	if !w.sent {
		w.sent = true
		w.record(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusRecorder) Write(p []byte) (int, error) {
	if !w.sent {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(p)
}

// answer answers a request, spoilt by the fault that matches it.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	if view := s.view(r.URL.Path); view != nil {
		s.answerForm(w, r, view)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		refuseMethod(w, r)
		return
	}
	fault := s.takeFault(r)
	if fault != nil && s.replace(w, r, fault) {
		return
	}
	doc, err := s.document(r, fault)
	var bad badRequest
	switch {
	case errors.As(err, &bad):
		writeError(w, http.StatusBadRequest, string(bad))
	case errors.Is(err, errNotFound):
		writeHTML(w, http.StatusNotFound, "Not Found")
	case err != nil:
		writeHTML(w, http.StatusInternalServerError, "Server Error: "+err.Error())
	default:
		s.writeDocument(w, r, doc, fault)
	}
}

// document makes the document of a path, its entries spoilt by f unless that is
// nil.
func (s *Server) document(r *http.Request, f *Fault) (document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if number, ok := agendaNumber(r.URL.Path); ok {
		return s.agenda(number, f)
	}
	if number, ok := agendaDataNumber(r.URL.Path); ok {
		return s.agendaData(number, f)
	}
	if resource, ok := s.resources[r.URL.Path]; ok {
		list, err := resource.list(s.world, r.URL.RawQuery, f)
		if err != nil {
			return document{}, err
		}
		return restDocument(list)
	}
	list, key, ok := splitDetail(r.URL.Path)
	resource, known := s.resources[list]
	if !ok || !known {
		return document{}, errNotFound
	}
	for _, row := range resource.rows(s.world) {
		if row.key == key {
			return restDocument(row.object)
		}
	}
	return document{}, errNotFound
}

// agendaNumber takes the meeting's number from the path of its agenda.json; ""
// stands for the current meeting.
func agendaNumber(path string) (number string, ok bool) {
	if path == "/meeting/agenda.json" {
		return "", true
	}
	number, prefixed := strings.CutPrefix(path, "/meeting/")
	number, suffixed := strings.CutSuffix(number, "/agenda.json")
	return number, prefixed && suffixed && number != "" && !strings.Contains(number, "/")
}

// splitDetail splits "/api/v1/group/group/7/" into the list's path and the key.
func splitDetail(path string) (list, key string, ok bool) {
	trimmed, ok := strings.CutSuffix(path, "/")
	i := strings.LastIndex(trimmed, "/")
	return trimmed[:i+1], trimmed[i+1:], ok
}

// agenda makes the agenda.json of a meeting. The current meeting's is keyed
// "None": Python's name for the number that was not given.
func (s *Server) agenda(number string, f *Fault) (document, error) {
	key, m := number, s.world.Meeting(number)
	if number == "" {
		key, m = "None", s.world.current()
	}
	if m == nil {
		return document{}, errNotFound
	}
	objects := m.agendaObjects()
	modified, err := lastModified(objects)
	if err != nil {
		return document{}, err
	}
	if now := s.now(); modified.After(now) {
		modified = now // RFC 9110 section 8.8.2.1
	}
	body, err := encodeAgenda(key, f.spoil(objects))
	if err != nil {
		return document{}, err
	}
	return document{body: body, contentType: agendaType, modified: modified, maxAge: agendaMaxAge}, nil
}

// restDocument encodes an object of the REST interface.
func restDocument(value any) (document, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return document{}, fmt.Errorf("encoding: %w", err)
	}
	return document{body: bytes.TrimSpace(b.Bytes()), contentType: jsonType, maxAge: restMaxAge}, nil
}

// writeDocument sends a document, or 304 when the client has it (Django
// ConditionalGetMiddleware; RFC 9110 section 13).
func (s *Server) writeDocument(w http.ResponseWriter, r *http.Request, doc document, f *Fault) {
	seconds := strconv.Itoa(int(doc.maxAge.Seconds()))
	h := w.Header()
	h.Set("Content-Type", doc.contentType)
	switch doc.maxAge {
	case 0:
	case agendaMaxAge:
		h.Set("Cache-Control", "max-age="+seconds)
		h.Set("Expires", s.now().Add(doc.maxAge).UTC().Format(http.TimeFormat))
	default:
		h.Set("Cache-Control", "max-age="+seconds+", s-maxage="+seconds)
	}
	switch {
	case f.is(TruncatedJSON):
		doc.body = doc.body[:len(doc.body)/2]
	case f.is(Disconnect):
		// Fewer bytes than announced: net/http closes the connection.
		h.Set("Content-Length", strconv.Itoa(len(doc.body)))
		_, _ = w.Write(doc.body[:len(doc.body)/2])
		return
	}
	h.Set("ETag", fmt.Sprintf("%q", fmt.Sprintf("%x", sha256.Sum256(doc.body))[:32]))
	r.Header.Del("Range") // Django knows no ranges
	http.ServeContent(w, r, "", doc.modified, bytes.NewReader(doc.body))
}
