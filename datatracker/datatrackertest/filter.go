package datatrackertest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// badRequest is an answer of 400 with a reason, as tastypie words it.
type badRequest string

func (b badRequest) Error() string { return string(b) }

// lookups are the comparisons that a filter may end with (Django "lookups").
var lookups = []string{"exact", "in", "lt", "lte", "gt", "gte"}

// filter keeps the rows that a query asks for (tastypie ModelResource
// build_filters). A name that is no field of the resource is ignored without a
// word, so a misspelt filter returns everything; a field that is not meant to
// be filtered by is an error.
func (r resource) filter(rows []row, query url.Values) ([]row, error) {
	for name, values := range query {
		test, err := r.parseFilter(name, values)
		if err != nil {
			return nil, err
		}
		if test != nil {
			rows = slices.DeleteFunc(rows, func(row row) bool { return !test(row) })
		}
	}
	return rows, nil
}

// parseFilter turns one parameter into a test of rows; nil when it is none.
func (r resource) parseFilter(name string, values []string) (func(row) bool, error) {
	parts := strings.Split(name, "__")
	field := parts[0]
	sample, known := r.known[field]
	if !known {
		return nil, nil
	}
	lookup := "exact"
	if last := parts[len(parts)-1]; len(parts) > 1 && slices.Contains(lookups, last) {
		lookup, parts = last, parts[:len(parts)-1]
	}
	if !slices.Contains(r.filterable, field) {
		return nil, badRequest(fmt.Sprintf("The '%s' field does not allow filtering.", field))
	}
	// A list takes commas and repeated parameters; anything else the last one.
	wanted := values[len(values)-1:]
	if lookup == "in" {
		wanted = strings.Split(strings.Join(values, ","), ",")
	}
	if len(parts) > 1 {
		column := strings.Join(parts, "__")
		return func(row row) bool { return matches(lookup, row.via[column], wanted) }, r.checkVia(field, parts[1:])
	}
	if _, number := sample.(int); number {
		for _, value := range wanted {
			if _, err := strconv.Atoi(value); err != nil {
				return nil, badRequest("Invalid resource lookup data provided (mismatched type).")
			}
		}
	}
	if _, flag := sample.(bool); flag {
		wanted = []string{strings.ToLower(wanted[0])} // True and true are the same
	}
	return func(row row) bool {
		value, set := column(row.object[field])
		return set && matches(lookup, value, wanted)
	}, nil
}

// checkVia refuses to follow a relation to a field that is not served.
func (r resource) checkVia(field string, rest []string) error {
	related := map[string][]string{
		"type": {"slug"}, "state": {"slug"}, "purpose": {"slug"},
		"meeting": {"number", "type", "date", "id"}, "group": {"acronym", "type", "state", "id"},
	}
	names, isRelation := related[field]
	if !isRelation {
		return badRequest(fmt.Sprintf("The '%s' field does not support relations.", field))
	}
	if len(rest) != 1 || !slices.Contains(names, rest[0]) {
		return badRequest(fmt.Sprintf("The '%s' field does not allow filtering.", rest[0]))
	}
	return nil
}

// column is a member as filters and orderings see it: a relation by its key.
func column(value any) (text string, set bool) {
	switch v := value.(type) {
	case nil:
		return "", false
	case string:
		if strings.HasPrefix(v, "/api/v1/") {
			v = lastSegment(v)
		}
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		return v.String(), true
	}
	return fmt.Sprint(value), true
}

// matches compares one value with what a filter wants.
func matches(lookup, value string, wanted []string) bool {
	if lookup == "in" {
		return slices.Contains(wanted, value)
	}
	order := compare(value, wanted[0])
	switch lookup {
	case "lt":
		return order < 0
	case "lte":
		return order <= 0
	case "gt":
		return order > 0
	case "gte":
		return order >= 0
	}
	return order == 0
}

// compare compares numbers as numbers, the rest (dates and times among it) as
// text.
func compare(a, b string) int {
	m, errA := strconv.Atoi(a)
	n, errB := strconv.Atoi(b)
	if errA == nil && errB == nil {
		return m - n
	}
	return strings.Compare(a, b)
}

// order sorts rows as order_by asks (tastypie ModelResource apply_sorting).
func (r resource) order(rows []row, by []string) error {
	for _, term := range by {
		field := strings.TrimPrefix(term, "-")
		if _, known := r.known[field]; !known {
			return badRequest(fmt.Sprintf("No matching '%s' field for ordering on.", field))
		}
		if !slices.Contains(r.ordering, field) {
			return badRequest(fmt.Sprintf("The '%s' field does not allow ordering.", field))
		}
	}
	sortRows(rows, by)
	return nil
}

// sortRows sorts by fields, the first counting most; "-" before one reverses it.
func sortRows(rows []row, by []string) {
	slices.SortStableFunc(rows, func(a, b row) int {
		for _, term := range by {
			field, reversed := strings.CutPrefix(term, "-")
			x, _ := column(a.object[field])
			y, _ := column(b.object[field])
			switch order := compare(x, y); {
			case order != 0 && reversed:
				return -order
			case order != 0:
				return order
			}
		}
		return 0
	})
}
