package xmppadmin

import (
	"encoding/xml"
	"errors"
	"strings"
	"testing"

	"roomctl/xmppadmin/xmpptest"
)

func TestCommandFailure(t *testing.T) {
	for _, c := range []struct{ name, answer, want string }{
		{"completed in silence", `<command status='completed'/>`, ""},
		{"completed with good news", `<command status='completed'><note type='info'>Affiliation updated</note></command>`, ""},
		{"completed with a result", `<command status='completed'><x type='result' xmlns='jabber:x:data'><field var='res'><value>0</value></field></x></command>`, ""},
		{"completed with a result in a form", `<command status='completed'><x type='form' xmlns='jabber:x:data'><field var='onlineusersnum'><value>2</value></field></x></command>`, ""},
		{"a form to fill in", `<command status='executing'><x type='form' xmlns='jabber:x:data'><field var='error'/></x></command>`, ""},
		{"Prosody completes with an error note", `<command status='completed'><note type='error'>rooms: Required value missing</note></command>`, "rooms: Required value missing"},
		{"Prosody cancels with an error note", `<command status='canceled'><note type='error'>No such room</note></command>`, "No such room"},
		{"canceled in silence", `<command status='canceled'/>`, "the service canceled it"},
		{"ejabberd completes with an error field", `<command status='completed'><x type='result' xmlns='jabber:x:data'><field type='fixed' label='Result'/><field var='error' label='Error 400'><value>Room already exists</value></field></x></command>`, "Error 400 Room already exists"},
		{"ejabberd completes with a result code", `<command status='completed'><x type='result' xmlns='jabber:x:data'><field var='res'><value>1</value></field></x></command>`, "result code 1"},
		{"no status at all", `<command/>`, `unknown status ""`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var answer command
			text := strings.Replace(c.answer, "<command", "<command xmlns='http://jabber.org/protocol/commands'", 1)
			if err := xml.Unmarshal([]byte(text), &answer); err != nil {
				t.Fatal(err)
			}
			got, failed := answer.failure()
			if got != c.want || failed != (c.want != "") {
				t.Errorf("failure is %q, %v; want %q", got, failed, c.want)
			}
		})
	}
}

func TestCommandOnward(t *testing.T) {
	for _, c := range []struct{ name, actions, want string }{
		{"no actions", "", actionComplete},
		{"only complete", "<actions execute='complete'><complete/></actions>", actionComplete},
		{"next or complete", "<actions execute='complete'><next/><complete/></actions>", actionComplete},
		{"only next", "<actions execute='next'><prev/><next/></actions>", actionNext},
	} {
		var stage command
		text := "<command xmlns='http://jabber.org/protocol/commands' status='executing'>" + c.actions + "</command>"
		if err := xml.Unmarshal([]byte(text), &stage); err != nil {
			t.Fatal(err)
		}
		if got := stage.onward(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestConverseCancelsWhatItCannotFillIn(t *testing.T) {
	srv := startServer(t, xmpptest.Options{Kind: xmpptest.Ejabberd})
	s := loginTo(t, plainOptions(srv))
	srv.ResetStanzas()
	reason := errors.New("nothing to say")
	_, err := converse(t.Context(), s, address(t, "localhost"), nodeAnnounce, func(*form) (form, error) { return form{}, reason })
	if !errors.Is(err, reason) {
		t.Errorf("the error is %v", err)
	}
	sent := srv.Stanzas()
	if len(sent) != 2 || !strings.Contains(sent[1].XML, `cancel`) || sent[1].Writing {
		t.Errorf("sent %+v", sent)
	}
}

func TestRunOnceReportsAnErrorField(t *testing.T) {
	srv := startServer(t, xmpptest.Options{Kind: xmpptest.Ejabberd})
	s := loginTo(t, plainOptions(srv))
	filled := form{Type: formSubmits, Fields: []field{
		{Var: "room", Values: []string{"nosuch"}}, {Var: "service", Values: []string{"conference.localhost"}},
	}}
	_, err := runOnce(t.Context(), s, address(t, "localhost"), apiDestroyRoom, filled)
	var failed *CommandError
	if !errors.As(err, &failed) || failed.Node != apiDestroyRoom || failed.To != "localhost" || failed.Text == "" {
		t.Errorf("the error is %v", err)
	}
}

func TestNotPermitted(t *testing.T) {
	for condition, want := range map[string]bool{
		"forbidden": true, "not-allowed": true, "not-authorized": true, "item-not-found": false, "service-unavailable": false,
	} {
		err := notPermitted(&StanzaError{Op: "set muc#owner", To: "quic@chat.example", Condition: condition})
		if errors.Is(err, ErrNotPermitted) != want {
			t.Errorf("%s: %v", condition, err)
		}
		if !refused(err, condition) {
			t.Errorf("%s is lost: %v", condition, err)
		}
	}
	if err := errors.New("something else"); notPermitted(err) != err {
		t.Error("another error was changed")
	}
}

// FuzzCommand: no answer makes the engine panic, and none is both a failure
// and a stage to go on from.
func FuzzCommand(f *testing.F) {
	f.Add(`<command xmlns='http://jabber.org/protocol/commands' status='completed'><note type='error'>no</note></command>`)
	f.Add(`<command xmlns='http://jabber.org/protocol/commands' status='executing'><actions><next/></actions>` + ejabberdCommandForm + `</command>`)
	f.Fuzz(func(t *testing.T, text string) {
		var answer command
		if xml.Unmarshal([]byte(text), &answer) != nil {
			return
		}
		if _, failed := answer.failure(); !failed && answer.Status != statusExecuting && answer.Status != statusCompleted {
			t.Errorf("taken for a success: %s", text)
		}
		answer.onward()
		answer.remark()
		if answer.Form != nil {
			_, _ = fillMessage(answer.Form, "subject", "body")
			_, _ = fillArguments(answer.Form, map[string][]string{"room": {"a"}})
		}
	})
}
