package integration

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"roomctl/datatracker/datatrackertest"
)

// roomsPath is what roomctl help rooms prints.
const roomsPath = root + "/cmd/roomctl/rooms.txt"

// everything shows all that a command prints.
var everything = regexp.MustCompile(`(?s).*`)

// roomsSessions are the sessions that the text shows, in its order: what has happened before each, and the commands.
var roomsSessions = []topicSession{
	{"no longer wanted", func(t *testing.T, in installation) { in.cron(t) }, []sessionStep{
		{"roomctl rooms retire sframe --why 'it has done its work'", 0, everything},
		{"roomctl rooms retire tls --successor mls", 0, everything},
		{"roomctl rooms list --state retired", 0, everything},
		{"roomctl rooms restore sframe tls", 0, everything},
	}},
	{"silent, or gone", func(*testing.T, installation) {}, []sessionStep{
		{"roomctl rooms close art --why 'nothing but spam'", 0, everything},
		{"roomctl rooms destroy art", 64, everything},
		{"roomctl rooms destroy art --confirm art", 0, everything},
		{"roomctl rooms restore art", 0, everything},
	}},
	{"hands off", func(t *testing.T, in installation) { in.cron(t) }, []sessionStep{
		{"roomctl rooms hold can --why 'the chairs try something'", 0, everything},
		{"roomctl rooms list --held", 0, everything},
		{"roomctl rooms hold --release can", 0, everything},
	}},
	{"a mistake", func(t *testing.T, in installation) {
		in.update(t, func(w *datatrackertest.World) { w.Group("quic").Name = "Oops" })
		in.cron(t)
	}, []sessionStep{
		{"roomctl history quic", 0, regexp.MustCompile(`(?m)^(Run|[~+]|    name|  .*Oops \().*\n`)},
		{"roomctl rooms revert quic", 0, everything},
	}},
	{"not now", func(t *testing.T, in installation) {
		in.update(t, func(w *datatrackertest.World) { w.Group("quic").Name = "QUIC" })
		in.cron(t)
	}, []sessionStep{
		{"roomctl pause --for 2h --why 'the chat server moves'", 0, everything},
		{"roomctl sync", 0, regexp.MustCompile(`(?m)^.*[Pp]ause.*\n`)},
		{"roomctl resume", 0, everything},
		{"roomctl rooms hold --release quic", 0, everything},
	}},
	{"exactly this", func(t *testing.T, in installation) {
		in.update(t, func(w *datatrackertest.World) {
			w.AddGroup(datatrackertest.Group{Acronym: "newbof", Name: "A New Idea", Type: "wg", State: "bof", Parent: w.Group("art")})
		})
	}, []sessionStep{
		{"roomctl plan --out monday.json", 2, regexp.MustCompile(`(?m)^([+] .*|Plan.*|.*monday.*)\n`)},
		{"roomctl sync --plan monday.json", 0, regexp.MustCompile(`(?m)^([+] .*|Rooms:.*)\n`)},
		{"roomctl sync --plan monday.json", 3, regexp.MustCompile(`(?m)^(Withheld by rule plan.*|    .*)\n`)},
	}},
	{"a lost registry", func(t *testing.T, in installation) {
		if err := os.Remove(filepath.Join(in.dir, "state", "registry.sqlite")); err != nil {
			t.Fatal(err)
		}
	}, []sessionStep{
		{"roomctl rooms adopt --all --dry-run", 0, regexp.MustCompile(`(?m)^(.*quic.*|[^ ]*:.*|[0-9].*)\n`)},
		{"roomctl rooms adopt --all", 0, regexp.MustCompile(`(?m)^(.*quic.*|[^ ]*:.*|[0-9].*)\n`)},
	}},
}

// Every command of the text about what people decide is run, and its output is what the program really prints; with
// -update the text is written anew.
func TestHelpRooms(t *testing.T) {
	in := newInstallation(t, readReadme(t))
	in.compareTopic(t, roomsPath, roomsSessions)
}
