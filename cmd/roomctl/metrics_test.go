package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"roomctl/agenda"
	"roomctl/provisioner"
	"roomctl/provisioner/health"
	"roomctl/provisioner/pause"
	"roomctl/provisioner/worker"
)

// scrape is what Prometheus reads: the samples by name with labels, as they are
// written.
func scrape(t *testing.T, w *ward) (samples map[string]string, text string) {
	t.Helper()
	status, _, text := w.ask(t, "GET", "/metrics", "")
	if status != 200 {
		t.Fatalf("/metrics: %d\n%s", status, text)
	}
	samples = map[string]string{}
	for line := range strings.Lines(text) {
		if i := strings.LastIndexByte(line, ' '); i > 0 && line[0] != '#' {
			samples[line[:i]] = strings.TrimSpace(line[i:])
		}
	}
	return samples, text
}

// busy is a ward with something in every metric.
func busy(t *testing.T) *ward {
	w := newWard(t)
	w.change(func() {
		w.state.Next, w.state.Meeting = epoch.Add(10*time.Minute), "IETF 126"
		w.state.Running, w.state.Since = worker.Full, epoch.Add(-time.Minute)
		w.chat = health.Connection{Down: epoch.Add(-time.Minute), CertificateEnds: epoch.AddDate(0, 0, 30)}
	})
	w.publish(t, agenda.Status{
		Outcome: "withheld", Written: epoch.Add(-5 * time.Minute), LastPoll: epoch.Add(-5 * time.Minute),
		Sources: []agenda.SourceStatus{
			{Name: "groups", Outcome: "unchanged", Read: epoch.Add(-5 * time.Minute)},
			{Name: "IETF 126 agenda", Outcome: "last good copy", Read: epoch.Add(-20 * time.Minute), Problem: "500"},
		},
		Counts:   agenda.Counts{NotOurs: 2, Sessions: 10, Linked: 7},
		Withheld: []agenda.WithheldStatus{{Rule: "retire", Rooms: []string{"a", "b"}}, {Rule: "groups-shrank"}, {Rule: "colour"}},
	})
	report := &provisioner.Report{
		Results: []provisioner.Result{
			{Change: provisioner.Change{Verb: provisioner.Create, Room: "a"}},
			{Change: provisioner.Change{Verb: provisioner.Create, Room: "b"}},
			{Change: provisioner.Change{Verb: provisioner.Configure, Room: "c"}, Err: errors.New("not permitted")},
		},
		Published: []string{"rooms.json"},
	}
	w.metrics.lost.Inc()
	w.metrics.Ended(worker.Full, report, nil, 2*time.Second)
	w.metrics.Ended(worker.Quick, nil, errors.New("connection refused"), time.Second)
	w.metrics.Missed(worker.Meeting)
	for _, status := range []int{200, 304, 304, 503, 0, 600, 999} {
		w.house.observe(status)
	}
	return w
}

func TestMetricsCount(t *testing.T) {
	samples, text := scrape(t, busy(t))
	want := map[string]string{
		`roomctl_health{level="green"}`:                                                    "0",
		`roomctl_health{level="yellow"}`:                                                   "1",
		`roomctl_health{level="red"}`:                                                      "0",
		`roomctl_health_problems{level="yellow",rule="withheld"}`:                          "3",
		`roomctl_health_problems{level="yellow",rule="links"}`:                             "1",
		`roomctl_health_problems{level="red",rule="stuck"}`:                                "0",
		`roomctl_runs_total{kind="full",outcome="partial"}`:                                "1",
		`roomctl_runs_total{kind="quick",outcome="failed"}`:                                "1",
		`roomctl_runs_total{kind="meeting",outcome="done"}`:                                "0",
		`roomctl_run_duration_seconds_sum{kind="full"}`:                                    "2",
		`roomctl_run_duration_seconds_count{kind="quick"}`:                                 "1",
		`roomctl_runs_missed_total{kind="meeting"}`:                                        "1",
		`roomctl_changes_total{action="create",result="applied"}`:                          "2",
		`roomctl_changes_total{action="configure",result="failed"}`:                        "1",
		`roomctl_changes_total{action="retire",result="failed"}`:                           "0",
		`roomctl_published_files_total`:                                                    "1",
		`roomctl_chat_connections_lost_total`:                                              "1",
		`roomctl_datatracker_requests_total{code="200"}`:                                   "1",
		`roomctl_datatracker_requests_total{code="304"}`:                                   "2",
		`roomctl_datatracker_requests_total{code="503"}`:                                   "1",
		`roomctl_datatracker_requests_total{code="none"}`:                                  "1",
		`roomctl_datatracker_requests_total{code="other"}`:                                 "2",
		`roomctl_run_started_timestamp_seconds`:                                            stamp(epoch.Add(-time.Minute)),
		`roomctl_last_run_timestamp_seconds`:                                               stamp(epoch.Add(-5 * time.Minute)),
		`roomctl_last_run_duration_seconds`:                                                "60",
		`roomctl_next_run_timestamp_seconds`:                                               stamp(epoch.Add(10 * time.Minute)),
		`roomctl_last_good_sync_timestamp_seconds`:                                         stamp(epoch.Add(-5 * time.Minute)),
		`roomctl_meeting_on`:                                                               "1",
		`roomctl_paused`:                                                                   "0",
		`roomctl_rooms{state="active"}`:                                                    "0",
		`roomctl_rooms_fit`:                                                                "0",
		`roomctl_rooms_not_ours`:                                                           "2",
		`roomctl_sessions`:                                                                 "10",
		`roomctl_sessions_linked`:                                                          "7",
		`roomctl_withheld{rule="retire"}`:                                                  "2",
		`roomctl_withheld{rule="groups-shrank"}`:                                           "1",
		`roomctl_withheld{rule="freeze"}`:                                                  "0",
		`roomctl_datatracker_sources{outcome="unchanged"}`:                                 "1",
		`roomctl_datatracker_sources{outcome="last good copy"}`:                            "1",
		`roomctl_datatracker_sources{outcome="missing"}`:                                   "0",
		`roomctl_datatracker_oldest_source_timestamp_seconds`:                              stamp(epoch.Add(-20 * time.Minute)),
		`roomctl_datatracker_last_poll_timestamp_seconds`:                                  stamp(epoch.Add(-5 * time.Minute)),
		`roomctl_published_timestamp_seconds`:                                              stamp(epoch.Add(-5 * time.Minute)),
		`roomctl_chat_connected`:                                                           "0",
		`roomctl_chat_certificate_expiry_timestamp_seconds`:                                stamp(epoch.AddDate(0, 0, 30)),
		fmt.Sprintf(`roomctl_build_info{goversion=%q,version="devel"}`, runtime.Version()): "1",
	}
	for name, value := range want {
		if samples[name] != value {
			t.Errorf("%s is %q, want %s", name, samples[name], value)
		}
	}
	if strings.Contains(text, "colour") {
		t.Error("what the published file tells makes labels")
	}
}

