package integration

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const readmePath = root + "/README.md"

// A readme is README.md taken apart.
type readme struct {
	blocks []readmeBlock
	tables []readmeTable
}

// A readmeBlock is a fenced block.
type readmeBlock struct {
	section  string // the heading above it
	language string
	text     string
}

// A readmeTable is a table: rows of cells, without the line under the header.
type readmeTable struct {
	section string
	rows    [][]string
}

// readReadme takes README.md apart.
func readReadme(t *testing.T) readme {
	t.Helper()
	return readMarkdown(t, readmePath)
}

// readMarkdown takes a file apart that is written as README.md is.
func readMarkdown(t *testing.T, path string) readme {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r readme
	section, inBlock, inTable := "", false, false
	for line := range strings.Lines(string(data)) {
		language, fence := strings.CutPrefix(line, "```")
		heading, isHeading := strings.CutPrefix(line, "## ")
		switch {
		case fence && !inBlock:
			r.blocks = append(r.blocks, readmeBlock{section: section, language: strings.TrimSpace(language)})
			inBlock = true
		case fence:
			inBlock = false
		case inBlock:
			r.blocks[len(r.blocks)-1].text += line
		case isHeading:
			section = strings.TrimSpace(heading)
		case strings.HasPrefix(line, "|"):
			if !inTable {
				r.tables = append(r.tables, readmeTable{section: section})
			}
			r.tables[len(r.tables)-1].add(line)
		}
		inTable = strings.HasPrefix(line, "|")
	}
	if inBlock {
		t.Fatal("the last fenced block does not end")
	}
	return r
}

// add adds a line of a table.
func (t *readmeTable) add(line string) {
	cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
	if strings.HasPrefix(cells[0], "---") {
		return
	}
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	t.rows = append(t.rows, cells)
}

// block returns the text of the nth block of a language in a section.
func (r readme) block(t *testing.T, section, language string, n int) string {
	t.Helper()
	for _, b := range r.blocks {
		if b.section != section || b.language != language {
			continue
		}
		if n == 0 {
			return b.text
		}
		n--
	}
	t.Fatalf("under %q there are too few blocks of %s", section, language)
	return ""
}

// table returns the rows below the header of the table whose first column is headed so.
func (r readme) table(t *testing.T, header string) [][]string {
	t.Helper()
	for _, table := range r.tables {
		if table.rows[0][0] == header {
			return table.rows[1:]
		}
	}
	t.Fatalf("there is no table of %q", header)
	return nil
}

// A block of a language or a section that nothing looks at would be free to lie.
func TestReadmeBlocksAreAllLookedAt(t *testing.T) {
	want := []readmeBlock{
		{section: "Two commands", language: "sh"},    // TestReadmeCommands
		{section: "A session", language: "sh"},       // TestReadmeCommands
		{section: "A session", language: "console"},  // TestReadmeSession
		{section: "Configuration", language: "yaml"}, // TestReadmeConfiguration: what must be set
		{section: "Configuration", language: "yaml"}, // TestReadmeConfiguration: the defaults
		{section: "Configuration", language: "yaml"}, // TestReadmeConfiguration: rooms by rule
		{section: "A meeting", language: "console"},  // TestReadmeMeeting, and the six below
		{section: "A meeting", language: "console"},
		{section: "A meeting", language: "console"},
		{section: "A meeting", language: "console"},
		{section: "A meeting", language: "console"},
		{section: "A meeting", language: "console"},
		{section: "A meeting", language: "console"},
		{section: "As a service", language: "sh"},      // TestReadmeCommands
		{section: "From cron", language: "crontab"},    // TestReadmeSession
		{section: "The chat server", language: "lua"},  // TestReadmeSettingsForProsody
		{section: "The chat server", language: "yaml"}, // TestReadmeSettingsForEjabberd
		{section: "On the web", language: "yaml"},      // TestReadmeWeb
		{section: "On the web", language: "python"},    // TestReadmeWeb
	}
	got := readReadme(t).blocks
	for i := range got {
		got[i].text = ""
	}
	if !slices.Equal(got, want) {
		t.Errorf("the blocks are %v, want %v", got, want)
	}
}

// readmeCommands holds every command of the README's sh blocks and how it is tried: by bash, in the root of the
// checkout, with an empty folder as DIR. It must succeed.
var readmeCommands = map[string]string{
	"go run ./cmd/roomctl demo": `go run ./cmd/roomctl demo --dir "$DIR/demo"`,
	// Running every test is what a run of this test is part of.
	"integration/test": `test -x integration/test && bash -n integration/test`,
	// integration/debian builds the package twice and installs it.
	"cmd/roomctl/package/build /tmp": `test -x cmd/roomctl/package/build && bash -n cmd/roomctl/package/build`,
	"go build ./cmd/roomctl":         `go build -o "$DIR/" ./cmd/roomctl && "$DIR/roomctl" version`,
	"sudo install roomctl /usr/local/bin/": `cd "$DIR" && mkdir bin && touch roomctl &&
		install roomctl bin/ && test -x bin/roomctl`,
}

func TestReadmeCommands(t *testing.T) {
	shown := make(map[string]bool)
	for _, block := range readReadme(t).blocks {
		if block.language != "sh" {
			continue
		}
		for line := range strings.Lines(block.text) {
			command, _, _ := strings.Cut(line, " #")
			shown[strings.TrimSpace(command)] = true
		}
	}
	for command := range shown {
		if readmeCommands[command] == "" {
			t.Errorf("the README has a command that nothing tries: %s", command)
		}
	}
	for command, script := range readmeCommands {
		t.Run(command, func(t *testing.T) {
			if !shown[command] {
				t.Fatal("the README does not have it any more")
			}
			runScript(t, script)
		})
	}
}

// runScript runs a script of bash from the root of the checkout and fails the test unless it succeeds.
func runScript(t *testing.T, script string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute) // compiling may be part of it
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-euc", script)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "DIR="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
}

// buildRoomctl builds the program into a folder of its own and returns the folder.
func buildRoomctl(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "roomctl"), "roomctl/cmd/roomctl")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building roomctl: %v\n%s", err, out)
	}
	return dir
}
