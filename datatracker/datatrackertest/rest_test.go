package datatrackertest_test

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"roomctl/datatracker/datatrackertest"
)

// list is an answer to a list query.
type list struct {
	Meta struct {
		Limit, Offset  int
		Next, Previous *string
		TotalCount     int `json:"total_count"`
	}
	Objects []map[string]any
}

func getList(t *testing.T, s *datatrackertest.Server, query string) list {
	t.Helper()
	var l list
	decode(t, get(t, s, "/api/v1/"+query), &l)
	return l
}

// keys lists one member of every object.
func (l list) keys(member string) []string {
	var keys []string
	for _, o := range l.Objects {
		keys = append(keys, fmt.Sprint(o[member]))
	}
	return keys
}

func TestUnmovedMeetingRowsAreTheCapturedOnes(t *testing.T) {
	s := start(t, unmoved(t, "113"))
	captured := make(map[any]map[string]any)
	var want list
	decode(t, capture(t, "meetings.json"), &want)
	for _, o := range want.Objects {
		captured[o["number"]] = o
	}
	// The newest row is the next meeting's, which has no schedule yet.
	captured["114"]["schedule"], captured["114"]["agenda"] = nil, nil

	got := getList(t, s, "meeting/meeting/?type=ietf")
	if numbers := got.keys("number"); numbers[0] != "114" || numbers[1] != "113" || len(numbers) != 18 {
		t.Errorf("meetings %v", numbers)
	}
	for _, o := range got.Objects {
		if !reflect.DeepEqual(o, captured[o["number"]]) {
			t.Errorf("meeting %v:\ngot  %v\nwant %v", o["number"], o, captured[o["number"]])
		}
	}
}

func TestRowsHaveTheMembersOfTheRealOnes(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	var meetings list
	decode(t, capture(t, "meetings.json"), &meetings)
	for query, want := range map[string]string{
		"group/group/?acronym=quic": "acronym ad charter comments description id list_archive list_email list_subscribe " +
			"meeting_seen_as_area name parent resource_uri state time type unused_states unused_tags used_roles uses_milestone_dates",
		"group/groupfeatures/?type=wg": "acts_like_wg customize_workflow has_default_chat has_meetings has_session_materials " +
			"is_schedulable parent_types resource_uri session_purposes show_on_agenda type",
		"meeting/session/?id=29271": "agenda_note assignments attendees chat_room comments group has_onsite_tool id materials " +
			"meetecho_recording_name meeting modified name on_agenda purpose remote_instructions requested_duration resource_uri " +
			"resources scheduled short type",
		"meeting/meeting/?number=interim-2026-quic-01": strings.Join(slices.Sorted(maps.Keys(meetings.Objects[0])), " "),
	} {
		l := getList(t, s, query)
		if len(l.Objects) != 1 {
			t.Errorf("%s: %d objects", query, len(l.Objects))
			continue
		}
		if got := strings.Join(slices.Sorted(maps.Keys(l.Objects[0])), " "); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", query, got, want)
		}
		var detail map[string]any
		uri := l.Objects[0]["resource_uri"].(string)
		decode(t, get(t, s, uri), &detail)
		if !reflect.DeepEqual(detail, l.Objects[0]) {
			t.Errorf("%s: the row alone is %v", uri, detail)
		}
	}
}

func TestWellKnownGroupsHaveTheirRealIDs(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	for acronym, want := range map[string]string{
		"ietf": "/api/v1/group/group/1/ ietf active <nil>",
		"iesg": "/api/v1/group/group/2/ ietf active /api/v1/group/group/1/",
		"irtf": "/api/v1/group/group/3/ irtf active <nil>",
		"iab":  "/api/v1/group/group/7/ iab active /api/v1/group/group/1/",
		"art":  "/api/v1/group/group/2010/ area active <nil>",
		"moq":  "/api/v1/group/group/2186/ wg active /api/v1/group/group/2010/",
		"can":  "/api/v1/group/group/2120/ wg bof /api/v1/group/group/1249/",
	} {
		l := getList(t, s, "group/group/?acronym="+acronym)
		if len(l.Objects) != 1 {
			t.Errorf("%s: %d groups", acronym, len(l.Objects))
			continue
		}
		o := l.Objects[0]
		kind := strings.TrimSuffix(strings.TrimPrefix(o["type"].(string), "/api/v1/name/grouptypename/"), "/")
		state := strings.TrimSuffix(strings.TrimPrefix(o["state"].(string), "/api/v1/name/groupstatename/"), "/")
		if got := fmt.Sprintf("%s %s %s %v", o["resource_uri"], kind, state, o["parent"]); got != want {
			t.Errorf("%s: got %s, want %s", acronym, got, want)
		}
	}
}

