package registry

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
)

// The test binary is also the second process of these tests: TestMain runs the
// part that the variable childPart names, on the registry that childPath names.
const (
	childPart = "REGISTRY_CHILD"
	childPath = "REGISTRY_PATH"
)

func TestMain(m *testing.M) {
	parts := map[string]func(path string) error{"write": writeForever, "look": look}
	part, ok := parts[os.Getenv(childPart)]
	if !ok {
		os.Exit(m.Run())
	}
	if err := part(os.Getenv(childPath)); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func child(t *testing.T, part, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childPart+"="+part, childPath+"="+path)
	return cmd
}

// writeForever makes rooms ours in two steps and says after each what the
// registry has acknowledged, until it is killed.
func writeForever(path string) error {
	ctx := context.Background()
	r, err := Open(ctx, path, ietf)
	if err != nil {
		return err
	}
	run, err := r.BeginRun(ctx, Run{Command: "sync", Began: noon})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		name := fmt.Sprintf("run%d-room%d", run, i)
		if err := r.Intend(ctx, Intent{Room: name, Run: run, At: noon}); err != nil {
			return err
		}
		fmt.Println("intent", name)
		err := r.Update(ctx, func(w *Writer) error {
			if err := w.Own(ctx, Room{Name: name, State: Active, Origin: Created, Since: noon}); err != nil {
				return err
			}
			return w.Record(ctx, Change{Run: run, At: noon, Room: name, Verb: "create"})
		})
		if err != nil {
			return err
		}
		fmt.Println("own", name)
	}
}

func TestWhatWasAcknowledgedSurvivesAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	const rounds = 12
	acknowledged := map[string]string{} // the last word about each room
	for round := range rounds {
		cmd := child(t, "write", path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		// Killed after another number of steps each time; how far into the next
		// step it is by then is up to the machine.
		for n := 0; n <= 3*round && lines.Scan(); n++ {
			note(t, acknowledged, lines.Text())
		}
		cmd.Process.Kill()
		for lines.Scan() { // said before the kill, read after it
			note(t, acknowledged, lines.Text())
		}
		cmd.Wait()
		checkAfterKill(t, path, acknowledged)
	}
	runs, err := openAt(t, path).Runs(t.Context(), 0)
	if err != nil || len(runs) != rounds {
		t.Fatalf("%d runs (%v), want %d", len(runs), err, rounds)
	}
	for _, run := range runs {
		if !run.Ended.IsZero() || run.Outcome != "" {
			t.Errorf("a killed run ended: %+v", run)
		}
	}
}

func note(t *testing.T, acknowledged map[string]string, line string) {
	t.Helper()
	what, name, ok := strings.Cut(line, " ")
	if !ok || (what != "intent" && what != "own") {
		t.Fatalf("the writing process said %q", line)
	}
	acknowledged[name] = what
}

// checkAfterKill reads first, as a dry run would, and opens for writing then;
// both check the whole file.
func checkAfterKill(t *testing.T, path string, acknowledged map[string]string) {
	t.Helper()
	reader, err := OpenReader(t.Context(), path, ietf)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	seen := load(t, reader)
	for name, what := range acknowledged {
		_, ours := seen.Rooms[name]
		_, intended := seen.Intents[name]
		if what == "own" && !ours || what == "intent" && !ours && !intended {
			t.Errorf("acknowledged and lost: %s %s", what, name)
		}
		if ours && intended {
			t.Errorf("room %s is ours and still an intent", name)
		}
	}
	changes, err := reader.Changes(t.Context(), ChangeFilter{})
	if err != nil || len(changes) != len(seen.Rooms) {
		t.Errorf("%d changes (%v) for %d rooms: half of an update was kept", len(changes), err, len(seen.Rooms))
	}
	writer, err := Open(t.Context(), path, ietf)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	if got := load(t, writer.Reader); !reflect.DeepEqual(got, seen) {
		t.Errorf("the reader saw %+v, the writer %+v", seen, got)
	}
}

// look reads a registry and then tries to write it.
func look(path string) error {
	r, err := OpenReader(context.Background(), path, ietf)
	if err != nil {
		return err
	}
	s, err := r.Load(context.Background())
	if err != nil {
		return err
	}
	fmt.Println("rooms:", len(s.Rooms))
	if err := r.Close(); err != nil {
		return err
	}
	_, err = Open(context.Background(), path, ietf)
	return err
}

// lookFrom runs look as a user who may read the registry's folder but not write
// to it. Permission bits do not hold back root: there it is another user, who
// must be able to reach the test binary and the folder.
func lookFrom(t *testing.T, path string) string {
	t.Helper()
	cmd := child(t, "look", path)
	cmd.Dir = "/"
	dir := filepath.Dir(path)
	if os.Geteuid() == 0 {
		cmd.Path = copyTo(t, os.Args[0], dir, 0o755)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if err := os.Chmod(name, 0o444); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(dir, 0o755) }) // or it could not be removed
	out, _ := cmd.CombinedOutput()             // it ends with an error, as it may not write
	return string(out)
}

// copyTo copies a file into a folder.
func copyTo(t *testing.T, file, dir string, mode os.FileMode) string {
	t.Helper()
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	name := filepath.Join(dir, filepath.Base(file))
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestAReadOnlyFolderCanBeReadAndIsNamedWhenWritten(t *testing.T) {
	r := openNew(t)
	if err := r.Own(t.Context(), quic()); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	out := lookFrom(t, r.path)
	for _, part := range []string{"rooms: 1\n", "error: registry " + r.path, "must be writable by the user that runs roomctl"} {
		if !strings.Contains(out, part) {
			t.Errorf("said %q, want %q in it", out, part)
		}
	}
}

func TestAReadOnlyFolderAfterAKillInMidCommitSaysWhatToDo(t *testing.T) {
	out := lookFrom(t, halfCommitted(t))
	for _, part := range []string{"half-written", "must be writable by the user that runs roomctl"} {
		if !strings.Contains(out, part) {
			t.Errorf("said %q, want %q in it", out, part)
		}
	}
}
