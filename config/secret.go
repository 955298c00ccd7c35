package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// The secrets that roomctl may need. None of them stands in the configuration.
const (
	xmppPassword = iota
	datatrackerPassword
	preflightPassword
	webhookToken
)

// secret is where one of them may stand, in the order in which it is looked for.
type secret struct {
	what  string // "password"
	whose string // the account, or what else it opens
	key   string // the setting that names file
	file  string // "": not set

	// credential is a file of $CREDENTIALS_DIRECTORY, where systemd puts what
	// LoadCredential= names. Its mode is systemd's business.
	credential string
	variable   string // of the environment
}

func (c *Config) secrets() []secret {
	return []secret{
		xmppPassword: {
			"password", c.XMPP.JID, "xmpp.password_file", c.XMPP.PasswordFile,
			"xmpp-password", "ROOMCTL_XMPP_PASSWORD",
		},
		datatrackerPassword: {
			"password", c.Datatracker.Username, "datatracker.password_file", c.Datatracker.PasswordFile,
			"datatracker-password", "ROOMCTL_DATATRACKER_PASSWORD",
		},
		preflightPassword: {
			"password", c.Preflight.JID, "preflight.password_file", c.Preflight.PasswordFile,
			"preflight-password", "ROOMCTL_PREFLIGHT_PASSWORD",
		},
		webhookToken: {
			"token", "notify.webhook", "notify.webhook_token_file", c.Notify.WebhookTokenFile,
			"webhook-token", "ROOMCTL_WEBHOOK_TOKEN",
		},
	}
}

// Password reads the password of the account xmpp.jid: from xmpp.password_file
// if it is set, else from $CREDENTIALS_DIRECTORY/xmpp-password, else from
// ROOMCTL_XMPP_PASSWORD. One newline at the end does not count. getenv is
// os.Getenv outside of tests.
//
// A place that is named but cannot be used is an error, and the next one is not
// tried. No error holds any of the password.
func (c *Config) Password(getenv func(string) string) (string, error) {
	return c.secrets()[xmppPassword].need(getenv)
}

// DatatrackerPassword reads the password of datatracker.username as Password
// reads the other one: from datatracker.password_file, from
// $CREDENTIALS_DIRECTORY/datatracker-password, or from
// ROOMCTL_DATATRACKER_PASSWORD. It is needed with WriteBackForm only.
func (c *Config) DatatrackerPassword(getenv func(string) string) (string, error) {
	return c.secrets()[datatrackerPassword].need(getenv)
}

// PreflightPassword reads the password of preflight.jid as Password reads the
// other one: from preflight.password_file, from
// $CREDENTIALS_DIRECTORY/preflight-password, or from
// ROOMCTL_PREFLIGHT_PASSWORD. It is needed for joining only.
func (c *Config) PreflightPassword(getenv func(string) string) (string, error) {
	return c.secrets()[preflightPassword].need(getenv)
}

// WebhookToken reads the token that notify.webhook wants to see, as Password
// reads its password: from notify.webhook_token_file, from
// $CREDENTIALS_DIRECTORY/webhook-token, or from ROOMCTL_WEBHOOK_TOKEN. It is ""
// without an error where there is none: not every webhook wants one.
func (c *Config) WebhookToken(getenv func(string) string) (string, error) {
	token, _, err := c.secrets()[webhookToken].read(getenv)
	return token, err
}

// need reads a secret that must be there.
func (s secret) need(getenv func(string) string) (string, error) {
	text, place, err := s.read(getenv)
	if err == nil && place == "" {
		err = fmt.Errorf("no %s for %s: set %s, provide $CREDENTIALS_DIRECTORY/%s, or set %s",
			s.what, s.whose, s.key, s.credential, s.variable)
	}
	return text, err
}

// read also says where the secret stands: the path of a file, or the name of a
// variable. Where there is none, all three are zero.
func (s secret) read(getenv func(string) string) (text, place string, err error) {
	if s.file != "" {
		if text, err = s.readPrivate(); err != nil {
			return "", "", fmt.Errorf("%s: %w", s.key, err)
		}
		return text, s.file, nil
	}
	if dir := getenv("CREDENTIALS_DIRECTORY"); dir != "" {
		path := filepath.Join(dir, s.credential)
		text, err = s.readFile(path)
		switch {
		case err == nil:
			return text, path, nil
		case !errors.Is(err, fs.ErrNotExist):
			return "", "", err
		}
	}
	if value := getenv(s.variable); value != "" {
		if text, err = s.check(value); err != nil {
			return "", "", fmt.Errorf("%s: %w", s.variable, err)
		}
		return text, s.variable, nil
	}
	return "", "", nil
}

// readPrivate reads the file that the configuration names. Nobody but its owner
// may read or write it.
func (s secret) readPrivate() (string, error) {
	info, err := os.Stat(s.file)
	if err != nil {
		return "", err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return "", fmt.Errorf("%s is open to others than its owner (mode %04o): chmod 600 %s", s.file, mode, s.file)
	}
	return s.readFile(s.file)
}

func (s secret) readFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > maxSecret {
		return "", fmt.Errorf("%s is not a file with one %s in it", path, s.what)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	text, err := s.check(string(data))
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return text, nil
}

// maxSecret is a size in bytes that no password has; a larger file is another
// file by mistake.
const maxSecret = 4096

// check takes the end of the line off.
func (s secret) check(text string) (string, error) {
	text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	switch {
	case text == "":
		return "", fmt.Errorf("the %s is empty", s.what)
	case strings.ContainsAny(text, "\r\n\x00"):
		return "", fmt.Errorf("more than one line; the %s must stand alone", s.what)
	case !utf8.ValidString(text):
		return "", fmt.Errorf("the %s is not UTF-8 text", s.what)
	}
	return text, nil
}
