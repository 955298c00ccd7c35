package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"roomctl/agenda"
	"roomctl/datatracker"
	"roomctl/provisioner"
	"roomctl/provisioner/health"
)

// gauge is a metric of how things are at one moment.
type gauge struct {
	name, help string
	labels     []string
	samples    func(r reading) []sample // none: it is not known
}

// sample is one value, with the values of the labels.
type sample struct {
	value  float64
	labels []string
}

func gauges() []gauge {
	level, rule := []string{"level"}, []string{"rule"}
	return []gauge{
		{"roomctl_health", "1 for the level that /healthz tells (green, yellow, red), 0 for the others.", level, healthSamples},
		{"roomctl_health_problems", "Problems that /healthz tells, by level and rule.", []string{"level", "rule"}, problemSamples},
		{"roomctl_run_started_timestamp_seconds", "When the run under way began, in Unix time; 0 between runs.", nil,
			func(r reading) []sample { return unixTime(r.worker.Since) }},
		{"roomctl_last_run_timestamp_seconds", "When the last run ended; 0 before the first.", nil,
			func(r reading) []sample { return unixTime(r.worker.Last.Ended) }},
		{"roomctl_last_run_duration_seconds", "How long the last run took; 0 before the first.", nil,
			func(r reading) []sample { return single(r.worker.Last.Ended.Sub(r.worker.Last.Began).Seconds()) }},
		{"roomctl_next_run_timestamp_seconds", "When the next run is due.", nil,
			func(r reading) []sample { return unixTime(r.worker.Next) }},
		{"roomctl_last_good_sync_timestamp_seconds", "When a sync last ran to its end with no change failing, one that a person typed included; 0: never.", nil, fromRegistry(
			func(r reading) []sample { return unixTime(r.doc.GoodSync) })},
		{"roomctl_meeting_on", "1 while an IETF meeting or an interim is on, from an hour before its first session to an hour after its last.", nil,
			func(r reading) []sample { return truth(r.worker.Meeting != "") }},
		{"roomctl_paused", "1 while a person has paused roomctl.", nil,
			func(r reading) []sample { return truth(r.facts.Pause != "") }},
		{"roomctl_rooms", "Rooms in the registry, by state (active, retired, closed, destroyed).", []string{"state"}, fromRegistry(roomSamples)},
		{"roomctl_rooms_fit", "Of the active and retired rooms, those that sessions may be linked to.", nil, fromRegistry(
			func(r reading) []sample { return single(float64(r.doc.Rooms.Fit)) })},
		{"roomctl_rooms_not_ours", "Rooms that are wanted and belong to somebody else.", nil, fromStatus(
			func(s *agenda.Status) []sample { return single(float64(s.Counts.NotOurs)) })},
		{"roomctl_sessions", "Sessions on the published agendas that ask for a room.", nil, fromStatus(
			func(s *agenda.Status) []sample { return single(float64(s.Counts.Sessions)) })},
		{"roomctl_sessions_linked", "Of roomctl_sessions, those that have a link to their room.", nil, fromStatus(
			func(s *agenda.Status) []sample { return single(float64(s.Counts.Linked)) })},
		{"roomctl_withheld", "What the last run withheld, by rule: rooms, or 1 for a document that was not believed; what a person holds or paused included.", rule, fromStatus(withheldSamples)},
		{"roomctl_datatracker_sources", "Documents of the Datatracker, by how the last run came by them (fresh, unchanged, last good copy, missing).", []string{"outcome"}, fromStatus(sourceSamples)},
		{"roomctl_datatracker_oldest_source_timestamp_seconds", "When the document that has waited longest was last confirmed.", nil, fromStatus(
			func(s *agenda.Status) []sample { return unixTime(s.Oldest()) })},
		{"roomctl_datatracker_last_poll_timestamp_seconds", "When every document was last answered for; 0: never.", nil, fromStatus(
			func(s *agenda.Status) []sample { return unixTime(s.LastPoll) })},
		{"roomctl_published_timestamp_seconds", "When the published status.json was last written, as every run does.", nil, fromStatus(
			func(s *agenda.Status) []sample { return unixTime(s.Written) })},
		{"roomctl_chat_connected", "1 unless the connection to the chat server is lost.", nil,
			func(r reading) []sample { return truth(r.facts.Chat.Down.IsZero()) }},
		{"roomctl_chat_certificate_expiry_timestamp_seconds", "When the chat server's certificate expires; absent without TLS, and before one was seen.", nil, certificateSamples},
	}
}

