// Package prometheus runs Debian's Prometheus for tests, from the private tree that integration/trees builds: a server
// that scrapes a target, and promtool. It needs root with the right to mount.
package prometheus

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"roomctl/integration/installed"
)

//go:embed run.sh
var runScript string

// startPatience is how long the server may take until it answers.
const startPatience = 60 * time.Second

// command is a command in the tree, with a folder on /srv. It dies with the thread that starts it.
func command(ctx context.Context, folder string, args ...string) (*exec.Cmd, error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("prometheus runs in a chroot: this needs root with the right to mount")
	}
	tree, err := installed.Tree(ctx, "prometheus")
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", runScript, "run.sh", tree, folder}, args...)...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/srv"}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Pdeathsig:    syscall.SIGKILL,
		Cloneflags:   syscall.CLONE_NEWPID,
		Unshareflags: syscall.CLONE_NEWNS,
	}
	return cmd, nil
}

// Promtool runs promtool in a folder and returns what it says. input is its standard input; it may be nil. The error
// holds what it said, too.
func Promtool(ctx context.Context, folder string, input io.Reader, args ...string) (string, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	cmd, err := command(ctx, folder, append([]string{"promtool"}, args...)...)
	if err != nil {
		return "", err
	}
	cmd.Stdin = input
	runtime.LockOSThread() // see command
	defer runtime.UnlockOSThread()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("promtool %q: %w\n%s", args, err, out)
	}
	return string(out), nil
}

// A Server is a running Prometheus. It scrapes one target, as the job roomctl.
type Server struct {
	URL string // of its own pages and API

	folder string
	stop   context.CancelFunc
	done   chan struct{}
	err    error // how it ended; valid once done is closed
}

// Start starts a Prometheus that scrapes http://TARGET/metrics each second and evaluates the alert rules of a file as
// often; rules may be empty. The caller stops it.
func Start(ctx context.Context, target, rules string) (*Server, error) {
	folder, err := os.MkdirTemp("", "roomctl-prometheus-")
	if err != nil {
		return nil, err
	}
	s := &Server{folder: folder, done: make(chan struct{})}
	if err := s.start(ctx, target, rules); err != nil {
		return nil, errors.Join(fmt.Errorf("starting Prometheus: %w", err), os.RemoveAll(folder))
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, target, rules string) error {
	if err := s.configure(target, rules); err != nil {
		return err
	}
	address, err := freeAddress()
	if err != nil {
		return err
	}
	s.URL = "http://" + address
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	cmd, err := command(running, s.folder, "prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data", "--web.listen-address="+address)
	if err != nil {
		stop()
		return err
	}
	log, err := os.Create(filepath.Join(s.folder, "log"))
	if err != nil {
		stop()
		return err
	}
	cmd.Stdout, cmd.Stderr = log, log
	go func() {
		defer close(s.done)
		defer log.Close()
		runtime.LockOSThread() // see command
		defer runtime.UnlockOSThread()
		s.err = cmd.Run()
	}()
	if err := s.waitReady(ctx); err != nil {
		stop()
		<-s.done
		said, _ := os.ReadFile(log.Name()) // without it the error has to do
		return fmt.Errorf("%w\n%s", err, said)
	}
	return nil
}

// configure writes what the server reads, and makes room for what it writes as a user without rights.
func (s *Server) configure(target, rules string) error {
	config := fmt.Sprintf("global: {scrape_interval: 1s, evaluation_interval: 1s}\nscrape_configs:\n"+
		"  - {job_name: roomctl, static_configs: [{targets: [%q]}]}\n", target)
	if rules != "" {
		text, err := os.ReadFile(rules)
		if err == nil {
			err = os.WriteFile(filepath.Join(s.folder, "rules.yml"), text, 0o644)
		}
		if err != nil {
			return err
		}
		config += "rule_files: [rules.yml]\n"
	}
	if err := os.WriteFile(filepath.Join(s.folder, "prometheus.yml"), []byte(config), 0o644); err != nil {
		return err
	}
	return os.Chmod(s.folder, 0o777)
}

// freeAddress is an address on which nobody listens.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// waitReady waits until the server answers.
func (s *Server) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		err := s.get(ctx, "/-/ready", nil)
		if err == nil {
			return nil
		}
		select {
		case <-s.done:
			return fmt.Errorf("it ended: %v", s.err)
		case <-ctx.Done():
			return fmt.Errorf("no answer at %s: %w", s.URL, err)
		case <-again.C:
		}
	}
}

// Query evaluates an expression now: the values of the vector, by their labels as JSON.
func (s *Server) Query(ctx context.Context, expression string) (map[string]float64, error) {
	var answer struct {
		Data struct {
			Result []struct {
				Metric json.RawMessage
				Value  [2]any // a time, and the value as a text
			}
		}
	}
	if err := s.get(ctx, "/api/v1/query?query="+url.QueryEscape(expression), &answer); err != nil {
		return nil, fmt.Errorf("asking Prometheus for %s: %w", expression, err)
	}
	values := make(map[string]float64)
	for _, r := range answer.Data.Result {
		text, _ := r.Value[1].(string)
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("asking Prometheus for %s: %w", expression, err)
		}
		values[string(r.Metric)] = value
	}
	return values, nil
}

// get asks for a page; what it says is decoded into answer, unless that is nil.
func (s *Server) get(ctx context.Context, path string, answer any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", req.URL, resp.Status)
	}
	if answer == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(answer)
}

// Stop kills the server and removes its folder.
func (s *Server) Stop() error {
	s.stop()
	<-s.done
	return os.RemoveAll(s.folder)
}
