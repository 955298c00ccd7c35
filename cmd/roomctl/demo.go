package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/urfave/cli/v2"

	"roomctl/config"
	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/xmppadmin/xmpptest"
)

func (p *program) demoCommand() *cli.Command {
	return &cli.Command{
		Name:      "demo",
		Usage:     "the whole thing on this machine",
		UsageText: "roomctl demo [--dir DIR] [--serve auto|yes|no] [--verbose]",
		Description: `Starts a Datatracker with the real data of IETF 113, moved in time, and a
chat server, both inside this process and on loopback addresses only. Shows
the plan, applies it, lets the agenda change, syncs again, and leaves the
published files. On a terminal it then serves the pages, on a loopback
address, until Ctrl-C is pressed.

EXAMPLES:
   roomctl demo
   roomctl demo --dir ./demo --serve no --verbose

` + exitStatusHelp,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "dir", Usage: "leave state and published files in `DIR` (default: a new one)"},
			&cli.StringFlag{Name: "serve", Usage: "serve the pages at the end: auto, yes or no", Value: "auto"},
			verboseFlag("every value of every change, every published file"),
		},
		Before: noArguments,
		Action: p.demo,
	}
}

// demo is a stage with both servers on it.
type demo struct {
	*program
	house       *house
	datatracker *datatrackertest.Server
	out         printer
	files       string       // the published files
	pages       net.Listener // where they are served in the end; nil: they are not
}

func (p *program) demo(c *cli.Context) error {
	serve, err := p.wantsPages(c.String("serve"))
	if err != nil {
		return err
	}
	dir, err := demoDir(c.String("dir"))
	if err != nil {
		return err
	}
	dt, err := datatrackertest.Start(datatrackertest.Options{Now: p.now})
	if err != nil {
		return err
	}
	defer dt.Close()
	chat, err := xmpptest.Start(xmpptest.Options{Kind: xmpptest.Ejabberd})
	if err != nil {
		return err
	}
	defer chat.Close()

	d := &demo{program: p, datatracker: dt, out: p.printer(c), files: filepath.Join(dir, "www")}
	if serve {
		// Before anything is published: the files name the address.
		if d.pages, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return err
		}
		defer d.pages.Close()
	}
	if d.house, err = d.settle(dir, chat); err != nil {
		return err
	}
	if err := d.play(c.Context); err != nil || !serve {
		return err
	}
	return d.servePages(c.Context)
}

// demoDir is the folder for everything that the demo leaves.
func demoDir(dir string) (string, error) {
	if dir == "" {
		return os.MkdirTemp("", "roomctl-demo-")
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return "", usageError{fmt.Errorf("--dir %s: the folder is not empty; the demo wants one of its own", dir)}
	}
	return dir, os.MkdirAll(dir, 0o755)
}

// settle makes the configuration that a person would write.
func (d *demo) settle(dir string, chat *xmpptest.Server) (*house, error) {
	password := filepath.Join(dir, "xmpp-password")
	if err := os.WriteFile(password, []byte(chat.Password()+"\n"), 0o600); err != nil {
		return nil, err
	}
	text := fmt.Sprintf(`datatracker:
  url: %s
xmpp:
  jid: %s
  password_file: %q
  address: %s
  tls: none
  muc: conference.localhost
  rate: 0
state_dir: %q
publish:
  dir: %q
  base_url: %q
`, d.datatracker.URL(), chat.JID(), password, chat.Addr(), filepath.Join(dir, "state"), d.files, d.pagesURL())
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(text), 0o644); err != nil {
		return nil, err
	}
	settings, err := config.Parse([]byte(text))
	if err != nil {
		return nil, err
	}
	log := logrus.New()
	log.SetOutput(io.Discard) // the demo tells everything itself
	return newHouse(settings, d.program, log)
}

// play is the story.
func (d *demo) play(ctx context.Context) error {
	d.scene("A Datatracker with IETF 113 (starting in ten days) and an empty chat server. What would sync do?")
	if err := d.plan(ctx); err != nil {
		return err
	}
	d.scene("Doing it: roomctl sync")
	if err := d.sync(ctx); err != nil {
		return err
	}
	d.scene("Once more: nothing is left to do")
	if err := d.sync(ctx); err != nil {
		return err
	}
	d.scene("The agenda changes: the BOF can becomes a working group, a session of quic moves by a day, and the group sframe concludes")
	if err := d.datatracker.Update(change); err != nil {
		return err
	}
	if err := d.plan(ctx); err != nil {
		return err
	}
	d.scene("And again: roomctl sync")
	if err := d.sync(ctx); err != nil {
		return err
	}
	d.scene("What is published")
	return d.listFiles()
}

// listFiles names the main files and counts the others.
func (d *demo) listFiles() error {
	var others []string
	err := filepath.WalkDir(d.files, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		path, err := filepath.Rel(d.files, name)
		if err != nil {
			return err
		}
		if path = filepath.ToSlash(path); !isMain(path) {
			others = append(others, path)
			return nil
		}
		info, err := entry.Info()
		if err == nil {
			d.out.line("    %s (%d kB)", name, (info.Size()+999)/1000)
		}
		return err
	})
	if err != nil {
		return err
	}
	d.out.line("    and %s", countKinds(others))
	return nil
}

// change is one afternoon at the IETF.
func change(w *datatrackertest.World) {
	w.SetGroupState("can", "active")
	w.SetGroupState("sframe", "conclude")
	for _, s := range w.Meeting("113").Sessions {
		if s.Group != nil && s.Group.Acronym == "quic" {
			w.MoveSession(s.ID, s.Start.Add(24*time.Hour))
			return
		}
	}
}

func (d *demo) scene(title string) {
	d.house.progress.clear()
	d.out.line("\n%s\n", d.out.paint.in(bold, "== "+title))
}

// plan shows what sync would do.
func (d *demo) plan(ctx context.Context) error {
	report, err := d.house.preview(ctx, provisioner.Options{})
	if err != nil {
		return err
	}
	d.out.preview(report, d.now())
	return nil
}

// sync does it, and fails unless everything went well.
func (d *demo) sync(ctx context.Context) error {
	report, err := d.house.sync(ctx, "demo", provisioner.Options{})
	if err != nil {
		return err
	}
	d.out.problems(report.Problems)
	d.out.results(report)
	return asError(statusOfReport(report, false))
}