func TestEverySessionHasARowThatLeadsToItsGroupAndMeeting(t *testing.T) {
	for _, number := range []string{"108", "110", "111", "113"} {
		s := start(t, datatrackertest.Options{Meeting: number})
		rows := make(map[string]map[string]any)
		for _, o := range getList(t, s, "meeting/session/?limit=1000&meeting__number="+number).Objects {
			rows[fmt.Sprint(o["id"])] = o
		}
		meeting := getList(t, s, "meeting/meeting/?number="+number).Objects[0]["resource_uri"]
		groups := make(map[any]any)
		for _, g := range getList(t, s, "group/group/?limit=0").Objects {
			groups[g["resource_uri"]] = g["acronym"]
		}
		var plenaries []string
		for _, a := range agenda(t, s, number) {
			row := rows[fmt.Sprint(a.SessionID)]
			if row == nil || row["meeting"] != meeting || groups[row["group"]] != a.Group.Acronym || row["chat_room"] != "" {
				t.Errorf("IETF %s: session %d of %s has row %v", number, a.SessionID, a.Group.Acronym, row)
				continue
			}
			if row["type"] == "/api/v1/name/timeslottypename/plenary/" {
				plenaries = append(plenaries, a.Name)
			}
		}
		if len(rows) != len(agenda(t, s, number)) || !slices.Equal(plenaries, []string{"IETF Plenary"}) {
			t.Errorf("IETF %s: %d rows, plenaries %v", number, len(rows), plenaries)
		}
	}
}

func TestGroupFeaturesTellWhoHasAChatByDefault(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	l := getList(t, s, "group/groupfeatures/?has_default_chat=true")
	want := []string{"adhoc", "edappr", "edwg", "iabworkshop", "rg", "wg"}
	var got []string
	for _, o := range l.Objects {
		got = append(got, strings.TrimSuffix(strings.TrimPrefix(o["type"].(string), "/api/v1/name/grouptypename/"), "/"))
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if all := getList(t, s, "group/groupfeatures/?limit=1000"); len(all.Objects) != 26 {
		t.Errorf("%d group types", len(all.Objects))
	}
	for _, o := range l.Objects {
		if o["type"] == "/api/v1/name/grouptypename/wg/" && o["session_purposes"] != `["regular"]` {
			t.Errorf("purposes of wg: %v, want a string that holds JSON", o["session_purposes"])
		}
	}
}

func TestFilters(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	update(t, s, func(w *datatrackertest.World) { w.SetChatRoom(29271, "special") })
	for name, c := range map[string]struct {
		query string
		key   string
		want  string // the keys in order, or "N in all"
	}{
		"a comma list":                     {"group/group/?id__in=7,1,3", "id", "1 3 7"},
		"a repeated parameter":             {"group/group/?id__in=7&id__in=1", "id", "1 7"},
		"both":                             {"group/group/?id__in=7,3&id__in=1", "id", "1 3 7"},
		"an exact id":                      {"group/group/?id=7", "acronym", "iab"},
		"the last of two exact values":     {"group/group/?id=7&id=3", "acronym", "irtf"},
		"state and type together":          {"group/group/?state=bof&type=wg", "acronym", "can danish loops ohttp sins"},
		"types in a list":                  {"group/group/?type__in=area,rag", "acronym", "gen int ops rtg sec tsv art anrw irtfopen"},
		"a relation by its slug":           {"group/group/?type__slug__in=rag", "acronym", "anrw irtfopen"},
		"a name nobody has":                {"group/group/?acronym=nosuch", "acronym", ""},
		"a misspelt filter":                {"group/group/?acronim=quic", "", "159 in all"},
		"a misspelt filter beside a right": {"group/group/?acronim=quic&acronym=tls", "acronym", "tls"},
		"order by id":                      {"group/group/?id__in=7,1&order_by=id", "id", "1 7"},
		"order by id, falling":             {"group/group/?id__in=7,1&order_by=-id", "id", "7 1"},
		"a meeting's number":               {"meeting/meeting/?number=113", "id", "1532"},
		"meetings between two dates":       {"meeting/meeting/?type=ietf&date__gte=2026-03-04&date__lte=2026-12-31", "number", "114 113"},
		"meetings newest first":            {"meeting/meeting/?type=interim", "number", "interim-2026-mls-01 interim-2026-3gpp-ietf-01 interim-2026-quic-01 interim-2026-oauth-02 interim-2026-oauth-01"},
		"sessions of several meetings":     {"meeting/session/?meeting__number__in=interim-2026-quic-01,interim-2026-mls-01", "id", "40003 40004 40006"},
		"sessions of a kind of meeting":    {"meeting/session/?meeting__type=interim", "", "6 in all"},
		"sessions of a group":              {"meeting/session/?group__acronym=quic&meeting__type=ietf", "", "2 in all"},
		"sessions of a type":               {"meeting/session/?type=plenary&meeting__number=113", "name", "IETF Plenary"},
		"a filter that no longer exists":   {"meeting/session/?status=sched&id__in=29271", "chat_room", "special"},
	} {
		l := getList(t, s, c.query)
		got := strings.Join(l.keys(c.key), " ")
		if c.key == "" {
			got = fmt.Sprintf("%d in all", l.Meta.TotalCount)
		}
		if got != c.want {
			t.Errorf("%s: %s:\ngot  %s\nwant %s", name, c.query, got, c.want)
		}
	}
}

func TestQueriesThatAreRefused(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	for query, want := range map[string]string{
		"meeting/session/?chat_room=quic":      "The 'chat_room' field does not allow filtering.",
		"meeting/session/?chat_room__in=quic":  "The 'chat_room' field does not allow filtering.",
		"meeting/meeting/?venue_name=x":        "The 'venue_name' field does not allow filtering.",
		"meeting/session/?meeting__numbr=113":  "The 'numbr' field does not allow filtering.",
		"group/group/?acronym__slug=quic":      "The 'acronym' field does not support relations.",
		"group/group/?id=quic":                 "Invalid resource lookup data provided (mismatched type).",
		"group/group/?id__in=1,":               "Invalid resource lookup data provided (mismatched type).",
		"group/group/?order_by=acronym":        "The 'acronym' field does not allow ordering.",
		"group/group/?order_by=nosuch":         "No matching 'nosuch' field for ordering on.",
		"group/groupfeatures/?order_by=type":   "The 'type' field does not allow ordering.",
		"group/group/?limit=many":              "Invalid limit 'many' provided. Please provide a positive integer.",
		"group/group/?limit=-1":                "Invalid limit '-1' provided. Please provide a positive integer >= 0.",
		"group/group/?offset=far":              "Invalid offset 'far' provided. Please provide an integer.",
		"group/group/?offset=-1":               "Invalid offset '-1' provided. Please provide a positive integer >= 0.",
		"group/group/?acronym=%zz":             "Invalid query string provided.",
		"meeting/session/?order_by=-chat_room": "The 'chat_room' field does not allow ordering.",
	} {
		response, body := do(t, s, http.MethodGet, "/api/v1/"+query)
		if response.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s, want 400", query, response.Status)
			continue
		}
		var got struct{ Error string }
		decode(t, body, &got)
		if got.Error != want {
			t.Errorf("%s: got %q, want %q", query, got.Error, want)
		}
	}
}

