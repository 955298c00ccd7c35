//go:build integration

package debian

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The same commit gives the same package: again, in another folder, with other settings around it.
func TestThePackageIsBuiltTheSameAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	checkout, elsewhere := filepath.Join(dir, "checkout"), filepath.Join(dir, "some", "where", "else")
	// Both are copies: somebody may be writing into the checkout.
	for _, c := range [][2]string{{"../..", checkout}, {checkout, elsewhere}} {
		if err := os.MkdirAll(filepath.Dir(c[1]), 0o755); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), "cp", "-a", c[0], c[1]).CombinedOutput(); err != nil {
			t.Fatalf("copying the checkout: %v: %s", err, out)
		}
	}
	var built [2][]byte
	for i, b := range []struct{ checkout, zone, flags string }{{checkout, "UTC", ""}, {elsewhere, "Asia/Tokyo", "-buildvcs=false"}} {
		target := t.TempDir()
		name, err := Build(t.Context(), b.checkout, target, "TZ="+b.zone, "GOFLAGS="+b.flags, "SOURCE_DATE_EPOCH=1")
		if err != nil {
			t.Fatal(err)
		}
		if built[i], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(built[0], built[1]) {
		t.Errorf("two builds give different packages, of %d and %d bytes", len(built[0]), len(built[1]))
	}
}

// What is in the package runs anywhere: it is linked with nothing.
func TestTheProgramIsStatic(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "dpkg-deb", "--extract", deb, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	file, err := elf.Open(filepath.Join(dir, "usr/bin/roomctl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	libraries, err := file.ImportedLibraries()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range file.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("it names an interpreter")
		}
	}
	if len(libraries) > 0 {
		t.Errorf("it needs %v", libraries)
	}
}
