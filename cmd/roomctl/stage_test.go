package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner/lock"
	"roomctl/xmppadmin/xmpptest"
)

// stage is what stands around one script: both servers and the configuration
// that leads to them.
type stage struct {
	t         testscript.T      // nil outside of scripts
	work      string            // the script's folder
	began     atomic.Int64      // when the script's clock was at epoch, in nanoseconds of Unix time
	passwords map[string]string // of roomctl's accounts, by the path of the file that holds each

	datatracker *datatrackertest.Server // nil before open
	chat        *xmpptest.Server        // nil before open
	logs        *httptest.Server        // of the script's folder logs; nil unless it starts one
	unfault     []func()                // take the faults of both away
}

type stageKey struct{}

func newStage(work string) *stage {
	s := &stage{work: work}
	s.began.Store(time.Now().UnixNano())
	return s
}

// setUp gives a script its stage and the names of its files.
func setUp(e *testscript.Env) error {
	s := newStage(e.WorkDir)
	s.t = e.T()
	e.Values[stageKey{}] = s
	for name, value := range s.environment() {
		e.Setenv(name, value)
	}
	return nil
}

// environment is what a script and its roomctl see.
func (s *stage) environment() map[string]string {
	return map[string]string{
		beganVariable:    fmt.Sprint(s.began.Load()),
		"TZ":             "UTC",
		"TERM":           "xterm",
		"GORACE":         "atexit_sleep_ms=10", // instead of a second for each of some 200 processes
		"ROOMCTL_CONFIG": s.path("config.yaml"),
		"PASSWORD_FILE":  s.path("xmpp-password"),
		"DT_PASSWORD":    s.path("datatracker-password"),
		"STATE":          s.path("state"),
		"WWW":            s.path("www"),
	}
}

// open starts both servers and writes the password file. It returns what the
// environment has to tell about them.
func (s *stage) open(o xmpptest.Options) (map[string]string, error) {
	var err error
	if s.chat, err = xmpptest.Start(o); err != nil {
		return nil, err
	}
	if s.datatracker, err = datatrackertest.Start(datatrackertest.Options{Now: s.now}); err != nil {
		return nil, err
	}
	if err := s.datatracker.Update(cutDown); err != nil {
		return nil, err
	}
	secretariat := s.datatracker.Secretariat()
	s.passwords = map[string]string{
		s.path("xmpp-password"):        s.chat.Password(),
		s.path("datatracker-password"): secretariat.Password,
	}
	for path, password := range s.passwords {
		if err := os.WriteFile(path, []byte(password+"\n"), 0o600); err != nil {
			return nil, err
		}
	}
	return map[string]string{
		"DT_URL":    s.datatracker.URL(),
		"DT_USER":   secretariat.Username,
		"XMPP_ADDR": s.chat.Addr(),
		"XMPP_JID":  s.chat.JID(),
	}, nil
}

// close ends what open started.
func (s *stage) close() {
	if s.chat != nil {
		s.chat.Close()
	}
	if s.datatracker != nil {
		s.datatracker.Close()
	}
	if s.logs != nil {
		s.logs.Close()
	}
}

// now is the time on the script's clock.
func (s *stage) now() time.Time { return scriptTime(s.began.Load()) }

// skipAhead moves the script's clock on: skipahead 2h.
func skipAhead(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: skipahead DURATION")
	}
	by, err := time.ParseDuration(args[0])
	ts.Check(err)
	ts.Setenv(beganVariable, fmt.Sprint(stageOf(ts).began.Add(-int64(by))))
}

func stageOf(ts *testscript.TestScript) *stage { return ts.Value(stageKey{}).(*stage) }

func (s *stage) path(name string) string { return filepath.Join(s.work, name) }

// usualConfig is the smallest configuration for the servers of a stage, apart
// from the guard: the world of most scripts is small.
const usualConfig = `datatracker:
  url: $DT_URL
xmpp:
  jid: $XMPP_JID
  password_file: $PASSWORD_FILE
  address: $XMPP_ADDR
  tls: none
  muc: conference.localhost
  rate: 0
state_dir: $STATE
publish:
  dir: $WWW
guards:
  min_groups: 3
`

