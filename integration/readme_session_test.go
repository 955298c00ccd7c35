package integration

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/robfig/cron/v3"

	"roomctl/datatracker/datatrackertest"
	"roomctl/xmppadmin/xmpptest"
)

var update = flag.Bool("update", false, "write the README's example session anew")

// A sessionStep is one command of an example session, how it ends, and which lines of its output are shown.
type sessionStep struct {
	command string
	status  int
	shown   *regexp.Regexp
}

// readmeSession is the first session that the README shows.
var readmeSession = []sessionStep{
	{"roomctl plan", 2, regexp.MustCompile(`(?m)^((IETF 113|Datatracker:|Every new|Plan:).*|\+ create (can|hallway|tls) .*\n.*)\n`)},
	{"roomctl sync", 0, regexp.MustCompile(`(?m)^((Rooms|IETF 113|Published): .*|    (and .*|[^ ]+))\n`)},
	{"roomctl plan", 0, regexp.MustCompile(`(?m)^Plan:.*\n`)},
}

// readmeTimes matches the times in sessions, which differ from run to run.
var readmeTimes = regexp.MustCompile(`(\d{4}-\d\d-\d\d )?\d\d:\d\d|\d{4}-\d\d-\d\d`)

// The example session is what the program really prints, on a chat server without rooms; with -update it is written
// anew. Then cron's command and the published files are looked at, too.
func TestReadmeSession(t *testing.T) {
	r := readReadme(t)
	in := newInstallation(t, r)
	in.compare(t, readmePath, r.block(t, "A session", "console", 0), readmeSession)

	t.Run("the files are those of the table", func(t *testing.T) { in.checkPublished(t, r.table(t, "file")) })
	t.Run("cron's command", func(t *testing.T) { in.checkCron(t, r.block(t, "From cron", "crontab", 0)) })
}

// compare plays a session and compares it with the one that a file shows; with -update it takes its place.
func (in installation) compare(t *testing.T, file, shown string, steps []sessionStep) {
	t.Helper()
	var session strings.Builder
	for _, step := range steps {
		output, status := in.run(t, step.command)
		if status != step.status {
			t.Fatalf("%s ends with exit status %d, want %d\n%s", step.command, status, step.status, output)
		}
		fmt.Fprintf(&session, "$ %s\n%s", step.command, excerpt(output, step.shown))
	}
	got := session.String()
	switch {
	case readmeTimes.ReplaceAllString(got, "TIME") == readmeTimes.ReplaceAllString(shown, "TIME"):
	case *update:
		rewriteSession(t, file, shown, got)
	default:
		t.Errorf("%s shows\n%s\nthe program prints\n%s", file, shown, got)
	}
}

// excerpt keeps what matches, with "…" for the lines left out between.
func excerpt(output string, shown *regexp.Regexp) string {
	var kept strings.Builder
	skip := func(lines string) {
		if strings.TrimSpace(lines) != "" {
			kept.WriteString("…\n")
		}
	}
	end := 0
	for _, match := range shown.FindAllStringIndex(output, -1) {
		skip(output[end:match[0]])
		kept.WriteString(output[match[0]:match[1]])
		end = match[1]
	}
	skip(output[end:])
	return kept.String()
}

// rewriteSession puts the new session in the old one's place.
func rewriteSession(t *testing.T, file, old, session string) {
	t.Helper()
	const fence = "```console\n"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(data), fence+old, fence+session, 1)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// An installation is roomctl set up as the README says, between two servers in this process.
type installation struct {
	programs string // the folder with roomctl in it
	dir      string // where a person works
	config   string
	www      string // the published files

	datatracker *datatrackertest.Server
	chat        *xmpptest.Server
}

