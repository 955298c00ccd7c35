package datatracker

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

const firstPage = "https://datatracker.example/api/v1/group/group/?limit=2&order_by=id&type__in=wg%2Crg"

func TestPager(t *testing.T) {
	const (
		page1 = `{"meta":{"limit":2,"next":"/api/v1/group/group/?type__in=wg,rg&order_by=id&limit=2&offset=2","offset":0,"total_count":3},"objects":[{"id":1},{"id":2}]}`
		page2 = `{"meta":{"limit":2,"next":null,"offset":2,"total_count":3},"objects":[{"id":3}]}`
	)
	next := func(path string) string {
		return strings.Replace(page1, "/api/v1/group/group/?type__in=wg,rg&order_by=id&limit=2&offset=2", path, 1)
	}
	tests := []struct {
		name  string
		pages []string
		want  int    // rows
		bad   string // part of the error
	}{
		{name: "two pages", pages: []string{page1, page2}, want: 3},
		{name: "an empty list", pages: []string{`{"meta":{"next":null,"offset":0,"total_count":0},"objects":[]}`}},
		{name: "the last page is missing", pages: []string{page1}, bad: "last page is missing"},
		{name: "the first page again", pages: []string{page1, page1}, bad: "page 2 starts at row 0 instead of 2"},
		{name: "a page that skips", pages: []string{page1, strings.Replace(page2, `"offset":2`, `"offset":4`, 1)}, bad: "page 2 starts at row 4"},
		{name: "rows added meanwhile", pages: []string{page1, strings.Replace(page2, `"total_count":3`, `"total_count":4`, 1)}, bad: "total_count was 3 and is 4"},
		{name: "fewer rows than counted", pages: []string{strings.Replace(page2, `"offset":2`, `"offset":0`, 1)}, bad: "incomplete: 1 rows came, total_count is 3"},
		{name: "a next page after the last row", pages: []string{strings.Replace(page1, `"total_count":3`, `"total_count":2`, 1)}, bad: "does not end"},
		{name: "an empty page in the middle", pages: []string{strings.Replace(page1, `[{"id":1},{"id":2}]`, `[]`, 1)}, bad: "does not end"},
		{name: "next on another host", pages: []string{next("https://elsewhere.example/api/v1/group/group/?type__in=wg,rg&order_by=id&offset=2")}, bad: "not the list that was asked for"},
		{name: "next in another list", pages: []string{next("/api/v1/person/person/?type__in=wg,rg&order_by=id&offset=2")}, bad: "not the list that was asked for"},
		{name: "next without the filter", pages: []string{next("/api/v1/group/group/?order_by=id&offset=2")}, bad: "lost the filter type__in"},
		{name: "next that jumps", pages: []string{next("/api/v1/group/group/?type__in=wg,rg&order_by=id&offset=3")}, bad: "does not go on at row 2"},
		{name: "cut short", pages: []string{page1[:60]}, bad: "cut short or not a list"},
		{name: "not an envelope", pages: []string{`{"113":[]}`}, bad: "not a list"},
		{name: "an array", pages: []string{`[]`}, bad: "not a list"},
		{name: "null", pages: []string{`null`}, bad: "not a list"},
		{name: "an error of tastypie", pages: []string{`{"error":"The 'x' field does not allow filtering."}`}, bad: "not a list"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var pages []page
			for _, body := range tt.pages {
				pages = append(pages, page{URL: firstPage, Body: []byte(body)})
			}
			rows, err := listRows(pages)
			checkError(t, err, tt.bad)
			if len(rows) != tt.want {
				t.Errorf("got %d rows, want %d", len(rows), tt.want)
			}
		})
	}
}

func TestPagerFollowsNextOnTheSameHost(t *testing.T) {
	first, err := url.Parse(firstPage)
	if err != nil {
		t.Fatal(err)
	}
	p := &pager{first: first}
	_, next, err := p.add([]byte(`{"meta":{"next":"/api/v1/group/group/?type__in=wg%2Crg&order_by=id&limit=1&offset=1","offset":0,"total_count":2},"objects":[{"id":1}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if want := "https://datatracker.example/api/v1/group/group/?type__in=wg%2Crg&order_by=id&limit=1&offset=1"; next.String() != want {
		t.Errorf("next is %s, want %s", next, want)
	}
}

func FuzzPager(f *testing.F) {
	f.Add([]byte(`{"meta":{"limit":2,"next":"/api/v1/group/group/?type__in=wg,rg&order_by=id&limit=2&offset=2","offset":0,"total_count":3},"objects":[{"id":1},{"id":2}]}`))
	f.Add([]byte(`{"meta":{"next":null,"offset":0,"total_count":1},"objects":[1]}`))
	f.Add([]byte(`{"meta":{"next":"//elsewhere.example/","offset":0,"total_count":-1},"objects":null}`))
	f.Add([]byte(`{"meta":{"next":"%zz","offset":0,"total_count":9},"objects":[{}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		first, err := url.Parse(firstPage)
		if err != nil {
			t.Fatal(err)
		}
		rows, next, err := (&pager{first: first}).add(body)
		if err != nil && (rows != nil || next != nil) {
			t.Errorf("rows %v or next %v beside error %v", rows, next, err)
		}
		if next != nil && (next.Host != first.Host || next.Path != first.Path) {
			t.Errorf("next leads to %s", next)
		}
	})
}

func FuzzDecodeRows(f *testing.F) {
	f.Add([]byte(`{"id":941,"acronym":"avt","name":"Audio/Video Transport","state":"/api/v1/name/groupstatename/conclude/","type":"/api/v1/name/grouptypename/wg/","parent":"/api/v1/group/group/1683/"}`))
	f.Add([]byte(`{"id":1619,"number":"116","date":"2023-03-25","days":7,"time_zone":"Asia/Tokyo","type":"/api/v1/name/meetingtypename/ietf/"}`))
	f.Add([]byte(`{"id":25907,"type":"/api/v1/name/timeslottypename/regular/","meeting":"/api/v1/meeting/meeting/747/","group":null,"chat_room":""}`))
	f.Add([]byte(`{"type":"/api/v1/name/grouptypename/wg/","has_default_chat":true}`))
	f.Fuzz(func(t *testing.T, row []byte) {
		if !json.Valid(row) {
			return
		}
		pages := []page{{URL: firstPage, Body: []byte(`{"meta":{"next":null,"offset":0,"total_count":1},"objects":[` + string(row) + `]}`)}}
		if groups, err := decodeGroups(pages); err == nil && groups[0].ID <= 0 {
			t.Errorf("group %+v has no id", groups[0])
		}
		if meetings, err := decodeMeetings(pages); err == nil && (meetings[0].Number == "" || meetings[0].Days < 1) {
			t.Errorf("meeting %+v has no number or no days", meetings[0])
		}
		if sessions, err := decodeSessions(pages); err == nil && sessions[0].ID <= 0 {
			t.Errorf("session %+v has no id", sessions[0])
		}
		if types, err := decodeGroupTypes(pages); err == nil && types[0].slug == "" {
			t.Errorf("group type %+v has no slug", types[0])
		}
	})
}

// checkError fails the test unless err says part; part "" stands for no error.
func checkError(t *testing.T, err error, part string) {
	t.Helper()
	switch {
	case part == "" && err != nil:
		t.Fatalf("unexpected error: %v", err)
	case part != "" && err == nil:
		t.Fatalf("no error, want one that says %q", part)
	case part != "" && !strings.Contains(err.Error(), part):
		t.Fatalf("error %q does not say %q", err, part)
	}
}
