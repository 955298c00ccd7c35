package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"roomctl/config"
	"roomctl/datatracker"
	"roomctl/provisioner/registry"
)

// checkPublish tries what publishing needs beside the published folder. snap may
// be nil.
func (h *house) checkPublish(ctx context.Context, known *registry.State, snap *datatracker.Snapshot) []finding {
	base := finding{What: "base_url", OK: true, Note: h.config.Publish.BaseURL}
	if base.Note == "" {
		base.Note = "not set: pages link relatively, calendars and feeds name no page"
	}
	findings := []finding{base}
	if h.config.Publish.CheckArchive {
		findings = append(findings, h.checkArchive(ctx, known)...)
	}
	if h.config.Publish.Datatracker == config.WriteBackForm {
		findings = append(findings, h.checkSecretariat(ctx, snap))
	}
	return findings
}

// checkArchive asks for the logs of one room.
func (h *house) checkArchive(ctx context.Context, known *registry.State) []finding {
	page := h.archivePage(known)
	if page == "" {
		return nil // no pattern, and no room that names its logs
	}
	checker := h.archives()
	defer checker.Close()
	f := finding{What: "logs", OK: true}
	found, err := checker.Exists(ctx, page)
	switch {
	case err != nil:
		f.OK = false
		f.Note = err.Error()
		f.Do = "links to logs stay as they were; publish.check_archive: false links them unchecked"
	case found:
		f.Note = page + " is there"
	default:
		f.Note = page + " is not there, so it is not linked"
	}
	return []finding{f}
}

// archivePage is the address of the logs of some room; "" when none has any.
func (h *house) archivePage(known *registry.State) string {
	links := patterns(h.config.Publish)
	names := slices.Concat(h.rules.Fixed, slices.Sorted(maps.Keys(known.Rooms)))
	for _, name := range names {
		logs := known.Rooms[name].Verified.LogsURL
		link := links.Link(name, name+"@"+h.rules.MUC, logs, time.Time{})
		if link.ArchiveURL != "" {
			return link.ArchiveURL
		}
	}
	return ""
}

// checkSecretariat logs in to the Datatracker, reads the form of a session if
// there is one, and logs out again.
func (h *house) checkSecretariat(ctx context.Context, snap *datatracker.Snapshot) finding {
	f := finding{What: "write-back"}
	s, err := h.secretariat(ctx)
	if err != nil {
		f.Note = err.Error()
		return f
	}
	f.Note = fmt.Sprintf("the Datatracker lets %s in", h.config.Datatracker.Username)
	if session := editable(snap); session != 0 {
		_, err = s.ChatRoom(ctx, session)
		f.Note += " and lets it edit sessions"
	} else {
		f.Note += "; whether it may edit sessions shows with the first one"
	}
	if err = errors.Join(err, s.Logout(ctx)); err != nil {
		f.Note = err.Error()
		return f
	}
	f.OK = true
	return f
}

// editable is a session whose form the secretariat has: a group's, at an IETF
// meeting. It is 0 when none is known.
func editable(snap *datatracker.Snapshot) int {
	if snap == nil {
		return 0
	}
	for _, m := range snap.Meetings {
		for _, s := range m.Sessions {
			if m.Type == "ietf" && s.GroupID != 0 {
				return s.ID
			}
		}
	}
	return 0
}
