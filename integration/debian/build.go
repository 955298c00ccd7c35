package debian

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Build makes the package of a checkout with cmd/roomctl/package/build, and returns its path in dir. environment is added
// to this one's.
func Build(ctx context.Context, checkout, dir string, environment ...string) (string, error) {
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, filepath.Join(checkout, "cmd", "roomctl", "package", "build"), dir)
	cmd.Env = append(os.Environ(), environment...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("building the package: %w: %s", err, &stderr)
	}
	if strings.Contains(stderr.String(), "/package/build: line ") { // bash goes on after some of its own complaints
		return "", fmt.Errorf("building the package: %s", &stderr)
	}
	return strings.TrimSpace(string(out)), nil
}

// Newer makes a package of the same content with a greater version, and returns its path in dir.
func Newer(ctx context.Context, deb, dir string) (string, error) {
	newer := filepath.Join(dir, "newer.deb")
	const script = `
		work=$(mktemp -d)
		trap 'rm -rf "$work"' EXIT
		dpkg-deb --raw-extract "$1" "$work/x"
		sed -i 's/^Version: .*/&+newer/' "$work/x/DEBIAN/control"
		dpkg-deb --root-owner-group --build "$work/x" "$2"`
	if out, err := exec.CommandContext(ctx, "/bin/sh", "-euc", script, "sh", deb, newer).CombinedOutput(); err != nil {
		return "", fmt.Errorf("making a newer package: %w: %s", err, out)
	}
	return newer, nil
}
