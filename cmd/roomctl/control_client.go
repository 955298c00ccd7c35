package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"path/filepath"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"
)

// answerWithin is how long serve may take to answer an order. It carries out none
// that takes long: a run that is asked for only begins.
const answerWithin = 10 * time.Second

// control gives serve an order and prints the answer.
func (p *program) control(c *cli.Context, o controlOrder) error {
	h, err := p.house(c)
	if err != nil {
		return err
	}
	answer, err := askWorker(c.Context, h.config.StateDir, o)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		status := exitDone
		if !answer.OK {
			status = exitFailed
		}
		return finish(p.writeJSON(answer), status)
	}
	if !answer.OK {
		return fmt.Errorf("roomctl serve: %s", answer.Error)
	}
	out := p.printer(c)
	if answer.Status != nil {
		out.worker(answer.Status, p.now())
		return nil
	}
	out.line("%s", inert(answer.Text))
	return nil
}

// errNoWorker says that no serve is running on a state folder.
var errNoWorker = errors.New("no roomctl serve is running here")

// askWorker gives an order to the serve that runs on a state folder. An error that
// matches errNoWorker means that none does.
func askWorker(ctx context.Context, dir string, o controlOrder) (*controlAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	path := filepath.Join(dir, controlName)
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, fmt.Errorf("%w: nobody listens on %s; roomctl serve, or systemctl start roomctl, starts one", errNoWorker, path)
	}
	if err != nil {
		return nil, fmt.Errorf("asking roomctl serve: %w; it answers the user that it runs as, and root", err)
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, fmt.Errorf("asking roomctl serve: %w", err)
	}
	if err := json.NewEncoder(conn).Encode(o); err != nil {
		return nil, fmt.Errorf("asking roomctl serve: %w", err)
	}
	line, err := bufio.NewReader(conn).ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("reading the answer of roomctl serve: %w", err)
	}
	answer := &controlAnswer{}
	if err := json.Unmarshal(line, answer); err != nil {
		return nil, fmt.Errorf("reading the answer of roomctl serve: %w", err)
	}
	return answer, nil
}
