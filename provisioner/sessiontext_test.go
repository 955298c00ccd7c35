package provisioner

import (
	"strings"
	"testing"
	"text/template"
	"time"
	"unicode/utf8"
)

// sessionTexts are the built-in texts, in the time zone of the meeting.
func sessionTexts(t *testing.T) SessionTexts {
	t.Helper()
	texts, err := ParseSessionTexts("", "", "", "", "")
	if err != nil {
		t.Fatal(err)
	}
	texts.MUC, texts.NoteWell = "jabber.example.org", "https://www.example.org/note-well/"
	texts.Datatracker = "https://datatracker.example.org"
	return texts
}

func sessionSlot() Slot {
	return Slot{
		Meeting: "126", Title: "IETF 126", IETF: true,
		Session: 33123, Name: "QUIC", Acronym: "quic", GroupName: "QUIC", Status: "sched",
		Start: noon, End: noon.Add(90 * time.Minute), Room: "quic",
	}
}

func TestBuiltInSessionTexts(t *testing.T) {
	texts := sessionTexts(t)
	zone, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	texts.Zone = zone
	text := texts.Of(sessionSlot())
	text.Before, text.OldStart = "15 minutes", text.Start.Add(-24*time.Hour)
	const links = " | https://datatracker.example.org/meeting/126/agenda/"
	const noteWell = " | Note Well: https://www.example.org/note-well/"
	for _, c := range []struct {
		template *template.Template
		want     string
	}{
		{texts.Subject, "Now: QUIC, until 14:30 CET" + links + noteWell},
		{texts.Before, "In 15 minutes, at 13:00 CET: QUIC" + links + noteWell},
		{texts.Start, "Starting now: QUIC, until 14:30 CET" + links + noteWell},
		{texts.Moved, "Moved: QUIC is on Mon 2 Mar, 13:00 CET, not on Sun 1 Mar, 13:00 CET" + links},
		{texts.Cancelled, "Cancelled: QUIC on Mon 2 Mar, 13:00 CET does not take place" + links},
	} {
		if got, err := text.Render(c.template); err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", c.template.Name(), got, err, c.want)
		}
	}
}

func TestTitlesOfSessions(t *testing.T) {
	// named is a session of a group that ends so many minutes after noon.
	named := func(group, name string, end int) Slot {
		return Slot{GroupName: group, Name: name, Acronym: "acr", Room: "room", Start: noon, End: noon.Add(time.Duration(end) * time.Minute)}
	}
	const office = "Application Administrators"
	tests := []struct {
		name  string
		slots []Slot
		want  string
	}{
		{"a group's only session", []Slot{named("QUIC", "", 60)}, "QUIC"},
		{"a session called as its group", []Slot{named("QUIC", "QUIC", 60)}, "QUIC"},
		{"a session with a name of its own", []Slot{named("QUIC", "Interop", 60)}, "QUIC: Interop"},
		{"a name that begins with the group's", []Slot{named("IETF", "IETF Plenary", 60)}, "IETF Plenary"},
		{"a name that begins with the same letters", []Slot{named("IETF", "IETFers meet", 60)}, "IETF: IETFers meet"},
		{"a group in another case", []Slot{named("Hackathon", "HACKATHON: kickoff", 60)}, "HACKATHON: kickoff"},
		{"a session without a group", []Slot{named("", "Reception", 60)}, "Reception"},
		{"a session without any name", []Slot{named("", "", 60)}, "acr"},
		{"nothing but a room", []Slot{{Room: "hallway", End: noon}}, "hallway"},
		{"two groups", []Slot{named("JMAP", "", 60), named("EXTRA", "", 60)}, "JMAP and EXTRA"},
		{"two sessions of one group", []Slot{named(office, "RPC Office Hours", 60), named(office, "IANA Office Hours", 60)}, office + ": RPC Office Hours and IANA Office Hours"},
		{
			"one of them ends earlier", []Slot{named(office, "RPC Office Hours", 90), named(office, "IANA Office Hours", 60)},
			office + ": RPC Office Hours and IANA Office Hours (until 13:00)",
		},
		{"the same twice", []Slot{named("QUIC", "", 60), named("QUIC", "", 60)}, "QUIC"},
		{"a group's session and a named one of it", []Slot{named("QUIC", "", 60), named("QUIC", "Interop", 60)}, "QUIC and QUIC: Interop"},
		{
			"more than anybody reads", []Slot{named("A", "", 60), named("B", "", 60), named("C", "", 60), named("D", "", 60), named("E", "", 60), named("F", "", 60)},
			"A, B, C, D and 2 more",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := sessionTexts(t).Of(test.slots...).Title; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestWhereTheAgendaOfASessionStands(t *testing.T) {
	interim := sessionSlot()
	interim.Meeting, interim.Title, interim.IETF = "interim-2026-quic-04", "interim-2026-quic-04", false
	nobodys := interim
	nobodys.Acronym = ""
	for want, slot := range map[string]Slot{
		"https://datatracker.example.org/meeting/126/agenda/":                        sessionSlot(),
		"https://datatracker.example.org/meeting/interim-2026-quic-04/session/quic/": interim,
		"https://datatracker.example.org/meeting/upcoming":                           nobodys,
	} {
		if got := sessionTexts(t).Of(slot).AgendaURL; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	published := sessionTexts(t)
	published.BaseURL = "https://rooms.example.org"
	if got := published.Of(interim).AgendaURL; got != "https://rooms.example.org/meeting/interim-2026-quic-04/" {
		t.Errorf("with pages of our own: %q", got)
	}
}

func TestTextsFromTheAgendaAreInert(t *testing.T) {
	slot := sessionSlot()
	slot.GroupName = "Q\nU\x1b[31mI\u202eC\ufffe " + strings.Repeat("long ", 500)
	slot.Name = "\u2066own\u2069\r\nname\xff"
	texts := sessionTexts(t)
	text := texts.Of(slot)
	got, err := text.Render(texts.Subject)
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(got, "\n\r\x1b\u202e\u2066\u2069\ufffe") || !utf8.ValidString(got) {
		t.Errorf("%q", got)
	}
	if !strings.HasPrefix(got, "Now: Q U[31mIC long ") || !strings.HasSuffix(got, "…, until 13:30 UTC | https://datatracker.example.org/meeting/126/agenda/ | Note Well: https://www.example.org/note-well/") {
		t.Errorf("%q", got)
	}
	if text.Session != "own name" {
		t.Errorf("name %q", text.Session)
	}
	text.NoteWell = strings.Repeat("x", 5000)
	if got, err = text.Render(texts.Subject); err != nil || utf8.RuneCountInString(got) != maxSessionText {
		t.Errorf("%d characters, %v", utf8.RuneCountInString(got), err)
	}
}

func TestWrongSessionTemplates(t *testing.T) {
	for name, templates := range map[string][5]string{
		"a member that there is not": {"{{.Sesion}}"},
		"an unfinished one":          {"", "{{.Title"},
		"a function that fails":      {"", "", `{{index .Title 100}}`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ParseSessionTexts(templates[0], templates[1], templates[2], templates[3], templates[4]); err == nil {
				t.Error("no error")
			}
		})
	}
	texts, err := ParseSessionTexts(`{{if .OldStart.IsZero}} {{end}}`, "", "", "", "")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := texts.Of(sessionSlot()).Render(texts.Subject); err == nil {
		t.Errorf("an empty text is %q", got)
	}
}
