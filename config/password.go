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

// Where the password may stand when xmpp.password_file is not set, in this order.
const (
	// credential is a file of $CREDENTIALS_DIRECTORY, where systemd puts what
	// LoadCredential= names. Its mode is systemd's business.
	credential       = "xmpp-password"
	passwordVariable = "ROOMCTL_XMPP_PASSWORD"
)

// Password reads the password of the account xmpp.jid: from xmpp.password_file
// if it is set, else from $CREDENTIALS_DIRECTORY/xmpp-password, else from
// ROOMCTL_XMPP_PASSWORD. One newline at the end does not count. getenv is
// os.Getenv outside of tests.
//
// A place that is named but cannot be used is an error, and the next one is not
// tried. No error holds any of the password.
func (c *Config) Password(getenv func(string) string) (string, error) {
	if file := c.XMPP.PasswordFile; file != "" {
		password, err := readPrivate(file)
		if err != nil {
			return "", fmt.Errorf("xmpp.password_file: %w", err)
		}
		return password, nil
	}
	if dir := getenv("CREDENTIALS_DIRECTORY"); dir != "" {
		password, err := readPassword(filepath.Join(dir, credential))
		if !errors.Is(err, fs.ErrNotExist) {
			return password, err
		}
	}
	if value := getenv(passwordVariable); value != "" {
		password, err := checkPassword(value)
		if err != nil {
			return "", fmt.Errorf("%s: %w", passwordVariable, err)
		}
		return password, nil
	}
	return "", fmt.Errorf("no password for %s: set xmpp.password_file, provide $CREDENTIALS_DIRECTORY/%s, or set %s",
		c.XMPP.JID, credential, passwordVariable)
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
