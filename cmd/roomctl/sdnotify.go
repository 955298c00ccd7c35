package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// systemd is the service manager that started this process, as sd_notify(3) and
// sd_watchdog_enabled(3) describe it. Without one its methods do nothing.
type systemd struct {
	socket   string        // where messages go; "": nobody listens
	watchdog time.Duration // a sign of life is due so often; 0: none is
}

// sendLimit is how long the service manager may take to have room for a message.
const sendLimit = time.Second

// newSystemd reads what the service manager put into the environment.
func newSystemd(getenv func(string) string, pid int) (systemd, error) {
	s := systemd{socket: getenv("NOTIFY_SOCKET")}
	switch {
	case s.socket == "":
		return s, nil
	case s.socket[0] != '/' && s.socket[0] != '@':
		return systemd{}, fmt.Errorf("NOTIFY_SOCKET: %q is neither a path nor an abstract name", s.socket)
	}
	if owner := getenv("WATCHDOG_PID"); owner != "" && owner != strconv.Itoa(pid) {
		return s, nil // it is another process that is watched
	}
	if given := getenv("WATCHDOG_USEC"); given != "" {
		usec, err := strconv.ParseInt(given, 10, 64)
		if err != nil || usec <= 0 || usec > int64(time.Duration(1<<63-1)/time.Microsecond) {
			return systemd{}, fmt.Errorf("WATCHDOG_USEC: %q is no number of microseconds", given)
		}
		s.watchdog = time.Duration(usec) * time.Microsecond
	}
	return s, nil
}

// ready says that the service is up, or has read its configuration again.
func (s systemd) ready(status string) error { return s.send("READY=1", "STATUS="+status) }

// reloading says that the configuration is being read again. ready ends that.
func (s systemd) reloading() error {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return fmt.Errorf("reading the monotonic clock: %w", err)
	}
	return s.send("RELOADING=1", fmt.Sprintf("MONOTONIC_USEC=%d", now.Nano()/1000))
}

// stopping says that the service is about to end.
func (s systemd) stopping() error {
	return s.send("STOPPING=1", "STATUS=finishing the change in hand")
}

// status says in a line what the service is at.
func (s systemd) status(text string) error { return s.send("STATUS=" + text) }

// send sends one message. Each of its assignments is one line.
func (s systemd) send(assignments ...string) error {
	if s.socket == "" {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: s.socket, Net: "unixgram"}) // "@" stands for the zero byte
	if err != nil {
		return fmt.Errorf("telling the service manager: %w", err)
	}
	for i, a := range assignments {
		assignments[i] = strings.ReplaceAll(a, "\n", " ")
	}
	err = conn.SetWriteDeadline(time.Now().Add(sendLimit)) // one who does not read would block this for ever
	if err == nil {
		_, err = conn.Write([]byte(strings.Join(assignments, "\n")))
	}
	if err = errors.Join(err, conn.Close()); err != nil {
		return fmt.Errorf("telling the service manager: %w", err)
	}
	return nil
}

// watch gives signs of life until ctx ends, twice as often as they are due, as
// long as alive says so. One that does not arrive is not the last: failed is told
// of the first in a row.
func (s systemd) watch(ctx context.Context, alive func() bool, failed func(error)) {
	if s.watchdog == 0 {
		return
	}
	ticker := time.NewTicker(max(s.watchdog/2, time.Millisecond))
	defer ticker.Stop()
	arrives := true
	for {
		if alive() {
			err := s.send("WATCHDOG=1")
			if err != nil && arrives {
				failed(err)
			}
			arrives = err == nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}
