//go:build integration

package integration

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"text/template"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/servers"
)

// patience is how long the whole test of one server may take.
const patience = 5 * time.Minute

// onEachServer runs a test for each of the four servers, as many at a time as there are processors.
func onEachServer(t *testing.T, test func(ctx context.Context, t *testing.T, name servers.Name)) {
	for _, name := range servers.Names() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			test(ctx, t, name)
		})
	}
}

// A stage is one installation of roomctl between a Datatracker and a real chat server. Its settings may be changed
// between two runs.
type stage struct {
	server      *servers.Server
	datatracker *datatrackertest.Server

	Dir         string // holds the configuration, the state and what is published
	Datatracker string // URL
	JID         string
	Address     string
	TLS         string
	CAFile      string
	MUC         string
	Timeout     time.Duration
	Logging     string
	MinGroups   int

	BaseURL, WebPattern, ArchivePattern string // of what is published; each may be empty
	CheckArchive                        bool

	Visitor string // bare JID of the account that tries the rooms; empty: there is none

	Extra string // more of the configuration: whole sections

	user uint32 // who runs roomctl; 0: root
}

// configuration is filled in with a stage.
var configuration = template.Must(template.New("config.yaml").Parse(`datatracker:
  url: {{.Datatracker}}
xmpp:
  jid: {{.JID}}
  password_file: {{.Dir}}/xmpp-password
  address: "{{.Address}}"
  tls: {{.TLS}}
  ca_file: "{{.CAFile}}"
  muc: {{.MUC}}
  timeout: {{.Timeout}}
  rate: 0
state_dir: {{.Dir}}/state
publish:
  dir: {{.Dir}}/www
  contact: mailto:chat@example.org
  base_url: "{{.BaseURL}}"
  chat_web_url_pattern: "{{.WebPattern}}"
  chat_archive_url_pattern: "{{.ArchivePattern}}"
  check_archive: {{.CheckArchive}}
rooms:
  logging: {{.Logging}}
guards:
  min_groups: {{.MinGroups}}
{{- with .Visitor}}
preflight:
  jid: {{.}}
  password_file: {{$.Dir}}/visitor-password
{{- end}}
{{.Extra}}
`))

// newStage starts a Datatracker with the data of IETF 113, which begins in ten days, and points roomctl at it and at
// the server. The connection is secured by STARTTLS.
func newStage(t testing.TB, server *servers.Server) *stage {
	t.Helper()
	return newStageOf(t, server, datatrackertest.Options{})
}

// newStageOf is the same with another world of the Datatracker.
func newStageOf(t testing.TB, server *servers.Server, world datatrackertest.Options) *stage {
	t.Helper()
	datatracker, err := datatrackertest.Start(world)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(datatracker.Close)
	s := &stage{
		server: server, datatracker: datatracker,
		Dir: t.TempDir(), Datatracker: datatracker.URL(), JID: server.JID,
		Address: server.Addr, TLS: "starttls", CAFile: server.CAFile, MUC: server.MUC,
		Timeout: 20 * time.Second, Logging: "required", MinGroups: 50, CheckArchive: true,
	}
	s.setPassword(t, server.Password)
	return s
}

// through makes roomctl talk to the server through a proxy, without TLS, so that the proxy sees stanzas.
func (s *stage) through(w *wire) {
	s.Address, s.TLS = w.Addr, "none"
}

func (s *stage) setPassword(t testing.TB, password string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.Dir, "xmpp-password"), []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// update changes what the Datatracker says.
func (s *stage) update(t testing.TB, change func(*datatrackertest.World)) {
	t.Helper()
	if err := s.datatracker.Update(change); err != nil {
		t.Fatal(err)
	}
}

// keepOnly cuts the Datatracker's world down to some groups, the areas that they belong to, and their sessions.
func (s *stage) keepOnly(t testing.TB, acronyms ...string) {
	t.Helper()
	s.MinGroups = 1
	s.update(t, func(w *datatrackertest.World) {
		stays := make(map[*datatrackertest.Group]bool)
		for _, g := range w.Groups {
			if slices.Contains(acronyms, g.Acronym) {
				stays[g], stays[g.Parent] = true, true
			}
		}
		w.Groups = slices.DeleteFunc(w.Groups, func(g *datatrackertest.Group) bool { return !stays[g] })
		for _, m := range w.Meetings {
			m.Sessions = slices.DeleteFunc(m.Sessions, func(s *datatrackertest.Session) bool { return !stays[s.Group] })
		}
		w.Meetings = slices.DeleteFunc(w.Meetings, func(m *datatrackertest.Meeting) bool {
			return m.Type == "interim" && len(m.Sessions) == 0
		})
	})
}

// configure writes the configuration, and tells where it is.
func (s *stage) configure(t testing.TB) (file string) {
	t.Helper()
	var text bytes.Buffer
	if err := configuration.Execute(&text, s); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(s.Dir, "config.yaml")
	if err := os.WriteFile(file, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A transcript is what a program prints. It may be read meanwhile.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *transcript) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *transcript) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// An outcome is what became of one run of roomctl.
type outcome struct {
	status         int // -1: killed
	stdout, stderr string
	took           time.Duration
}

// run runs roomctl to its end.
func (s *stage) run(ctx context.Context, t testing.TB, args ...string) outcome {
	t.Helper()
	_, finish := s.start(ctx, t, args...)
	o := finish()
	t.Logf("roomctl %q: exit status %d after %s", args, o.status, o.took.Round(time.Millisecond))
	return o
}

// start starts roomctl; finish waits for its end.
func (s *stage) start(ctx context.Context, t testing.TB, args ...string) (cmd *exec.Cmd, finish func() outcome) {
	t.Helper()
	var stdout, stderr transcript
	file := s.configure(t)
	cmd = exec.CommandContext(ctx, program, append([]string{"--config", file}, args...)...)
	cmd.Env = []string{"TZ=UTC"}
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if s.user != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: s.user, Gid: s.user}}
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, func() outcome {
		t.Helper()
		err := cmd.Wait()
		if ctx.Err() != nil {
			t.Fatalf("roomctl %q did not end in time: %s", args, &stderr)
		}
		if ended := new(exec.ExitError); err != nil && !errors.As(err, &ended) {
			t.Fatal(err)
		}
		return outcome{status: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String(), took: time.Since(began)}
	}
}

// expect fails the test unless the run ended with the exit status.
func (o outcome) expect(t testing.TB, status int) outcome {
	t.Helper()
	if o.status != status {
		t.Fatalf("exit status %d, want %d\n%s%s", o.status, status, abridged(o.stdout), abridged(o.stderr))
	}
	return o
}

// abridged keeps the beginning and the end of a long output.
func abridged(text string) string {
	const kept = 3000
	if len(text) <= 2*kept {
		return text
	}
	return text[:kept] + "\n[…]\n" + text[len(text)-kept:]
}
