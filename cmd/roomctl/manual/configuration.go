package manual

import (
	"strings"

	"roomctl/config"
)

// configuration is roomctl.yaml(5).
func (b Book) configuration() Page {
	p := b.begin("roomctl.yaml", 5, "configuration of roomctl")
	p.macro(".SH SYNOPSIS")
	p.line(bold("/etc/roomctl/config.yaml"))
	p.section("DESCRIPTION", strings.Split(configurationText, "\n"))
	p.verbatim(smallest(b.Keys))
	p.macro(".SH KEYS")
	for _, k := range b.Keys {
		p.key(k)
	}
	p.section("FILES", strings.Split(configurationFiles, "\n"))
	p.seeAlso([]string{"roomctl(1)", "roomctl-config(1)"})
	return Page{File: "roomctl.yaml.5", Text: p.text.Bytes()}
}

const configurationText = `The configuration is one YAML document. Unknown keys are errors, and all
problems are told at once. No password ever stands in it. Times have a unit:
30s, 5m, 24h.

roomctl config example prints a file with every key; roomctl config show tells
what is in force and where each value came from. roomctl serve reads the file
again on SIGHUP.

The smallest useful file:`

const configurationFiles = `   /etc/roomctl/config.yaml    read unless --config or ROOMCTL_CONFIG names another
   /etc/roomctl/xmpp-password  a place for the password: owned by roomctl, mode 0600
   /etc/credstore/roomctl.xmpp-password  another one, for the service only: systemd hands it over`

// smallest are the lines of the smallest useful file.
func smallest(keys []config.Key) []string {
	var lines []string
	before := ""
	for _, k := range keys {
		if k.Example == "" {
			continue
		}
		section, name, below := strings.Cut(k.Name, ".")
		if below && section != before {
			lines = append(lines, section+":")
		}
		before = section
		if below {
			section = "  " + name
		}
		lines = append(lines, section+": "+k.Example)
	}
	return lines
}

// key explains one key. A section, and a key in none, begins with a heading.
func (p *printer) key(k config.Key) {
	value := " (default: " + escape(k.Default) + ")"
	switch {
	case k.Default != "":
	case k.Example != "":
		value = " (must be set)"
	default:
		p.macro(".SS " + escape(k.Name))
		if k.Comment != "" {
			p.line(escape(k.Comment))
		}
		return
	}
	if !strings.Contains(k.Name, ".") {
		p.macro(".SS " + escape(k.Name))
	}
	p.macro(".TP")
	p.line(bold(k.Name) + value)
	p.line(escape(k.Comment))
}
