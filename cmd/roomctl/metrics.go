package main

import (
	"context"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/provisioner/worker"
)

// metrics are what Prometheus scrapes. What happens is counted here; how things
// are is read at each scrape (metrics_snapshot.go). No label names a room.
type metrics struct {
	registry *prometheus.Registry

	runs      *prometheus.CounterVec
	durations *prometheus.HistogramVec
	misses    *prometheus.CounterVec
	changes   *prometheus.CounterVec
	files     prometheus.Counter
	lost      prometheus.Counter
	requests  *prometheus.CounterVec
}

// What the labels can be.
var (
	runKinds    = []worker.Kind{worker.Quick, worker.Meeting, worker.Full}
	runOutcomes = []string{registry.RunDone, registry.RunWithheld, registry.RunPartial, registry.RunFailed}
)

// newMetrics makes the metrics, all counters at zero, in a registry of their own.
func newMetrics(read func(context.Context) reading) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "roomctl_runs_total",
			Help: "Runs that ended, by kind (quick, meeting, full) and outcome (done, withheld, partial, failed)."}, []string{"kind", "outcome"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "roomctl_run_duration_seconds",
			Help: "How long runs took, by kind.", Buckets: []float64{.1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600}}, []string{"kind"}),
		misses: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "roomctl_runs_missed_total",
			Help: "Runs that were due and not begun, by kind: another one was under way, or somebody else held the state folder."}, []string{"kind"}),
		changes: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "roomctl_changes_total",
			Help: "Changes to rooms that runs tried, by action (create, configure, retire, …) and result (applied, failed)."}, []string{"action", "result"}),
		files: prometheus.NewCounter(prometheus.CounterOpts{Name: "roomctl_published_files_total",
			Help: "Published files that were written because their content changed."}),
		lost: prometheus.NewCounter(prometheus.CounterOpts{Name: "roomctl_chat_connections_lost_total",
			Help: "Times that the connection to the chat server was lost, during runs and between them."}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "roomctl_datatracker_requests_total",
			Help: "Requests to the Datatracker, retries one by one, by status code; code none means that there was no answer, other that it had no status code."}, []string{"code"}),
	}
	m.zero()
	build := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "roomctl_build_info",
		Help:        "Always 1; the labels are the version of roomctl, and of Go that built it.",
		ConstLabels: prometheus.Labels{"version": version(), "goversion": runtime.Version()}}, func() float64 { return 1 })
	m.registry.MustRegister(m.runs, m.durations, m.misses, m.changes, m.files, m.lost, m.requests, build, newSnapshot(read),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// zero makes every counter exist: the first failure is an increase, too.
func (m *metrics) zero() {
	for _, kind := range runKinds {
		for _, outcome := range runOutcomes {
			m.runs.WithLabelValues(string(kind), outcome)
		}
		m.durations.WithLabelValues(string(kind))
		m.misses.WithLabelValues(string(kind))
	}
	for _, verb := range provisioner.Verbs() {
		for _, result := range []string{"applied", "failed"} {
			m.changes.WithLabelValues(string(verb), result)
		}
	}
	for _, code := range []string{"200", "304", noAnswer} {
		m.requests.WithLabelValues(code)
	}
}

const (
	noAnswer  = "none"  // the code of a request that nobody answered
	otherCode = "other" // of an answer with a number that is no status code
)

// Ended counts a run, as worker.Observer. r is nil when it found nothing out.
func (m *metrics) Ended(kind worker.Kind, r *provisioner.Report, err error, took time.Duration) {
	m.runs.WithLabelValues(string(kind), provisioner.Outcome(r, err)).Inc()
	m.durations.WithLabelValues(string(kind)).Observe(took.Seconds())
	if r == nil {
		return
	}
	for _, res := range r.Results {
		result := "applied"
		if res.Err != nil {
			result = "failed"
		}
		m.changes.WithLabelValues(string(res.Change.Verb), result).Inc()
	}
	m.files.Add(float64(len(r.Published)))
}

// Missed counts a run that was due and was not begun, as worker.Observer.
func (m *metrics) Missed(kind worker.Kind) { m.misses.WithLabelValues(string(kind)).Inc() }

// request counts a request to the Datatracker, as datatracker.Options.Observe.
func (m *metrics) request(status int) {
	code := noAnswer
	switch {
	case status/100 >= 1 && status/100 <= 5: // the classes of RFC 9110 section 15
		code = strconv.Itoa(status)
	case status != 0:
		code = otherCode
	}
	m.requests.WithLabelValues(code).Inc()
}

// handler is /metrics.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorHandling:       promhttp.ContinueOnError, // the rest is worth having
		MaxRequestsInFlight: 4,
		Timeout:             2 * readLimit,
	})
}
