package announce

import (
	"fmt"
	"strings"
	"text/template"
	"time"

	"roomctl/provisioner"
)

// text is what is said, in one line.
func (a Announcement) text(texts provisioner.SessionTexts) (string, error) {
	data := texts.Of(a.Slot)
	var t *template.Template
	switch {
	case a.Lead > 0:
		t = texts.Before
		data.Before = inWords(a.Lead)
	case a.Kind == Start:
		t = texts.Start
	case a.Kind == Moved:
		t = texts.Moved
		data.OldStart = a.OldStart.In(data.Start.Location())
	default:
		t = texts.Cancelled
	}
	return data.Render(t)
}

// inWords is a duration as people say it: "1 hour 30 minutes".
func inWords(d time.Duration) string {
	var words []string
	for _, unit := range []struct {
		name string
		is   time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}} {
		n := d / unit.is
		d -= n * unit.is
		switch {
		case n == 1:
			words = append(words, "1 "+unit.name)
		case n > 1:
			words = append(words, fmt.Sprintf("%d %ss", n, unit.name))
		}
	}
	return strings.Join(words, " ")
}
