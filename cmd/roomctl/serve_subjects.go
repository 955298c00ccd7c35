package main

import (
	"context"
	"fmt"
	"time"

	"roomctl/config"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/provisioner/sessionclock"
	"roomctl/xmppadmin"
)

// What the configuration checks templates against is what sessions are told with.
var _ = provisioner.SessionText(config.SessionText{})

// sessionTexts are the texts about sessions: subjects and announcements.
func (h *house) sessionTexts() (provisioner.SessionTexts, error) {
	c := h.config
	said := c.Announce.Texts
	texts, err := provisioner.ParseSessionTexts(c.Rooms.SessionSubject, said.Before, said.Start, said.Moved, said.Cancelled)
	if err != nil {
		return provisioner.SessionTexts{}, usageError{fmt.Errorf("configuration: rooms.session_subject, announce.texts: %w", err)}
	}
	if texts.Zone, err = time.LoadLocation(c.Schedule.Timezone); err != nil {
		return provisioner.SessionTexts{}, usageError{fmt.Errorf("configuration: schedule.timezone: %w", err)}
	}
	texts.MUC = c.XMPP.MUC
	texts.Datatracker = c.Datatracker.URL
	texts.BaseURL = c.Publish.BaseURL
	texts.NoteWell = c.Rooms.NoteWell
	return texts, nil
}

// subjects is what makes the subjects of rooms follow their sessions. rooms is the
// connection that serve keeps, store opens the registry under the lock of the state
// folder.
func (h *house) subjects(texts provisioner.SessionTexts, rooms func(context.Context) (*xmppadmin.Service, error), store sessionclock.Store) *sessionclock.Clock {
	return sessionclock.New(sessionclock.Options{
		Texts: texts,
		Off:   !h.config.Rooms.FollowSessions,
		Enter: func(ctx context.Context, room string) (sessionclock.Occupant, error) {
			chat, err := rooms(ctx)
			if err != nil {
				return nil, err
			}
			inside, err := chat.Enter(ctx, room)
			if err != nil {
				return nil, err // and not a stay that is none
			}
			return inside, nil
		},
		Read:  h.showing,
		Store: store,
		Paused: func() bool {
			_, paused := h.paused()
			return paused
		},
		Log: h.log,
	})
}

// showing is what is known of the rooms, and which of them show a session.
func (h *house) showing(ctx context.Context) (*registry.State, []registry.Showing, error) {
	reg, err := registry.OpenReader(ctx, h.registryPath(), h.identity())
	if err != nil {
		return nil, nil, err
	}
	defer reg.Close()
	known, err := reg.Load(ctx)
	if err != nil {
		return nil, nil, err
	}
	rows, err := reg.Showing(ctx)
	return known, rows, err
}
