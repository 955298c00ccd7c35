package web

import (
	"fmt"
	"net/url"

	"roomctl/agenda/ical"
)

// parseFilter reads the query of a calendar's address. A query that is no query
// is an error like an unknown filter: part of it would be passed over.
func parseFilter(query string) (ical.Filter, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return ical.Filter{}, err
	}
	return ical.ParseFilter(values)
}

// filterCalendar is a published calendar as the filter leaves it.
func filterCalendar(data []byte, filter ical.Filter) ([]byte, error) {
	calendar, err := ical.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("filtering: %w", err)
	}
	return ical.Encode(filter.Apply(calendar)), nil
}
