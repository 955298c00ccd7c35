package matrix

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A table is the outcome of every cell, for people.
type table struct {
	mu      sync.Mutex // guards what follows
	rows    []string   // the faults
	columns []string   // the moments
	failed  map[[2]string]bool
	tried   map[[2]string]bool
}

// enter takes down the outcome of a subtest.
func (m *table) enter(row, column string, t *testing.T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tried == nil {
		m.failed, m.tried = make(map[[2]string]bool), make(map[[2]string]bool)
	}
	if !slices.Contains(m.rows, row) {
		m.rows = append(m.rows, row)
	}
	if !slices.Contains(m.columns, column) {
		m.columns = append(m.columns, column)
		slices.Sort(m.columns)
	}
	m.tried[[2]string{row, column}] = true
	m.failed[[2]string{row, column}] = t.Failed()
}

func (m *table) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b strings.Builder
	width := 0
	for _, row := range m.rows {
		width = max(width, len(row))
	}
	fmt.Fprintf(&b, "\n%-*s", width, "")
	for _, column := range m.columns {
		fmt.Fprintf(&b, "  %s", column)
	}
	for _, row := range m.rows {
		fmt.Fprintf(&b, "\n%-*s", width, row)
		for _, column := range m.columns {
			word := "-"
			switch cell := [2]string{row, column}; {
			case m.failed[cell]:
				word = "FAILED"
			case m.tried[cell]:
				word = "held"
			}
			fmt.Fprintf(&b, "  %-*s", len(column), word)
		}
	}
	return b.String()
}
