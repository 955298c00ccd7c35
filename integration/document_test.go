//go:build integration

package integration

import (
	"encoding/json"
	"reflect"
	"testing"
)

// A document is what plan and sync print with --json, as far as the tests read it.
type document struct {
	ExitStatus int      `json:"exit_status"`
	Changes    []change `json:"changes"`
	NotOurs    []struct {
		Room string `json:"room"`
	} `json:"not_ours"`
	Problems []struct {
		Text string `json:"text"`
	} `json:"problems"`
	Results []struct {
		Verb  string `json:"verb"`
		Room  string `json:"room"`
		Error string `json:"error"`
	} `json:"results"`
	Published []string `json:"published"`
	Rooms     int      `json:"rooms"`
	Fit       int      `json:"fit"`
}

// A change is one thing that plan shows and sync does.
type change struct {
	Verb   string `json:"verb"`
	Room   string `json:"room"`
	Fields []struct {
		Field string `json:"field"`
		Old   string `json:"old"`
		New   string `json:"new"`
	} `json:"fields"`
	Reasons []string `json:"reasons"`
}

// value is the new value of a field; empty if the change leaves it alone.
func (c change) value(field string) string {
	for _, f := range c.Fields {
		if f.Field == field {
			return f.New
		}
	}
	return ""
}

// roomNames lists the rooms of changes.
func roomNames(changes []change) []string {
	names := make([]string, len(changes))
	for i, c := range changes {
		names[i] = c.Room
	}
	return names
}

// document reads what the run printed with --json.
func (o outcome) document(t testing.TB) document {
	t.Helper()
	var d document
	if err := json.Unmarshal([]byte(o.stdout), &d); err != nil {
		t.Fatalf("reading the JSON document: %v\n%s%s", err, abridged(o.stdout), abridged(o.stderr))
	}
	if d.ExitStatus != o.status {
		t.Errorf("the document says exit status %d, it was %d", d.ExitStatus, o.status)
	}
	return d
}

// by counts the changes by verb.
func (d document) by() map[string]int {
	verbs := make(map[string]int)
	for _, c := range d.Changes {
		verbs[c.Verb]++
	}
	return verbs
}

// room finds the change of a room.
func (d document) room(t testing.TB, name string) change {
	t.Helper()
	for _, c := range d.Changes {
		if c.Room == name {
			return c
		}
	}
	t.Fatalf("no change of room %s among %v", name, d.by())
	return change{}
}

// sameChanges checks that a sync set out to do exactly what a plan had shown, and did it.
func sameChanges(t testing.TB, planned, synced document) {
	t.Helper()
	if len(planned.Changes) != len(synced.Changes) {
		t.Errorf("plan showed %v, sync went for %v", planned.by(), synced.by())
		return
	}
	for i, c := range planned.Changes {
		if !reflect.DeepEqual(c, synced.Changes[i]) {
			t.Errorf("plan showed\n%+v\nsync went for\n%+v", c, synced.Changes[i])
			return
		}
	}
	done := make(map[string]string)
	for _, r := range synced.Results {
		if r.Error != "" {
			t.Errorf("%s %s: %s", r.Verb, r.Room, r.Error)
		}
		done[r.Room] = r.Verb
	}
	for _, c := range planned.Changes {
		if done[c.Room] != c.Verb {
			t.Errorf("plan showed %s of %s, sync did %q", c.Verb, c.Room, done[c.Room])
		}
	}
	if len(synced.Results) != len(planned.Changes) {
		t.Errorf("sync has %d results for %d changes", len(synced.Results), len(planned.Changes))
	}
}
