//go:build integration

package integration

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/integration/servers"
)

// preflightPatience is how long the preflight of a whole meeting may take on a busy machine.
const preflightPatience = 30 * time.Second

// A preflight is what preflight prints with --json, as far as the tests read it.
type preflight struct {
	ExitStatus int    `json:"exit_status"`
	Verdict    string `json:"verdict"`
	Rooms      int    `json:"rooms"`
	Findings   []struct {
		Cause    string   `json:"cause"`
		Verdict  string   `json:"verdict"`
		Do       string   `json:"do"`
		Rooms    []string `json:"rooms"`
		Sessions []int    `json:"sessions"`
	} `json:"findings"`
	Sessions []preflightSession `json:"sessions"`
}

type preflightSession struct {
	ID      int    `json:"id"`
	Room    string `json:"room"`
	Verdict string `json:"verdict"`
}

// visitAs lets an account of the server try the rooms.
func (s *stage) visitAs(t testing.TB, jid string) {
	t.Helper()
	s.Visitor = jid
	if err := os.WriteFile(filepath.Join(s.Dir, "visitor-password"), []byte(s.server.Accounts[jid]+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// preflight runs preflight --join.
func (s *stage) preflight(ctx context.Context, t testing.TB, status int) preflight {
	t.Helper()
	o := s.run(ctx, t, "preflight", "--join", "--json").expect(t, status)
	var p preflight
	if err := json.Unmarshal([]byte(o.stdout), &p); err != nil {
		t.Fatalf("reading the JSON document: %v\n%s", err, abridged(o.stdout))
	}
	if p.ExitStatus != status {
		t.Errorf("the document says exit status %d, it was %d", p.ExitStatus, status)
	}
	if o.took > preflightPatience {
		t.Errorf("it took %s", o.took)
	}
	return p
}

// expectGo checks that nothing at all is wrong.
func (p preflight) expectGo(t testing.TB) preflight {
	t.Helper()
	if p.Verdict != "go" || len(p.Findings) > 0 {
		t.Fatalf("verdict %s: %+v", p.Verdict, p.Findings)
	}
	return p
}

// once lists the sessions whose room no other session has.
func (p preflight) once() []preflightSession {
	times := make(map[string]int)
	for _, s := range p.Sessions {
		times[s.Room]++
	}
	return slices.DeleteFunc(slices.Clone(p.Sessions), func(s preflightSession) bool { return times[s.Room] > 1 })
}

// IETF 113 is go after a sync. Of faults that are planted then, all at once and each in another room, every one is found
// with what to do; once that is done, the meeting is go again.
func TestPreflight(t *testing.T) {
	onEachServer(t, func(ctx context.Context, t *testing.T, name servers.Name) {
		server := start(ctx, t, name, servers.Options{Control: true})
		s := newStage(t, server)
		s.visitAs(t, "mallory@"+server.Domain)
		s.run(ctx, t, "sync").expect(t, 0)
		field := newField(ctx, t, s)
		ready := s.preflight(ctx, t, 0).expectGo(t)
		t.Logf("%s %s: %d sessions in %d rooms are go", name, server.Version, len(ready.Sessions), ready.Rooms)

		faults := field.faults(t)
		once := ready.once()
		sessions := slices.Concat(once[1:len(faults)], once[:1]) // the old calendar is wrong about the first: see newField
		for i, fault := range faults {
			fault.plant(sessions[i].Room, sessions[i].ID)
		}
		found := s.preflight(ctx, t, 4)
		for i, fault := range faults {
			found.expectFound(t, fault, sessions[i])
		}
		if len(found.Findings) != len(faults) {
			t.Errorf("%d findings of %d faults: %+v", len(found.Findings), len(faults), found.Findings)
		}
		expectRedLinesFirst(t, s.run(ctx, t, "preflight", "--join").expect(t, 4).stdout)

		field.undo()
		for command := range found.commands() {
			s.run(ctx, t, strings.Fields(command)...)
		}
		s.run(ctx, t, "sync").expect(t, 0)
		s.preflight(ctx, t, 0).expectGo(t)
	})
}

// commands are what the findings say to type, without the name of the program.
func (p preflight) commands() map[string]bool {
	commands := make(map[string]bool)
	for _, f := range p.Findings {
		if command, ok := strings.CutPrefix(f.Do, "roomctl "); ok {
			commands[command] = true
		}
	}
	return commands
}

// expectFound checks that a fault was found in its place and nowhere else.
func (p preflight) expectFound(t testing.TB, fault plantedFault, in preflightSession) {
	t.Helper()
	for _, f := range p.Findings {
		if f.Cause != fault.cause {
			continue
		}
		if (f.Verdict == "no-go") == fault.warning || !strings.Contains(f.Do, fault.do) {
			t.Errorf("%s: found as %+v, want to do %q", fault.name, f, fault.do)
		}
		if !fault.meeting && (!slices.Equal(f.Rooms, []string{in.Room}) || !slices.Equal(f.Sessions, []int{in.ID})) {
			t.Errorf("%s: found in rooms %v and sessions %v, planted in %s and %d", fault.name, f.Rooms, f.Sessions, in.Room, in.ID)
		}
		return
	}
	t.Errorf("%s in room %s is not found", fault.name, in.Room)
}

// expectRedLinesFirst checks the order of what people read, and that each finding has what to do below it.
func expectRedLinesFirst(t testing.TB, told string) {
	t.Helper()
	lines := regexp.MustCompile(`(?m)^(NO-GO|Not tested|Warning|Fine|Preflight)`).FindAllString(told, -1)
	rank := func(word string) int {
		return slices.Index([]string{"NO-GO", "Not tested", "Warning", "Fine", "Preflight"}, word)
	}
	if !slices.IsSortedFunc(lines, func(a, b string) int { return rank(a) - rank(b) }) || lines[0] != "NO-GO" {
		t.Errorf("the lines begin with %v", lines)
	}
	if does := strings.Count(told, "\n    -> "); does != len(lines)-2 {
		t.Errorf("%d findings, and %d times what to do\n%s", len(lines)-2, does, told)
	}
}
