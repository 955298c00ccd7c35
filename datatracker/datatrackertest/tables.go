package datatrackertest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// readGroups reads the groups that the captured agendas name and adds the
// parents that they lack. Ids are the Datatracker's own where an agenda tells
// them; the others are given in the order of the acronyms, and never change.
func readGroups(changed time.Time) ([]*Group, error) {
	rows, err := readCSV("data/groups.csv")
	if err != nil {
		return nil, err
	}
	rows = append(rows, []string{"gen", "General Area", "area", "active", ""},
		[]string{"iab", "Internet Architecture Board", "iab", "active", "ietf"},
		[]string{"int", "Internet Area", "area", "active", ""},
		[]string{"irtf", "IRTF", "irtf", "active", ""})
	known := map[string]int{
		"ietf": 1, "iesg": 2, "irtf": 3, "iab": 7, "gen": 1008, "int": 1052, "ops": 1193,
		"rtg": 1249, "sec": 1260, "tsv": 1324, "art": 2010,
	}
	byAcronym := make(map[string]*Group)
	for i, row := range rows {
		g := &Group{ID: known[row[0]], Acronym: row[0], Name: row[1], Type: row[2], State: row[3], Time: changed}
		if g.ID == 0 {
			g.ID = 2101 + i
		}
		switch g.Type {
		case "wg":
			g.ListEmail = g.Acronym + "@ietf.org"
		case "rg":
			g.ListEmail = g.Acronym + "@irtf.org"
		}
		byAcronym[g.Acronym] = g
	}
	for _, row := range rows {
		parent := byAcronym[row[4]]
		if row[4] != "" && parent == nil {
			return nil, fmt.Errorf("reading the groups: %s has unknown parent %q", row[0], row[4])
		}
		byAcronym[row[0]].Parent = parent
	}
	return slices.SortedFunc(maps.Values(byAcronym), func(a, b *Group) int { return a.ID - b.ID }), nil
}

// featureFlags are the flags of GroupFeatures besides has_default_chat, in the
// order of the captured columns.
var featureFlags = []string{
	"has_meetings", "acts_like_wg", "customize_workflow", "has_session_materials", "is_schedulable", "show_on_agenda",
}

// readGroupFeatures reads what the group types may do.
func readGroupFeatures() ([]*GroupFeatures, error) {
	rows, err := readCSV("data/groupfeatures.csv")
	if err != nil {
		return nil, err
	}
	var features []*GroupFeatures
	for _, row := range rows {
		f := &GroupFeatures{
			Type:            row[0],
			HasDefaultChat:  row[2] == "true",
			Flags:           make(map[string]bool),
			SessionPurposes: splitList(row[9]),
			ParentTypes:     splitList(row[10]),
		}
		for i, name := range featureFlags {
			f.Flags[name] = row[3+i] == "true"
		}
		features = append(features, f)
	}
	return features, nil
}

// readCSV reads a captured table without its heading.
func readCSV(name string) ([][]string, error) {
	data, err := captures.ReadFile(name)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.LazyQuotes = true // one name has quotes inside
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("reading %s: no heading", name)
	}
	return rows[1:], nil
}

func splitList(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '|' })
}
