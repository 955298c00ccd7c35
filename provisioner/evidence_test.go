package provisioner_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"roomctl/provisioner"
	"roomctl/xmppadmin/xmpptest"
)

// What tests look at, from outside: the chat server's rooms, the stanzas it
// got, the published files, and the report.

// rooms is the chat server's rooms by name. Who is inside does not count.
func (h *house) rooms() map[string]xmpptest.Room {
	rooms := map[string]xmpptest.Room{}
	for _, r := range h.chat.Rooms() {
		r.Occupants = nil
		rooms[r.Name] = r
	}
	return rooms
}

// requireRooms fails unless the chat server's rooms are what they were, apart
// from those named.
func (h *house) requireRooms(t *testing.T, before map[string]xmpptest.Room, except ...string) {
	t.Helper()
	after := h.rooms()
	for _, name := range except {
		delete(before, name)
		delete(after, name)
	}
	for name, was := range before {
		if is, ok := after[name]; !ok {
			t.Errorf("room %s is gone", name)
		} else if !reflect.DeepEqual(was, is) {
			t.Errorf("room %s was changed\nfrom %+v\nto   %+v", name, was, is)
		}
	}
	for name := range after {
		if _, ok := before[name]; !ok {
			t.Errorf("room %s was made", name)
		}
	}
}

// writing lists the stanzas that would change something.
func (h *house) writing() []string {
	var list []string
	for _, s := range h.chat.Stanzas() {
		if s.Writing {
			list = append(list, s.XML)
		}
	}
	return list
}

// requireNoWriting fails if the chat server got a writing stanza since its
// record was reset.
func (h *house) requireNoWriting(t *testing.T) {
	t.Helper()
	if list := h.writing(); len(list) > 0 {
		t.Errorf("%d writing stanzas were sent, the first is %s", len(list), list[0])
	}
}

// file is one published file.
type file struct {
	info os.FileInfo
	data string
}

// files is everything that is published, by path.
func (h *house) files(t *testing.T) map[string]file {
	t.Helper()
	files := map[string]file{}
	dir := h.place.files()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = file{info, string(data)}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// requireUntouched fails unless the published files are the very same files,
// all but status.json, which is written by every run.
func (h *house) requireUntouched(t *testing.T, before map[string]file) {
	t.Helper()
	after := h.files(t)
	if !slices.Equal(slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after))) {
		t.Errorf("published are %v, were %v", slices.Sorted(maps.Keys(after)), slices.Sorted(maps.Keys(before)))
	}
	for name, was := range before {
		if is := after[name]; name != "status.json" && (is.data != was.data || !os.SameFile(is.info, was.info)) {
			t.Errorf("%s was written again", name)
		}
	}
}

// links are the rooms that the published agenda of a meeting gives to its
// sessions, by session id.
func (h *house) links(t *testing.T, meeting string) map[int]string {
	t.Helper()
	var document map[string][]struct {
		ObjType   string `json:"objtype"`
		SessionID int    `json:"session_id"`
		Room      string `json:"chat_room"`
		JID       string `json:"chat_jid"`
	}
	if err := json.Unmarshal([]byte(h.read(t, "meeting/"+meeting+"/agenda.json")), &document); err != nil {
		t.Fatal(err)
	}
	links := map[int]string{}
	for _, o := range document[meeting] {
		if o.ObjType != "session" || o.Room == "" {
			continue
		}
		links[o.SessionID] = o.Room
		if o.JID != o.Room+"@"+muc {
			t.Errorf("session %d is in room %q and at %q", o.SessionID, o.Room, o.JID)
		}
	}
	return links
}

// read is one published file.
func (h *house) read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(h.place.files(), path))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// requireQuiet runs a sync that must find nothing to do: no change, no writing
// stanza, no file but status.json, nothing to report.
func (h *house) requireQuiet(t *testing.T) {
	t.Helper()
	rooms, files := h.rooms(), h.files(t)
	h.chat.ResetStanzas()
	report := h.sync(t)
	requireNothingToReport(t, report)
	if len(report.Published) > 0 {
		t.Errorf("published %v", report.Published)
	}
	if outcome := h.outcome(t); outcome != "done" {
		t.Errorf("the run ended %q", outcome)
	}
	h.requireNoWriting(t)
	h.requireRooms(t, rooms)
	h.requireUntouched(t, files)
}

// requireNothingToReport fails unless the report is that of a run that found
// everything in order.
func requireNothingToReport(t *testing.T, r *provisioner.Report) {
	t.Helper()
	for _, c := range r.Changes {
		t.Errorf("planned: %s %s %+v", c.Verb, c.Room, c.Fields)
	}
	for _, text := range complaints(r) {
		t.Error(text)
	}
	if r.Held() > 0 || r.Failures() > 0 {
		t.Errorf("%d guards held something, %d failures", r.Held(), r.Failures())
	}
}

// complaints is everything in a report that a person should read, one line
// each: problems, what guards withheld, what failed, what has no link.
func complaints(r *provisioner.Report) []string {
	var list []string
	for _, s := range r.Sources {
		if s.Problem != nil {
			list = append(list, "source "+s.Name+": "+s.Problem.Error())
		}
	}
	for _, w := range r.Withheld {
		list = append(list, "withheld "+w.Rule+": "+w.Why)
	}
	for _, f := range r.Foreign {
		list = append(list, "foreign "+f.Room+": "+f.Why)
	}
	for _, p := range r.Problems {
		list = append(list, "problem: "+p.Text)
	}
	for _, res := range r.Results {
		if res.Err != nil {
			list = append(list, "failed "+string(res.Change.Verb)+" "+res.Change.Room+": "+res.Err.Error())
		}
	}
	for _, m := range r.Meetings {
		if m.Withheld != nil {
			list = append(list, "withheld "+m.Withheld.Rule+": "+m.Withheld.Why)
		}
		for _, l := range m.Lacking {
			list = append(list, "no link "+l.Acronym+" "+l.Room+": "+l.Why)
		}
	}
	return list
}

// requireComplaint fails unless one line of the report says all of the words.
func requireComplaint(t *testing.T, r *provisioner.Report, words ...string) {
	t.Helper()
	list := complaints(r)
	found := slices.ContainsFunc(list, func(line string) bool {
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(line, w) })
	})
	if !found {
		t.Errorf("nothing in the report says %q:\n%s", words, strings.Join(list, "\n"))
	}
}

// planned lists the changes of a report as "verb room", in their order.
func planned(r *provisioner.Report) []string {
	var list []string
	for _, c := range r.Changes {
		list = append(list, string(c.Verb)+" "+c.Room)
	}
	return list
}

// requirePlanned fails unless exactly these changes were planned.
func requirePlanned(t *testing.T, r *provisioner.Report, want ...string) {
	t.Helper()
	if got := planned(r); !slices.Equal(got, want) {
		t.Errorf("planned %q, want %q", got, want)
	}
}

// requireDone fails unless every planned change was applied and nothing is
// left to complain about.
func requireDone(t *testing.T, r *provisioner.Report) {
	t.Helper()
	if r.Applied() != len(r.Changes) {
		t.Errorf("%d of %d changes were applied", r.Applied(), len(r.Changes))
	}
	for _, text := range complaints(r) {
		t.Error(text)
	}
}
