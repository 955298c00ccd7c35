package main

import (
	"bytes"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"roomctl/integration/servers"
)

func TestTheConfigurationNamesTheServer(t *testing.T) {
	server := &servers.Server{
		Addr: "127.1.2.3:5222", JID: "roomctl@localhost", MUC: "conference.localhost",
		CAFile: "/run/x/ca.crt", Dir: "/run/x",
	}
	rendered, err := render(server, "/run/x/password")
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		XMPP    map[string]string
		State   string `yaml:"state_dir"`
		Publish map[string]string
	}
	if err := yaml.Unmarshal(rendered, &got); err != nil {
		t.Fatalf("%v in\n%s", err, rendered)
	}
	want := map[string]string{
		"jid": "roomctl@localhost", "password_file": "/run/x/password", "address": "127.1.2.3:5222",
		"tls": "starttls", "ca_file": "/run/x/ca.crt", "muc": "conference.localhost",
	}
	for key, value := range want {
		if got.XMPP[key] != value {
			t.Errorf("xmpp.%s is %q, want %q", key, got.XMPP[key], value)
		}
	}
	if got.State != "/run/x/state" || got.Publish["dir"] != "/run/x/state/www" {
		t.Errorf("state in %q, published in %q", got.State, got.Publish["dir"])
	}
}

func TestBadArguments(t *testing.T) {
	tests := map[string]struct {
		args   []string
		status int
		says   string
	}{
		"no server named":   {nil, 64, "usage:"},
		"an unknown server": {[]string{"openfire"}, 1, `no server "openfire"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if status := run(test.args, &stdout, &stderr); status != test.status {
				t.Errorf("exit status %d, want %d", status, test.status)
			}
			if !strings.Contains(stderr.String(), test.says) || stdout.Len() > 0 {
				t.Errorf("it said %q and printed %q, want %q and nothing", &stderr, &stdout, test.says)
			}
		})
	}
}
