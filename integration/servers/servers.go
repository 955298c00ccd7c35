// Package servers starts real chat servers for tests: Prosody and ejabberd, from the private Debian trees that
// integration/trees builds. Each runs with a folder, a loopback address, a certification authority and passwords of
// its own, so that several run side by side, and ends with the program that started it. It needs root.
package servers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"roomctl/integration/installed"
)

// A Name names one of the four servers.
type Name string

// The four servers: the ones of Debian 12, and the current ones.
const (
	Prosody012 Name = "prosody-0.12"
	Prosody13  Name = "prosody-13"
	Ejabberd23 Name = "ejabberd-23"
	Ejabberd26 Name = "ejabberd-26"
)

// Names lists all servers.
func Names() []Name {
	return []Name{Prosody012, Prosody13, Ejabberd23, Ejabberd26}
}

// What is the same on every server.
const (
	Domain = "localhost"            // the host of the accounts
	MUC    = "conference.localhost" // the MUC service
	Guests = "guests.localhost"     // Options.WebChat: the host of those without an account
)

// startPatience is how long a server may take until it answers.
const startPatience = 60 * time.Second

// Options changes what a server offers. The zero value is the set-up that the README recommends: roomctl's account
// alone has rights, only it may create rooms, and rooms can be logged.
type Options struct {
	NoLogging    bool   // no module that logs rooms
	NoAdmin      bool   // roomctl is an ordinary account
	OpenCreation bool   // every account may create rooms, persistent ones too
	NoTLS        bool   // STARTTLS is not offered
	CertName     string // the name in the certificate; empty: the names of the server itself
	Control      bool   // ejabberd: ejabberdctl works in Script
	WebChat      bool   // Prosody: web clients come in by websocket, and without an account
}

// A Server is a running chat server. Its fields do not change while it runs, Restart included.
type Server struct {
	Name       Name
	Version    string            // of its Debian package
	Addr       string            // host:port for clients: plain, STARTTLS
	DirectAddr string            // host:port for clients: direct TLS
	HTTPAddr   string            // host:port of the room logs and, with Options.WebChat, of /xmpp-websocket (RFC 7395)
	LogsURL    string            // where the logs of rooms are served, one folder a room; ends with a slash
	Domain     string            // host of the accounts
	MUC        string            // MUC service
	JID        string            // bare JID of roomctl's account
	Password   string            // of roomctl's account
	Accounts   map[string]string // password by bare JID, roomctl's included: roomctl, alice, mallory
	CAFile     string            // the certification authority, PEM
	Dir        string            // the run folder: configuration, data, log

	kind    kind
	tree    string
	process *process
}

// Start starts a server and waits until it answers clients. The caller stops it. When it does not start, the error
// holds the end of its log.
func Start(ctx context.Context, name Name, o Options) (*Server, error) {
	k, err := kindOf(name)
	if err != nil {
		return nil, err
	}
	s := &Server{Name: name, Domain: Domain, MUC: MUC, kind: k}
	if err := s.prepare(ctx, o); err != nil {
		return nil, errors.Join(fmt.Errorf("preparing %s: %w", name, err), s.remove())
	}
	if err := s.start(ctx, true); err != nil {
		return nil, errors.Join(fmt.Errorf("starting %s: %w", name, err), s.remove())
	}
	return s, nil
}

