package servers

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Tree returns the folder of the private Debian tree of a suite, bookworm or trixie, that integration/trees has built.
// The script is found from the working folder, which must be inside the checkout.
func Tree(ctx context.Context, suite string) (string, error) {
	script, err := treesScript()
	if err != nil {
		return "", fmt.Errorf("finding the tree of %s: %w", suite, err)
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, script, "--path", suite)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("finding the tree of %s: %w: %s", suite, err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSpace(string(out)), nil
}

// treesScript walks up from the working folder to the checkout.
func treesScript() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		script := filepath.Join(dir, "integration", "trees")
		if _, err := os.Stat(script); err == nil {
			return script, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("the working folder is not inside a checkout of roomctl")
		}
		dir = parent
	}
}

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
