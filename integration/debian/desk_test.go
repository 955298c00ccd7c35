//go:build integration

package debian

import (
	"strings"
	"testing"
)

// TestAtTheDesk is about what people see who have the package: pages, completions, and what Debian's checker says.
func TestAtTheDesk(t *testing.T) {
	t.Parallel()
	m := machine(t, "debian13")
	m.install(t, deb)
	t.Run("man pages", m.pages)
	t.Run("completion", m.completion)
	t.Run("lintian has nothing to say", func(t *testing.T) {
		// What it says is on standard output; it ends with 2 if there is an error among it.
		if out := m.run(t, `lintian --allow-root --fail-on none "$1"`, strings.TrimSpace(m.run(t, "ls /root/roomctl_*.deb"))); out != "" {
			t.Error(out)
		}
	})
}

// Every command has a page, and the formatters have nothing to say about any.
func (m *Machine) pages(t *testing.T) {
	all := strings.Fields(m.run(t, "dpkg --listfiles roomctl | grep '^/usr/share/man/.*gz$'"))
	if len(all) < 15 {
		t.Errorf("there are only these pages: %v", all)
	}
	for _, page := range all {
		if out := m.run(t, `zcat "$1" | mandoc -T lint -W warning 2>&1`, page); out != "" {
			t.Errorf("mandoc: %s: %s", page, out)
		}
		if out := m.run(t, `man --warnings=w --local-file "$1" 2>&1 >/dev/null`, page); out != "" {
			t.Errorf("man: %s: %s", page, out)
		}
	}
	for _, command := range []string{"sync", "serve", "rooms", "version"} {
		if text := m.run(t, `man "roomctl-$1"`, command); !strings.Contains(text, "roomctl "+command) {
			t.Errorf("the page of %s is\n%s", command, text)
		}
	}
	if text := m.run(t, "man 5 roomctl.yaml"); !strings.Contains(text, "schedule.timezone (default: UTC)") {
		t.Errorf("the page of the configuration is\n%s", text)
	}
	if text := m.run(t, "mandb --quiet; apropos roomctl"); strings.Count(text, "\n") != len(all) {
		t.Errorf("apropos finds\n%s", text)
	}
}

// Each shell completes commands, flags, their values and rooms, as somebody types at it.
func (m *Machine) completion(t *testing.T) {
	m.run(t, "roomctl demo --serve no --dir /root/demo")
	lines := []struct{ typed, completed string }{
		{"roomctl publi", "roomctl publish"},
		{"roomctl rooms ado", "roomctl rooms adopt"},
		{"roomctl sync --all", "roomctl sync --allow"},
		{"roomctl sync --allow fre", "roomctl sync --allow freeze"},
		{"roomctl sync --allow=fre", "roomctl sync --allow=freeze"},
		{"roomctl sync --plan /root/demo/conf", "roomctl sync --plan /root/demo/config.yaml"},
		{"roomctl --config /root/demo/config.yaml rooms hold hallw", "roomctl --config /root/demo/config.yaml rooms hold hallway"},
	}
	for shell, begin := range map[string][]string{
		"bash": {"bash", "--noprofile", "--norc", "-i"},
		"zsh":  {"zsh", "-f", "-i"},
	} {
		t.Run(shell, func(t *testing.T) {
			terminal, err := m.Terminal(t.Context(), begin...)
			if err != nil {
				t.Fatal(err)
			}
			defer terminal.Close()
			for _, line := range []string{
				map[string]string{
					"bash": ". /usr/share/bash-completion/bash_completion",
					"zsh":  "autoload -Uz compinit && compinit -u -D",
				}[shell], "PS1='ready''> '",
			} {
				if _, err := terminal.Type(line+"\n", ""); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := terminal.Type("\n", "ready> "); err != nil {
				t.Fatal(err)
			}
			for _, line := range lines {
				if screen, err := terminal.Type(line.typed+"\t", line.completed); err != nil {
					t.Errorf("%v", err)
				} else if strings.Contains(screen, "\a") {
					t.Errorf("%s: it rang: %q", line.typed, screen)
				}
				if _, err := terminal.Type("\x15\n", "ready> "); err != nil { // Ctrl-U takes the line away
					t.Fatal(err)
				}
			}
		})
	}
	t.Run("fish", func(t *testing.T) {
		for _, line := range lines {
			out := m.run(t, `fish --command 'complete --do-complete $argv[1]' "$1"`, line.typed)
			words := strings.Fields(line.completed)
			if word, _, _ := strings.Cut(out, "\t"); strings.TrimSpace(word) != words[len(words)-1] {
				t.Errorf("%s is completed by %q", line.typed, out)
			}
		}
	})
}
