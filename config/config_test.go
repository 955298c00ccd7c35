package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestBad holds every rule: testdata/bad has one file that breaks it, and beside
// it exactly what is said.
func TestBad(t *testing.T) {
	paths, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no bad files: %v", err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			c, err := Parse(data)
			var wrong *Error
			if c != nil || !errors.As(err, &wrong) {
				t.Fatalf("Parse gives %+v, %v; want an *Error", c, err)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error holds a secret: %v", err)
			}
			golden(t, strings.TrimSuffix(path, ".yaml")+".err", err.Error()+"\n")
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestGood(t *testing.T) {
	got, err := Load("testdata/good.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		Datatracker: Datatracker{
			URL: "http://127.0.0.1:8000", Contact: "rooms@example.org",
			Username: "secretariat", PasswordFile: "/etc/roomctl/datatracker-password",
		},
		XMPP: XMPP{
			JID: "roomctl@accounts.example.org", PasswordFile: "/etc/roomctl/xmpp-password",
			Address: "[::1]:5222", TLS: TLSNone, CAFile: "/etc/roomctl/ca.pem",
			MUC: "jabber.example.org", AdminHost: "example.org",
			Window: 4, Rate: 2.5, Timeout: 90 * time.Second,
		},
		StateDir: "/srv/roomctl/state",
		Publish: Publish{
			Dir: "/srv/roomctl/www", BaseURL: "https://rooms.example.org/chat",
			ChatURLPattern:        "xmpp:{chat_room_name}@jabber.example.org?join",
			ChatWebURLPattern:     "https://chat.example.org/#converse/room?jid={chat_room_name}@jabber.example.org",
			ChatArchiveURLPattern: "https://www.example.org/jabber/logs/{chat_room_name}?C=M;O=D",
			ChatArchiveEras: []Era{
				{time.Date(2016, 7, 24, 0, 0, 0, 0, time.UTC), "https://old.example.org/{chat_room_name}/{date}.html"},
				{time.Date(2022, 7, 15, 0, 0, 0, 0, time.UTC), "http://logs.example.org/{chat_room_name}/"},
			},
			CheckArchive: false,
			Contact:      "Secretariat <rooms@example.org>",
			JoinPageFile: "/etc/roomctl/join.html",
			Datatracker:  WriteBackForm,
		},
		Rooms: Rooms{
			GroupTypes: []string{"area"}, GroupStates: []string{"active", "bof"}, Fixed: []string{},
			Overrides: map[string]string{"3gpp ietf": "3gpp-ietf"},
			Sessions: []SessionRule{
				{Group: "iesg", Name: "^(art|sec) ad office", Type: "other", Purpose: "officehours", Room: "{{.Acronym}}-office-hours"},
				{Name: "host speaker series", Room: "{{.Session}}"},
			},
			Meeting: []string{"hackathon", "ietf{{.Meeting}}-noc"}, Joint: JointOff,
			Language: "de-CH", Logging: LoggingOff,
			Owners: []string{"jo@example.org"}, Admins: []string{"ann@example.org"},
			Title:       "{{if .Group}}{{.GroupName}}{{else}}{{.Room}}{{end}}",
			Description: "{{.JID}}, see {{.NoteWell}}", Subject: "Welcome",
			SessionSubject: `{{.Title}} until {{.End.Format "15:04"}}`,
			NoteWell:       "https://www.example.org/note-well",
		},
		Guards: Guards{MinGroups: 1, Retire: Limit{1, 2}, Reconfigure: Limit{3, 4}, Create: Limit{5, 6}, WriteBack: Limit{7, 8}},

		Preflight: Preflight{JID: "visitor@accounts.example.org", PasswordFile: "/etc/roomctl/preflight-password"},

		Schedule: Schedule{Sync: "@every 10m", Meeting: "*/2 * * * *", Full: "7 */2 * * *", Timezone: "America/Los_Angeles"},
		HTTP:     HTTP{Listen: "127.0.0.1:8081", AdminListen: "[::1]:9181"},
		Announce: Announce{
			Before: []time.Duration{time.Hour, 15 * time.Minute}, Start: true, Moved: true, Cancelled: true, Except: []string{"hallway"},
			Texts: AnnounceTexts{
				Before: "{{.Title}} starts in {{.Before}}", Start: "{{.Title}} starts",
				Moved:     `{{.Title}} moves from {{.OldStart.Format "15:04"}} to {{.Start.Format "15:04"}}`,
				Cancelled: "{{.Title}} is off",
			},
		},
		Notify: Notify{
			JID: "ops@example.org", Room: "ops@rooms.example.org", Webhook: "https://hooks.example.org/roomctl",
			WebhookTokenFile: "/etc/roomctl/webhook-token", Remind: 6 * time.Hour,
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	defaults := reflect.ValueOf(Default())
	if unset := unchanged(reflect.ValueOf(*got), defaults, ""); len(unset) > 0 {
		t.Errorf("good.yaml does not try the keys %q", unset)
	}
}

// unchanged lists the keys whose value is the default.
func unchanged(got, defaults reflect.Value, prefix string) (keys []string) {
	for key, field := range fieldsByKey(got) {
		other := fieldsByKey(defaults)[key]
		switch {
		case field.Kind() == reflect.Struct:
			keys = append(keys, unchanged(field, other, prefix+key+".")...)
		case reflect.DeepEqual(field.Interface(), other.Interface()):
			keys = append(keys, prefix+key)
		}
	}
	return keys
}

func TestExampleIsTheDefaultsPlusWhatMustBeSet(t *testing.T) {
	got, err := Parse([]byte(Example()))
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Datatracker.URL = "https://datatracker.ietf.org"
	want.XMPP.JID = "roomctl@accounts.example.org"
	want.XMPP.PasswordFile = "/etc/roomctl/xmpp-password"
	want.XMPP.MUC = "jabber.example.org"
	want.XMPP.AdminHost = "accounts.example.org"
	want.StateDir = "/var/lib/roomctl"
	want.Publish.Dir = "/var/lib/roomctl/www"
	want.Rooms.Overrides = map[string]string{}
	if !reflect.DeepEqual(*got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", *got, want)
	}
}

func TestLoadOfAFileThatIsNotThereTellsThatAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "roomctl.yaml")
	_, err := Load(path)
	want := "configuration " + path + ": there is no such file; `roomctl config example` prints one to begin with, --config names another"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	if !errors.As(err, new(*Error)) {
		t.Errorf("it is a %T, want an *Error", err)
	}
}

