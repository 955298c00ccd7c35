package main

import (
	"path"
	"slices"
	"strings"

	"roomctl/agenda"
)

// maxListed is how many published files are listed one by one. A change of the
// agenda touches no more, a first sync hundreds.
const maxListed = 20

// published prints the files that changed: of many, those that others build on,
// and how many there are of each other kind.
func (p printer) published(paths []string) {
	if len(paths) == 0 {
		p.line("Published: nothing new.")
		return
	}
	p.line("Published: %s", plural(len(paths), "file"))
	listed, others := paths, []string(nil)
	if !p.verbose && len(paths) > maxListed {
		listed, others = cutMain(paths)
	}
	for _, name := range slices.Sorted(slices.Values(listed)) {
		p.line("    %s", name)
	}
	if len(others) > 0 {
		p.line("    and %s; --verbose lists them", countKinds(others))
	}
}

// cutMain takes the main files out of a list: what other programs fetch, and
// where people come in.
func cutMain(paths []string) (main, others []string) {
	for _, name := range paths {
		if isMain(name) {
			main = append(main, name)
		} else {
			others = append(others, name)
		}
	}
	return main, others
}

func isMain(name string) bool {
	switch name {
	case agenda.CurrentPath, agenda.RoomsPath, "agenda.ics", "index.html", "rooms/index.html", "news.atom":
		return true
	}
	inMeeting, ok := strings.CutPrefix(name, "meeting/")
	return ok && strings.HasSuffix(inMeeting, "/agenda.json") && !strings.HasPrefix(inMeeting, "interim-")
}

// countKinds counts files by what they are: "412 calendars, 178 pages".
func countKinds(paths []string) string {
	counts := map[string]int{}
	for _, name := range paths {
		counts[kindOf(name)]++
	}
	var parts []string
	for _, kind := range []string{"agenda", "calendar", "page", "other file"} {
		if n := counts[kind]; n > 0 {
			parts = append(parts, plural(n, kind))
		}
	}
	return strings.Join(parts, ", ")
}

func kindOf(name string) string {
	switch {
	case path.Base(name) == "agenda.json":
		return "agenda"
	case path.Ext(name) == ".ics":
		return "calendar"
	case path.Ext(name) == ".html":
		return "page"
	}
	return "other file"
}
