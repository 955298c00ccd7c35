package provisioner

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"roomctl/provisioner/registry"
)

// savedPlan is one with something of everything in it.
func savedPlan() *SavedPlan {
	r := &Report{
		Began:    noon,
		Changes:  []Change{many(Create, 1)[0], {Verb: Retire, Room: "dix", GroupID: 7, Reasons: []string{"it <ended>"}}},
		Withheld: []Withheld{{Rule: RuleFreeze, Why: "near", Until: noon.Add(time.Hour), Changes: many(Retire, 1), Allow: "roomctl sync --allow freeze"}},
		Datatracker: &DatatrackerReport{Differences: []Difference{
			{Session: 1, Meeting: "126", ChatRoom: "a", Room: "b", Planned: true}, {Session: 2, Room: "c"},
		}},
	}
	id := registry.Identity{MUC: "jabber.example.org", Datatracker: "https://datatracker.example.org"}
	return NewSavedPlan(r, id, Options{Only: []string{"dix"}, Meetings: []string{"113"}, Allow: []string{RuleRetire}, Quick: true})
}

func TestASavedPlanIsReadAsItWasWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plan.json")
	if err := os.WriteFile(path, []byte("what was there"), 0o644); err != nil {
		t.Fatal(err)
	}
	want := savedPlan()
	if len(want.WriteBacks) != 1 {
		t.Fatalf("writes %+v", want.WriteBacks)
	}
	if err := want.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info.Mode(), err)
	}
	got, err := ReadSavedPlan(path)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, %v\nwant %+v", got, err, want)
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 1 {
		t.Errorf("the folder holds %v, %v", files, err)
	}
}

func TestWhatIsNoSavedPlanIsRefused(t *testing.T) {
	good, err := json.Marshal(savedPlan())
	if err != nil {
		t.Fatal(err)
	}
	replaced := func(before, after string) string {
		if !strings.Contains(string(good), before) {
			t.Fatalf("there is no %s in %s", before, good)
		}
		return strings.Replace(string(good), before, after, 1)
	}
	tests := []struct{ name, content, want string }{
		{"an empty file", "", "it is no JSON document"},
		{"half of one", string(good[:len(good)/2]), "it is no JSON document"},
		{"something after it", string(good) + "{}", "it is no JSON document"},
		{"the output of plan --json", `{"version": 1, "command": "plan"}`, "it is no plan that was saved with --out"},
		{"null", "null", "it is no plan that was saved with --out"},
		{"a later version", replaced(`"version":1`, `"version":2`), "it has version 2 of the format, and this roomctl reads version 1"},
		{"an unknown member", replaced(`"made"`, `"maid"`), `unknown field "maid"`},
		{"an unknown member of a change", replaced(`"reasons"`, `"seasons"`), `unknown field "seasons"`},
		{"an unknown option", replaced(`"quick"`, `"thick"`), `unknown field "thick"`},
		{"no service", replaced(`"jabber.example.org"`, `""`), "it does not say when it was made"},
		{"a verb of persons", replaced(`"verb":"retire"`, `"verb":"destroy"`), `"destroy" is nothing that a sync does to a room`},
		{"a name with an address in it", replaced(`"room":"dix"`, `"room":"dix@other"`), `"dix@other" cannot be the name of a room`},
		{"a room twice", replaced(`"room":"dix"`, `"room":"create000"`), "room create000 is in it twice"},
		{"a guard that nothing lifts", replaced(`["retire"]`, `["logging"]`), `no guard is called "logging"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "plan.json")
			if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := ReadSavedPlan(path)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
	if _, err := ReadSavedPlan(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there was read")
	}
}

func TestASavedPlanBelongsToOneServiceAndOneDatatracker(t *testing.T) {
	s := savedPlan()
	if err := s.CheckIdentity(registry.Identity{MUC: s.MUC, Datatracker: s.Datatracker}); err != nil {
		t.Error(err)
	}
	for _, id := range []registry.Identity{{MUC: "other.example.org", Datatracker: s.Datatracker}, {MUC: s.MUC, Datatracker: "https://other.example.org"}} {
		if err := s.CheckIdentity(id); err == nil || !strings.Contains(err.Error(), "other.example.org") || !strings.Contains(err.Error(), "jabber.example.org") {
			t.Errorf("for %v: %v", id, err)
		}
	}
}

func FuzzSavedPlan(f *testing.F) {
	good, err := json.Marshal(savedPlan())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"format": "roomctl saved plan", "version": 1, "changes": [{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := decodeSaved(data)
		if err == nil && s.check() != nil {
			t.Error("a plan was read that no plan can be")
		}
	})
}
