package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/sirupsen/logrus"
	"github.com/urfave/cli/v2"
)

// journalStream is what systemd puts into the environment for a file.
func journalStream(t *testing.T, f *os.File) string {
	t.Helper()
	var stat syscall.Stat_t
	if err := syscall.Fstat(int(f.Fd()), &stat); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d:%d", stat.Dev, stat.Ino)
}

func createFile(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestLogFormats: the same entries in each format, as they stand in testdata/log.
func TestLogFormats(t *testing.T) {
	for _, test := range []struct {
		name    string
		format  string
		journal bool
	}{
		{"text", "text", false},
		{"journal", "text", true},
		{"json", "json", false},
		{"json-journal", "json", true}, // who wants JSON parses the lines, the journal does not
	} {
		t.Run(test.name, func(t *testing.T) {
			f := createFile(t)
			stream := ""
			if test.journal {
				stream = journalStream(t, f)
			}
			p := &program{stderr: f, getenv: func(name string) string {
				if name == "JOURNAL_STREAM" {
					return stream
				}
				return ""
			}}
			log, err := p.logger(logContext("sync", "--log-level", "debug", "--log-format", test.format))
			if err != nil {
				t.Fatal(err)
			}
			entry := func() *logrus.Entry { return logrus.NewEntry(log).WithTime(epoch) }
			entry().WithFields(logrus.Fields{"run": 7, "room": "quic", "verb": "create"}).Info("change")
			entry().WithFields(logrus.Fields{"run": 7, "room": "tls", "verb": "configure"}).WithError(errors.New("not permitted:\nask \"an owner\"")).Info("change")
			entry().WithFields(logrus.Fields{"run": 7, "outcome": "partial"}).Info("sync ended")
			entry().WithField("way", "").Warn("two\nlines, and a bell \a")
			entry().Error("the registry is gone")
			entry().Debug("nothing changed")
			requireGolden(t, filepath.Join("testdata", "log", test.name+".golden"), f.Name())
		})
	}
}

// requireGolden compares a file with what is expected.
func requireGolden(t *testing.T, golden, name string) {
	t.Helper()
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s:\n got\n%s\nwant\n%s", golden, got, want)
	}
}

// logContext is the command line of a command with global flags.
func logContext(command string, args ...string) *cli.Context {
	set := flag.NewFlagSet("roomctl", flag.ContinueOnError)
	set.String("log-level", "warn", "")
	set.String("log-format", "text", "")
	err := set.Parse(args)
	global := cli.NewContext(cli.NewApp(), set, nil)
	c := cli.NewContext(global.App, flag.NewFlagSet(command, flag.ContinueOnError), global)
	c.Command = &cli.Command{Name: command}
	if err != nil {
		panic(err) // the test's own arguments
	}
	return c
}

func TestOnlyTheJournalIsTheJournal(t *testing.T) {
	f, other := createFile(t), createFile(t)
	for _, test := range []struct {
		name   string
		stream string
		is     bool
	}{
		{"stderr is the journal", journalStream(t, f), true},
		{"it was sent elsewhere", journalStream(t, other), false},
		{"there is no journal", "", false},
		{"nonsense", "8:", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if is := toJournal(f, func(string) string { return test.stream }); is != test.is {
				t.Errorf("%t", is)
			}
		})
	}
	if toJournal(&bytes.Buffer{}, func(string) string { return journalStream(t, f) }) {
		t.Error("a buffer is the journal")
	}
}
