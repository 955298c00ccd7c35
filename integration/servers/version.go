package servers

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// packageVersion tells the version of an installed package, from the package database of a tree.
func packageVersion(tree, name string) (string, error) {
	f, err := os.Open(filepath.Join(tree, "var/lib/dpkg/status"))
	if err != nil {
		return "", fmt.Errorf("reading the version of %s: %w", name, err)
	}
	defer f.Close()
	version, err := statusVersion(f, name)
	if err != nil {
		return "", fmt.Errorf("reading the version of %s in %s: %w", name, tree, err)
	}
	return version, nil
}

// statusVersion finds the Version field of one package in a dpkg status file (deb-control(5)).
func statusVersion(r io.Reader, name string) (string, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	current := ""
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ": ")
		switch key {
		case "Package":
			current = value
		case "Version":
			if current == name {
				return value, nil
			}
		}
	}
	if err := lines.Err(); err != nil {
		return "", err
	}
	return "", errors.New("not installed")
}
