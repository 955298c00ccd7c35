package manual

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"roomctl/config"
)

var update = flag.Bool("update", false, "rewrite the expected pages in testdata")

// book is a small command line with one of everything.
func book() Book {
	help := &cli.BoolFlag{Name: "help", Usage: "show help", DisableDefaultText: true}
	return Book{
		App: &cli.App{
			Name: "roomctl", Usage: "keeps the rooms", UsageText: "roomctl [--config FILE] COMMAND",
			Description: "Reads, compares and writes.\n\nNever \\removes a room: it's not --allowed…\n.not a request\n\nEXIT STATUS:\n   0   done\n   1   failed,\n       or nobody knows",
			Flags:       []cli.Flag{&cli.StringFlag{Name: "config", Usage: "configuration `FILE`", Value: "a.yaml", EnvVars: []string{"ROOMCTL_CONFIG"}}, help},
			Commands: []*cli.Command{
				{
					Name: "sync", Usage: "do it", UsageText: "roomctl sync [--quick | --full] [--only NAME]…\n   [--json]\nroomctl sync --plan FILE",
					Description: "Does it. Rules:\n   one, two,\n   three\n\nEXAMPLES:\n   roomctl sync                what 'it' is\n   roomctl sync --only quic\n\nFILES, in the state folder:\n   lock             one at a time\n   registry, cache\n                    all the others",
					Flags:       []cli.Flag{&cli.StringSliceFlag{Name: "only", Usage: "no room but `NAME`"}, &cli.BoolFlag{Name: "hidden", Hidden: true}},
				},
				{
					Name: "rooms", Usage: "the rooms", UsageText: "roomctl rooms COMMAND",
					Description: "EXAMPLES:\n   roomctl rooms list\n\nEXIT STATUS:\n   0   done",
					Subcommands: []*cli.Command{
						{Name: "list", Usage: "list them", UsageText: "roomctl rooms list [--json]", Description: "Lists.\n\nEXAMPLES:\n   roomctl rooms list --json\n\nEXIT STATUS:\n   0   done", Flags: []cli.Flag{&cli.BoolFlag{Name: "json", Usage: "as JSON", DisableDefaultText: true}}},
						{Name: "hold", Usage: "leave them", UsageText: "roomctl rooms hold NAME…", Description: "EXIT STATUS:\n   0   held"},
					},
				},
				{Name: "internal", Hidden: true},
			},
		},
		Keys: []config.Key{
			{Name: "xmpp"},
			{Name: "xmpp.jid", Example: "roomctl@example.org", Comment: "the account"},
			{Name: "xmpp.rate", Default: "500", Comment: "requests per second; 0: no limit"},
			{Name: "state_dir", Example: "/var/lib/roomctl", Comment: "the registry"},
			{Name: "schedule", Comment: "of `serve`"},
			{Name: "schedule.full", Default: `"@hourly"`, Comment: "every room is read"},
		},
		Version: "v1.2.3", Date: "2026-11-21",
		Added: map[string]string{
			"":     "ENVIRONMENT:\n   ROOMCTL_CONFIG  the configuration",
			"sync": "FILES:\n   journal  what is undone\n\nThey are small.\n\nMETRICS:\nWith labels.\n\n   roomctl_runs_total{kind}  runs that ended",
		},
	}
}

func TestPages(t *testing.T) {
	var names []string
	for _, page := range book().Pages() {
		names = append(names, page.File)
		golden := filepath.Join("testdata", page.File)
		if *update {
			if err := os.WriteFile(golden, page.Text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if string(page.Text) != string(want) {
			t.Errorf("%s is\n%s\nwant\n%s", page.File, page.Text, want)
		}
	}
	want := []string{"roomctl.1", "roomctl-sync.1", "roomctl-rooms.1", "roomctl.yaml.5"}
	if !reflect.DeepEqual(names, want) {
		t.Errorf("the pages are %v, want %v", names, want)
	}
}

func TestRows(t *testing.T) {
	for name, c := range map[string]struct {
		block string
		want  []row
	}{
		"two columns":                            {"0   done\n64  wrong", []row{{"0", "done"}, {"64", "wrong"}}},
		"a line that goes on":                    {"4   partial: one,\n    or another", []row{{"4", "partial: one, or another"}}},
		"a second column that begins below":      {"a, b, c\n         all of them", []row{{"a, b, c", "all of them"}}},
		"one column":                             {"one, two,\nthree", nil},
		"three columns":                          {"http  /  pages", nil},
		"a line that goes on with three columns": {"http  pages\n      /metrics  numbers", nil},
		"an example without columns":             {"roomctl sync", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := rows(strings.Split(c.block, "\n")); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		`a-b`:         `a\-b`,
		`it's "so"`:   `it\(aqs \(dqso\(dq`,
		`\n`:          `\en`,
		"~/^`":        `\(ti/\(ha\(ga`,
		"…":           `\[u2026]`,
		"plain words": "plain words",
	} {
		if got := escape(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
