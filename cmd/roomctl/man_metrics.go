package main

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// metricDescription finds name, help and labels in what prometheus.Desc says of
// itself, the only way to learn them of a metric that has no value yet.
var metricDescription = regexp.MustCompile(`^Desc\{fqName: "(roomctl_\w+)", help: ("(?:[^"\\]|\\.)*"), constLabels: \{(.*?)\}, variableLabels: \{(.*?)\}\}$`)

// constLabel is one of the labels whose value never changes.
var constLabel = regexp.MustCompile(`(\w+)="`)

// metricsSection is the section of the man page about the metrics that are
// roomctl's own.
func metricsSection() (string, error) {
	descriptions := make(chan *prometheus.Desc)
	go func() {
		newMetrics(func(context.Context) reading { return reading{} }).registry.Describe(descriptions)
		close(descriptions)
	}()
	var list [][]string
	for d := range descriptions {
		if m := metricDescription.FindStringSubmatch(d.String()); m != nil {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b []string) int { return cmp.Compare(a[1], b[1]) })
	var b strings.Builder
	b.WriteString("METRICS:\nThe labels stand in braces. There are those of the Go runtime and of the process, too.\n\n")
	for _, m := range list {
		help, err := strconv.Unquote(m[2])
		if err != nil {
			return "", fmt.Errorf("the help of %s: %w", m[1], err)
		}
		var labels []string
		for _, label := range constLabel.FindAllStringSubmatch(m[3], -1) {
			labels = append(labels, label[1])
		}
		if m[4] != "" {
			labels = append(labels, strings.Split(m[4], ",")...)
		}
		name := m[1]
		if len(labels) > 0 {
			name += "{" + strings.Join(labels, ",") + "}"
		}
		fmt.Fprintf(&b, "   %s  %s\n", name, strings.TrimSuffix(help, "."))
	}
	return b.String(), nil
}