// newInstallation configures roomctl with the README's smallest file. Only what a test cannot have is replaced: the
// real Datatracker, DNS, certificates, and folders of the system.
func newInstallation(t *testing.T, r readme) installation {
	t.Helper()
	datatracker, err := datatrackertest.Start(datatrackertest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(datatracker.Close)
	chat, err := xmpptest.Start(xmpptest.Options{Kind: xmpptest.Ejabberd, Domain: "accounts.example.org", MUC: "jabber.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { chat.Close() })

	dir := t.TempDir()
	in := installation{
		programs: buildRoomctl(t), dir: dir, config: filepath.Join(dir, "config.yaml"), www: filepath.Join(dir, "state", "www"),
		datatracker: datatracker, chat: chat,
	}
	text := strings.NewReplacer(
		"https://datatracker.ietf.org", datatracker.URL(),
		"/etc/roomctl", dir,
		"/var/lib/roomctl", filepath.Join(dir, "state"),
		"xmpp:\n", fmt.Sprintf("xmpp:\n  address: %s\n  tls: none\n", chat.Addr()),
	).Replace(r.block(t, "Configuration", "yaml", 0))
	if err := os.WriteFile(in.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "xmpp-password"), []byte(chat.Password()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return in
}

// run runs a command line as a person with that configuration would. It returns what went to standard output.
func (in installation) run(t *testing.T, line string) (stdout string, status int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
	cmd.Dir = in.dir
	cmd.Env = append(os.Environ(), "PATH="+in.programs+":"+os.Getenv("PATH"), "ROOMCTL_CONFIG="+in.config, "TZ=UTC", "SUDO_USER=secretariat")
	out, err := cmd.Output()
	if ended := new(exec.ExitError); err != nil && !errors.As(err, &ended) {
		t.Fatalf("%s: %v", line, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// named are the parts of published paths that are named for something, as the README tells them.
var named = []struct {
	pattern *regexp.Regexp
	told    string
}{
	{regexp.MustCompile(`^meeting/[^/]+/`), "meeting/<number>/"},
	{regexp.MustCompile(`/sessions/[^/]+\.ics$`), "/sessions/<acronym>.ics"},
	{regexp.MustCompile(`/session/\d+\.ics$`), "/session/<id>.ics"},
	{regexp.MustCompile(`^rooms/[^/]+/`), "rooms/<name>/"},
}

// checkPublished compares the published files with the table, both ways.
func (in installation) checkPublished(t *testing.T, table [][]string) {
	var listed, there []string
	for _, row := range table {
		for _, path := range strings.Split(row[0], ", ") {
			listed = append(listed, strings.Trim(path, "`"))
		}
	}
	err := filepath.WalkDir(in.www, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			path = strings.TrimPrefix(path, in.www+"/")
			for _, n := range named {
				path = n.pattern.ReplaceAllString(path, n.told)
			}
			there = append(there, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(listed)
	slices.Sort(there)
	if there = slices.Compact(there); !slices.Equal(listed, there) {
		t.Errorf("the README lists %v, published are %v", listed, there)
	}
}

// checkCron reads a crontab of the kind that /etc/cron.d has, with a user in the sixth field, and runs its command:
// it must be silent when all is well, and must not be when something is wrong.
func (in installation) checkCron(t *testing.T, crontab string) {
	lines := strings.Split(strings.TrimSpace(crontab), "\n")
	fields := strings.SplitN(lines[len(lines)-1], " ", 7)
	if len(fields) != 7 || fields[5] != "roomctl" {
		t.Fatalf("the last line has the fields %q, want five for the time, the user roomctl and a command", fields)
	}
	if _, err := cron.ParseStandard(strings.Join(fields[:5], " ")); err != nil {
		t.Error(err)
	}
	if strings.Contains(fields[6], "%") {
		t.Error("cron ends a command at a percent sign")
	}
	command := strings.ReplaceAll(fields[6], "/usr/local/bin", in.programs)
	if out, status := in.run(t, command); out != "" || status != 0 {
		t.Errorf("all is well, and it ends with exit status %d and says %q", status, out)
	}
	in.config += ".none"
	if out, _ := in.run(t, command); !strings.Contains(out, "there is no such file") {
		t.Errorf("without a configuration it says %q", out)
	}
}
