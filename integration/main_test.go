//go:build integration

package integration

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// program is roomctl as people run it, built by TestMain.
var program string

func TestMain(m *testing.M) {
	status, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

// buildAndRun builds the program once for all tests, and removes it after them.
func buildAndRun(m *testing.M) (status int, err error) {
	dir, err := os.MkdirTemp("", "roomctl-integration-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "roomctl")
	if out, err := exec.Command("go", "build", "-o", program, "roomctl/cmd/roomctl").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("building roomctl: %w\n%s", err, out)
	}
	return m.Run(), nil
}
