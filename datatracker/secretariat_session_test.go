package datatracker

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
)

// sessionState is a session with everything that its form could change.
func sessionState(t *testing.T, s *datatrackertest.Server, id int) (state datatrackertest.Session) {
	t.Helper()
	update(t, s, func(w *datatrackertest.World) { state = *w.Session(id) })
	return state
}

// plenary is the id of the plenary session of IETF 113.
func plenary(t *testing.T) (id int) {
	t.Helper()
	update(t, startDatatracker(t), func(w *datatrackertest.World) {
		for _, s := range w.Meeting("113").Sessions {
			if s.Type == "plenary" {
				id = s.ID
			}
		}
	})
	return id
}

// posts counts the forms that were sent to an address.
func posts(s *datatrackertest.Server, address string) int {
	n := 0
	for _, r := range s.Requests() {
		if r.Method == http.MethodPost && r.URL == address {
			n++
		}
	}
	return n
}

func TestSetChatRoomChangesNothingElse(t *testing.T) {
	tests := []struct {
		name string
		id   int
		have func(*datatrackertest.Session)
	}{
		{"a session as it is", tls, func(*datatrackertest.Session) {}},
		{"with a room already", tls, func(s *datatrackertest.Session) { s.ChatRoom = "old" }},
		{"with everything filled in", tls, func(s *datatrackertest.Session) {
			s.Name, s.Short, s.Note = "TLS & <friends>", "tls", `Joint with "UTA"; 50% – ünïcödé`
			s.Comments, s.RemoteInstructions = "two\r\nlines\r\n\r\nand a last", "https://example.org/?a=b&c=d+e"
			s.Attendees, s.HasOnsiteTool, s.RequestedDuration = 120, true, 90*time.Minute
		}},
		{"with line breaks that no browser sent", tls, func(s *datatrackertest.Session) { s.Comments = "one\ntwo\r\nthree\n\nfour" }},
		{"without the onsite tool", tls, func(s *datatrackertest.Session) { s.HasOnsiteTool = false }},
		{"off the agenda", tls, func(s *datatrackertest.Session) { s.OnAgenda = false }},
		{"with markup in its texts", tls, func(s *datatrackertest.Session) {
			s.Comments = `</textarea></form><form method="post"><input name="chat_room" value="evil">`
			s.Note = `"><input name="short" value="evil">`
		}},
		{"the plenary", plenary(t), func(*datatrackertest.Session) {}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := startDatatracker(t)
			update(t, server, func(w *datatrackertest.World) { tt.have(w.Session(tt.id)) })
			before := sessionState(t, server, tt.id)
			sec := newSecretariat(t, server)
			if err := sec.SetChatRoom(t.Context(), tt.id, before.ChatRoom, "tls2"); err != nil {
				t.Fatal(err)
			}
			after := sessionState(t, server, tt.id)
			want := before
			want.ChatRoom, want.Modified = "tls2", after.Modified
			if after != want {
				t.Errorf("more changed than chat_room:\nbefore %+v\nafter  %+v", before, after)
			}
			if !after.Modified.After(before.Modified) {
				t.Error("the session was not saved")
			}
			if room, err := sec.ChatRoom(t.Context(), tt.id); err != nil || room != "tls2" {
				t.Errorf("read again: %q, %v", room, err)
			}
		})
	}
}

// TestSetChatRoomRefuses shows what is left alone before anything is sent.
func TestSetChatRoomRefuses(t *testing.T) {
	tests := []struct {
		name     string
		have     func(*datatrackertest.Session)
		id       int
		from, to string
		bad      string
	}{
		{"a room that somebody else gave it", func(s *datatrackertest.Session) { s.ChatRoom = "uta" }, tls, "", "tls2", `its chat_room is "uta" and no longer ""`},
		{"a room that somebody else took away", nil, tls, "old", "tls2", `its chat_room is "" and no longer "old"`},
		{"a name of 33 characters", nil, tls, "", strings.Repeat("r", 33), "no name of at most 32 characters"},
		{"a JID", nil, tls, "", "tls@jabber.example.org", "no name of at most 32 characters"},
		{"upper case", nil, tls, "", "TLS", "no name of at most 32 characters"},
		{"no name", nil, tls, "", "", "no name of at most 32 characters"},
		{"a duration that the form does not offer", func(s *datatrackertest.Session) { s.RequestedDuration = 8 * time.Hour }, tls, "", "tls2",
			`none of the choices of "requested_duration" is selected`},
		{"a purpose that the group does not have", func(s *datatrackertest.Session) { s.Purpose = "social" }, tls, "", "tls2",
			`none of the choices of "purpose" is selected`},
		{"white space that saving would strip", func(s *datatrackertest.Session) { s.Comments = "x \r\n" }, tls, "", "tls2",
			`saving its form would change more than its chat_room: "comments" begins or ends with white space`},
		{"a line break in a line", func(s *datatrackertest.Session) { s.Note = "a\nb" }, tls, "", "tls2", `"agenda_note" is one line long`},
		{"an interim", nil, 40002, "", "tls2", "500 Internal Server Error"},
		{"a session that is not there", nil, 999999, "", "tls2", "404 Not Found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := startDatatracker(t)
			if tt.have != nil {
				update(t, server, func(w *datatrackertest.World) { tt.have(w.Session(tt.id)) })
			}
			before := sessionState(t, server, tls)
			sec := newSecretariat(t, server)
			checkError(t, sec.SetChatRoom(t.Context(), tt.id, tt.from, tt.to), tt.bad)
			if n := posts(server, tlsForm); n != 0 {
				t.Errorf("%d forms were sent", n)
			}
			if after := sessionState(t, server, tls); after != before {
				t.Errorf("before %+v\nafter  %+v", before, after)
			}
		})
	}
}

