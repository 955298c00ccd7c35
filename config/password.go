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

// Password reads the password of the account xmpp.jid: from xmpp.password_file
// if it is set, else from $CREDENTIALS_DIRECTORY/xmpp-password, else from
// ROOMCTL_XMPP_PASSWORD. One newline at the end does not count. getenv is
// os.Getenv outside of tests.
//
// A place that is named but cannot be used is an error, and the next one is not
// tried. No error holds any of the password.
func (c *Config) Password(getenv func(string) string) (string, error) {
	return passwordPlace{
		account:    c.XMPP.JID,
		key:        "xmpp.password_file",
		file:       c.XMPP.PasswordFile,
		credential: "xmpp-password",
		variable:   "ROOMCTL_XMPP_PASSWORD",
	}.read(getenv)
}

// DatatrackerPassword reads the password of datatracker.username as Password
// reads the other one: from datatracker.password_file, from
// $CREDENTIALS_DIRECTORY/datatracker-password, or from
// ROOMCTL_DATATRACKER_PASSWORD. It is needed with WriteBackForm only.
func (c *Config) DatatrackerPassword(getenv func(string) string) (string, error) {
	return passwordPlace{
		account:    c.Datatracker.Username,
		key:        "datatracker.password_file",
		file:       c.Datatracker.PasswordFile,
		credential: "datatracker-password",
		variable:   "ROOMCTL_DATATRACKER_PASSWORD",
	}.read(getenv)
}

// PreflightPassword reads the password of preflight.jid as Password reads the
// other one: from preflight.password_file, from
// $CREDENTIALS_DIRECTORY/preflight-password, or from
// ROOMCTL_PREFLIGHT_PASSWORD. It is needed for joining only.
func (c *Config) PreflightPassword(getenv func(string) string) (string, error) {
	return passwordPlace{
		account:    c.Preflight.JID,
		key:        "preflight.password_file",
		file:       c.Preflight.PasswordFile,
		credential: "preflight-password",
		variable:   "ROOMCTL_PREFLIGHT_PASSWORD",
	}.read(getenv)
}

// passwordPlace is where a password may stand, in the order in which it is
// looked for.
type passwordPlace struct {
	account string // whose it is
	key     string // the setting that names file
	file    string // "": not set

	// credential is a file of $CREDENTIALS_DIRECTORY, where systemd puts what
	// LoadCredential= names. Its mode is systemd's business.
	credential string
	variable   string // of the environment
}

func (p passwordPlace) read(getenv func(string) string) (string, error) {
	if p.file != "" {
		password, err := readPrivate(p.file)
		if err != nil {
			return "", fmt.Errorf("%s: %w", p.key, err)
		}
		return password, nil
	}
	if dir := getenv("CREDENTIALS_DIRECTORY"); dir != "" {
		password, err := readPassword(filepath.Join(dir, p.credential))
		if !errors.Is(err, fs.ErrNotExist) {
			return password, err
		}
	}
	if value := getenv(p.variable); value != "" {
		password, err := checkPassword(value)
		if err != nil {
			return "", fmt.Errorf("%s: %w", p.variable, err)
		}
		return password, nil
	}
	return "", fmt.Errorf("no password for %s: set %s, provide $CREDENTIALS_DIRECTORY/%s, or set %s",
		p.account, p.key, p.credential, p.variable)
}

// readPrivate reads a password file that nobody but its owner may read or write.
func readPrivate(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return "", fmt.Errorf("%s is open to others than its owner (mode %04o): chmod 600 %s", path, mode, path)
	}
	return readPassword(path)
}

func readPassword(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > maxPassword {
		return "", fmt.Errorf("%s is not a file with one password in it", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	password, err := checkPassword(string(data))
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return password, nil
}

// maxPassword is a size in bytes that no password has; a larger file is another
// file by mistake.
const maxPassword = 4096

// checkPassword takes the end of the line off.
func checkPassword(text string) (string, error) {
	password := strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	switch {
	case password == "":
		return "", errors.New("the password is empty")
	case strings.ContainsAny(password, "\r\n\x00"):
		return "", errors.New("more than one line; the password must stand alone")
	case !utf8.ValidString(password):
		return "", errors.New("the password is not UTF-8 text")
	}
	return password, nil
}
