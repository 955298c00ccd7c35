package main

import (
	"testing"
	"time"

	"roomctl/xmppadmin/xmpptest"
)

// A server that takes us in and throws us out is not asked in an endless hurry.
func TestAConnectionThatDoesNotLastIsOpenedAfterLongerWaits(t *testing.T) {
	s := newLineStage(t, xmpptest.Options{})
	began := time.Now()
	s.keepUp(t)
	least := time.Duration(0)
	for wait := s.wait; wait < 300*time.Millisecond; wait *= 2 {
		<-s.changes // it has come
		s.server.Disconnect()
		<-s.changes // it has gone
		least += wait
	}
	<-s.changes
	if took := time.Since(began); took < least {
		t.Errorf("it was opened again and again within %s, want waits of %s", took, least)
	}
}
