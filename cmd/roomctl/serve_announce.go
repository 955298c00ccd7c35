package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roomctl/provisioner"
	"roomctl/provisioner/announce"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// announcements is what says in rooms when their sessions begin, and what changes
// about them. rooms is the connection that serve keeps, store opens the registry
// under the lock of the state folder, now is the worker's clock.
func (h *house) announcements(texts provisioner.SessionTexts, rooms func(context.Context) (speaker, error), store announce.Store, now func() time.Time) *announce.Announcer {
	c := h.config.Announce
	return announce.New(announce.Options{
		Settings: announce.Settings{
			Before: c.Before, Start: c.Start, Moved: c.Moved, Cancelled: c.Cancelled, Except: c.Except,
		},
		Texts: texts,
		Say:   func(ctx context.Context, room, text string) error { return sayOnce(ctx, rooms, room, text) },
		Read:  h.announced,
		Store: store,
		Now:   now,
		Paused: func() bool {
			_, paused := h.paused()
			return paused
		},
		Log: h.log,
	})
}

// speaker speaks in rooms, as an *xmppadmin.Service does.
type speaker interface {
	Look(ctx context.Context, name string) xmppadmin.Room
	Say(ctx context.Context, name, text string) error
}

// sayOnce says something in a room. The room is asked for first: a connection that
// is dead, and nobody knows it yet, then loses a question and not a message of
// which nobody could tell whether it arrived.
func sayOnce(ctx context.Context, rooms func(context.Context) (speaker, error), room, text string) error {
	chat, err := rooms(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", announce.ErrNotSent, err)
	}
	var refused *xmppadmin.StanzaError
	switch is := chat.Look(ctx, room); {
	case is.Existence != xmppadmin.Unknown:
	case errors.As(is.Err, &refused):
		return is.Err
	default:
		return fmt.Errorf("%w: %w", announce.ErrNotSent, is.Err)
	}
	return chat.Say(ctx, room, text)
}

// announced is what was said in rooms about their sessions.
func (h *house) announced(ctx context.Context) ([]registry.Announced, error) {
	return readRegistry(ctx, h, func(reg *registry.Reader, ctx context.Context) ([]registry.Announced, error) {
		return reg.Announced(ctx, time.Time{})
	})
}