func TestSetChatRoomThatIsSetAlready(t *testing.T) {
	server := startDatatracker(t)
	update(t, server, func(w *datatrackertest.World) { w.SetChatRoom(tls, "tls2") })
	sec := newSecretariat(t, server)
	if err := sec.SetChatRoom(t.Context(), tls, "", "tls2"); err != nil {
		t.Error(err)
	}
	if n := posts(server, tlsForm); n != 0 {
		t.Errorf("%d forms were sent", n)
	}
}

func TestSetChatRoomFaults(t *testing.T) {
	onPost := func(kind datatrackertest.Kind) datatrackertest.Fault {
		return datatrackertest.Fault{Kind: kind, Method: http.MethodPost, Path: tlsForm, Times: 1}
	}
	edit := func(f datatrackertest.Fault, change func(*datatrackertest.Session)) datatrackertest.Fault {
		f.Change = func(w *datatrackertest.World) { change(w.Session(tls)) }
		return f
	}
	note := func(s *datatrackertest.Session) { s.Note = "Joint with UTA" }
	tests := []struct {
		name   string
		fault  datatrackertest.Fault
		bad    string // "" when it succeeds
		room   string // afterwards
		other  bool   // an *OtherFieldsError
		posted int
	}{
		{"the answer gets lost", onPost(datatrackertest.LostAnswer), "", "tls2", false, 1},
		{"the form gets lost", onPost(datatrackertest.LostRequest), "its chat_room is not set: sending the form to", "", false, 1},
		{"the login ends", onPost(datatrackertest.LoggedOut), "its chat_room is not set: ", "", false, 1},
		{"503", withCode(onPost(datatrackertest.Status), 503), "its chat_room is not set: ", "", false, 1},
		{"a challenge instead of the answer", onPost(datatrackertest.HTML200), "its chat_room is not set: ", "", false, 1},
		{"403", withCode(onPost(datatrackertest.Status), 403), "its chat_room is not set: ", "", false, 1},
		{"the session loses its group",
			edit(onPost(datatrackertest.EditBefore), func(s *datatrackertest.Session) { s.Group = nil }),
			"is not known: ", "", false, 1},
		{"somebody edits between saving and reading again", edit(onPost(datatrackertest.EditAfter), note),
			`session 29355: not only its chat_room changed, but agenda_note from "" to "Joint with UTA", chat_room from "" to "tls2"`, "tls2", true, 1},
		{"somebody sets another room at the same time", edit(onPost(datatrackertest.EditAfter), func(s *datatrackertest.Session) { s.ChatRoom = "uta" }),
			`not only its chat_room changed, but chat_room from "" to "uta"`, "uta", true, 1},
		{"a checkbox comes off", edit(onPost(datatrackertest.EditAfter), func(s *datatrackertest.Session) { s.HasOnsiteTool = false }),
			`has_onsite_tool from "on" to ""`, "tls2", true, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := startDatatracker(t)
			sec := newSecretariat(t, server)
			server.Fault(tt.fault)
			err := sec.SetChatRoom(t.Context(), tls, "", "tls2")
			checkError(t, err, tt.bad)
			if other := (*OtherFieldsError)(nil); errors.As(err, &other) != tt.other {
				t.Errorf("the error is a %T", err)
			}
			if room := sessionState(t, server, tls).ChatRoom; room != tt.room {
				t.Errorf("chat_room is %q, want %q", room, tt.room)
			}
			if n := posts(server, tlsForm); n != tt.posted {
				t.Errorf("%d forms were sent, want %d", n, tt.posted)
			}
		})
	}
}

func withCode(f datatrackertest.Fault, code int) datatrackertest.Fault {
	f.Code = code
	return f
}

// TestALostAnswerThatCannotBeLookedUp shows that doubt is told as doubt.
func TestALostAnswerThatCannotBeLookedUp(t *testing.T) {
	server := startDatatracker(t)
	sec := newSecretariat(t, server)
	server.Fault(datatrackertest.Fault{Kind: datatrackertest.LostAnswer, Method: http.MethodPost, Path: tlsForm})
	server.Fault(datatrackertest.Fault{Kind: datatrackertest.LostRequest, Method: http.MethodGet, Path: tlsForm, Skip: 1})
	err := sec.SetChatRoom(t.Context(), tls, "", "tls2")
	checkError(t, err, `whether the chat_room of session 29355 is set to "tls2" is not known: sending the form to `)
	checkError(t, err, "; then reading the form of session 29355: ")
	if n := posts(server, tlsForm); n != 1 {
		t.Errorf("%d forms were sent", n)
	}
}

func TestSetChatRoomAfterItsCallerGaveUp(t *testing.T) {
	server := startDatatracker(t)
	sec := newSecretariat(t, server)
	ctx, cancel := context.WithCancel(t.Context())
	server.Fault(datatrackertest.Fault{
		Kind: datatrackertest.EditAfter, Method: http.MethodPost, Path: tlsForm, Times: 1,
		Change: func(*datatrackertest.World) { cancel(); <-ctx.Done() },
	})
	if err := sec.SetChatRoom(ctx, tls, "", "tls2"); err != nil {
		t.Errorf("the room is set, and the error is %v", err)
	}
	if room := sessionState(t, server, tls).ChatRoom; room != "tls2" {
		t.Errorf("chat_room is %q", room)
	}
	checkError(t, sec.SetChatRoom(ctx, tls, "tls2", "tls3"), "context canceled")
}
