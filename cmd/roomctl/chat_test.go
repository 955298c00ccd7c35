package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"roomctl/xmppadmin/xmpptest"
)

// stranger owns the rooms that a script puts on the server.
const stranger = "chair@localhost"

// changeChat changes, or looks at, what the chat server has:
//
//	chat put ROOM…                a room that somebody else made
//	chat remove ROOM…
//	chat edit ROOM FIELD 'quoted text'     FIELD without its muc#roomconfig_
//	chat affiliation ROOM JID AFFILIATION
//	chat fault ROOM CONDITION     answer changes of a room with that error
//	chat lose ROOM                cut the connection at the first change of a room
//	chat cut                      cut all connections
//	chat ignore FIELD             do not store a field
//	chat heal
//	chat reset                    forget the stanzas so far
//	chat writes none|some         since the last reset
//	chat rooms NAME…              exactly these rooms exist
//	chat has ROOM FIELD TEXT      the value contains TEXT
//	chat subject ROOM REGEXP      the subject becomes like that
//	chat said N ROOM TEXT         so many messages there since the last reset contain TEXT
func changeChat(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	if neg || len(args) == 0 {
		ts.Fatalf("usage: chat VERB ARG…")
	}
	switch verb, args := args[0], args[1:]; {
	case verb == "put":
		for _, name := range args {
			s.chat.PutRoom(xmpptest.Room{Name: name, Affiliations: map[string]string{stranger: "owner"}})
		}
	case verb == "remove":
		for _, name := range args {
			s.chat.RemoveRoom(name)
		}
	case verb == "edit" && len(args) == 3:
		value := unquote(ts, args[2])
		s.edit(ts, args[0], func(r *xmpptest.Room) { r.Config["muc#roomconfig_"+args[1]] = value })
	case verb == "affiliation" && len(args) == 3:
		s.edit(ts, args[0], func(r *xmpptest.Room) { r.Affiliations[args[1]] = args[2] })
	case verb == "fault" && len(args) == 2:
		s.fault(xmpptest.Fault{Room: args[0], Writing: true, Condition: args[1]})
	case verb == "lose" && len(args) == 1:
		s.fault(xmpptest.Fault{Room: args[0], Writing: true, Nth: 1, Disconnect: xmpptest.BeforeExecuting})
	case verb == "ignore" && len(args) == 1:
		s.fault(xmpptest.Fault{Ignore: []string{"muc#roomconfig_" + args[0]}})
	case verb == "cut":
		s.chat.Disconnect()
	case verb == "heal":
		s.heal()
	case verb == "reset":
		s.chat.ResetStanzas()
	default:
		s.look(ts, verb, args)
	}
}

// look checks what the chat server has.
func (s *stage) look(ts *testscript.TestScript, verb string, args []string) {
	switch {
	case verb == "writes" && len(args) == 1:
		writes := s.writes()
		if (len(writes) > 0) != (args[0] == "some") {
			ts.Fatalf("%d writing stanzas came, want %s:\n%s", len(writes), args[0], strings.Join(writes, "\n"))
		}
	case verb == "rooms":
		var names []string
		for _, r := range s.chat.Rooms() {
			names = append(names, r.Name)
		}
		if got, want := fmt.Sprint(names), fmt.Sprint(args); got != want {
			ts.Fatalf("the server has the rooms %s, want %s", got, want)
		}
	case verb == "has" && len(args) == 3:
		r, ok := s.chat.Room(args[0])
		if value := r.Config["muc#roomconfig_"+args[1]]; !ok || !strings.Contains(value, args[2]) {
			ts.Fatalf("room %s (there: %t) has %s %q, want %q in it", args[0], ok, args[1], value, args[2])
		}
	case verb == "subject" && len(args) == 2:
		pattern := regexp.MustCompile(args[1])
		until(ts, "the subject of "+args[0], func() bool {
			r, ok := s.chat.Room(args[0])
			return ok && pattern.MatchString(r.Subject)
		})
	case verb == "said" && len(args) == 3:
		until(ts, "messages in "+args[1], func() bool { return s.said(args[1], args[2]) == number(ts, args[0]) })
	default:
		ts.Fatalf("chat %s %q: no such change", verb, args)
	}
}

func (s *stage) edit(ts *testscript.TestScript, name string, change func(*xmpptest.Room)) {
	if !s.chat.Edit(name, change) {
		ts.Fatalf("there is no room %s to edit", name)
	}
}

func (s *stage) fault(f xmpptest.Fault) { s.unfault = append(s.unfault, s.chat.Fault(f)) }

// said counts the messages to a room, since the last reset, that contain a text.
func (s *stage) said(room, text string) (n int) {
	for _, stanza := range s.chat.Stanzas() {
		if stanza.Name == "message" && stanza.Room == room && strings.Contains(stanza.XML, "<body>") && strings.Contains(stanza.XML, text) {
			n++
		}
	}
	return n
}

// writes are the stanzas since the last reset that would change something.
func (s *stage) writes() []string {
	var list []string
	for _, stanza := range s.chat.Stanzas() {
		if stanza.Writing {
			list = append(list, stanza.XML)
		}
	}
	return list
}
