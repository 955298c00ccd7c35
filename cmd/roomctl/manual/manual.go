// Package manual makes the man pages of roomctl from its command tree and from
// the explanations of its configuration, so that they cannot say anything else
// than --help and `config example` do.
package manual

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"roomctl/config"
)

// Book is what the pages are made of.
type Book struct {
	App     *cli.App
	Keys    []config.Key
	Version string
	Date    string // 2026-11-21; in the foot of every page

	// Added are sections that --help has no room for, by command, with headings as
	// in a command's description. One that the command has, too, goes on there. The
	// program itself is "".
	Added map[string]string
}

// Page is one man page.
type Page struct {
	File string // "roomctl-sync.1"
	Text []byte // in the macros of groff_man(7)
}

// Pages are all man pages: roomctl(1), one for each command that --help lists,
// and roomctl.yaml(5).
func (b Book) Pages() []Page {
	var commands []*cli.Command
	var pages []Page
	for _, c := range b.App.Commands {
		if !c.Hidden {
			commands = append(commands, c)
			pages = append(pages, b.command(c))
		}
	}
	return slices.Concat([]Page{b.program(commands)}, pages, []Page{b.configuration()})
}

// program is roomctl(1).
func (b Book) program(commands []*cli.Command) Page {
	var see []string
	p := b.begin("roomctl", 1, b.App.Usage)
	p.synopsis(b.App.UsageText)
	about := sections(b.App.Description)
	p.section("DESCRIPTION", about[0].lines)
	p.macro(".SH OPTIONS")
	p.options(b.App.Flags)
	p.macro(".SH COMMANDS")
	for _, c := range commands {
		p.item(bold(page(c))+"(1)", c.Usage)
		see = append(see, page(c)+"(1)")
	}
	p.sections(about[1:], b.Added[""])
	p.seeAlso(append(see, "roomctl.yaml(5)"))
	return Page{File: "roomctl.1", Text: p.text.Bytes()}
}

// command is the page of a command with all that is below it.
func (b Book) command(c *cli.Command) Page {
	p := b.begin(page(c), 1, c.Usage)
	p.synopsis(c.UsageText)
	about := sections(c.Description)
	p.section("DESCRIPTION", about[0].lines)
	if len(c.Subcommands) > 0 {
		p.macro(".SH COMMANDS")
	}
	for _, sub := range c.Subcommands {
		p.below(c, sub, about)
	}
	if flags := visible(c.Flags); len(flags) > 0 {
		p.macro(".SH OPTIONS")
		p.options(flags)
	}
	p.sections(about[1:], b.Added[c.Name])
	p.seeAlso([]string{"roomctl(1)", "roomctl.yaml(5)"})
	return Page{File: page(c) + ".1", Text: p.text.Bytes()}
}

// below is a subcommand on the page of its command c. What it says as c itself
// does, such as the exit statuses, is said there.
func (p *printer) below(c, sub *cli.Command, about []section) {
	p.macro(".SS roomctl " + c.Name + " " + sub.Name)
	p.line(escape(capital(sub.Usage)) + ".")
	p.macro(".PP")
	p.usage(sub.UsageText)
	for i, s := range sections(sub.Description) {
		if slices.ContainsFunc(about, s.equals) {
			continue
		}
		p.macro(".PP")
		if i > 0 {
			p.line(escape(capital(strings.ToLower(s.title))) + ":")
		}
		p.body(s)
	}
	p.options(visible(sub.Flags))
}

// begin starts a page.
func (b Book) begin(name string, section int, about string) *printer {
	p := &printer{text: new(bytes.Buffer)}
	p.macro(`.\" made from the command line of roomctl`)
	p.macro(fmt.Sprintf(`.TH %s %d "%s" "roomctl %s"`, strings.ToUpper(name), section, b.Date, b.Version))
	// A command that is broken with a hyphen cannot be copied. The first of each pair
	// is for groff 1.23 and later.
	for _, request := range []string{".nr HY 0", ".nh", ".ds AD l", ".ad l"} {
		p.macro(request)
	}
	p.macro(".SH NAME")
	p.line(escape(name) + ` \- ` + escape(about))
	return p
}

// page is the name of the page of a command.
func page(c *cli.Command) string { return "roomctl-" + c.Name }

// visible are the flags that --help lists of a command; the library adds --help.
func visible(flags []cli.Flag) []cli.Flag {
	var list []cli.Flag
	for _, f := range flags {
		if v, ok := f.(cli.VisibleFlag); !ok || v.IsVisible() {
			list = append(list, f)
		}
	}
	return list
}
