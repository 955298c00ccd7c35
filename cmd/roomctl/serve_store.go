package main

import (
	"context"
	"errors"
	"os"
	"time"

	"roomctl/provisioner/lock"
	"roomctl/provisioner/registry"
)

// storeWait is how long what writes between two runs waits for the lock of the
// state folder: a person's command may have it.
const storeWait = 5 * time.Second

// store opens the registry for writing under the lock of the state folder, calls
// do, and closes both.
func (h *house) store(ctx context.Context, do func(*registry.Registry) error) (err error) {
	held, err := lock.Acquire(ctx, h.config.StateDir, h.holder("serve"), storeWait, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, held.Release()) }()
	reg, err := registry.Open(ctx, h.registryPath(), h.identity())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	return do(reg)
}

// readRegistry opens the registry for reading, as it is and without the lock, calls
// do, and closes it.
func readRegistry[T any](ctx context.Context, h *house, do func(*registry.Reader, context.Context) (T, error)) (T, error) {
	reg, err := registry.OpenReader(ctx, h.registryPath(), h.identity())
	if err != nil {
		var none T
		return none, err
	}
	defer reg.Close()
	return do(reg, ctx)
}

// known reads the registry.
func (h *house) known(ctx context.Context) (*registry.State, error) {
	return readRegistry(ctx, h, (*registry.Reader).Load)
}

// holder is this process as a lock names it.
func (h *house) holder(command string) lock.Holder {
	host, _ := os.Hostname() // only for people: who holds the lock
	return lock.Holder{Command: command, PID: os.Getpid(), Host: host, Began: h.program.now()}
}
