package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"roomctl/config"
	"roomctl/provisioner/registry"
)

// checkPublish tries what publishing needs beside the published folder.
func (h *house) checkPublish(ctx context.Context, known *registry.State) []finding {
	base := finding{What: "base_url", OK: true, Note: h.config.Publish.BaseURL}
	if base.Note == "" {
		base.Note = "not set: pages link relatively, calendars and feeds name no page"
	}
	findings := []finding{base}
	if h.config.Publish.CheckArchive {
		findings = append(findings, h.checkArchive(ctx, known)...)
	}
	if h.config.Publish.Datatracker == config.WriteBackForm {
		findings = append(findings, h.checkSecretariat(ctx))
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

// checkSecretariat logs in to the Datatracker, and out again.
func (h *house) checkSecretariat(ctx context.Context) finding {
	f := finding{What: "write-back"}
	s, err := h.secretariat(ctx)
	if err == nil {
		err = s.Logout(ctx)
	}
	if err != nil {
		f.Note = err.Error()
		return f
	}
	f.OK = true
	f.Note = fmt.Sprintf("the Datatracker lets %s in; whether it may edit sessions shows with the first one", h.config.Datatracker.Username)
	return f
}
