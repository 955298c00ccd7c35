// Package browser looks at pages with Chromium, which playwright-core drives, in the Debian tree "browser". The browser
// reaches loopback addresses only.
package browser

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"roomctl/integration/installed"
)

//go:embed begin.mjs
var begin string

//go:embed join.mjs
var join string

//go:embed look.mjs
var look string

// A Session is what there is to tell about every use of the browser.
type Session struct {
	Version    string   `json:"version"`    // of Chromium
	Requests   []string `json:"requests"`   // every address that was asked for, those of websockets too
	Complaints []string `json:"complaints"` // errors on the console and of scripts, what a content security policy refused among them
}

// A Way leads from a page into a chat room.
type Way struct {
	Page     string `json:"page"`     // its address
	Link     string `json:"link"`     // the text of the link to follow
	Nickname string `json:"nickname"` // to choose in the web client
	Hear     string `json:"hear"`     // what to wait for in the room
	Say      string `json:"say"`      // what to say then
	Width    int    `json:"width"`    // of the window, in pixels

	Patience time.Duration `json:"-"` // for each step; 0: half a minute
}

// Joined is how going the Way went.
type Joined struct {
	Session
	At         string `json:"at"`         // the address of the web client
	Error      string `json:"error"`      // the step that failed; empty: the reader was in the room, heard and answered
	Screenshot []byte `json:"screenshot"` // PNG, at the end
}

// Join follows a link on a page, chooses a nickname in Converse.js, waits for something to be said and answers.
func Join(ctx context.Context, way Way) (Joined, error) {
	var joined Joined
	task := struct {
		Way
		Patience int64 `json:"patience"` // milliseconds
	}{way, way.Patience.Milliseconds()}
	err := installed.Node(ctx, begin+join, task, &joined)
	if err == nil && joined.Error != "" {
		err = errors.New(joined.Error)
	}
	if err != nil {
		return joined, fmt.Errorf("joining by %q on %s: %w", way.Link, way.Page, err)
	}
	return joined, nil
}

// A View is one page as one reader sees it.
type View struct {
	Page       string   `json:"page"`       // its name
	View       string   `json:"view"`       // light, dark, phone, phone-dark or print
	Violations []string `json:"violations"` // of accessibility, as axe-core finds them; not judged in print
	Sideways   int      `json:"sideways"`   // pixels by which the page must be scrolled sideways, on a phone also at 320 pixels
	Screenshot []byte   `json:"screenshot"` // PNG of the page's top
}

// Looked is what was seen of pages.
type Looked struct {
	Session
	Views []View              `json:"views"`
	Links map[string][]string `json:"links"` // by page: the texts of the links that are there without JavaScript
}

// Look looks at pages, given as addresses by name.
func Look(ctx context.Context, pages map[string]string) (Looked, error) {
	var looked Looked
	if err := installed.Node(ctx, begin+look, map[string]any{"pages": pages}, &looked); err != nil {
		return Looked{}, fmt.Errorf("looking at %d pages: %w", len(pages), err)
	}
	return looked, nil
}
