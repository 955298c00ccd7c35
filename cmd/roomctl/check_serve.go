package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"roomctl/config"
)

// checkServe tries what roomctl serve needs beside what every run does.
func (h *house) checkServe(ctx context.Context) []finding {
	var findings []finding
	usual := config.Default().HTTP
	for _, listener := range []struct{ what, address, usual string }{
		{"listen", h.config.HTTP.Listen, usual.Listen},
		{"admin_listen", h.config.HTTP.AdminListen, usual.AdminListen},
	} {
		if listener.address != "" {
			findings = append(findings, h.checkListener(ctx, listener.what, listener.address, listener.usual))
		}
	}
	if h.config.Notify.Webhook != "" {
		findings = append(findings, h.checkWebhook(ctx))
	}
	return findings
}

// checkListener listens for a moment. An address that a serve of ours has is as it
// should be. That another program has the usual one says nothing against a machine
// on which nobody asked for serve.
func (h *house) checkListener(ctx context.Context, what, address, usual string) finding {
	f := finding{What: what, OK: true, Note: address + ": roomctl serve can listen there"}
	var listen net.ListenConfig
	socket, err := listen.Listen(ctx, "tcp", address)
	if err == nil {
		err = socket.Close()
	}
	taken := errors.Is(err, syscall.EADDRINUSE)
	if serves, _ := h.service(); taken && serves != nil && serves.Running { // without an answer another program has it
		f.Note = address + ": taken, and roomctl serve runs here"
		return f
	}
	if taken && address == usual {
		f.Note = address + ": another program has it, and roomctl serve could not begin; nothing else needs it"
		return f
	}
	if err != nil {
		f.OK, f.Note = false, err.Error()
		f.Do = fmt.Sprintf(`choose another address in http.%s, or "" for none; only roomctl serve needs it`, what)
	}
	if taken {
		f.Do = "another program has it: " + f.Do
	}
	return f
}

// webhookWithin is how long connecting to the webhook may take.
const webhookWithin = 10 * time.Second

// checkWebhook connects to the webhook and posts nothing. Of its address it tells
// the host alone: the rest may be a secret.
func (h *house) checkWebhook(ctx context.Context) finding {
	f := finding{What: "webhook"}
	if _, err := h.config.WebhookToken(h.program.getenv); err != nil {
		f.Note = err.Error()
		return f
	}
	at, err := url.Parse(h.config.Notify.Webhook)
	if err != nil { // the configuration was checked
		f.Note = "notify.webhook is no web address"
		return f
	}
	h.progress.step("connecting to the webhook", 0, 0)
	ctx, cancel := context.WithTimeout(ctx, webhookWithin)
	defer cancel()
	whom, err := reach(ctx, at)
	var dialing *net.OpError // repeats the address
	if errors.As(err, &dialing) {
		err = dialing.Err
	}
	if err != nil {
		f.Note = fmt.Sprintf("connecting to %s: %v", whom, err)
		f.Do = "operators are not told of problems until it works: see notify.webhook"
		return f
	}
	f.OK = true
	f.Note = whom + " answers; nothing was posted"
	return f
}

// reach connects to a web server, over TLS where the address says so, or to the
// proxy by which the environment has it posted to. whom says which.
func reach(ctx context.Context, at *url.URL) (whom string, err error) {
	whom = at.Host
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: at})
	if err != nil {
		return whom, err
	}
	dial := new(net.Dialer).DialContext
	switch {
	case proxy != nil:
		whom = fmt.Sprintf("the proxy %s for %s", proxy.Host, at.Host)
		at = proxy
	case at.Scheme == "https":
		dial = new(tls.Dialer).DialContext
	}
	conn, err := dial(ctx, "tcp", net.JoinHostPort(at.Hostname(), cmp.Or(at.Port(), usualPorts[at.Scheme])))
	if err != nil {
		return whom, err
	}
	return whom, conn.Close()
}

// usualPorts are those that an address need not name.
var usualPorts = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}
