package main

import (
	"testing"
	"time"
)

func TestSinceIsADurationOrADate(t *testing.T) {
	now := time.Date(2026, 3, 14, 15, 9, 26, 0, time.Local)
	tests := map[string]time.Time{
		"24h":                  now.Add(-24 * time.Hour),
		"1h30m":                now.Add(-90 * time.Minute),
		"7d":                   time.Date(2026, 3, 7, 15, 9, 26, 0, time.Local),
		"0d":                   now,
		"2026-03-01":           time.Date(2026, 3, 1, 0, 0, 0, 0, time.Local),
		"2026-03-01T12:30":     time.Date(2026, 3, 1, 12, 30, 0, 0, time.Local),
		"2026-03-01T12:30:00Z": time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC),
	}
	for text, want := range tests {
		if got, err := parseSince(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%s: %s (%v), want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"-1h", "d", "-7d", "99999999999999999999d", "yesterday", "2026-02-30", "14.3.2026"} {
		if got, err := parseSince(text, now); err == nil {
			t.Errorf("%s: %s, want an error", text, got)
		}
	}
}
