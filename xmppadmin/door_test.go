package xmppadmin

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestDoors(t *testing.T) {
	var d doors
	shut, err := d.pass(t.Context(), "quic")
	if err != nil {
		t.Fatal(err)
	}
	other, err := d.pass(t.Context(), "tls")
	if err != nil {
		t.Fatal(err)
	}
	other()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := d.pass(ctx, "quic"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the second passes: %v", err)
	}
	passed := make(chan error)
	go func() {
		again, err := d.pass(t.Context(), "quic")
		if err == nil {
			again()
		}
		passed <- err
	}()
	shut()
	if err := <-passed; err != nil {
		t.Error(err)
	}
	if len(d.busy) != 0 {
		t.Errorf("still busy: %v", d.busy)
	}
}
