package peer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"

	"roomctl/integration/installed"
)

// A Watch is an account that stays in rooms and sees what is going on there. It is for one goroutine.
type Watch struct {
	peer    Peer
	cmd     *exec.Cmd
	lines   io.WriteCloser
	output  io.Reader
	answers *json.Decoder // of the output
	stderr  bytes.Buffer
	stop    context.CancelFunc
}

// Watch enters rooms, in which it stays until Close. The client ends with the context.
func (p Peer) Watch(ctx context.Context, rooms ...string) (*Watch, error) {
	w := &Watch{peer: p}
	ctx, w.stop = context.WithCancel(ctx)
	err := w.start(ctx, request{Do: "watch", Window: p.window, Arguments: map[string]any{"rooms": rooms}})
	if err != nil {
		return nil, errors.Join(w.wrap(err), w.end())
	}
	return w, nil
}

func (w *Watch) start(ctx context.Context, r request) error {
	r, err := w.peer.address(r)
	if err != nil {
		return err
	}
	if w.cmd, err = installed.PythonCommand(ctx, "bookworm", script); err != nil {
		return err
	}
	w.cmd.Stderr = &w.stderr
	if w.lines, err = w.cmd.StdinPipe(); err != nil {
		return err
	}
	if w.output, err = w.cmd.StdoutPipe(); err != nil {
		return err
	}
	w.answers = json.NewDecoder(w.output)
	if err := w.cmd.Start(); err != nil {
		w.cmd = nil
		return err
	}
	if err := json.NewEncoder(w.lines).Encode(r); err != nil {
		return err
	}
	_, err = w.read() // which comes when it is in
	return err
}

// Look is what the account has seen of the rooms since it entered. Whatever a room had sent to its occupants before the
// call is in it.
func (w *Watch) Look() (map[string]Room, error) {
	if _, err := io.WriteString(w.lines, "look\n"); err != nil {
		return nil, w.wrap(err)
	}
	return w.read()
}

func (w *Watch) read() (map[string]Room, error) {
	var a answer
	if err := w.answers.Decode(&a); err != nil {
		return nil, w.wrap(err)
	}
	return a.rooms()
}

// Close leaves the rooms and ends the client. It may be called twice.
func (w *Watch) Close() error {
	if w.cmd == nil {
		return nil
	}
	w.lines.Close() // which it takes for the end
	return w.end()
}

func (w *Watch) end() error {
	defer w.stop()
	if w.cmd == nil {
		return nil
	}
	_, err := io.Copy(io.Discard, w.output) // a last answer that nobody waits for
	err = errors.Join(err, w.cmd.Wait())
	w.cmd = nil
	if err != nil {
		return w.wrap(err)
	}
	return nil
}

func (w *Watch) wrap(err error) error {
	return fmt.Errorf("watching rooms of %s as %s by slixmpp: %w: %s", w.peer.server.Name, w.peer.jid, err, &w.stderr)
}