// prepare makes the run folder with everything that the server reads.
func (s *Server) prepare(ctx context.Context, o Options) error {
	var err error
	if s.tree, err = installed.Tree(ctx, s.kind.suite); err != nil {
		return err
	}
	if s.Version, err = packageVersion(s.tree, s.kind.software); err != nil {
		return err
	}
	ip, ports, err := freePorts(4)
	if err != nil {
		return err
	}
	s.Addr = net.JoinHostPort(ip, strconv.Itoa(ports[0]))
	s.DirectAddr = net.JoinHostPort(ip, strconv.Itoa(ports[1]))
	s.HTTPAddr = net.JoinHostPort(ip, strconv.Itoa(ports[2]))
	s.LogsURL = "http://" + s.HTTPAddr + s.kind.logsPath
	s.Accounts = make(map[string]string)
	for _, account := range []string{"roomctl", "alice", "mallory"} {
		s.Accounts[account+"@"+Domain] = rand.Text()
	}
	s.JID = "roomctl@" + Domain
	s.Password = s.Accounts[s.JID]

	if s.Dir, err = os.MkdirTemp("", "roomctl-"+string(s.Name)+"-"); err != nil {
		return err
	}
	s.CAFile = filepath.Join(s.Dir, "certs", "ca.crt")
	for _, folder := range []string{"certs", "data", "rooms"} {
		if err := os.Mkdir(filepath.Join(s.Dir, folder), 0o700); err != nil {
			return err
		}
	}
	names := []string{s.Domain, s.MUC}
	if o.CertName != "" {
		names = []string{o.CertName}
	}
	if err := writeCertificates(filepath.Join(s.Dir, "certs"), names...); err != nil {
		return err
	}
	return s.kind.configure(s, settings{
		IP: ip, C2S: ports[0], DirectTLS: ports[1], HTTP: ports[2], Erlang: ports[3],
		Domain: s.Domain, MUC: s.MUC, Guests: Guests, JID: s.JID,
		AdminCommands: s.Name == Ejabberd26,
		Options:       o,
	})
}

// start launches the server and waits until it is ready.
func (s *Server) start(ctx context.Context, first bool) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	if first && s.kind.register != nil {
		if err := s.kind.register(ctx, s); err != nil {
			return fmt.Errorf("creating the accounts: %w%s", err, s.logTail())
		}
	}
	command, err := s.kind.command(s)
	if err != nil {
		return err
	}
	started, err := s.launch(command...)
	if err != nil {
		return err // a process of before a restart stays known to Stop
	}
	s.process = started
	if err := s.waitReady(ctx); err != nil {
		s.process.kill()
		return fmt.Errorf("%w%s", err, s.logTail())
	}
	return nil
}

// launch runs a command in the server's tree; what it prints is added to the log.
func (s *Server) launch(command ...string) (*process, error) {
	log, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close() // the process has its own copy
	return launch(s.tree, s.Dir, s.kind.software, log, command...)
}

// waitReady waits until the server answers a stream header and has its accounts.
func (s *Server) waitReady(ctx context.Context) error {
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		if answers(ctx, s.Addr, s.Domain) && (s.kind.ready == nil || s.kind.ready(s)) {
			return nil
		}
		select {
		case <-s.process.done:
			return fmt.Errorf("it ended: %v", s.process.err)
		case <-ctx.Done():
			return fmt.Errorf("no answer at %s: %w", s.Addr, ctx.Err())
		case <-again.C:
		}
	}
}

// Script runs a shell script in the server's tree, as the server's user, and waits for its end. The run folder is /srv
// there. What it prints is in Logs.
func (s *Server) Script(ctx context.Context, script string) error {
	p, err := s.launch("/bin/sh", "-c", script)
	if err == nil {
		err = p.wait(ctx)
	}
	if err != nil {
		return fmt.Errorf("running a script on %s: %w%s", s.Name, err, s.logTail())
	}
	return nil
}

// Restart ends the server as its administrator would, and starts it again with its data.
func (s *Server) Restart(ctx context.Context) error {
	s.process.terminate()
	if err := s.start(ctx, false); err != nil {
		return fmt.Errorf("restarting %s: %w", s.Name, err)
	}
	return nil
}

// Stop kills the server with everything that it started and removes its folder.
func (s *Server) Stop() error {
	s.process.kill()
	return s.remove()
}

func (s *Server) remove() error {
	if s.Dir == "" {
		return nil
	}
	return os.RemoveAll(s.Dir)
}

// Logs returns what the server has logged, earlier runs before a Restart included.
func (s *Server) Logs() (string, error) {
	b, err := os.ReadFile(s.logFile())
	return string(b), err
}

func (s *Server) logFile() string { return filepath.Join(s.Dir, "server.log") }

// logTail returns the end of the log as an addition to an error; empty if there is none.
func (s *Server) logTail() string {
	const lines = 20
	log, err := s.Logs()
	if err != nil || log == "" {
		return ""
	}
	all := strings.Split(strings.TrimSpace(log), "\n")
	if len(all) > lines {
		all = all[len(all)-lines:]
	}
	return "; its log ends:\n" + strings.Join(all, "\n")
}
