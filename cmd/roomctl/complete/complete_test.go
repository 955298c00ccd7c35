package complete

import (
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// tree is a command line with one of everything.
func tree() *cli.App {
	return &cli.App{
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "config", Usage: "configuration `FILE`"},
			&cli.StringFlag{Name: "level", Usage: "`LEVEL`: low, middle or high", Value: "low"},
			cli.HelpFlag,
		},
		Commands: []*cli.Command{
			{
				Name: "sync", Usage: "do it", UsageText: "roomctl sync [--only NAME]… [--plan FILE] [--for DURATION] [--quick]",
				Flags: []cli.Flag{
					&cli.StringSliceFlag{Name: "only", Usage: "no room but `NAME`"},
					&cli.StringFlag{Name: "plan", Usage: "what was saved in `FILE`"},
					&cli.DurationFlag{Name: "for", Usage: "end after `DURATION`: 45m, 2h30m"},
					&cli.BoolFlag{Name: "quick", Aliases: []string{"q"}, Usage: "do less"},
					&cli.BoolFlag{Name: "secret", Hidden: true},
				},
			},
			{
				Name: "rooms", Usage: "the rooms", UsageText: "roomctl rooms COMMAND",
				Subcommands: []*cli.Command{
					{
						Name: "retire", Usage: "go", UsageText: "roomctl rooms retire NAME… [--successor OTHER]",
						Flags: []cli.Flag{&cli.StringFlag{Name: "successor", Usage: "the room `OTHER`"}},
					},
					{Name: "restore", Usage: "come back", UsageText: "roomctl rooms restore NAME…"},
				},
			},
			{Name: "status", Usage: "is all well?", UsageText: "roomctl status"},
			{Name: "help", Aliases: []string{"h"}, Usage: "explain", UsageText: "roomctl help [TOPIC | COMMAND…]"},
			{Name: "internal", Hidden: true, UsageText: "roomctl internal"},
		},
	}
}

// completer knows the rooms of two configurations.
func completer() Completer {
	rooms := func(option func(string) string) []Candidate {
		if option("config") == "other.yaml" {
			return []Candidate{{Word: "elsewhere"}}
		}
		return []Candidate{{"quic", "active"}, {"quick", "retired"}, {"tls", "active"}}
	}
	topics := func(func(string) string) []Candidate {
		return []Candidate{{Word: "meeting"}, {Word: "rooms"}}
	}
	return Completer{App: tree(), Sources: map[string]Source{"NAME": rooms, "OTHER": rooms, "TOPIC": topics}}
}

func TestLine(t *testing.T) {
	for name, c := range map[string]struct {
		line string // what is typed, up to the cursor
		want string // the words that may stand there; ":files" for names of files
	}{
		"commands, but no hidden ones":               {"", "sync rooms status help"},
		"commands that begin so":                     {"s", "sync status"},
		"no command begins so":                       {"x", ""},
		"flags of the program":                       {"--", "--config --level --help"},
		"commands behind a flag and its value":       {"--level high s", "sync status"},
		"the value of a flag is a file":              {"--config ", ":files"},
		"the value of a flag is one of a few":        {"--level ", "low middle high"},
		"the same behind =":                          {"--level=h", "--level=high"},
		"the same as bash splits it":                 {"--level = h", "high"},
		"the same with nothing behind = yet":         {"--level =", "low middle high"},
		"nobody knows the value":                     {"sync --for ", ""},
		"flags of a command, but no hidden ones":     {"sync --", "--only --plan --for --quick --help"},
		"flags where nothing else can come":          {"sync ", "--only --plan --for --quick --help"},
		"a flag that was given is not given again":   {"sync --quick --q", ""},
		"nor one that was given by its short name":   {"sync -q --q", ""},
		"one that may be given several times is":     {"sync --only quic --o", "--only"},
		"a flag behind a value that looks like one":  {"sync --plan --quick --q", "--quick"},
		"rooms as the value of a flag":               {"sync --only qui", "quic quick"},
		"rooms of another configuration":             {"--config other.yaml sync --only ", "elsewhere"},
		"rooms of another configuration, with =":     {"--config=other.yaml rooms retire ", "elsewhere"},
		"a flag of a command is not the program's":   {"sync --plan other.yaml --only t", "tls"},
		"subcommands":                                {"rooms re", "retire restore"},
		"what a subcommand takes":                    {"rooms retire ", "quic quick tls"},
		"not what it was given":                      {"rooms retire tls ", "quic quick"},
		"flags of a subcommand":                      {"rooms retire tls --", "--successor --help"},
		"a room again as the value of a flag":        {"rooms retire tls --successor t", "tls"},
		"no flags behind --":                         {"rooms retire -- -", ""},
		"but words":                                  {"rooms retire -- q", "quic quick"},
		"a command without anything":                 {"status ", "--help"},
		"topics and commands, none twice":            {"help ", "meeting rooms sync status help"},
		"the subcommands of what is to be explained": {"help rooms ", "retire restore"},
		"and nothing else behind those":              {"help rooms retire ", "--help"},
		"by an alias":                                {"h m", "meeting"},
		"a flag that there is not":                   {"sync --nonsense --o", "--only"},
		"the value of a flag that there is not":      {"sync --nonsense=", ""},
		"a lone - begins no flag's name":             {"rooms retire - q", "quic quick"},
	} {
		t.Run(name, func(t *testing.T) {
			answer := completer().Line(strings.Split(c.line, " "))
			var words []string
			for _, candidate := range answer.Candidates {
				words = append(words, candidate.Word)
			}
			if answer.Files {
				words = append(words, ":files")
			}
			if got := strings.Join(words, " "); got != c.want {
				t.Errorf("%q is completed by %q, want %q", c.line, got, c.want)
			}
		})
	}
}

func TestALineWithoutWordsIsCompletedByNothing(t *testing.T) {
	if answer := completer().Line(nil); len(answer.Candidates) > 0 || answer.Files {
		t.Errorf("it is %v", answer)
	}
}

func TestLinesForScripts(t *testing.T) {
	for name, c := range map[string]struct {
		line string
		want string
	}{
		"a candidate a line, with its explanation": {"rooms retire qui", "quic\tactive\nquick\tretired\n"},
		"without the marks of a placeholder":       {"sync --o", "--only\tno room but NAME\n"},
		"names of files":                           {"sync --plan x", ":files\n"},
		"nothing":                                  {"xyz", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := completer().Line(strings.Split(c.line, " ")).Lines(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestEveryShellHasItsScript(t *testing.T) {
	for _, shell := range Shells() {
		if script, ok := Script(shell); !ok || !strings.Contains(script, " complete ") {
			t.Errorf("the script of %s (%t) does not ask: %q", shell, ok, script)
		}
	}
	if !slices.IsSorted(Shells()) {
		t.Error("the shells are not in order")
	}
	for _, shell := range []string{"tcsh", "", "../scripts"} {
		if _, ok := Script(shell); ok {
			t.Errorf("there is a script of %q", shell)
		}
	}
}
