package worker

import (
	"fmt"
	"strings"

	"github.com/sirupsen/logrus"
)

// teller tells a trouble that lasts once, and its end: what is said every five
// minutes is not read.
type teller struct {
	what    string // that has the trouble: "sync"
	trouble string // "": none
	times   int    // in a row, whatever the trouble was
}

// hear takes in how it went this time, and says what is to be logged how loudly:
// "" is nothing. The same trouble with other figures in it is the same.
func (t *teller) hear(trouble string) (logrus.Level, string) {
	before, times := t.trouble, t.times
	t.trouble = trouble
	switch {
	case trouble == "" && before == "":
		return logrus.DebugLevel, ""
	case trouble == "":
		t.times = 0
		return logrus.InfoLevel, fmt.Sprintf("%s works again, after it went wrong %s", t.what, often(times))
	}
	t.times++
	if without(before) == without(trouble) {
		return logrus.DebugLevel, trouble
	}
	return logrus.WarnLevel, trouble
}

// tell is hear with the log.
func (t *teller) tell(log *logrus.Entry, trouble string) {
	if level, text := t.hear(trouble); text != "" {
		log.Log(level, text)
	}
}

// often is how many times something was.
func often(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// without is a text without its figures: ports, durations, counts.
func without(text string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return -1
		}
		return r
	}, text)
}
