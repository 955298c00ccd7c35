package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const hidden = "hunter2secret"

// file makes a file and returns its path.
func file(t *testing.T, name, content string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// password asks a configuration with that file and that environment.
func password(passwordFile string, env map[string]string) (string, error) {
	c := Config{XMPP: XMPP{JID: "roomctl@example.org", PasswordFile: passwordFile}}
	return c.Password(func(name string) string { return env[name] })
}

func TestPassword(t *testing.T) {
	credentials := filepath.Dir(file(t, "xmpp-password", "from systemd\n", 0o444))
	env := map[string]string{"CREDENTIALS_DIRECTORY": credentials, "ROOMCTL_XMPP_PASSWORD": "from the environment"}
	for name, tt := range map[string]struct {
		file string
		env  map[string]string
		want string
	}{
		"the file comes first":                       {file(t, "p", "from the file\n", 0o600), env, "from the file"},
		"then systemd's credential, whatever mode":   {"", env, "from systemd"},
		"then the variable":                          {"", map[string]string{"ROOMCTL_XMPP_PASSWORD": "v"}, "v"},
		"a credential that is not there is no error": {"", map[string]string{"CREDENTIALS_DIRECTORY": t.TempDir(), "ROOMCTL_XMPP_PASSWORD": "v"}, "v"},
		"a line end of another system goes too":      {file(t, "p", "word\r\n", 0o400), nil, "word"},
		"only one line end goes, and spaces stay":    {file(t, "p", "  pass word \n", 0o600), nil, "  pass word "},
		"a file without line end":                    {file(t, "p", "żółw", 0o600), nil, "żółw"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := password(tt.file, tt.env); err != nil || got != tt.want {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestPasswordErrors(t *testing.T) {
	variable := map[string]string{"ROOMCTL_XMPP_PASSWORD": hidden}
	for name, tt := range map[string]struct {
		file string
		env  map[string]string
		want string
	}{
		"none anywhere":                {"", nil, "no password for roomctl@example.org: set xmpp.password_file, provide $CREDENTIALS_DIRECTORY/xmpp-password, or set ROOMCTL_XMPP_PASSWORD"},
		"a named file that is missing": {"/nowhere/p", variable, "xmpp.password_file: stat /nowhere/p: no such file or directory"},
		"others can read it":           {file(t, "p", hidden, 0o604), variable, "is open to others than its owner (mode 0604): chmod 600 /"},
		"the group can read it":        {file(t, "p", hidden, 0o640), variable, "is open to others than its owner (mode 0640): chmod 600 /"},
		"an empty file":                {file(t, "p", "\n", 0o600), variable, "p: the password is empty"},
		"a whole letter":               {file(t, "p", hidden+"\n\nregards\n", 0o600), variable, "p: more than one line; the password must stand alone"},
		"a binary file":                {file(t, "p", hidden+"\xff", 0o600), variable, "p: the password is not UTF-8 text"},
		"a file too large":             {file(t, "p", strings.Repeat(hidden, 1000), 0o600), variable, "p is not a file with one password in it"},
		"a folder":                     {privateDir(t), variable, "is not a file with one password in it"},
		"an empty credential":          {"", map[string]string{"CREDENTIALS_DIRECTORY": filepath.Dir(file(t, "xmpp-password", "", 0o400))}, "xmpp-password: the password is empty"},
		"a variable of two lines":      {"", map[string]string{"ROOMCTL_XMPP_PASSWORD": hidden + "\n\n"}, "ROOMCTL_XMPP_PASSWORD: more than one line; the password must stand alone"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := password(tt.file, tt.env)
			if got != "" || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %q, %v; want an error with %q", got, err, tt.want)
			}
			if strings.Contains(err.Error(), hidden) {
				t.Errorf("the error holds the password: %v", err)
			}
		})
	}
}

// The two accounts have places of their own, and nothing of one serves the other.
func TestDatatrackerPassword(t *testing.T) {
	credentials := filepath.Dir(file(t, "datatracker-password", "from systemd\n", 0o444))
	for name, tt := range map[string]struct {
		file string
		env  map[string]string
		want string
		err  string
	}{
		"the file comes first": {
			file: file(t, "p", "from the file\n", 0o600),
			env:  map[string]string{"CREDENTIALS_DIRECTORY": credentials},
			want: "from the file",
		},
		"then systemd's credential": {
			env:  map[string]string{"CREDENTIALS_DIRECTORY": credentials, "ROOMCTL_DATATRACKER_PASSWORD": "v"},
			want: "from systemd",
		},
		"then the variable": {
			env:  map[string]string{"ROOMCTL_DATATRACKER_PASSWORD": "v"},
			want: "v",
		},
		"the chat server's password is another one": {
			env: map[string]string{
				"CREDENTIALS_DIRECTORY": filepath.Dir(file(t, "xmpp-password", hidden, 0o400)),
				"ROOMCTL_XMPP_PASSWORD": hidden,
			},
			err: "no password for secretariat: set datatracker.password_file, provide $CREDENTIALS_DIRECTORY/datatracker-password, or set ROOMCTL_DATATRACKER_PASSWORD",
		},
		"a file that others can read": {
			file: file(t, "p", hidden, 0o644),
			err:  "datatracker.password_file: ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := Config{
				Datatracker: Datatracker{Username: "secretariat", PasswordFile: tt.file},
				XMPP:        XMPP{PasswordFile: file(t, "xmpp", hidden, 0o600)},
			}
			got, err := c.DatatrackerPassword(func(name string) string { return tt.env[name] })
			if got != tt.want || (err == nil) != (tt.err == "") {
				t.Fatalf("got %q, %v; want %q, %q", got, err, tt.want, tt.err)
			}
			if err != nil && (!strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), hidden)) {
				t.Errorf("error %v, want one with %q and without the password", err, tt.err)
			}
		})
	}
}

