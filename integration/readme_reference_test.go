package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The tables of commands and exit statuses say what the program's own help says.
func TestReadmeTellsWhatHelpTells(t *testing.T) {
	r := readReadme(t)
	program := filepath.Join(buildRoomctl(t), "roomctl")
	help := func(arguments ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), program, append(arguments, "--help")...).Output()
		if err != nil {
			t.Fatalf("%v --help: %v", arguments, err)
		}
		return string(out)
	}
	whole := help()

	t.Run("exit statuses", func(t *testing.T) {
		_, statuses, _ := strings.Cut(whole, "EXIT STATUS:\n")
		statuses, _, _ = strings.Cut(statuses, "\n\n")
		var got, want []string
		for _, row := range r.table(t, "exit status") {
			got = append(got, strings.Join(row, " "))
		}
		for line := range strings.Lines(statuses) {
			words := strings.Join(strings.Fields(line), " ")
			if words[0] < '0' || words[0] > '9' {
				want[len(want)-1] += " " + words // the line before goes on
				continue
			}
			want = append(want, words)
		}
		if !slices.Equal(got, want) {
			t.Errorf("the README has\n%s\n--help has\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
	t.Run("commands", func(t *testing.T) {
		var got, want []string
		for _, row := range r.table(t, "command") {
			command := strings.Trim(row[0], "`")
			got = append(got, command)
			text := help(strings.Fields(command)...)
			for _, flag := range regexp.MustCompile(`--[a-z-]+`).FindAllString(row[1], -1) {
				if !strings.Contains(text, flag+" ") {
					t.Errorf("%s has no %s", command, flag)
				}
			}
		}
		for _, command := range commandsIn(whole) {
			if command == "rooms" || command == "config" {
				for _, below := range commandsIn(help(command)) {
					want = append(want, command+" "+below)
				}
				continue
			}
			want = append(want, command)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("the README has %v, --help has %v", got, want)
		}
	})
}

// commandsIn lists the commands that a help text names.
func commandsIn(help string) []string {
	_, list, _ := strings.Cut(help, "COMMANDS:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	var commands []string
	for line := range strings.Lines(list) {
		if fields := strings.Fields(line); len(fields) > 0 {
			commands = append(commands, strings.TrimSuffix(fields[0], ","))
		}
	}
	return commands
}

func TestReadmeNamesTheGoThatIsNeeded(t *testing.T) {
	module, err := os.ReadFile(root + "/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^go (\d+\.\d+)(\.\d+)?$`).FindSubmatch(module)
	if line == nil {
		t.Fatal("go.mod has no go line")
	}
	text := readmeText(t)
	if want := "needs Go " + string(line[1]) + " or later"; !strings.Contains(text, want) {
		t.Errorf("it does not say %q", want)
	}
}

// The table of folders is the import rule as TestImportsFollowTheRule holds it.
func TestReadmeTellsTheImportRule(t *testing.T) {
	told := make(map[string]string)
	for _, row := range readReadme(t).table(t, "folder") {
		told[strings.Trim(row[0], "`")] = row[2]
	}
	for folder, imports := range mayImport {
		if got, ok := told[folder]; !ok || got != strings.Join(imports, ", ") {
			t.Errorf("of %s the README says that it imports %q (told: %v), want %v", folder, got, ok, imports)
		}
	}
	if len(told) != len(mayImport) {
		t.Errorf("the README has %d folders, there are %d", len(told), len(mayImport))
	}
}

// Files that the text names exist: those between backticks, and where links lead to.
func TestReadmeNamesFilesThatExist(t *testing.T) {
	text := readmeText(t)
	named := regexp.MustCompile("`((?:agenda|cmd|config|datatracker|integration|provisioner|xmppadmin)/[a-z_./]+)").FindAllStringSubmatch(text, -1)
	linked := regexp.MustCompile(`\]\(([^):]+)\)`).FindAllStringSubmatch(text, -1)
	if len(named) == 0 || len(linked) == 0 {
		t.Fatalf("%d files named and %d linked, want some of each", len(named), len(linked))
	}
	for _, match := range append(named, linked...) {
		if _, err := os.Stat(filepath.Join(root, match[1])); err != nil {
			t.Errorf("%s: %v", match[1], err)
		}
	}
}

func readmeText(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
