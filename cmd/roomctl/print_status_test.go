package main

import (
	"testing"

	"roomctl/agenda"
)

func TestWhatTheDatatrackerSaidInWords(t *testing.T) {
	at := clock(epoch, epoch)
	read, never := agenda.SourceStatus{Name: "groups", Read: epoch}, agenda.SourceStatus{Name: "IETF 126 agenda"}
	for _, test := range []struct {
		name   string
		status agenda.Status
		want   string
	}{
		{"nothing", agenda.Status{}, "none: no run has come by any document yet"},
		{"every document", agenda.Status{Sources: []agenda.SourceStatus{read, read}, LastPoll: epoch},
			"2 documents, the oldest read " + at + "; all of them answered " + at},
		{"not every document", agenda.Status{Sources: []agenda.SourceStatus{read, never}},
			"2 documents, the oldest read " + at + "; not all of them have answered yet"},
	} {
		if got := sourcesWord(&test.status, epoch); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestTheServiceInWords(t *testing.T) {
	at := clock(epoch, epoch)
	for _, test := range []struct {
		name    string
		service service
		want    string
	}{
		{"it runs", service{Running: true, PID: 4711, Began: epoch}, "running since " + at + " (process 4711)"},
		{"it began a moment ago", service{Running: true}, "running"},
		{"it was killed", service{PID: 4711, Began: epoch}, "not running; it began " + at + " and was killed: systemctl start roomctl"},
	} {
		if got := serviceWord(&test.service, epoch); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