// stamp is a time as the text format has it.
func stamp(at time.Time) string { return strconv.FormatFloat(float64(at.Unix()), 'g', -1, 64) }

// TestWhatIsNotKnownIsNoMetric: a registry or a file that cannot be read is not
// one without rooms.
func TestWhatIsNotKnownIsNoMetric(t *testing.T) {
	w := busy(t)
	if err := os.WriteFile(w.house.registryPath(), []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.house.config.Publish.Dir, agenda.StatusPath), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	w.change(func() { w.chat = health.Connection{} })
	samples, text := scrape(t, w)
	for _, name := range []string{"roomctl_rooms", "roomctl_last_good_sync", "roomctl_sessions", "roomctl_withheld", "roomctl_published_timestamp", "roomctl_chat_certificate"} {
		if strings.Contains(text, "\n"+name) {
			t.Errorf("there is %s", name)
		}
	}
	for name, value := range map[string]string{
		`roomctl_health{level="red"}`: "1", `roomctl_health_problems{level="red",rule="registry"}`: "1", "roomctl_chat_connected": "1",
	} {
		if samples[name] != value {
			t.Errorf("%s is %q, want %s", name, samples[name], value)
		}
	}
}

func TestAPauseIsAMetric(t *testing.T) {
	w := newWard(t)
	if err := pause.Set(w.house.config.StateDir, pause.Pause{Since: epoch}); err != nil {
		t.Fatal(err)
	}
	if samples, _ := scrape(t, w); samples["roomctl_paused"] != "1" {
		t.Errorf("roomctl_paused is %q", samples["roomctl_paused"])
	}
}

// TestEveryMetricIsDocumented writes the table of the README (-update): every
// metric that there is, with its labels and its help.
func TestEveryMetricIsDocumented(t *testing.T) {
	samples, text := scrape(t, busy(t))
	help := regexp.MustCompile(`(?m)^# HELP (roomctl_\w+) (.*)$`)
	labels := regexp.MustCompile(`(\w+)="`)
	table := "| metric | labels | means |\n|---|---|---|\n"
	for _, m := range help.FindAllStringSubmatch(text, -1) {
		found := map[string]bool{}
		for sample := range samples {
			family, rest, _ := strings.Cut(sample, "{")
			if family != m[1] && !slices.Contains([]string{m[1] + "_bucket", m[1] + "_sum", m[1] + "_count"}, family) {
				continue
			}
			for _, label := range labels.FindAllStringSubmatch(rest, -1) {
				found[label[1]] = label[1] != "le" // of histograms, which is no label of ours
			}
		}
		var names []string
		for _, name := range slices.Sorted(maps.Keys(found)) {
			if found[name] {
				names = append(names, "`"+name+"`")
			}
		}
		table += fmt.Sprintf("| `%s` | %s | %s |\n", m[1], strings.Join(names, ", "), strings.TrimSuffix(m[2], "."))
	}
	name := filepath.Join(t.TempDir(), "metrics.md")
	if err := os.WriteFile(name, []byte(table), 0o644); err != nil {
		t.Fatal(err)
	}
	requireGolden(t, filepath.Join("testdata", "metrics.md"), name)
	for _, other := range []string{"go_goroutines", "process_open_fds", "process_resident_memory_bytes"} {
		if _, ok := samples[other]; !ok {
			t.Errorf("there is no %s", other)
		}
	}
}

// TestNoMetricNamesARoom: labels come from fixed lists.
func TestNoMetricNamesARoom(t *testing.T) {
	if _, text := scrape(t, busy(t)); regexp.MustCompile(`"(a|b|c)"`).MatchString(text) {
		t.Errorf("a room is named in\n%s", text)
	}
}
