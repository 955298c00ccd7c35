package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/agenda"
	"roomctl/provisioner/health"
	"roomctl/provisioner/worker"
)

// Every rule has its line, with a level and a meaning, and no other has one.
func TestTheManPageHasEveryRuleOfHealth(t *testing.T) {
	section, err := healthSection()
	if err != nil {
		t.Fatal(err)
	}
	var got []health.Rule
	for _, line := range regexp.MustCompile(`(?m)^   ([a-z-]+) \((red|yellow)\)  \S.*$`).FindAllStringSubmatch(section, -1) {
		got = append(got, health.Rule(line[1]))
	}
	if got = slices.Compact(got); !slices.Equal(got, health.Rules()) {
		t.Errorf("the page has %q, the rules are %q", got, health.Rules())
	}
	if n := len(meanings()); n != len(health.Rules()) {
		t.Errorf("%d rules are explained, there are %d", n, len(health.Rules()))
	}
}

// badly are facts of which each rule makes something, at every level that it has.
func badly() []health.Facts {
	old := epoch.Add(-2 * time.Hour)
	status := func(sources ...agenda.SourceStatus) *agenda.Status {
		return &agenda.Status{
			Written: epoch, Sources: sources, Counts: agenda.Counts{NotOurs: 1, Failed: 1, Sessions: 1},
			Withheld: []agenda.WithheldStatus{{Rule: "retire"}},
		}
	}
	failed := []health.Sync{{Run: 3, Outcome: "failed"}, {Run: 2, Outcome: "failed"}, {Run: 1, Outcome: "failed"}}
	return []health.Facts{
		{Registry: "damaged", Unreadable: []string{"the lock"}},
		{
			Good: old, Syncs: failed, Worker: &worker.State{Running: worker.Full, Since: old}, Meeting: "IETF 126", Unfit: 1,
			Chat:      health.Connection{Down: old, CertificateEnds: old},
			Refused:   health.Refusal{At: old, Why: "an unknown key"},
			Pause:     "since yesterday",
			Published: status(agenda.SourceStatus{Name: "agenda", Meeting: "126", Read: old, Problem: "500"}),
			Notify:    []health.Silent{{Way: "webhook"}},
		},
		{
			Good: epoch.Add(time.Hour), Syncs: failed[:1], Worker: &worker.State{},
			Chat:      health.Connection{CertificateEnds: epoch.Add(time.Hour)},
			Published: status(agenda.SourceStatus{Name: "groups", Read: old}),
		},
		{Good: epoch},
	}
}

// The page gives the rules the levels that they have.
func TestTheManPageHasTheLevelsOfTheRules(t *testing.T) {
	got, want := map[string]bool{}, map[string]bool{}
	for rule, list := range meanings() {
		for _, m := range list {
			got[string(rule)+" "+string(m.level)] = true
		}
	}
	for _, facts := range badly() {
		for _, p := range health.Judge(facts, epoch).Problems {
			want[string(p.Rule)+" "+string(p.Level)] = true
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the page has\n%v, there are\n%v", got, want)
	}
}

// The README says of the same rules that they are red, in the same words.
func TestTheReadmeTellsWhatIsRed(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	told := regexp.MustCompile(`It is red when ([^.]*)\.`).FindStringSubmatch(strings.Join(strings.Fields(string(text)), " "))
	if told == nil {
		t.Fatal("it does not say when it is red")
	}
	var red []string
	for _, rule := range health.Rules() {
		for _, m := range meanings()[rule] {
			if m.level == health.Red {
				red = append(red, m.when)
			}
		}
	}
	if want := strings.Join(red, "; "); told[1] != want {
		t.Errorf("it says\n%s\nwant\n%s", told[1], want)
	}
}

// Every member of what /healthz answers as JSON is on the page.
func TestTheManPageHasEveryMemberOfHealthz(t *testing.T) {
	_, endpoints, _ := strings.Cut(manServe, "\nENDPOINTS:\n")
	var got []string
	for _, line := range regexp.MustCompile(`(?m)^   ([a-z]\S*)  +\S`).FindAllStringSubmatch(endpoints, -1) {
		got = append(got, line[1])
	}
	want := slices.Concat(members(healthDocument{}, ""), members(health.Verdict{}, ""), members(health.Problem{}, "problems[]."))
	if !slices.Equal(got, want) {
		t.Errorf("the page has %q, the answer %q", got, want)
	}
}

// members are the JSON names of the fields of a struct, without those of structs
// that it embeds.
func members(of any, prefix string) []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeOf(of)) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" && name != "-" && len(field.Index) == 1 {
			names = append(names, prefix+name)
		}
	}
	return names
}
