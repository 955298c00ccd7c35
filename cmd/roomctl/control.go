package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"roomctl/provisioner/worker"
)

// controlName is the socket of serve in the state folder. Whoever connects writes
// one JSON object to a line (controlOrder) and reads one for each (controlAnswer).
const controlName = "control.sock"

const (
	controlPatience = 30 * time.Second // for the next line
	maxControlLine  = 4 << 10          // bytes
	maxControls     = 8                // connections at once
)

// controlOrder is a line that a person's program writes.
type controlOrder struct {
	Do   string `json:"do"`             // "run", "pause", "resume" or "status"
	Kind string `json:"kind,omitempty"` // of run: "full", which "" stands for, or "quick"
	For  string `json:"for,omitempty"`  // of pause: "2h"; "": until somebody resumes
	Why  string `json:"why,omitempty"`  // of pause; may be ""
	By   string `json:"by,omitempty"`   // who wants it; may be ""
}

// controlAnswer is a line that serve writes. Members are only ever added; a change
// of meaning moves version.
type controlAnswer struct {
	Version int             `json:"version"`
	OK      bool            `json:"ok"`
	Text    string          `json:"text,omitempty"`   // what was done
	Error   string          `json:"error,omitempty"`  // why nothing was
	Status  *workerDocument `json:"status,omitempty"` // of status
}

// workerDocument is what a worker is at. Times that are not known are absent.
type workerDocument struct {
	PID   int       `json:"pid"`
	Began time.Time `json:"began"`

	Running string    `json:"running,omitempty"` // kind of the run under way; absent between runs
	Since   time.Time `json:"since,omitzero"`
	Stuck   bool      `json:"stuck"` // it does not end although it was cancelled

	Last *lastRunDocument `json:"last"` // null: none has ended yet
	Good time.Time        `json:"good,omitzero"`

	Next     time.Time `json:"next,omitzero"`
	NextKind string    `json:"next_kind,omitempty"`
	Missed   int       `json:"missed"`
	Meeting  string    `json:"meeting,omitempty"`

	Paused string `json:"paused,omitempty"` // since when, until when, by whom and why; absent: it is not

	ChatDown time.Time `json:"chat_down,omitzero"` // since when there is no connection to the chat server
	ChatWhy  string    `json:"chat_why,omitempty"`

	Pages string `json:"pages,omitempty"` // where they are; absent: nobody listens
	Admin string `json:"admin,omitempty"`
}

// lastRunDocument is the worker's last run.
type lastRunDocument struct {
	Kind    string    `json:"kind"`
	Began   time.Time `json:"began"`
	Ended   time.Time `json:"ended"`
	Outcome string    `json:"outcome"`
	Failure string    `json:"failure,omitempty"`
}

// newWorkerDocument is what the state of a worker says.
func newWorkerDocument(s worker.State) *workerDocument {
	d := &workerDocument{
		PID: os.Getpid(), Began: s.Began, Running: string(s.Running), Since: s.Since, Good: s.Good,
		Next: s.Next, NextKind: string(s.NextKind), Missed: s.Missed, Meeting: s.Meeting,
	}
	if !s.Last.Ended.IsZero() {
		d.Last = &lastRunDocument{
			Kind: string(s.Last.Kind), Began: s.Last.Began, Ended: s.Last.Ended,
			Outcome: s.Last.Outcome, Failure: s.Last.Failure,
		}
	}
	return d
}

// controlSocket listens for orders. Whoever may read and write the socket's file
// may give them: the user that serve runs as, and root.
type controlSocket struct {
	path     string
	listener net.Listener
	carryOut func(context.Context, controlOrder) controlAnswer
}

// openControl listens in a state folder. The caller has made sure that no other
// serve does, so that a socket which is there already was left by one that was
// killed.
func openControl(dir string, carryOut func(context.Context, controlOrder) controlAnswer) (*controlSocket, error) {
	path := filepath.Join(dir, controlName)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	// It gets its name when nobody else may use it any more: the folder may be
	// open to others.
	private, err := os.MkdirTemp(dir, ".control-")
	if err != nil {
		return nil, fmt.Errorf("control socket: %w; the folder must be writable by the user that runs roomctl (setting: state_dir)", err)
	}
	defer os.Remove(private)
	made := filepath.Join(private, "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: made, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("control socket: %w; the path of the state folder may have 80 bytes (setting: state_dir)", err)
	}
	l.SetUnlinkOnClose(false) // its name is about to change
	if err = os.Chmod(made, 0o600); err == nil {
		err = os.Rename(made, path)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("control socket: %w", err), l.Close(), os.Remove(made))
	}
	return &controlSocket{path, l, carryOut}, nil
}

// serve answers until ctx ends, and takes the socket away. The error is why it
// could not go on.
func (s *controlSocket) serve(ctx context.Context) error {
	defer os.Remove(s.path)
	stop := context.AfterFunc(ctx, func() { s.listener.Close() })
	defer stop()
	var talks sync.WaitGroup
	defer talks.Wait()
	places := make(chan struct{}, maxControls)
	for {
		conn, err := s.listener.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				conn.Close()
			}
			return nil
		case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE): // which passes
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
			continue
		case err != nil:
			return errors.Join(fmt.Errorf("control socket: %w", err), s.listener.Close())
		}
		places <- struct{}{}
		talks.Add(1)
		go func() {
			defer talks.Done()
			defer func() { <-places }()
			s.talk(ctx, conn)
		}()
	}
}

// talk answers the lines of one connection. Its end, whatever the reason, is of
// interest to nobody but the other side.
func (s *controlSocket) talk(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	lines := bufio.NewScanner(conn)
	lines.Buffer(nil, maxControlLine)
	answers := json.NewEncoder(conn)
	for {
		if conn.SetDeadline(time.Now().Add(controlPatience)) != nil || !lines.Scan() {
			return
		}
		if answers.Encode(s.answer(ctx, lines.Bytes())) != nil {
			return
		}
	}
}

// answer carries out one line.
func (s *controlSocket) answer(ctx context.Context, line []byte) controlAnswer {
	var o controlOrder
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&o); err != nil {
		return refusal(fmt.Errorf(`the line is no order such as {"do":"run"}: %w`, err))
	}
	return s.carryOut(ctx, o)
}

// refusal is the answer when nothing was done.
func refusal(why error) controlAnswer { return controlAnswer{Version: 1, Error: why.Error()} }

// agreed is the answer when something was.
func agreed(text string) controlAnswer { return controlAnswer{Version: 1, OK: true, Text: text} }
