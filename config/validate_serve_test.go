package config

import (
	"strings"
	"testing"
)

func TestListenersThatDoNotMeet(t *testing.T) {
	for name, text := range map[string]string{
		"nobody listens":                 "{listen: '', admin_listen: ''}",
		"pages for everybody":            "{listen: ':80'}",
		"pages on a name":                "{listen: 'rooms.example.org:80'}",
		"pages for IPv6":                 "{listen: '[::]:80', admin_listen: '[::1]:81'}",
		"any ports that are free":        "{listen: '127.0.0.1:0', admin_listen: '127.0.0.1:0'}",
		"one port on two addresses":      "{listen: '127.0.0.2:9180'}",
		"the host by its name":           "{admin_listen: 'localhost:9180'}",
		"no pages, the other where they": "{listen: '', admin_listen: '127.0.0.1:8080'}",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Parse([]byte(smallest + "http: " + text + "\n")); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWebhooksThatAreRight(t *testing.T) {
	for _, address := range []string{
		"https://hooks.example.org/services/T0/B0?key=1", "http://127.0.0.1:9999/hook", "http://localhost/", "http://[::1]/x",
	} {
		c, err := Parse([]byte(smallest + "notify: {webhook: '" + address + "'}\n"))
		if err != nil || c.Notify.Webhook != address {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestHostOnly(t *testing.T) {
	for address, want := range map[string]string{
		"":                             "",
		"https://hooks.example.org":    "https://hooks.example.org",
		"https://hooks.example.org/":   "https://hooks.example.org/",
		"https://hooks.example.org/a":  "https://hooks.example.org/…",
		"http://127.0.0.1:80?key=1":    "http://127.0.0.1:80/…",
		"http://127.0.0.1:80/a/?key=1": "http://127.0.0.1:80/…",
	} {
		if got := hostOnly(address); got != want || strings.Contains(got, "key") {
			t.Errorf("%s is shown as %s, want %s", address, got, want)
		}
	}
}
