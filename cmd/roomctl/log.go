package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/urfave/cli/v2"
)

// logger is what provisioner logs to: stderr, as the flags say.
func (p *program) logger(c *cli.Context) (*logrus.Logger, error) {
	level, err := logrus.ParseLevel(c.String("log-level"))
	if err != nil {
		return nil, usageError{fmt.Errorf("--log-level: %q is none of error, warn, info, debug", c.String("log-level"))}
	}
	log := logrus.New()
	log.SetOutput(p.stderr)
	log.SetLevel(level)
	switch f := c.String("log-format"); f {
	case "text":
		switch {
		case toJournal(p.stderr, p.getenv):
			log.SetFormatter(journalFormatter{})
		case isTerminal(p.stderr): // usually there are seconds since the start
			log.SetFormatter(inertMessages{&logrus.TextFormatter{FullTimestamp: true, TimestampFormat: time.TimeOnly}})
		}
	case "json":
		log.SetFormatter(&logrus.JSONFormatter{})
	default:
		return nil, usageError{fmt.Errorf("--log-format: %q is neither text nor json", f)}
	}
	return log, nil
}

// inertMessages is a formatter for a terminal, which gets messages as they are from
// logrus, and fields in quotation marks.
type inertMessages struct{ *logrus.TextFormatter }

// Format is part of logrus.Formatter.
func (f inertMessages) Format(e *logrus.Entry) ([]byte, error) {
	e.Message = inert(e.Message)
	return f.TextFormatter.Format(e)
}

// toJournal says whether what is written to w goes to the journal of systemd:
// $JOURNAL_STREAM names it (systemd.exec(5)).
func toJournal(w io.Writer, getenv func(string) string) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && getenv("JOURNAL_STREAM") == fmt.Sprintf("%d:%d", stat.Dev, stat.Ino)
}

// journalFormatter writes one line for each entry, as the journal wants it: the
// priority in front (sd-daemon(3)), no time, which the journal has, and the fields
// behind the message.
type journalFormatter struct{}

// Format is part of logrus.Formatter.
func (journalFormatter) Format(e *logrus.Entry) ([]byte, error) {
	var line bytes.Buffer
	fmt.Fprintf(&line, "<%d>%s", priority(e), inert(e.Message))
	for _, key := range slices.Sorted(maps.Keys(e.Data)) {
		fmt.Fprintf(&line, " %s=%s", key, quoted(fmt.Sprint(e.Data[key])))
	}
	line.WriteByte('\n')
	return line.Bytes(), nil
}

// priority is that of syslog (RFC 5424 section 6.2.1). What names an error is a
// warning at least, so that changes that failed stand out.
func priority(e *logrus.Entry) int {
	switch e.Level {
	case logrus.PanicLevel, logrus.FatalLevel:
		return 2
	case logrus.ErrorLevel:
		return 3
	case logrus.WarnLevel:
		return 4
	}
	if _, ok := e.Data[logrus.ErrorKey]; ok {
		return 4
	}
	if e.Level == logrus.InfoLevel {
		return 6
	}
	return 7
}

// quoted is a field's value on one line; in quotation marks when it would not be
// told from what comes next.
func quoted(value string) string {
	value = inert(value)
	if value == "" || strings.ContainsAny(value, " =\"") {
		return fmt.Sprintf("%q", value)
	}
	return value
}
