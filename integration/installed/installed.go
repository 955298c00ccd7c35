// Package installed tells where the things are that the tests need and that are no part of roomctl: the private Debian
// trees that integration/trees builds, and the npm packages that integration/packages installs.
package installed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Tree returns the folder of a private Debian tree, by the name that integration/trees has for it. The working folder
// must be inside the checkout.
func Tree(ctx context.Context, name string) (string, error) {
	folder, err := ask(ctx, "trees", "--path", name)
	if err != nil {
		return "", fmt.Errorf("finding the tree %s: %w", name, err)
	}
	return folder, nil
}

// Packages returns the folder that has the npm packages in node_modules. The working folder must be inside the checkout.
func Packages(ctx context.Context) (string, error) {
	folder, err := ask(ctx, "packages", "--path")
	if err != nil {
		return "", fmt.Errorf("finding the npm packages: %w", err)
	}
	return folder, nil
}

// ask runs a script of the folder integration and returns the line that it prints.
func ask(ctx context.Context, script string, args ...string) (string, error) {
	folder, err := integration()
	if err != nil {
		return "", err
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, filepath.Join(folder, script), args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSpace(string(out)), nil
}

// integration walks up from the working folder to the checkout's folder integration.
func integration() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		folder := filepath.Join(dir, "integration")
		if _, err := os.Stat(filepath.Join(folder, "trees")); err == nil {
			return folder, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("the working folder is not inside a checkout of roomctl")
		}
		dir = parent
	}
}
