package datatrackertest

import (
	"cmp"
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

// Account is a person's login.
type Account struct{ Username, Password string }

// accounts are the logins that the server knows.
type accounts struct{ secretariat, participant Account }

func newAccounts(o Options) accounts {
	fill := func(a Account, name string) Account {
		return Account{cmp.Or(a.Username, name), cmp.Or(a.Password, randomSecret())}
	}
	return accounts{
		secretariat: fill(o.Secretariat, "secretary@example.org"),
		participant: fill(o.Participant, "participant@example.org"),
	}
}

// Secretariat is the account that has the role Secretariat.
func (s *Server) Secretariat() Account { return s.accounts.secretariat }

// Participant is an account that may not edit sessions.
func (s *Server) Participant() Account { return s.accounts.participant }

// loginPage is ietf/templates/registration/login.html.
var loginPage = template.Must(template.New("login").Parse(`<!DOCTYPE html>
<html lang="en"><head><title>Sign in</title></head><body>
<form action="/doc/search/" method="get"><input type="search" name="name" placeholder="Document search"></form>
<h1>Sign in</h1>
{{if .SingleSignOn}}<p><a href="https://sso.example.org/">Sign in with your organization</a></p>
{{else}}<form method="post">
<input type="hidden" name="csrfmiddlewaretoken" value="{{.Token}}">
{{with .Error}}<div class="alert alert-danger alert-dismissible" role="alert">{{.}}</div>{{end}}
<div class="mb-3"><label class="form-label" for="id_username">Username</label>
<input type="text" name="username" value="{{.Username}}" autofocus autocapitalize="none" autocomplete="username" maxlength="150" class="form-control" required id="id_username"></div>
<div class="mb-3"><label class="form-label" for="id_password">Password</label>
<input type="password" name="password" autocomplete="current-password" class="form-control" required id="id_password"></div>
<button type="submit" class="btn btn-primary">Sign in</button>
</form>{{end}}
</body></html>
`))

// login shows and takes the login form (django.contrib.auth.views.LoginView).
func (s *Server) login(w http.ResponseWriter, r *http.Request, f *Fault) {
	data := struct {
		Token, Username, Error string
		SingleSignOn           bool
	}{SingleSignOn: f.is(OtherLogin)}
	if r.Method == http.MethodPost {
		given := Account{r.PostFormValue("username"), r.PostFormValue("password")}
		if given == s.accounts.secretariat || given == s.accounts.participant {
			s.logIn(w, given)
			w.Header().Set("Location", afterLogin(r))
			w.WriteHeader(http.StatusFound)
			return
		}
		data.Username = given.Username
		data.Error = "Please enter a correct username and password. Note that both fields may be case-sensitive."
	}
	data.Token = csrfToken(w, r)
	showPage(w, loginPage, data)
}

// afterLogin is where a login leads: to next, if that is a page of this site.
func afterLogin(r *http.Request) string {
	next := cmp.Or(r.PostFormValue("next"), r.URL.Query().Get("next"))
	if u, err := url.Parse(next); err == nil && u.Host == "" && u.Scheme == "" && strings.HasPrefix(next, "/") && !strings.HasPrefix(next, "//") {
		return next
	}
	return "/accounts/profile/"
}

// logIn begins a login.
func (s *Server) logIn(w http.ResponseWriter, who Account) {
	id := randomSecret()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logins[id] = who
	newCSRFCookie(w)
	http.SetCookie(w, &http.Cookie{Name: "sessionid", Value: id, Path: "/", MaxAge: 1209600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// logout ends a login (django.contrib.auth.views.LogoutView, which takes POST
// only).
func (s *Server) logout(w http.ResponseWriter, r *http.Request, _ *Fault) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST, OPTIONS")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if cookie, err := r.Cookie("sessionid"); err == nil {
		s.mu.Lock()
		delete(s.logins, cookie.Value)
		s.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: "sessionid", Path: "/", MaxAge: -1})
	writeHTML(w, http.StatusOK, "Signed out")
}

// Logins counts the people who are logged in.
func (s *Server) Logins() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.logins)
}

// user is who sends a request; the zero Account when nobody is logged in.
func (s *Server) user(r *http.Request) Account {
	cookie, err := r.Cookie("sessionid")
	if err != nil {
		return Account{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logins[cookie.Value]
}

// showPage sends a page.
func showPage(w http.ResponseWriter, page *template.Template, data any) {
	w.Header().Set("Content-Type", htmlType)
	w.Header().Set("Cache-Control", "max-age=0, no-cache, no-store, must-revalidate, private")
	// A client that has gone is not this server's concern.
	_ = page.Execute(w, data)
}
