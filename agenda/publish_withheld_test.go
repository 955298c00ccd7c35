package agenda

import (
	"strings"
	"testing"
	"time"
)

// While a guard withholds the links of a meeting nothing of what is published
// about it moves, whatever has become of its sessions meanwhile. Its rooms have
// pages and calendars of their own, and those go on.
func TestFilesOfAWithheldMeetingStay(t *testing.T) {
	tree := openTree(t)
	if _, err := Publish(tree, publication()); err != nil {
		t.Fatal(err)
	}
	later := publication()
	later.Meetings[0].Agenda = nil
	moved := &later.Meetings[0].Sessions[0]
	moved.Start, moved.Location, moved.Sequence = moved.Start.Add(24*time.Hour), "Hall", 1
	done, err := Publish(tree, later)
	if err != nil {
		t.Fatal(err)
	}
	changed := map[string]bool{}
	for _, path := range done.Changed {
		changed[path] = true
		if strings.HasPrefix(path, "meeting/126/") || strings.HasPrefix(path, "agenda.") {
			t.Errorf("%s was changed", path)
		}
	}
	if !changed["rooms/rats/index.html"] || !changed["rooms/rats/calendar.ics"] {
		t.Errorf("changed are %q only", done.Changed)
	}
}
