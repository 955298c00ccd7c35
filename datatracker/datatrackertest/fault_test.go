package datatrackertest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
)

const (
	groups   = "group/group/?limit=1000&order_by=id"
	sessions = "meeting/session/?limit=1000&meeting__number=113"
)

func TestFaultsOfTheAnswer(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	for name, c := range map[string]struct {
		fault datatrackertest.Fault
		want  string
	}{
		"an HTML page with status 200":  {datatrackertest.Fault{Kind: datatrackertest.HTML200}, `200 text/html; charset=utf-8 "" <!DOCTYPE html>`},
		"a status without Retry-After":  {datatrackertest.Fault{Kind: datatrackertest.Status, Code: 429}, `429 text/html; charset=utf-8 "" <!DOCTYPE html>`},
		"a status with Retry-After":     {datatrackertest.Fault{Kind: datatrackertest.Status, Code: 429, RetryAfter: "30"}, `429 text/html; charset=utf-8 "30" <!DOCTYPE html>`},
		"the status when none is given": {datatrackertest.Fault{Kind: datatrackertest.Status}, `503 text/html; charset=utf-8 "" <!DOCTYPE html>`},
		"an oversized body":             {datatrackertest.Fault{Kind: datatrackertest.OversizedBody, Size: 100_000}, `200 application/json "" {"meta":`},
	} {
		remove := s.Fault(c.fault)
		for _, path := range []string{"/api/v1/" + groups, "/meeting/113/agenda.json", "/api/v1/group/group/7/"} {
			response, body := do(t, s, http.MethodGet, path, "If-None-Match", "*")
			first, _, _ := strings.Cut(string(body), "\n")
			got := fmt.Sprintf("%d %s %q %s", response.StatusCode, response.Header.Get("Content-Type"),
				response.Header.Get("Retry-After"), strings.TrimRight(strings.TrimSuffix(first, "null}"), " "))
			if got != c.want {
				t.Errorf("%s: %s:\ngot  %s\nwant %s", name, path, got, c.want)
			}
			if c.fault.Size != 0 && (int64(len(body)) != c.fault.Size || !json.Valid(body)) {
				t.Errorf("%s: %s: %d bytes, valid JSON %t", name, path, len(body), json.Valid(body))
			}
		}
		remove()
	}
}

func TestATruncatedDocumentIsHalfOfIt(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	whole := get(t, s, "/meeting/113/agenda.json")
	s.Fault(datatrackertest.Fault{Kind: datatrackertest.TruncatedJSON})
	half := get(t, s, "/meeting/113/agenda.json")
	if string(half) != string(whole[:len(whole)/2]) || json.Valid(half) {
		t.Errorf("%d of %d bytes, valid JSON %t", len(half), len(whole), json.Valid(half))
	}
}

func TestADisconnectEndsTheBodyEarly(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	s.Fault(datatrackertest.Fault{Kind: datatrackertest.Disconnect})
	for _, path := range []string{"/meeting/113/agenda.json", "/meeting/114/agenda.json", "/api/v1/" + groups} {
		response, err := http.Get(s.URL() + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if !errors.Is(err, io.ErrUnexpectedEOF) || len(body) == 0 || response.StatusCode != http.StatusOK {
			t.Errorf("%s: %s, %d bytes, then %v", path, response.Status, len(body), err)
		}
	}
}

func TestARequestHangsUntilTheClientGivesUp(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	s.Fault(datatrackertest.Fault{Kind: datatrackertest.Timeout, FromPage: 2})
	page := getList(t, s, "group/group/?limit=50")

	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+*page.Meta.Next, nil)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := http.DefaultClient.Do(r); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, %v", response, err)
	}
	requests := s.Requests()
	if last := requests[len(requests)-1]; last.URL != *page.Meta.Next || last.Status != 0 {
		t.Errorf("taken down as %+v", last)
	}
}