// The account that tries the rooms has a place of its own, too.
func TestPreflightPassword(t *testing.T) {
	for name, tt := range map[string]struct {
		file string
		env  map[string]string
		want string
		err  string
	}{
		"the file comes first": {
			file: file(t, "p", "from the file\n", 0o600),
			env:  map[string]string{"ROOMCTL_PREFLIGHT_PASSWORD": "v"},
			want: "from the file",
		},
		"then systemd's credential": {
			env: map[string]string{
				"CREDENTIALS_DIRECTORY":      filepath.Dir(file(t, "preflight-password", "from systemd\n", 0o444)),
				"ROOMCTL_PREFLIGHT_PASSWORD": "v",
			},
			want: "from systemd",
		},
		"then the variable": {
			env:  map[string]string{"ROOMCTL_PREFLIGHT_PASSWORD": "v"},
			want: "v",
		},
		"the password of roomctl's own account is another one": {
			env: map[string]string{"ROOMCTL_XMPP_PASSWORD": hidden},
			err: "no password for visitor@example.org: set preflight.password_file, provide $CREDENTIALS_DIRECTORY/preflight-password, or set ROOMCTL_PREFLIGHT_PASSWORD",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := Config{Preflight: Preflight{JID: "visitor@example.org", PasswordFile: tt.file}}
			got, err := c.PreflightPassword(func(name string) string { return tt.env[name] })
			if got != tt.want || (err == nil) != (tt.err == "") {
				t.Fatalf("got %q, %v; want %q, %q", got, err, tt.want, tt.err)
			}
			if err != nil && err.Error() != tt.err {
				t.Errorf("error %v, want %s", err, tt.err)
			}
		})
	}
}

// Not every webhook wants a token; one that is named must be good.
func TestWebhookToken(t *testing.T) {
	for name, tt := range map[string]struct {
		file string
		env  map[string]string
		want string
		err  string
	}{
		"none anywhere is no error": {},
		"the file comes first": {
			file: file(t, "t", "from the file\n", 0o600),
			env:  map[string]string{"ROOMCTL_WEBHOOK_TOKEN": "v"},
			want: "from the file",
		},
		"then systemd's credential": {
			env: map[string]string{
				"CREDENTIALS_DIRECTORY": filepath.Dir(file(t, "webhook-token", "from systemd\n", 0o444)),
				"ROOMCTL_WEBHOOK_TOKEN": "v",
			},
			want: "from systemd",
		},
		"then the variable":            {env: map[string]string{"ROOMCTL_WEBHOOK_TOKEN": "v"}, want: "v"},
		"a named file that is missing": {file: "/nowhere/t", err: "notify.webhook_token_file: stat /nowhere/t: no such file or directory"},
		"an empty token": {
			env: map[string]string{"CREDENTIALS_DIRECTORY": filepath.Dir(file(t, "webhook-token", "", 0o400))},
			err: "webhook-token: the token is empty",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := Config{Notify: Notify{WebhookTokenFile: tt.file}}
			got, err := c.WebhookToken(func(name string) string { return tt.env[name] })
			if got != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.HasSuffix(err.Error(), tt.err) {
				t.Errorf("got %q, %v; want %q, %q", got, err, tt.want, tt.err)
			}
		})
	}
}

func privateDir(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "private")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}
