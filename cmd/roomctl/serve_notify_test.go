package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roomctl/config"
	"roomctl/provisioner/worker"
	"roomctl/xmppadmin"
	"roomctl/xmppadmin/xmpptest"
)

// hook is a webhook's other end.
type hook struct {
	*httptest.Server

	mu     sync.Mutex
	status int
	texts  []string // that it accepted
	token  string   // that came last
}

func newHook(t *testing.T) *hook {
	h := &hook{status: http.StatusOK}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		var body struct{ Text string }
		if err := json.NewDecoder(req.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.token = req.Header.Get("Authorization")
		if h.status == http.StatusOK {
			h.texts = append(h.texts, body.Text)
		}
		w.WriteHeader(h.status)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) answer(status int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.status = status
}

// said are the texts that it accepted.
func (h *hook) said() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.texts)
}

// bodyOf finds what a message says.
var bodyOf = regexp.MustCompile(`<body[^>]*>([^<]*)</body>`)

// told are the notices on the way to operators: to a person, in a room, by
// webhook.
func told(chat *xmpptest.Server, h *hook) []string {
	var list []string
	for _, s := range chat.Stanzas() {
		if body := bodyOf.FindStringSubmatch(s.XML); body != nil {
			who, _, _ := strings.Cut(s.To, "@")
			list = append(list, who+": "+body[1])
		}
	}
	for _, text := range h.said() {
		list = append(list, "hook: "+text)
	}
	return list
}

// TestOperatorsAreTold over the real wire, by every way that is configured.
func TestOperatorsAreTold(t *testing.T) {
	chat, err := xmpptest.Start(xmpptest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer chat.Close()
	chat.AddAccount("alice")
	chat.PutRoom(xmpptest.Room{Name: "ops", Config: map[string]string{xmpptest.FieldPersistent: "1"}})
	service, err := xmppadmin.Open(t.Context(), xmppadmin.Options{
		JID: chat.JID(), Password: chat.Password(), Address: chat.Addr(), TLS: xmppadmin.TLSNone, MUC: "conference.localhost",
	})
	if err != nil {
		t.Fatal(err)
	}
	defer service.Close()
	h := newHook(t)
	w := newWard(t)
	tokenFile := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(tokenFile, []byte("t0ken\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.house.config.Notify = config.Notify{
		JID: "alice@localhost", Room: "ops@conference.localhost", Webhook: h.URL, WebhookTokenFile: tokenFile, Remind: 24 * time.Hour,
	}
	o, err := w.house.operators(w.vitals, func(context.Context) (messenger, error) { return service, nil }, w.house.store)
	if err != nil {
		t.Fatal(err)
	}
	defer o.close()
	w.use(w.house, w.connection, o)

	step := func(want ...string) {
		t.Helper()
		chat.ResetStanzas()
		h.mu.Lock()
		h.texts = nil
		h.mu.Unlock()
		if _, err := o.Step(t.Context(), w.clock(), nil); err != nil {
			t.Error(err)
		}
		got := told(chat, h)
		if !slices.Equal(got, want) {
			t.Errorf("told %q, want %q", got, want)
		}
	}
	step()
	w.change(func() { w.state.Running, w.state.Since = worker.Full, epoch.Add(-11*time.Minute) })
	const stuck = "roomctl (jabber.example.org): red: a full run has been under way for 11 minutes, and takes less than a minute: systemctl restart roomctl"
	step("alice: "+stuck, "ops: "+stuck, "hook: "+stuck)
	if h.token != "Bearer t0ken" {
		t.Errorf("the webhook got the token %q", h.token)
	}
	step()

	h.answer(http.StatusForbidden)
	w.change(func() { w.state.Running = "" })
	const over = "roomctl (jabber.example.org): solved: stuck, told 2026-03-04 12:00 UTC"
	step("alice: "+over, "ops: "+over)
	status, _, body := w.ask(t, "GET", "/healthz", "")
	if status != 200 || !strings.Contains(body, "yellow notify webhook: operators are not told of problems by webhook: posting to the webhook on 127.0.0.1:") {
		t.Errorf("/healthz: %d %s", status, body)
	}
	if rows, err := w.house.notified(t.Context()); err != nil || len(rows) > 0 {
		t.Errorf("the registry has %v, %v", rows, err)
	}
}

// TestAConnectionThatIsLostIsTriedAgain, and stops nothing.
func TestAConnectionThatIsLostIsTriedAgain(t *testing.T) {
	w := newWard(t)
	w.house.config.Notify = config.Notify{JID: "alice@localhost"}
	lost := errors.New("there is no connection to the chat server")
	o, err := w.house.operators(w.vitals, func(context.Context) (messenger, error) { return nil, lost }, w.house.store)
	if err != nil {
		t.Fatal(err)
	}
	defer o.close()
	w.change(func() { w.stuck = true })
	if _, err := o.Step(t.Context(), epoch, nil); err != nil {
		t.Error(err)
	}
	if silent := o.Silent(); len(silent) != 1 || silent[0].Why != lost.Error() {
		t.Errorf("silent are %v", silent)
	}
}

func TestNobodyIsToldUnlessConfigured(t *testing.T) {
	w := newWard(t)
	if o, err := w.house.operators(w.vitals, nil, w.house.store); o != nil || err != nil {
		t.Errorf("%v, %v", o, err)
	}
	w.house.config.Notify = config.Notify{Webhook: "https://example.org/", WebhookTokenFile: filepath.Join(t.TempDir(), "missing")}
	var wrong usageError
	if _, err := w.house.operators(w.vitals, nil, w.house.store); !errors.As(err, &wrong) {
		t.Errorf("without its token file: %v", err)
	}
}

// What operators were told of a chat server that is down, of rooms and of guards is
// not over because a run finds nothing out, nor because the configuration is read
// again or serve is started anew.
func TestNothingIsOverWhileNobodyCanSeeIt(t *testing.T) {
	h := newHook(t)
	d := startDaemon(t, xmpptest.Options{Kind: xmpptest.Ejabberd},
		usualConfig+"http: {listen: \"\", admin_listen: \"127.0.0.1:0\"}\nnotify: {webhook: \""+h.URL+"\"}\n")
	d.stage.chat.PutRoom(xmpptest.Room{Name: "hallway", Affiliations: map[string]string{stranger: "owner"}})
	d.order("run")
	d.turn(6 * time.Minute)
	line := d.shift.Load().chat
	rooms, err := line.current()
	if err != nil {
		t.Fatal(err)
	}
	d.stage.chat.Close()
	<-rooms.Ended()
	line.lost(rooms) // as who keeps the line does, in a moment in which the clock could go on
	d.turn(45 * time.Minute)
	for _, rule := range []string{"not-ours", "chat"} {
		if _, body := d.ask("healthz"); !strings.Contains(body, " "+rule+": ") {
			t.Errorf("the problem %s is not there:\n%s", rule, body)
		}
	}
	d.readAgain()
	if _, body := d.ask("healthz"); !strings.Contains(body, "red chat: no connection to the chat server for 4") {
		t.Errorf("after the configuration was read again:\n%s", body)
	}
	d.turn(20 * time.Minute)
	for _, text := range h.said() {
		if strings.Contains(text, "solved") {
			t.Errorf("operators are told %q", text)
		}
	}
	if n := len(h.about("no connection")); n != 1 {
		t.Errorf("operators are told %d times that there is no connection: %q", n, h.said())
	}
}
