package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"roomctl/config"
	"roomctl/provisioner"
	"roomctl/provisioner/health"
)

// alertRules are the alerts of package/alerts.yml: their expressions by name. What
// they do, promtool tests (integration/alerts_test.go).
func alertRules(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("package/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Rules []struct{ Alert, Expr string }
		}
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	rules := map[string]string{}
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			rules[r.Alert] = r.Expr
		}
	}
	return rules
}

func TestAlertsGoByMetricsThatThereAre(t *testing.T) {
	table, err := os.ReadFile("testdata/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	metric := regexp.MustCompile(`roomctl_\w+`)
	for alert, expr := range alertRules(t) {
		for _, name := range metric.FindAllString(expr, -1) {
			if !strings.Contains(string(table), "`"+name+"`") {
				t.Errorf("%s goes by %s", alert, name)
			}
		}
	}
}

// TestAlertsHaveTheLimitsOfHealth: Prometheus and /healthz turn red at the same
// time.
func TestAlertsHaveTheLimitsOfHealth(t *testing.T) {
	rules := alertRules(t)
	for _, limit := range []struct {
		alert string
		is    string
	}{
		{"RoomctlSyncOld", fmt.Sprintf("> %.0f\n", health.MaxAge.Seconds())},
		{"RoomctlSyncOld", fmt.Sprintf("> %.0f and ", health.MaxAgeInMeeting.Seconds())},
		{"RoomctlRunStuck", fmt.Sprintf("> %.0f)", health.StuckAfter.Seconds())},
		{"RoomctlRunsFail", fmt.Sprintf(">= %d", health.FailedRuns)},
		{"RoomctlSourceOld", fmt.Sprintf("> %.0f and ", provisioner.StaleAfter.Seconds())},
		{"RoomctlCertificateExpires", fmt.Sprintf("< %.0f * 86400", health.ExpiresSoon.Hours()/24)},
		{"RoomctlWithheld", strings.Join([]string{provisioner.RuleHold, provisioner.RulePause, provisioner.RuleFreeze}, "|")},
	} {
		if expr := strings.ReplaceAll(rules[limit.alert], " or", "\n"); !strings.Contains(expr, limit.is) {
			t.Errorf("%s does not have %q: %s", limit.alert, limit.is, expr)
		}
	}
}

// TestTheConfigurationWarnsAtTheLimitsOfHealth: of a schedule that keeps it red.
func TestTheConfigurationWarnsAtTheLimitsOfHealth(t *testing.T) {
	for _, c := range []struct {
		key   string
		every func(*config.Schedule) *string
		limit time.Duration
	}{
		{"schedule.sync", func(s *config.Schedule) *string { return &s.Sync }, health.MaxAge},
		{"schedule.meeting", func(s *config.Schedule) *string { return &s.Meeting }, health.MaxAgeInMeeting},
	} {
		for every, warns := range map[time.Duration]bool{c.limit: true, c.limit - time.Second: false} {
			settings := config.Default()
			settings.Schedule.Full = "@daily"
			*c.every(&settings.Schedule) = "@every " + every.String()
			warned := slices.ContainsFunc(settings.Warnings(), func(p config.Problem) bool { return p.Key == c.key })
			if warned != warns {
				t.Errorf("%s of %s: warned %t", c.key, every, warned)
			}
		}
	}
}
