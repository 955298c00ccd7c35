package main

import (
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// addVisitor gives the chat server an ordinary account, at $VISITOR_JID with its
// password in $VISITOR_PASSWORD, and lets roomctl try the rooms with it: visitor.
func addVisitor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: visitor")
	}
	s := stageOf(ts)
	file, password := s.path("visitor-password"), s.chat.AddAccount("visitor")
	s.passwords[file] = password
	ts.Check(os.WriteFile(file, []byte(password+"\n"), 0o600))
	ts.Setenv("VISITOR_JID", "visitor@localhost")
	ts.Setenv("VISITOR_PASSWORD", file)
	configure(ts, false, []string{"usual", "guards:", `preflight:\n  jid: $VISITOR_JID\n  password_file: $VISITOR_PASSWORD\nguards:`})
}
