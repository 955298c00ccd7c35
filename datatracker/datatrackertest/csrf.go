package datatrackertest

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
)

// csrfAlphabet is what Django makes its secrets of (django/middleware/csrf.py).
const csrfAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

const csrfSecretLength = 32

// randomSecret is a secret as Django makes them.
func randomSecret() string {
	var b strings.Builder
	for range csrfSecretLength {
		b.WriteByte(csrfAlphabet[rand.N(len(csrfAlphabet))])
	}
	return b.String()
}

// maskSecret is the token of a form: a mask and the secret shifted by it, so
// that no two tokens look alike (django/middleware/csrf.py, _mask_cipher_secret).
func maskSecret(secret string) string {
	mask := randomSecret()
	return mask + shift(secret, mask, 1)
}

// unmaskSecret is the secret of a token, which may be the bare secret.
func unmaskSecret(token string) string {
	if len(token) != 2*csrfSecretLength {
		return token
	}
	return shift(token[csrfSecretLength:], token[:csrfSecretLength], -1)
}

// shift moves every letter as far as the mask's letter stands in the alphabet.
func shift(text, mask string, direction int) string {
	out := make([]byte, len(text))
	for i := range text {
		at := strings.IndexByte(csrfAlphabet, text[i]) + direction*strings.IndexByte(csrfAlphabet, mask[i])
		out[i] = csrfAlphabet[(at+2*len(csrfAlphabet))%len(csrfAlphabet)]
	}
	return string(out)
}

// csrfProblem says why a form is taken for a forged one; "" when it is not. The
// Referer is asked for although this server has no TLS, as the real one does.
func csrfProblem(r *http.Request) string {
	referer, err := url.Parse(r.Referer())
	switch {
	case r.Referer() == "":
		return "Referer checking failed - no Referer."
	case err != nil || referer.Host != r.Host:
		return "Referer checking failed - it does not match any trusted origins."
	}
	cookie, err := r.Cookie("csrftoken")
	switch token := r.PostFormValue("csrfmiddlewaretoken"); {
	case err != nil:
		return "CSRF cookie not set."
	case token == "":
		return "CSRF token missing."
	case len(cookie.Value) != csrfSecretLength || unmaskSecret(token) != cookie.Value:
		return "CSRF token from POST incorrect."
	}
	return ""
}

// csrfToken is a token for a form, and sets the cookie that it belongs to
// unless the browser has one.
func csrfToken(w http.ResponseWriter, r *http.Request) string {
	cookie, err := r.Cookie("csrftoken")
	if err == nil && len(cookie.Value) == csrfSecretLength {
		return maskSecret(cookie.Value)
	}
	return maskSecret(newCSRFCookie(w))
}

// newCSRFCookie gives the browser another secret, as every login does.
func newCSRFCookie(w http.ResponseWriter) (secret string) {
	secret = randomSecret()
	http.SetCookie(w, &http.Cookie{Name: "csrftoken", Value: secret, Path: "/", MaxAge: 31449600, SameSite: http.SameSiteLaxMode})
	return secret
}
