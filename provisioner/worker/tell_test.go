package worker

import (
	"testing"

	"github.com/sirupsen/logrus"
)

func TestATroubleIsToldOnceAndItsEnd(t *testing.T) {
	type said struct {
		level logrus.Level
		text  string
	}
	nothing := said{logrus.DebugLevel, ""}
	steps := []struct {
		name    string
		trouble string
		want    said
	}{
		{"nothing is said while all is well", "", nothing},
		{"a trouble is told", "no answer from 127.0.0.1:4711", said{logrus.WarnLevel, "no answer from 127.0.0.1:4711"}},
		{"the same one with other figures is not", "no answer from 127.0.0.1:4712", said{logrus.DebugLevel, "no answer from 127.0.0.1:4712"}},
		{"another one is", "the disk is full", said{logrus.WarnLevel, "the disk is full"}},
		{"its end is told, with how often it went wrong", "", said{logrus.InfoLevel, "sync works again, after it went wrong 3 times"}},
		{"nothing is said after that", "", nothing},
		{"the next time it is told again", "the disk is full", said{logrus.WarnLevel, "the disk is full"}},
		{"and its end", "", said{logrus.InfoLevel, "sync works again, after it went wrong once"}},
	}
	teller := teller{what: "sync"}
	for _, s := range steps {
		level, text := teller.hear(s.trouble)
		if got := (said{level, text}); got != s.want {
			t.Errorf("%s: said %v, want %v", s.name, got, s.want)
		}
	}
}
