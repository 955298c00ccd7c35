package conformance

import (
	"strings"
	"testing"

	"roomctl/xmppadmin"
)

func (s *suite) texts(t *testing.T) {
	texts := []struct{ end, text string }{
		{"markup", `<b>"bold" & 'brave'</b> ]]> &amp;`},
		{"unicode", "Zürich 東京 שלום ☃ 🧵 é"},
		{"colons", "a:b; c=d, https://x.example/?q=1#f : option:value"},
		{"long", strings.Repeat("rather long ", 80) + "end"},
	}
	for _, c := range texts {
		t.Run(c.end, func(t *testing.T) {
			spec := described()
			spec.Values[xmppadmin.FieldName] = c.text
			spec.Values[xmppadmin.FieldDescription] = c.text
			name := s.mustCreate(t, c.end, spec)
			wantValues(t, s.mustRead(t, name), spec.Values)

			spec.Values[xmppadmin.FieldDescription] = "again: " + c.text
			set := map[xmppadmin.Field]string{xmppadmin.FieldDescription: "again: " + c.text}
			if err := s.service.Configure(limited(t), name, set); err != nil {
				t.Fatal(err)
			}
			wantValues(t, s.mustRead(t, name), spec.Values)
		})
	}
}

func (s *suite) configure(t *testing.T) {
	want := described().Values
	name := s.mustCreate(t, "configured", described())
	for _, change := range []struct {
		field xmppadmin.Field
		value string
	}{
		{xmppadmin.FieldName, "QUIC and more"},
		{xmppadmin.FieldDescription, "concluded: see https://example.org/"},
		{xmppadmin.FieldDescription, ""},
		{xmppadmin.FieldLanguage, "fr"},
		{xmppadmin.FieldPublic, "false"},
		{xmppadmin.FieldPublic, "true"},
		{xmppadmin.FieldLogging, "false"},
		{xmppadmin.FieldLogging, "true"},
	} {
		set := map[xmppadmin.Field]string{change.field: change.value}
		if err := s.service.Configure(limited(t), name, set); err != nil {
			t.Fatal(err)
		}
		want[change.field] = change.value
		wantValues(t, s.mustRead(t, name), want)
	}
	several := map[xmppadmin.Field]string{xmppadmin.FieldName: "both", xmppadmin.FieldDescription: "at once"}
	if err := s.service.Configure(limited(t), name, several); err != nil {
		t.Fatal(err)
	}
	want[xmppadmin.FieldName], want[xmppadmin.FieldDescription] = "both", "at once"
	room := s.mustRead(t, name)
	wantValues(t, room, want)
	wantList(t, "owners", room.Owners, s.target.Options.JID)
}

func (s *suite) badValue(t *testing.T) {
	name := s.mustCreate(t, "badvalue", described())
	set := map[xmppadmin.Field]string{xmppadmin.FieldPersistent: "maybe"}
	err := s.service.Configure(limited(t), name, set)
	if err == nil || !strings.Contains(err.Error(), "persistent") {
		t.Errorf("the error does not name the field: %v", err)
	}
	wantValues(t, s.mustRead(t, name), described().Values)
}

func (s *suite) grant(t *testing.T) {
	name := s.mustCreate(t, "granted", described())
	for _, g := range []struct{ affiliation, who string }{
		{xmppadmin.AffiliationAdmin, "chair@example.org"},
		{xmppadmin.AffiliationOwner, "ad@example.org"},
		{xmppadmin.AffiliationAdmin, "ietf@[::1].example.org"},
		{"member", "somebody@example.org"},
		{xmppadmin.AffiliationAdmin, "somebody@example.org/phone"},
	} {
		err := s.service.Grant(limited(t), name, g.affiliation, g.who, "chair of the group: see <the page>")
		valid := strings.Count(g.who, ":")+strings.Count(g.who, "/") == 0 && g.affiliation != "member"
		if (err == nil) != valid {
			t.Errorf("granting %s to %s: %v", g.affiliation, g.who, err)
		}
	}
	room := s.mustRead(t, name)
	wantList(t, "owners", room.Owners, s.target.Options.JID, "ad@example.org")
	wantList(t, "admins", room.Admins, "chair@example.org")
}

func (s *suite) subject(t *testing.T) {
	const subject = "Thursday 13:00 UTC: agenda at https://example.org/?a=1&b=2 <draft>"
	name := s.mustCreate(t, "subject", described())
	for _, given := range []string{"first", "  " + strings.ReplaceAll(subject, " ", "\n") + "\n"} {
		if err := s.service.SetSubject(limited(t), name, given); err != nil {
			t.Fatal(err)
		}
	}
	if room := s.mustRead(t, name); !room.Empty() {
		t.Error("somebody stayed behind, or nobody knows")
	}
	if s.target.Subject == nil {
		return
	}
	got, err := s.target.Subject(limited(t), name)
	if err != nil {
		t.Fatal(err)
	}
	if got != subject {
		t.Errorf("the subject is %q, want %q", got, subject)
	}
}

func (s *suite) destroy(t *testing.T) {
	for _, end := range []struct{ name, reason, alternate string }{
		{"doomed-silently", "", ""},
		{"doomed", "the group: concluded <today>", s.prefix + "other@" + s.target.Options.MUC},
	} {
		name := s.mustCreate(t, end.name, described())
		if err := s.service.Destroy(limited(t), name, end.reason, end.alternate); err != nil {
			t.Fatal(err)
		}
		if s.target.Tombstones {
			if room := s.wantExistence(t, name, xmppadmin.Tombstone); room.Alternate != end.alternate {
				t.Errorf("the tombstone points to %q, want %q", room.Alternate, end.alternate)
			}
		} else {
			s.wantExistence(t, name, xmppadmin.Absent)
		}
		if err := s.service.Destroy(limited(t), name, "", ""); err != nil {
			t.Errorf("destroying it again: %v", err)
		}
		spec := described()
		spec.Values[xmppadmin.FieldName] = "second life"
		if err := s.service.Create(limited(t), name, spec); err != nil {
			t.Fatal(err)
		}
		room := s.mustRead(t, name)
		wantValues(t, room, spec.Values)
		wantList(t, "owners", room.Owners, s.target.Options.JID)
	}
}

// announce: an ordinary account that is online hears each announcement once, as it
// was given.
func (s *suite) announce(t *testing.T) {
	heard := listen(t, s.target.Visitor)
	_, domain, _ := strings.Cut(s.target.Options.JID, "@")
	texts := []string{"The rooms move\nat <noon> & later.", "That is all."}
	for _, text := range texts {
		if _, err := s.service.Announce(limited(t), s.prefix+"rooms", text); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range texts {
		want := headline{from: domain, subject: s.prefix + "rooms", text: text}
		select {
		case got, connected := <-heard:
			if !connected {
				t.Fatalf("the connection ended before this was heard: %+v", want)
			}
			if got != want {
				t.Errorf("heard %+v, want %+v", got, want)
			}
		case <-limited(t).Done():
			t.Fatalf("nobody heard %+v", want)
		}
	}
}
