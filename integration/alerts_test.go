//go:build integration

package integration

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"roomctl/integration/prometheus"
)

// alerts is the folder of the alert rules and of their tests.
var alerts = filepath.Join(root, "cmd", "roomctl", "package")

// TestAlertRules: promtool finds the rules sound, and they fire when alerts_test.yml says so and else not.
func TestAlertRules(t *testing.T) {
	for _, args := range [][]string{{"check", "rules", "alerts.yml"}, {"test", "rules", "alerts_test.yml"}} {
		said, err := prometheus.Promtool(t.Context(), alerts, nil, args...)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(said)
	}
}

// TestPrometheusScrapes: the server that the tests of the whole use reads a target and evaluates the rules.
func TestPrometheusScrapes(t *testing.T) {
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/metrics" {
			fmt.Fprintln(w, "roomctl_withheld{rule=\"retire\"} 40")
		}
	}))
	defer target.Close()
	server, err := prometheus.Start(t.Context(), target.Listener.Addr().String(), filepath.Join(alerts, "alerts.yml"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	}()
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for _, expression := range []string{`roomctl_withheld{job="roomctl"} == 40`, `ALERTS{alertname="RoomctlWithheld",alertstate="pending"}`} {
		deadline := time.Now().Add(30 * time.Second)
		for {
			values, err := server.Query(t.Context(), expression)
			if err != nil {
				t.Fatal(err)
			}
			if len(values) == 1 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: %v", expression, values)
			}
			<-again.C
		}
	}
}
