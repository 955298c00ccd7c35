package datatrackertest

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Limits of a page (tastypie Paginator and Resource.Meta defaults).
const (
	defaultLimit = 20
	maxLimit     = 1000
)

// envelope is the answer to a list query.
type envelope struct {
	Meta    meta             `json:"meta"`
	Objects []map[string]any `json:"objects"`
}

type meta struct {
	Limit      int     `json:"limit"`
	Next       *string `json:"next"` // a path without host; nil on the last page
	Offset     int     `json:"offset"`
	Previous   *string `json:"previous"`
	TotalCount int     `json:"total_count"`
}

// list answers a list query, spoilt by f unless that is nil.
func (r resource) list(w *World, rawQuery string, f *Fault) (envelope, error) {
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return envelope{}, badRequest("Invalid query string provided.")
	}
	rows := r.rows(w)
	if !f.is(IgnoreFilter) {
		if rows, err = r.filter(rows, query); err != nil {
			return envelope{}, err
		}
	}
	if err := r.order(rows, query["order_by"]); err != nil {
		return envelope{}, err
	}
	limit, offset, err := page(query)
	if err != nil {
		return envelope{}, err
	}
	objects := make([]map[string]any, 0, len(rows))
	for _, row := range rows {
		objects = append(objects, row.object)
	}
	objects = f.spoil(objects)

	total := len(objects)
	from := min(f.shiftPage(offset, limit), total)
	answer := envelope{
		Meta:    meta{Limit: limit, Offset: offset, TotalCount: total},
		Objects: objects[from : from+min(limit, total-from)],
	}
	if offset < total-limit {
		answer.Meta.Next = pageURI(r.path, rawQuery, limit, offset+limit)
	}
	if offset-limit >= 0 {
		answer.Meta.Previous = pageURI(r.path, rawQuery, limit, offset-limit)
	}
	return answer, nil
}

// page reads limit and offset.
func page(query url.Values) (limit, offset int, err error) {
	limit = defaultLimit
	if text := query.Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil {
			return 0, 0, badRequest(fmt.Sprintf("Invalid limit '%s' provided. Please provide a positive integer.", text))
		}
	}
	if limit < 0 {
		return 0, 0, badRequest(fmt.Sprintf("Invalid limit '%d' provided. Please provide a positive integer >= 0.", limit))
	}
	if limit == 0 || limit > maxLimit {
		limit = maxLimit
	}
	if text := query.Get("offset"); text != "" {
		if offset, err = strconv.Atoi(text); err != nil {
			return 0, 0, badRequest(fmt.Sprintf("Invalid offset '%s' provided. Please provide an integer.", text))
		}
	}
	if offset < 0 {
		return 0, 0, badRequest(fmt.Sprintf("Invalid offset '%d' provided. Please provide a positive integer >= 0.", offset))
	}
	return limit, offset, nil
}

// pageURI is the address of another page: the filters in the order they came
// in, then limit and offset (tastypie Paginator._generate_uri).
func pageURI(path, rawQuery string, limit, offset int) *string {
	parts := slices.DeleteFunc(strings.Split(rawQuery, "&"), func(part string) bool {
		name, _, _ := strings.Cut(part, "=")
		return name == "" || name == "limit" || name == "offset"
	})
	parts = append(parts, fmt.Sprintf("limit=%d", limit), fmt.Sprintf("offset=%d", offset))
	uri := path + "?" + strings.Join(parts, "&")
	return &uri
}
