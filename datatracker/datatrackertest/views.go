package datatrackertest

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxForm is how many bytes of a form Django reads
// (DATA_UPLOAD_MAX_MEMORY_SIZE).
const maxForm = 2621440

// view answers a request for a page with a form. The fault may be nil.
type view func(w http.ResponseWriter, r *http.Request, f *Fault)

// view finds the form of a path; nil when the path has none.
func (s *Server) view(path string) view {
	switch path {
	case "/accounts/login/":
		return s.login
	case "/accounts/logout/":
		return s.logout
	}
	if id, ok := editedSession(path); ok {
		return s.secretariatOnly(func(w http.ResponseWriter, r *http.Request) { s.editSession(w, r, id) })
	}
	return nil
}

// editedSession takes the id from the path of a session's form.
func editedSession(path string) (id int, ok bool) {
	text, prefixed := strings.CutPrefix(path, "/meeting/session/")
	text, suffixed := strings.CutSuffix(text, "/edit")
	id, err := strconv.Atoi(text)
	return id, prefixed && suffixed && err == nil && id > 0
}

// answerForm answers a request for a page with a form, spoilt by the fault that
// matches it.
func (s *Server) answerForm(w http.ResponseWriter, r *http.Request, view view) {
	f := s.takeFault(r)
	if f != nil && s.replace(w, r, f) {
		return
	}
	switch {
	case f.is(LostRequest):
		panic(http.ErrAbortHandler)
	case f.is(LoggedOut):
		s.mu.Lock()
		clear(s.logins)
		s.mu.Unlock()
	case f.is(EditBefore):
		s.edit(f.Change)
	case f.is(LostAnswer):
		defer func() { panic(http.ErrAbortHandler) }()
		w = nowhere{header: make(http.Header)}
	case f.is(EditAfter):
		defer func() { s.edit(f.Change) }()
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if r.Method == http.MethodPost {
		if csrfProblem(r) != "" {
			// The reason is for developers only (DEBUG).
			writeHTML(w, http.StatusForbidden, "Forbidden (403) CSRF verification failed. Request aborted.")
			return
		}
	}
	view(w, r, f)
}

// edit changes the world as somebody else does. What it cannot do is left.
func (s *Server) edit(change func(*World)) { _ = s.Update(change) }

// nowhere is an answer that gets lost.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header       { return n.header }
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) WriteHeader(int)             {}

// secretariatOnly lets the secretariat in, and sends others to the login page or
// away (Datatracker ietf/ietfauth/utils.py, role_required).
func (s *Server) secretariatOnly(next http.HandlerFunc) view {
	return func(w http.ResponseWriter, r *http.Request, _ *Fault) {
		switch who := s.user(r); who {
		case s.accounts.secretariat:
			next(w, r)
		case Account{}:
			w.Header().Set("Location", "/accounts/login/?next="+url.QueryEscape(r.URL.RequestURI()))
			w.WriteHeader(http.StatusFound)
		default:
			writeHTML(w, http.StatusForbidden, "Restricted to role: Secretariat")
		}
	}
}
