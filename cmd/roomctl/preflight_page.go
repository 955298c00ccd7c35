package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"roomctl/provisioner/atomicfile"
	"roomctl/provisioner/preflight"
)

//go:embed preflight.html
var preflightTemplate string

// preflightView is what the page of a preflight shows.
type preflightView struct {
	*preflight.Report
	MUC   string
	Zone  string    // what all times on the page are in
	Ended time.Time // in that zone
	Line  string    // the whole result
	Fine  string    // "" when nothing is
	Days  []preflightDay
}

type preflightDay struct {
	Date     time.Time
	Sessions []preflightRow
}

type preflightRow struct {
	preflight.Session
	Start time.Time    // in the page's zone
	Into  template.URL // the room; "": no link
	Whys  []string     // what was found about it, and not about all sessions
}

// preflightPage makes one self-contained page of a preflight, to print and to
// hand round. muc is the domain of the rooms.
func preflightPage(r *preflight.Report, muc string) ([]byte, error) {
	t, err := template.New("preflight.html").Funcs(template.FuncMap{
		"inert":      inert,
		"class":      func(v preflight.Verdict) string { return strings.ReplaceAll(string(v), " ", "-") },
		"mark":       func(v preflight.Verdict) string { return findingMarks[v][0] },
		"count":      plural,
		"everywhere": everywhere,
		"command":    func(do string) bool { return strings.HasPrefix(do, "roomctl ") },
	}).Parse(preflightTemplate)
	if err != nil {
		return nil, fmt.Errorf("reading the template of the preflight's page: %w", err)
	}
	var page bytes.Buffer
	if err := t.Execute(&page, newPreflightView(r, muc)); err != nil {
		return nil, fmt.Errorf("making the preflight's page: %w", err)
	}
	return page.Bytes(), nil
}

// writePreflightPage leaves the page in a file for everybody to read.
func writePreflightPage(path string, r *preflight.Report, muc string) error {
	page, err := preflightPage(r, muc)
	if err != nil {
		return err
	}
	return atomicfile.Write(path, page, 0o644)
}

func newPreflightView(r *preflight.Report, muc string) preflightView {
	zone, err := time.LoadLocation(r.TimeZone) // "" is UTC
	if err != nil || r.TimeZone == "Local" {
		zone = time.UTC
	}
	v := preflightView{Report: r, MUC: muc, Zone: zone.String(), Ended: r.Ended.In(zone), Line: verdictLine(r)}
	if n := fine(r); n > 0 {
		v.Fine = fmt.Sprintf("%d of %s: %s.", n, plural(len(r.Sessions), "session"), whatIsFine(r))
	}
	for _, s := range r.Sessions {
		row := preflightRow{Session: s, Start: s.Start.In(zone)}
		if s.Room != "" && !slices.Contains(s.Causes, preflight.CauseAbsent) {
			row.Into = template.URL(s.URL) // of a pattern of the configuration, or the room's xmpp: URI
		}
		for _, f := range r.Findings {
			if slices.Contains(f.Sessions, s.ID) && !everywhere(f, len(r.Sessions)) {
				row.Whys = append(row.Whys, f.What)
			}
		}
		day := row.Start.Format(time.DateOnly)
		if n := len(v.Days); n == 0 || v.Days[n-1].Date.Format(time.DateOnly) != day {
			v.Days = append(v.Days, preflightDay{Date: row.Start})
		}
		last := &v.Days[len(v.Days)-1]
		last.Sessions = append(last.Sessions, row)
	}
	return v
}
