package datatrackertest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"roomctl/datatracker/datatrackertest"
)

// tlsSession is the session of the tls working group at IETF 113.
const tlsSession = "/meeting/session/29355/edit"

// browser keeps cookies and follows no redirect.
type browser struct {
	t      *testing.T
	server *datatrackertest.Server
	client *http.Client
}

func newBrowser(t *testing.T, s *datatrackertest.Server) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, s, &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// visit asks for a page. It returns the status, with where a redirect leads, and
// the page.
func (b *browser) visit(path string) (string, string) {
	b.t.Helper()
	return b.do(http.MethodGet, path, nil, "")
}

// token is that of the form on a page.
func (b *browser) token(path string) string {
	b.t.Helper()
	_, page := b.visit(path)
	m := regexp.MustCompile(`name="csrfmiddlewaretoken" value="([^"]+)"`).FindStringSubmatch(page)
	if m == nil {
		b.t.Fatalf("no form on %s", path)
	}
	return m[1]
}

// send posts a form with the token of the page that it is on.
func (b *browser) send(path string, form url.Values) (string, string) {
	b.t.Helper()
	form.Set("csrfmiddlewaretoken", b.token(path))
	return b.do(http.MethodPost, path, form, b.server.URL()+path)
}

func (b *browser) do(method, path string, form url.Values, referer string) (status, body string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.server.URL()+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if referer != "" {
		r.Header.Set("Referer", referer)
	}
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	status = response.Status
	if to := response.Header.Get("Location"); to != "" {
		status += " " + to
	}
	return status, string(page)
}

func (b *browser) login(a datatrackertest.Account) string {
	b.t.Helper()
	status, _ := b.send("/accounts/login/?next=/meeting/", url.Values{"username": {a.Username}, "password": {a.Password}})
	return status
}

func TestLogin(t *testing.T) {
	s := start(t, datatrackertest.Options{Secretariat: datatrackertest.Account{Username: "chair@example.org", Password: "p&ss word"}})
	b := newBrowser(t, s)
	const away = "302 Found /accounts/login/?next=%2Fmeeting%2Fsession%2F29355%2Fedit"
	if status, _ := b.visit(tlsSession); status != away {
		t.Errorf("before the login: %s", status)
	}
	status, page := b.send("/accounts/login/", url.Values{"username": {"chair@example.org"}, "password": {"wrong"}})
	if status != "200 OK" || !strings.Contains(page, "Please enter a correct username and password.") || s.Logins() != 0 {
		t.Errorf("with a wrong password: %s, %d logins: %s", status, s.Logins(), page)
	}
	if status := b.login(s.Secretariat()); status != "302 Found /meeting/" || s.Logins() != 1 {
		t.Errorf("with the right password: %s", status)
	}
	if status, _ := b.visit(tlsSession); status != "200 OK" {
		t.Errorf("after the login: %s", status)
	}
	if status, _ := b.visit("/accounts/logout/"); status != "405 Method Not Allowed" {
		t.Errorf("a logout by GET: %s", status)
	}
	token := url.Values{"csrfmiddlewaretoken": {b.token(tlsSession)}}
	if status, _ := b.do(http.MethodPost, "/accounts/logout/", token, s.URL()+tlsSession); status != "200 OK" {
		t.Errorf("a logout: %s", status)
	}
	if status, _ := b.visit(tlsSession); status != away || s.Logins() != 0 {
		t.Errorf("after the logout: %s", status)
	}
}

func TestOnlyTheSecretariatEditsSessions(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	b := newBrowser(t, s)
	b.login(s.Participant())
	status, page := b.visit(tlsSession)
	if status != "403 Forbidden" || !strings.Contains(page, "Restricted to role: Secretariat") {
		t.Errorf("a participant gets %s: %s", status, page)
	}
}

func TestForgedForms(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	signedIn := newBrowser(t, s)
	signedIn.login(s.Secretariat())
	token := url.Values{"csrfmiddlewaretoken": {strings.Repeat("a", 64)}}
	for name, c := range map[string]struct {
		browser *browser
		form    url.Values
		referer string
	}{
		"no Referer":           {signedIn, token, ""},
		"another site's page":  {signedIn, token, "https://evil.example/"},
		"no token":             {signedIn, url.Values{"chat_room": {"evil"}}, s.URL() + tlsSession},
		"a token of no cookie": {signedIn, token, s.URL() + tlsSession},
		"no cookie":            {newBrowser(t, s), token, s.URL() + tlsSession},
	} {
		status, page := c.browser.do(http.MethodPost, tlsSession, c.form, c.referer)
		if status != "403 Forbidden" || !strings.Contains(page, "CSRF verification failed") {
			t.Errorf("%s: %s: %s", name, status, page)
		}
	}
}

// row is the REST row of the tls session.
func row(t *testing.T, s *datatrackertest.Server) map[string]any {
	t.Helper()
	var list struct{ Objects []map[string]any }
	if err := json.Unmarshal(get(t, s, "/api/v1/meeting/session/?id=29355"), &list); err != nil || len(list.Objects) != 1 {
		t.Fatalf("%v in %d rows", err, len(list.Objects))
	}
	return list.Objects[0]
}

