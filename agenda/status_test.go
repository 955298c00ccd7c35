package agenda

import (
	"testing"
	"time"
)

func TestPutStatus(t *testing.T) {
	for name, s := range map[string]Status{
		"status-full.json": {
			Written: noon.Add(1500 * time.Millisecond), Outcome: "partial",
			LastPoll: noon, LastSync: noon.Add(-time.Hour),
			Sources: []SourceStatus{
				{Name: "groups", URL: "https://datatracker.ietf.org/api/v1/group/group/", Outcome: "unchanged", Read: noon.Add(-90 * time.Second), Changed: noon.Add(-48 * time.Hour).In(time.FixedZone("", 3600))},
				{Name: "IETF 126 agenda", URL: "https://datatracker.ietf.org/meeting/126/agenda.json", Meeting: "126", Outcome: "missing", Problem: "503 Service Unavailable"},
				{Name: "interims", URL: "https://datatracker.ietf.org/api/v1/meeting/meeting/", Outcome: "fresh", Read: noon.Add(time.Minute)},
			},
			Counts:   Counts{Rooms: 171, Fit: 170, Changed: 2, Failed: 1, NotOurs: 3, Sessions: 151, Linked: 148},
			Withheld: []WithheldStatus{{Rule: "retire", Why: "18 rooms to retire, more than 17", Rooms: []string{"quic"}}, {Rule: "min-groups", Why: "only 3 groups"}, {Rule: "freeze", Why: "IETF 126 is near", Rooms: []string{"tls"}, Until: noon.In(time.FixedZone("", 3600))}},
			Problems: []string{"room dime: not permitted", "renaming\n\u202eemit\x1b[31m"},
		},
		"status-first.json": {Written: noon, Outcome: "failed"},
	} {
		t.Run(name, func(t *testing.T) {
			tree := openTree(t)
			if err := PutStatus(tree, s); err != nil {
				t.Fatal(err)
			}
			got, err := tree.Get(StatusPath)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "testdata/"+name, got)
		})
	}
}

func TestReadStatus(t *testing.T) {
	tree := openTree(t)
	written := Status{Written: noon, Outcome: "done", Sources: []SourceStatus{
		{Name: "never"}, {Name: "groups", Read: noon}, {Name: "agenda", Read: noon.Add(-time.Hour)}, {Name: "interims", Read: noon.Add(time.Hour)},
	}}
	if err := PutStatus(tree, written); err != nil {
		t.Fatal(err)
	}
	doc, err := tree.Get(StatusPath)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadStatus(doc)
	if err != nil || got.Outcome != "done" || len(got.Sources) != 4 || !got.Written.Equal(noon) {
		t.Errorf("got %+v, %v", got, err)
	}
	if oldest := got.Oldest(); !oldest.Equal(noon.Add(-time.Hour)) {
		t.Errorf("the oldest is of %v", oldest)
	}
	if oldest := (Status{Sources: []SourceStatus{{Name: "never"}}}).Oldest(); !oldest.IsZero() {
		t.Errorf("without any the oldest is of %v", oldest)
	}
	for name, doc := range map[string]string{
		"a cut document":         string(doc[:50]),
		"something else":         `[]`,
		"a version yet to come":  `{"version": 2}`,
		"a time that is no time": `{"version": 1, "written": "noon"}`,
	} {
		if got, err := ReadStatus([]byte(doc)); err == nil || got.Version != 0 {
			t.Errorf("%s gives %+v, %v", name, got, err)
		}
	}
}