func TestARequestHangsUntilTheServerIsClosed(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	s.Fault(datatrackertest.Fault{Kind: datatrackertest.Timeout})
	failed := make(chan error, 1)
	go func() {
		response, err := http.Get(s.URL() + "/meeting/113/agenda.json")
		if err == nil {
			response.Body.Close()
			err = fmt.Errorf("answered %s", response.Status)
			failed <- err
			return
		}
		failed <- nil
	}()
	for len(s.Requests()) == 0 {
		select {
		case err := <-failed:
			t.Fatalf("ended before it arrived: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	s.Close()
	if err := <-failed; err != nil {
		t.Error(err)
	}
}

func TestFaultsOfLists(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	for name, c := range map[string]struct {
		fault datatrackertest.Fault
		query string
		check func(sound, spoilt list) bool
	}{
		"an empty list": {datatrackertest.Fault{Kind: datatrackertest.EmptyList}, groups, func(_, spoilt list) bool {
			return spoilt.Objects != nil && len(spoilt.Objects) == 0 && spoilt.Meta.TotalCount == 0
		}},
		"half a list": {datatrackertest.Fault{Kind: datatrackertest.HalfList}, groups, func(sound, spoilt list) bool {
			half := len(sound.Objects) / 2
			return spoilt.Meta.TotalCount == half && slices.Equal(spoilt.keys("id"), sound.keys("id")[:half])
		}},
		"a duplicate acronym": {datatrackertest.Fault{Kind: datatrackertest.DuplicateAcronym, Acronym: "quic"}, groups, func(sound, spoilt list) bool {
			want := sound.keys("acronym")
			want[slices.Index(want, "quic")+1] = "quic"
			return slices.Equal(spoilt.keys("acronym"), want)
		}},
		"the last group's acronym duplicated": {datatrackertest.Fault{Kind: datatrackertest.DuplicateAcronym, Acronym: "3gpp-ietf"}, groups, func(sound, spoilt list) bool {
			want := sound.keys("acronym")
			want[0] = "3gpp-ietf"
			return slices.Equal(spoilt.keys("acronym"), want)
		}},
		"a bad acronym": {datatrackertest.Fault{Kind: datatrackertest.BadAcronym, Acronym: "quic"}, groups, func(sound, spoilt list) bool {
			want := sound.keys("acronym")
			want[slices.Index(want, "quic")] = "not a room"
			return slices.Equal(spoilt.keys("acronym"), want)
		}},
		"another bad acronym of the first group": {datatrackertest.Fault{Kind: datatrackertest.BadAcronym, Value: "@"}, groups, func(sound, spoilt list) bool {
			return slices.Equal(spoilt.keys("acronym"), append([]string{"@"}, sound.keys("acronym")[1:]...))
		}},
		"a session without group": {datatrackertest.Fault{Kind: datatrackertest.SessionWithoutGroup, Session: 29272}, sessions, func(sound, spoilt list) bool {
			want := sound.keys("group")
			want[slices.Index(sound.keys("id"), "29272")] = "<nil>"
			return slices.Equal(spoilt.keys("group"), want)
		}},
		"a session without row": {datatrackertest.Fault{Kind: datatrackertest.SessionWithoutRow}, sessions, func(sound, spoilt list) bool {
			return slices.Equal(spoilt.keys("id"), sound.keys("id")[1:]) && spoilt.Meta.TotalCount == sound.Meta.TotalCount-1
		}},
		"wrong types": {datatrackertest.Fault{Kind: datatrackertest.WrongTypes}, groups, func(_, spoilt list) bool {
			first := fmt.Sprintf("%T %T %T %T", spoilt.Objects[0]["id"], spoilt.Objects[0]["acronym"], spoilt.Objects[0]["parent"], spoilt.Objects[0]["unused_tags"])
			return first == "string json.Number string bool" && spoilt.Objects[1]["acronym"] == "iesg"
		}},
		"a filter that is ignored": {datatrackertest.Fault{Kind: datatrackertest.IgnoreFilter}, "group/group/?state=bof&limit=1000", func(sound, spoilt list) bool {
			return len(sound.Objects) == 5 && len(spoilt.Objects) == 159
		}},
		"a fault of another path":    {datatrackertest.Fault{Kind: datatrackertest.EmptyList, Path: "/api/v1/meeting/"}, groups, same},
		"a fault of another pattern": {datatrackertest.Fault{Kind: datatrackertest.EmptyList, Pattern: regexp.MustCompile(`type=rg`)}, groups, same},
		"a fault of a later page":    {datatrackertest.Fault{Kind: datatrackertest.EmptyList, FromPage: 2}, groups, same},
		"a group that is not there":  {datatrackertest.Fault{Kind: datatrackertest.BadAcronym, Acronym: "nosuch"}, groups, same},
	} {
		sound := getList(t, s, c.query)
		remove := s.Fault(c.fault)
		if spoilt := getList(t, s, c.query); !c.check(sound, spoilt) {
			t.Errorf("%s: %d objects of %d, the first %v", name, len(spoilt.Objects), spoilt.Meta.TotalCount, spoilt.Objects[:min(2, len(spoilt.Objects))])
		}
		remove()
		remove()
		if !same(sound, getList(t, s, c.query)) {
			t.Errorf("%s: still there after its removal", name)
		}
	}
}

func same(sound, spoilt list) bool {
	return slices.Equal(sound.keys("acronym"), spoilt.keys("acronym")) && sound.Meta.TotalCount == spoilt.Meta.TotalCount
}

func TestFaultsOfAgendas(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	sound := agenda(t, s, "113")
	first := sound[0].Group.Acronym
	for name, c := range map[string]struct {
		fault datatrackertest.Fault
		check func(spoilt []agendaSession) bool
	}{
		"an empty agenda": {datatrackertest.Fault{Kind: datatrackertest.EmptyList}, func(spoilt []agendaSession) bool {
			return len(spoilt) == 0
		}},
		"half an agenda": {datatrackertest.Fault{Kind: datatrackertest.HalfList}, func(spoilt []agendaSession) bool {
			return len(spoilt) < len(sound)*7/10 && len(spoilt) > 0 && slices.Equal(spoilt, sound[:len(spoilt)])
		}},
		"a session without group": {datatrackertest.Fault{Kind: datatrackertest.SessionWithoutGroup}, func(spoilt []agendaSession) bool {
			return spoilt[0].Group.Acronym == "" && spoilt[0].SessionID == sound[0].SessionID && slices.Equal(spoilt[1:], sound[1:])
		}},
		"a bad acronym": {datatrackertest.Fault{Kind: datatrackertest.BadAcronym, Value: "no/room"}, func(spoilt []agendaSession) bool {
			return slices.EqualFunc(sound, spoilt, func(a, b agendaSession) bool {
				return b.Group.Acronym == a.Group.Acronym && a.Group.Acronym != first || b.Group.Acronym == "no/room" && a.Group.Acronym == first
			})
		}},
		"a session without row": {datatrackertest.Fault{Kind: datatrackertest.SessionWithoutRow}, func(spoilt []agendaSession) bool {
			return slices.Equal(spoilt, sound)
		}},
	} {
		remove := s.Fault(c.fault)
		if spoilt := agenda(t, s, "113"); !c.check(spoilt) {
			t.Errorf("%s: %d sessions, the first %+v", name, len(spoilt), spoilt[:min(1, len(spoilt))])
		}
		remove()
	}
}

func TestWrongTypesOnAnAgendaSpoilTheFirstSession(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	s.Fault(datatrackertest.Fault{Kind: datatrackertest.WrongTypes})
	var document map[string][]map[string]any
	decode(t, get(t, s, "/meeting/113/agenda.json"), &document)
	o := document["113"][0]
	got := fmt.Sprintf("%v %T %T %T %T", o["objtype"], o["session_id"], o["start"], o["group"], o["presentations"])
	if want := "session string json.Number bool bool"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPagesThatRepeatOrSkip(t *testing.T) {
	for name, c := range map[string]struct {
		kind  datatrackertest.Kind
		pages [4]int // the sound page whose rows each page shows, from 0
	}{
		"repeat": {datatrackertest.RepeatPage, [4]int{0, 0, 1, 2}},
		"skip":   {datatrackertest.SkipPage, [4]int{0, 2, 3, 4}},
	} {
		s := start(t, datatrackertest.Options{})
		var sound []list
		for page := range 5 {
			sound = append(sound, getList(t, s, fmt.Sprintf("group/group/?limit=20&offset=%d", 20*page)))
		}
		s.Fault(datatrackertest.Fault{Kind: c.kind})
		for page, shown := range c.pages {
			got := getList(t, s, fmt.Sprintf("group/group/?limit=20&offset=%d", 20*page))
			if !slices.Equal(got.keys("id"), sound[shown].keys("id")) || got.Meta.Offset != 20*page || *got.Meta.Next != *sound[page].Meta.Next {
				t.Errorf("%s: page %d shows %v", name, page, got.keys("id"))
			}
		}
	}
}

func TestAFaultEndsAfterItsTimesAndTheFirstAddedWins(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	s.Fault(datatrackertest.Fault{Kind: datatrackertest.Status, Code: 502, Times: 2})
	s.Fault(datatrackertest.Fault{Kind: datatrackertest.Status, Code: 504, Times: 1})
	var got []int
	for range 4 {
		response, _ := do(t, s, http.MethodGet, "/meeting/113/agenda.json")
		got = append(got, response.StatusCode)
	}
	if !slices.Equal(got, []int{502, 502, 504, 200}) {
		t.Errorf("got %v", got)
	}
}
