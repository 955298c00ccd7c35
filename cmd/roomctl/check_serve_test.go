package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"roomctl/config"
	"roomctl/provisioner/lock"
)

// checkingHouse is one with nothing but what check needs of what serve needs.
func checkingHouse(t *testing.T) *house {
	none := func(string) string { return "" }
	return &house{
		config:   &config.Config{StateDir: t.TempDir()},
		program:  &program{getenv: none},
		progress: newProgress(io.Discard, none),
	}
}

func TestAnAddressThatIsTakenIsFineForOurOwnServe(t *testing.T) {
	h := checkingHouse(t)
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	h.config.HTTP.AdminListen = other.Addr().String()

	requireOthers := func(when string) {
		t.Helper()
		found := h.checkServe(t.Context())
		if len(found) != 1 || found[0].OK || found[0].What != "admin_listen" ||
			!strings.HasPrefix(found[0].Do, "another program has it: choose another address in http.admin_listen") {
			t.Errorf("%s: %+v", when, found)
		}
	}
	requireOthers("without a serve")
	folder := filepath.Join(h.config.StateDir, serviceFolder)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "lock"), []byte(`{"command": "serve", "pid": 4710}`), 0o600); err != nil {
		t.Fatal(err)
	}
	requireOthers("with a serve that was killed")
	holdServiceLock(t, h.config.StateDir, lock.Holder{Command: "serve", PID: 4711})
	found := h.checkServe(t.Context())
	if len(found) != 1 || !found[0].OK || found[0].Note != other.Addr().String()+": taken, and roomctl serve runs here" {
		t.Errorf("taken while serve runs: %+v", found)
	}
}

func TestAnAddressThatWasTriedIsFreeAgain(t *testing.T) {
	h := checkingHouse(t)
	free, err := net.Listen("tcp", "127.83.17.5:0") // where no other program is likely to listen
	if err != nil {
		t.Fatal(err)
	}
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	h.config.HTTP.Listen = free.Addr().String()
	for range 2 {
		if found := h.checkServe(t.Context()); len(found) != 1 || !found[0].OK {
			t.Errorf("%+v", found)
		}
	}
	h.config.HTTP.Listen = "192.0.2.1:0" // of no interface (RFC 5737)
	if found := h.checkServe(t.Context()); len(found) != 1 || found[0].OK || strings.Contains(found[0].Do, "another program") {
		t.Errorf("an address of another machine: %+v", found)
	}
}

func TestAWebhookIsReachedAndHearsNothing(t *testing.T) {
	var requests atomic.Int32
	handler := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) })
	plain, secure := httptest.NewServer(handler), httptest.NewUnstartedServer(handler)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // it tells of the handshake that fails
	secure.StartTLS()                                   // with a certificate that nobody vouches for
	defer plain.Close()
	defer secure.Close()
	for _, test := range []struct {
		name, address string
		ok            bool
		note          string
	}{
		{"over http", plain.URL, true, " answers; nothing was posted"},
		{"over TLS with a certificate that nobody vouches for", secure.URL, false, "certificate"},
		{"over TLS where there is none", strings.Replace(plain.URL, "http:", "https:", 1), false, "tls: "},
		{"where nobody listens", "http://127.0.0.1:1", false, "connection refused"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := checkingHouse(t)
			h.config.Notify.Webhook = test.address + "/secret"
			found := h.checkServe(t.Context())
			if len(found) != 1 || found[0].What != "webhook" || found[0].OK != test.ok || !strings.Contains(found[0].Note, test.note) {
				t.Errorf("got %+v, want OK %t and %q", found, test.ok, test.note)
			}
			if f := found[0]; strings.Contains(f.Note+f.Do, "secret") || f.OK != (f.Do == "") {
				t.Errorf("it says %q and %q", f.Note, f.Do)
			}
		})
	}
	if n := requests.Load(); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}
