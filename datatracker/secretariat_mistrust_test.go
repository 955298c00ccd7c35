package datatracker

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"roomctl/datatracker/datatrackertest"
)

// forgery is a site that answers much as a Datatracker does: a form that stands
// at every address, and what it says when one is sent.
func forgery(t *testing.T, form string, taken http.HandlerFunc) (sec *Secretariat, posted *atomic.Int32) {
	t.Helper()
	posted = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			posted.Add(1)
			taken(w, r)
			return
		}
		fmt.Fprint(w, strings.ReplaceAll(form, "{host}", r.Host))
	}))
	t.Cleanup(server.Close)
	return offDuty(t, server.URL, datatrackertest.Account{Username: "u", Password: "hunter2"}), posted
}

// A form is only sent back to the page that it stands on: an address that looks
// right but for one part of it gets neither the password nor a session.
func TestFormsAreSentToTheirOwnPageOnly(t *testing.T) {
	const (
		login   = `<form method="post" action="%s"><input name="username"><input type="password" name="password"><input name="csrfmiddlewaretoken"></form>`
		session = `<form method="post" action="%s"><input name="chat_room"><input name="csrfmiddlewaretoken"></form>`
	)
	for name, tt := range map[string]struct{ login, session string }{
		"another host":   {"https://evil.example/accounts/login/", "https://evil.example" + tlsForm},
		"another port":   {"http://{host}1/accounts/login/", "http://{host}1" + tlsForm},
		"another scheme": {"https://{host}/accounts/login/", "https://{host}" + tlsForm},
		"another path":   {"/accounts/", "/meeting/session/29356/edit"},
	} {
		t.Run(name, func(t *testing.T) {
			taken := func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) }
			sec, posted := forgery(t, fmt.Sprintf(login, tt.login), taken)
			checkError(t, sec.Login(t.Context()), "which is another page")
			if n := posted.Load(); n != 0 {
				t.Errorf("the password was sent %d times", n)
			}
			sec, posted = forgery(t, fmt.Sprintf(session, tt.session), taken)
			checkError(t, sec.SetChatRoom(t.Context(), tls, "", "tls2"), "which is another page")
			if n := posted.Load(); n != 0 {
				t.Errorf("the session's form was sent %d times", n)
			}
		})
	}
}

// A login that is answered by leading elsewhere is none.
func TestALoginThatLeadsToAnotherSiteIsNone(t *testing.T) {
	sec, _ := forgery(t,
		`<form method="post"><input name="username"><input type="password" name="password"><input name="csrfmiddlewaretoken"></form>`,
		func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://sso.example.org/", http.StatusFound)
		})
	checkError(t, sec.Login(t.Context()), "leads to https://sso.example.org/ instead of answering")
}

// What a session's form makes of chat_room must be a line of text: a choice or a
// checkbox would not hold a new name.
func TestAChatRoomThatIsNoLineOfText(t *testing.T) {
	for name, control := range map[string]string{
		"a choice":   `<select name="chat_room"><option value="" selected>-</select>`,
		"a textarea": `<textarea name="chat_room"></textarea>`,
		"a checkbox": `<input type="checkbox" name="chat_room" value="">`,
		"hidden":     `<input type="hidden" name="chat_room">`,
	} {
		t.Run(name, func(t *testing.T) {
			sec, posted := forgery(t, `<form method="post"><input name="csrfmiddlewaretoken">`+control+`</form>`, http.NotFound)
			checkError(t, sec.SetChatRoom(t.Context(), tls, "", "tls2"), "chat_room is not a line of text")
			if n := posted.Load(); n != 0 {
				t.Errorf("%d forms were sent", n)
			}
		})
	}
}

// The answer says that the session was saved, and nothing has changed: that is
// neither success nor somebody else's edit.
func TestAFormThatIsTakenAndChangesNothing(t *testing.T) {
	sec, posted := forgery(t, sessionFormOf(""), func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/meeting/113/agenda/edit/", http.StatusFound)
	})
	checkError(t, sec.SetChatRoom(t.Context(), tls, "", "tls2"), "its chat_room is not set, although the Datatracker took the form")
	if n := posted.Load(); n != 1 {
		t.Errorf("%d forms were sent", n)
	}
}

// A checkbox that appears while the session is saved is a field that changed,
// even if its value is empty.
func TestAFieldThatAppearsIsAChange(t *testing.T) {
	before := []field{{chatRoomField, ""}, {csrfField, "a"}}
	after := []field{{chatRoomField, "tls2"}, {csrfField, "b"}, {"on_agenda", ""}}
	for name, changed := range map[string][]ChangedField{
		"appears": changedFields(before, after), "goes": changedFields(after, before),
	} {
		if len(changed) != 2 || changed[1].Name != "on_agenda" {
			t.Errorf("it %s: %+v", name, changed)
		}
	}
}

// transport answers every request by hand.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Below, net/http sends a request again over another connection where it can get
// its body again, or where the request says that this is harmless.
func TestNoLayerCanSendAFormAgain(t *testing.T) {
	sec := offDuty(t, "https://datatracker.example.org", datatrackertest.Account{Username: "u", Password: "hunter2"})
	sent := 0
	sec.http.HTTPClient.Transport = transport(func(r *http.Request) (*http.Response, error) {
		sent++
		if r.GetBody != nil || r.Header["Idempotency-Key"] != nil || r.Header["X-Idempotency-Key"] != nil {
			t.Error("the form can be sent again")
		}
		return nil, http.ErrServerClosed
	})
	if _, err := sec.post(t.Context(), sec.at(tlsForm), []field{{chatRoomField, "tls2"}}); err == nil || sent != 1 {
		t.Errorf("sent %d times: %v", sent, err)
	}
}