func TestPagesLeadFromOneToTheNext(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	query := "group/group/?state__in=active,bof&limit=50&type__in=wg&order_by=id"
	var seen []string
	var offsets []int
	for page := getList(t, s, query); ; {
		seen = append(seen, page.keys("id")...)
		offsets = append(offsets, page.Meta.Offset)
		if page.Meta.Next == nil {
			break
		}
		want := fmt.Sprintf("/api/v1/group/group/?state__in=active,bof&type__in=wg&order_by=id&limit=50&offset=%d", 50*len(offsets))
		if *page.Meta.Next != want {
			t.Fatalf("next is %s, want %s", *page.Meta.Next, want)
		}
		page = getList(t, s, strings.TrimPrefix(*page.Meta.Next, "/api/v1/"))
	}
	all := getList(t, s, "group/group/?state__in=active,bof&type__in=wg&limit=0")
	if !slices.Equal(seen, all.keys("id")) || len(seen) != all.Meta.TotalCount || !slices.Equal(offsets, []int{0, 50, 100}) {
		t.Errorf("saw %d of %d rows at %v", len(seen), all.Meta.TotalCount, offsets)
	}
}

func TestThePageHasItsLimits(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	for query, want := range map[string]string{
		"":                  "20 at 0 limited to 20, previous nothing",
		"?limit=0":          "159 at 0 limited to 1000, previous nothing",
		"?limit=5000":       "159 at 0 limited to 1000, previous nothing",
		"?limit=7&offset=7": "7 at 7 limited to 7, previous /api/v1/group/group/?limit=7&offset=0",
		"?offset=150":       "9 at 150 limited to 20, previous /api/v1/group/group/?limit=20&offset=130",
		"?offset=9223372036854775807&limit=1": "0 at 9223372036854775807 limited to 1, " +
			"previous /api/v1/group/group/?limit=1&offset=9223372036854775806",
	} {
		l := getList(t, s, "group/group/"+query)
		previous := "nothing"
		if l.Meta.Previous != nil {
			previous = *l.Meta.Previous
		}
		got := fmt.Sprintf("%d at %d limited to %d, previous %s", len(l.Objects), l.Meta.Offset, l.Meta.Limit, previous)
		if got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", query, got, want)
		}
	}
}