// start opens the stage and writes the usual configuration: start [generic]
// [denied] [nologging] [logs]. The chat server plays ejabberd unless it is to be
// generic. With logs, rooms name pages that a web server at $LOGS_URL serves from
// the script's folder of that name.
func start(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	options := xmpptest.Options{
		Kind:      xmpptest.Ejabberd,
		Denied:    slices.Contains(args, "denied"),
		NoLogging: slices.Contains(args, "nologging"),
	}
	if slices.Contains(args, "generic") {
		options.Kind = xmpptest.Generic
	}
	ts.Defer(s.close)
	if slices.Contains(args, "logs") {
		s.logs = httptest.NewServer(http.FileServer(http.Dir(s.path("logs"))))
		options.LogsURL = s.logs.URL
		ts.Setenv("LOGS_URL", s.logs.URL)
	}
	environment, err := s.open(options)
	ts.Check(err)
	for name, value := range environment {
		ts.Setenv(name, value)
	}
	configure(ts, false, []string{"usual"})
	ts.Defer(s.searchFiles)
}

// configure writes another configuration: configure FILE [OLD NEW]…, with the
// environment's values in place of $NAMES, and every OLD text replaced by NEW, in
// which \n stands for a new line.
// The FILE "usual" stands for the configuration that start wrote.
func configure(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args)%2 == 0 {
		ts.Fatalf("usage: configure FILE [OLD NEW]…")
	}
	text := usualConfig
	if args[0] != "usual" {
		text = ts.ReadFile(args[0])
	}
	for pair := range slices.Chunk(args[1:], 2) {
		if !strings.Contains(text, pair[0]) {
			ts.Fatalf("there is no %q to replace in the configuration", pair[0])
		}
		text = strings.ReplaceAll(text, pair[0], strings.ReplaceAll(pair[1], `\n`, "\n"))
	}
	ts.Check(os.WriteFile(stageOf(ts).path("config.yaml"), []byte(expand(ts, text)), 0o644))
}

func expand(ts *testscript.TestScript, text string) string {
	return os.Expand(text, ts.Getenv)
}

// searchFiles fails the script if a password stands in any file but its own.
func (s *stage) searchFiles() {
	err := filepath.WalkDir(s.work, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || s.passwords[path] != "" {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil && s.showsPassword(string(data)) {
			err = fmt.Errorf("a password stands in %s", path)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// showsPassword says whether one of the passwords is in a text.
func (s *stage) showsPassword(text string) bool {
	for _, password := range s.passwords {
		if strings.Contains(text, password) {
			return true
		}
	}
	return false
}

// holdLock makes another run hold the lock of the state folder until the script
// ends.
func holdLock(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: holdlock")
	}
	other := lock.Holder{Command: "sync", PID: 4711, Host: "otherhost", Began: epoch}
	held, err := lock.Acquire(context.Background(), ts.Getenv("STATE"), other, 0, nil)
	ts.Check(err)
	ts.Defer(func() { held.Release() })
}

// newerRegistry makes the registry look like one of a later roomctl.
func newerRegistry(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: newerregistry")
	}
	db, err := sql.Open("sqlite", filepath.Join(ts.Getenv("STATE"), "registry.sqlite"))
	ts.Check(err)
	_, err = db.Exec("PRAGMA user_version = 4711")
	ts.Check(errors.Join(err, db.Close()))
}

// volatile is what differs between two runs of a script.
var volatile = []struct {
	pattern *regexp.Regexp
	shown   string
}{
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:PORT"},
	{regexp.MustCompile(`"(began|ended|read|changed|since|verified|written|last_poll|last_sync)": "[^"]*"`), `"$1": "TIME"`},
	{regexp.MustCompile(`\b\d\d:\d\d\b`), "HH:MM"},
}

// scrub prints what the last command printed, or a file, without what differs
// between two runs: scrub stdout|stderr|FILE.
func scrub(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: scrub stdout|stderr|FILE")
	}
	text := strings.ReplaceAll(ts.ReadFile(args[0]), stageOf(ts).work, "WORK")
	for _, v := range volatile {
		text = v.pattern.ReplaceAllString(text, v.shown)
	}
	fmt.Fprint(ts.Stdout(), text)
}
