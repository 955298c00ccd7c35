package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

const originText = `datatracker:
  url: https://datatracker.ietf.org
xmpp:
  jid: RoomCtl@accounts.example.org
  muc: jabber.example.org
  window: # no value: the default
state_dir: &dir /var/lib/roomctl
publish: {dir: /var/lib/roomctl/www, chat_archive_eras: [{until: 2022-07-15, pattern: "https://logs.example.org/{chat_room_name}/"}]}
rooms:
  fixed: [hallway]
  title: |
    {{.Room}}
    of the IETF
guards:
  retire:
    count: 3
schedule:
  sync: "@every 5s"
announce:
  before: [1h, 90s]
notify:
  webhook: https://hooks.example.org/services/hunter2?key=hunter2
`

func TestSettingsSayWhereTheyCameFrom(t *testing.T) {
	_, settings, err := LoadSettings(file(t, "config.yaml", originText, 0o644))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]Setting{}
	for _, s := range settings {
		got[s.Key] = s
	}
	for key, want := range map[string]struct {
		text string
		line int
	}{
		"xmpp.jid":                  {"roomctl@accounts.example.org", 4},
		"xmpp.window":               {"16", 0},
		"xmpp.admin_host":           {"accounts.example.org", 0},
		"xmpp.timeout":              {"20s", 0},
		"state_dir":                 {"/var/lib/roomctl", 7},
		"publish.dir":               {"/var/lib/roomctl/www", 8},
		"publish.chat_archive_eras": {`[{pattern: 'https://logs.example.org/{chat_room_name}/', until: "2022-07-15"}]`, 8},
		"publish.contact":           {`""`, 0},
		"publish.check_archive":     {"true", 0},
		"publish.datatracker":       {`"off"`, 0},
		"rooms.fixed":               {"[hallway]", 10},
		"rooms.owners":              {"[]", 0},
		"rooms.overrides":           {"{}", 0},
		"rooms.title":               {`"{{.Room}}\nof the IETF\n"`, 11},
		"guards.retire.count":       {"3", 16},
		"guards.retire.percent":     {"10", 0},
		"schedule.jitter":           {"2.5s", 0},
		"announce.before":           {"[1h, 1m30s]", 20},
		"notify.webhook":            {"https://hooks.example.org/…", 22},
		"notify.remind":             {"24h", 0},
	} {
		if s, ok := got[key]; !ok || s.Text() != want.text || s.Line != want.line {
			t.Errorf("%s is %s from line %d (known: %v), want %s from line %d", key, s.Text(), s.Line, ok, want.text, want.line)
		}
	}
	if want := leaves(reflect.TypeFor[Config](), ""); len(settings) != len(want) {
		t.Errorf("%d settings, want %d", len(settings), len(want))
	}
}

func TestSettingsOfAWrongFileAreItsProblems(t *testing.T) {
	c, settings, err := LoadSettings(filepath.Join(t.TempDir(), "config.yaml"))
	if c != nil || settings != nil || err == nil || !strings.Contains(err.Error(), "there is no such file") {
		t.Errorf("got %v, %v, %v", c, settings, err)
	}
}

func TestSecretsSayWhereTheyStand(t *testing.T) {
	credentials := t.TempDir()
	if err := os.WriteFile(filepath.Join(credentials, "preflight-password"), []byte(hidden), 0o400); err != nil {
		t.Fatal(err)
	}
	c := Default()
	c.XMPP.PasswordFile = file(t, "xmpp", hidden, 0o600)
	c.Datatracker.PasswordFile = "/nowhere/datatracker"
	env := map[string]string{"CREDENTIALS_DIRECTORY": credentials}
	getenv := func(name string) string { return env[name] }

	want := []Secret{
		{Key: "xmpp.password", From: c.XMPP.PasswordFile},
		{Key: "datatracker.password"},
		{Key: "preflight.password", From: filepath.Join(credentials, "preflight-password")},
		{Key: "notify.webhook_token"},
	}
	check := func() {
		t.Helper()
		got := c.Secrets(getenv)
		if err := got[1].Problem; err == nil || !strings.HasPrefix(err.Error(), "datatracker.password_file: stat /nowhere/datatracker") {
			t.Errorf("the file that is not there is told as %v", err)
		}
		got[1].Problem = nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	check()
	env["ROOMCTL_WEBHOOK_TOKEN"] = hidden
	want[3].From = "ROOMCTL_WEBHOOK_TOKEN"
	check()
}

func TestShortDuration(t *testing.T) {
	for _, want := range []string{"0s", "500ms", "20s", "1m", "1m30s", "10m", "1h", "1h0m5s", "1h10m", "24h", "-2h"} {
		d, err := time.ParseDuration(want)
		if err != nil {
			t.Fatal(err)
		}
		if got := shortDuration(d); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
