package main

import (
	"context"
	"fmt"
	"io"
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
		UsageText: "roomctl demo [--dir DIR] [--verbose]",
		Description: `Starts a Datatracker with the real data of IETF 113, moved in time, and a chat
server, both inside this process and on loopback addresses only. Shows the plan,
applies it, lets the agenda change, syncs again, and leaves the published files.

EXAMPLES:
   roomctl demo
   roomctl demo --dir ./demo --verbose

` + exitStatusHelp,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "dir", Usage: "leave state and published files in `DIR` (default: a new temporary folder)"},
			verboseFlag(),
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
	files       string // the published files
}

func (p *program) demo(c *cli.Context) error {
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
	if d.house, err = d.settle(dir, chat); err != nil {
		return err
	}
	return d.play(c.Context)
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
`, d.datatracker.URL(), chat.JID(), password, chat.Addr(), filepath.Join(dir, "state"), d.files)
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
	for _, path := range []string{"meeting/113/agenda.json", "agenda.json", "rooms.json", "status.json"} {
		info, err := os.Stat(filepath.Join(d.files, path))
		if err != nil {
			return err
		}
		d.out.line("    %s (%d kB)", filepath.Join(d.files, path), info.Size()/1000)
	}
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