func TestTheSessionFormIsAWholeRow(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	update(t, s, func(w *datatrackertest.World) {
		session := w.Session(29355)
		session.Note, session.Comments, session.Attendees = "Joint with UTA", "two\r\nlines", 120
	})
	b := newBrowser(t, s)
	b.login(s.Secretariat())
	before := row(t, s)
	status, _ := b.send(tlsSession, url.Values{
		"purpose": {"regular"}, "type": {"regular"}, "requested_duration": {"5400"}, "chat_room": {" tls2 "},
	})
	if status != "302 Found /meeting/113/agenda/edit/" {
		t.Fatalf("saving: %s", status)
	}
	after := row(t, s)
	want := map[string]any{
		"chat_room": "tls2", "requested_duration": "1:30:00", "agenda_note": "", "comments": "", "attendees": nil,
		"has_onsite_tool": false, "on_agenda": true, "name": "", "remote_instructions": "",
	}
	for name, value := range want {
		if after[name] != value {
			t.Errorf("%s was %v and is %v, want %v", name, before[name], after[name], value)
		}
	}
	if before["modified"] == after["modified"] {
		t.Errorf("modified stays %v", after["modified"])
	}
}

func TestTheSessionFormRefuses(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	b := newBrowser(t, s)
	b.login(s.Secretariat())
	whole := url.Values{"purpose": {"regular"}, "type": {"regular"}, "requested_duration": {"3600"}}
	for name, c := range map[string]struct{ field, value, complaint string }{
		"a purpose that the group does not have": {"purpose", "plenary", "Select a valid choice. plenary is not one of the available choices."},
		"no type":                                {"type", "", "This field is required."},
		"a duration that is not offered":         {"requested_duration", "28800", "Select a valid choice. 28800 is not"},
		"a chat room of 33 characters":           {"chat_room", strings.Repeat("r", 33), "Ensure this value has at most 32 characters (it has 33)."},
		"attendees in words":                     {"attendees", "many", "Enter a whole number."},
	} {
		before := row(t, s)
		form := url.Values{}
		for name, values := range whole {
			form[name] = values
		}
		form.Set(c.field, c.value)
		status, page := b.send(tlsSession, form)
		if status != "200 OK" || !strings.Contains(page, `<div class="invalid-feedback">`+c.complaint) {
			t.Errorf("%s: %s: %s", name, status, page)
		}
		if after := row(t, s); after["modified"] != before["modified"] {
			t.Errorf("%s: the session changed", name)
		}
	}
}

func TestFaultsOfForms(t *testing.T) {
	change := func(w *datatrackertest.World) { w.Session(29355).Comments = "meanwhile" }
	for name, c := range map[string]struct {
		fault          datatrackertest.Fault
		room, comments string
		broken         bool // no answer comes
		status         string
	}{
		"the request gets lost":   {fault: datatrackertest.Fault{Kind: datatrackertest.LostRequest}, broken: true},
		"the answer gets lost":    {fault: datatrackertest.Fault{Kind: datatrackertest.LostAnswer}, room: "tls2", broken: true},
		"the login ends":          {fault: datatrackertest.Fault{Kind: datatrackertest.LoggedOut}, status: "302 Found /accounts/login/?next=%2Fmeeting%2Fsession%2F29355%2Fedit"},
		"an edit before it":       {fault: datatrackertest.Fault{Kind: datatrackertest.EditBefore, Change: change}, room: "tls2", status: "302 Found /meeting/113/agenda/edit/"},
		"an edit after it":        {fault: datatrackertest.Fault{Kind: datatrackertest.EditAfter, Change: change}, room: "tls2", comments: "meanwhile", status: "302 Found /meeting/113/agenda/edit/"},
		"a fault that is skipped": {fault: datatrackertest.Fault{Kind: datatrackertest.LostRequest, Skip: 1}, room: "tls2", status: "302 Found /meeting/113/agenda/edit/"},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, datatrackertest.Options{})
			b := newBrowser(t, s)
			b.login(s.Secretariat())
			form := url.Values{
				"csrfmiddlewaretoken": {b.token(tlsSession)}, "chat_room": {"tls2"},
				"purpose": {"regular"}, "type": {"regular"}, "requested_duration": {"3600"},
			}
			c.fault.Method = http.MethodPost
			s.Fault(c.fault)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+tlsSession, strings.NewReader(form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Referer", s.URL()+tlsSession)
			response, err := b.client.Do(r)
			if err == nil {
				response.Body.Close()
			}
			if (err != nil) != c.broken {
				t.Fatalf("the answer: %v", err)
			}
			if err == nil && response.Status+" "+response.Header.Get("Location") != c.status {
				t.Errorf("%s %s, want %s", response.Status, response.Header.Get("Location"), c.status)
			}
			if got := row(t, s); got["chat_room"] != c.room || got["comments"] != c.comments {
				t.Errorf("chat_room %q, comments %q", got["chat_room"], got["comments"])
			}
		})
	}
}

func TestTheFormCannotEditInterims(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	b := newBrowser(t, s)
	b.login(s.Secretariat())
	for path, want := range map[string]string{
		"/meeting/session/40002/edit":  "500 Internal Server Error",
		"/meeting/session/999999/edit": "404 Not Found",
	} {
		if status, _ := b.visit(path); status != want {
			t.Errorf("%s: %s, want %s", path, status, want)
		}
	}
}
