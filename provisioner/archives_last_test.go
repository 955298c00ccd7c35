package provisioner

import (
	"testing"

	"roomctl/agenda"
)

// TestTheLogsOfARoomAreThoseOfItsLastSession: of those that have any, and in
// whatever order upstream lists them.
func TestTheLogsOfARoomAreThoseOfItsLastSession(t *testing.T) {
	at := func(days int, logs string) agenda.Session {
		return agenda.Session{Start: noon.AddDate(0, 0, days), Link: agenda.SessionLink{Room: "quic", ArchiveURL: logs}}
	}
	got := lastArchives([]agenda.Meeting{
		{Sessions: []agenda.Session{at(-1, "yesterday"), at(-3, "earlier"), at(0, "")}},
		{Sessions: []agenda.Session{at(-2, "the day before")}},
	})
	if len(got) != 1 || got["quic"] != "yesterday" {
		t.Errorf("got %q", got)
	}
}
