package datatracker

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
)

// tls is a session of IETF 113, and tlsForm the address of its form.
const (
	tls     = 29355
	tlsForm = "/meeting/session/29355/edit"
)

// newSecretariat is a Secretariat that is logged in and does not wait long
// between attempts.
func newSecretariat(t *testing.T, s *datatrackertest.Server) *Secretariat {
	t.Helper()
	sec := offDuty(t, s.URL(), s.Secretariat())
	if err := sec.Login(t.Context()); err != nil {
		t.Fatal(err)
	}
	return sec
}

// offDuty is one that is not logged in.
func offDuty(t *testing.T, url string, as datatrackertest.Account) *Secretariat {
	t.Helper()
	sec, err := NewSecretariat(SecretariatOptions{URL: url, Username: as.Username, Password: as.Password, Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	sec.http.RetryWaitMin, sec.http.RetryWaitMax = time.Millisecond, 2*time.Millisecond
	t.Cleanup(sec.http.HTTPClient.CloseIdleConnections)
	return sec
}

func TestLogin(t *testing.T) {
	server := startDatatracker(t)
	right := server.Secretariat()
	wrong := datatrackertest.Account{Username: right.Username, Password: "hunter2&co"}
	tests := []struct {
		name  string
		as    datatrackertest.Account
		fault datatrackertest.Fault
		bad   string
	}{
		{"the right password", right, datatrackertest.Fault{}, ""},
		{"a wrong password", wrong, datatrackertest.Fault{}, "does not let this account in: Please enter a correct username and password."},
		{"a login page that changed", right, datatrackertest.Fault{Kind: datatrackertest.OtherLogin}, "is not the login page that is known here"},
		{"a challenge", right, datatrackertest.Fault{Kind: datatrackertest.HTML200}, "is not the login page that is known here"},
		{"403", right, datatrackertest.Fault{Kind: datatrackertest.Status, Code: 403}, "may want to see a browser"},
		{"503 once", right, datatrackertest.Fault{Kind: datatrackertest.Status, Times: 1, Method: http.MethodGet}, ""},
		{"503 to the form", right, datatrackertest.Fault{Kind: datatrackertest.Status, Times: 1, Method: http.MethodPost}, "503 Service Unavailable"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.fault.Kind != 0 {
				defer server.Fault(tt.fault)()
			}
			err := offDuty(t, server.URL(), tt.as).Login(t.Context())
			checkError(t, err, tt.bad)
			if err != nil && strings.Contains(err.Error(), tt.as.Password) {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}

func TestWhoMayEditSessions(t *testing.T) {
	server := startDatatracker(t)
	sec := offDuty(t, server.URL(), server.Participant())
	_, err := sec.ChatRoom(t.Context(), tls)
	checkError(t, err, "nobody is logged in")
	if err := sec.Login(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err = sec.ChatRoom(t.Context(), tls)
	checkError(t, err, "the account does not have the role Secretariat")
	checkError(t, sec.SetChatRoom(t.Context(), tls, "", "tls2"), "does not have the role Secretariat")
}

func TestLogout(t *testing.T) {
	server := startDatatracker(t)
	sec := newSecretariat(t, server)
	if err := sec.Logout(t.Context()); err != nil || server.Logins() != 0 {
		t.Errorf("%v, %d people are logged in", err, server.Logins())
	}
	if err := offDuty(t, server.URL(), server.Secretariat()).Logout(t.Context()); err != nil {
		t.Errorf("without a login: %v", err)
	}
}

func TestNewSecretariat(t *testing.T) {
	tests := []struct{ name, url, username, password, bad string }{
		{"https", "https://datatracker.example.org", "u", "p", ""},
		{"loopback", "http://127.0.0.1:8000", "u", "p", ""},
		{"loopback by name", "http://localhost:8000/", "u", "p", ""},
		{"http", "http://datatracker.example.org", "u", "p", "a password is only sent over https"},
		{"http to a name that begins like loopback", "http://127.0.0.1.example.org", "u", "p", "only sent over https"},
		{"no username", "https://datatracker.example.org", "", "p", "takes a username and a password"},
		{"no password", "https://datatracker.example.org", "u", "", "takes a username and a password"},
		{"no URL", "", "u", "p", "not just a scheme and a host"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := NewSecretariat(SecretariatOptions{URL: tt.url, Username: tt.username, Password: tt.password})
			checkError(t, err, tt.bad)
		})
	}
}

// TestPagesOfAnotherMind shows answers that no Datatracker gives.
func TestPagesOfAnotherMind(t *testing.T) {
	tests := []struct {
		name    string
		handler http.HandlerFunc
		bad     string
	}{
		{"a login form that is sent elsewhere", func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte(`<form method="post" action="https://evil.example/"><input name="username"><input type="password" name="password"><input name="csrfmiddlewaretoken"></form>`))
		}, "the form is sent to https://evil.example/, which is another page"},
		{"a redirect to another host", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://sso.example.org/login", http.StatusFound)
		}, "leads to https://sso.example.org/login instead of answering"},
		{"a redirect to nowhere", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://%zz")
			w.WriteHeader(http.StatusFound)
		}, "failed to parse Location header"},
		{"an endless page", func(w http.ResponseWriter, r *http.Request) {
			w.Write(make([]byte, maxPage+1))
		}, "is larger than 4 MiB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(tt.handler)
			defer server.Close()
			sec := offDuty(t, server.URL, datatrackertest.Account{Username: "u", Password: "hunter2"})
			checkError(t, sec.Login(t.Context()), tt.bad)
			_, err := sec.ChatRoom(t.Context(), tls)
			if err == nil {
				t.Error("a session's form was read")
			}
		})
	}
}