func TestLoadOfAFolderFails(t *testing.T) {
	_, err := Load(t.TempDir())
	if err == nil || !strings.HasPrefix(err.Error(), "reading the configuration: ") {
		t.Errorf("got %v", err)
	}
}

// smallest is a configuration that sets what has no default.
const smallest = `datatracker: {url: https://datatracker.ietf.org}
xmpp: {jid: roomctl@accounts.example.org, muc: jabber.example.org}
state_dir: /var/lib/roomctl
publish: {dir: /var/lib/roomctl/www}
`

func TestAKeyWithoutValueKeepsItsDefault(t *testing.T) {
	got, err := Parse([]byte(smallest + "rooms:\n  fixed:\n  language: ~\nguards:\n"))
	if err != nil {
		t.Fatal(err)
	}
	if want := Default().Rooms; !reflect.DeepEqual(got.Rooms.Fixed, want.Fixed) || got.Rooms.Language != want.Language {
		t.Errorf("got %+v", got.Rooms)
	}
	if got.Guards != Default().Guards {
		t.Errorf("got %+v", got.Guards)
	}
}

// FuzzParse: no text makes it panic, and what it accepts it accepts again.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/*.yaml", "testdata/bad/*.yaml"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Add([]byte("xmpp: &x {jid: *x}"))
	f.Add([]byte("? [a]\n: b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data)
		if (c == nil) == (err == nil) {
			t.Fatalf("Parse gives %v and %v", c, err)
		}
		if err == nil {
			p := &problems{}
			if c.validate(p); len(p.found) > 0 {
				t.Fatalf("accepted, but has %v", p.found)
			}
			return
		}
		var wrong *Error
		if !errors.As(err, &wrong) {
			t.Fatalf("the error is a %T", err)
		}
		for _, problem := range wrong.Problems {
			if strings.Contains(problem.String(), "\n") {
				t.Fatalf("more than one line for one problem: %q", problem)
			}
		}
	})
}