// fromRegistry is for what the registry tells: nothing, if it cannot be read.
func fromRegistry(samples func(reading) []sample) func(reading) []sample {
	return func(r reading) []sample {
		if !r.doc.readable {
			return nil
		}
		return samples(r)
	}
}

// fromStatus is for what status.json tells: nothing, if there is none.
func fromStatus(samples func(*agenda.Status) []sample) func(reading) []sample {
	return func(r reading) []sample {
		if r.doc.Published == nil {
			return nil
		}
		return samples(r.doc.Published)
	}
}

func single(n float64) []sample { return []sample{{value: n}} }

func truth(is bool) []sample {
	if is {
		return single(1)
	}
	return single(0)
}

// unixTime is a time as Prometheus has it: seconds of Unix time, 0 for none.
func unixTime(t time.Time) []sample {
	if t.IsZero() {
		return single(0)
	}
	return single(float64(t.UnixMilli()) / 1000)
}

func healthSamples(r reading) []sample {
	var list []sample
	for _, level := range health.Levels() {
		is := truth(r.verdict.Level == level)[0]
		list = append(list, sample{is.value, []string{string(level)}})
	}
	return list
}

func problemSamples(r reading) []sample {
	n := map[[2]string]float64{}
	for _, p := range r.verdict.Problems {
		n[[2]string{string(p.Level), string(p.Rule)}]++
	}
	var list []sample
	for _, level := range []health.Level{health.Yellow, health.Red} {
		for _, rule := range health.Rules() {
			key := [2]string{string(level), string(rule)}
			list = append(list, sample{n[key], key[:]})
		}
	}
	return list
}

func roomSamples(r reading) []sample {
	n := r.doc.Rooms
	return []sample{
		{float64(n.Active), []string{"active"}}, {float64(n.Retired), []string{"retired"}},
		{float64(n.Closed), []string{"closed"}}, {float64(n.Destroyed), []string{"destroyed"}},
	}
}

// withheldSamples has the rules that there are, and no other that the file may
// tell of.
func withheldSamples(s *agenda.Status) []sample {
	n := map[string]float64{}
	for _, w := range s.Withheld {
		n[w.Rule] += float64(max(1, len(w.Rooms)))
	}
	var list []sample
	rules := append(provisioner.AllowedRules(), provisioner.RuleHold, provisioner.RulePause, provisioner.RulePlan, provisioner.RuleLogging)
	for _, rule := range rules {
		list = append(list, sample{n[rule], []string{rule}})
	}
	return list
}

func sourceSamples(s *agenda.Status) []sample {
	n := map[string]float64{}
	for _, source := range s.Sources {
		n[source.Outcome]++
	}
	var list []sample
	for _, outcome := range []datatracker.Outcome{datatracker.Fresh, datatracker.Unchanged, datatracker.LastGood, datatracker.Missing} {
		list = append(list, sample{n[outcome.String()], []string{outcome.String()}})
	}
	return list
}

func certificateSamples(r reading) []sample {
	if r.facts.Chat.CertificateEnds.IsZero() {
		return nil
	}
	return unixTime(r.facts.Chat.CertificateEnds)
}

// snapshot is the collector of the gauges. All values of a scrape are of one
// moment.
type snapshot struct {
	read   func(context.Context) reading
	gauges []gauge
	descs  []*prometheus.Desc
}

func newSnapshot(read func(context.Context) reading) *snapshot {
	s := &snapshot{read: read, gauges: gauges()}
	for _, g := range s.gauges {
		s.descs = append(s.descs, prometheus.NewDesc(g.name, g.help, g.labels, nil))
	}
	return s
}

// Describe is part of prometheus.Collector.
func (s *snapshot) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range s.descs {
		ch <- d
	}
}

// Collect is part of prometheus.Collector, which knows no context: reading has a
// time limit of its own.
func (s *snapshot) Collect(ch chan<- prometheus.Metric) {
	r := s.read(context.Background())
	for i, g := range s.gauges {
		for _, one := range g.samples(r) {
			m, err := prometheus.NewConstMetric(s.descs[i], prometheus.GaugeValue, one.value, one.labels...)
			if err != nil {
				m = prometheus.NewInvalidMetric(s.descs[i], err)
			}
			ch <- m
		}
	}
}
