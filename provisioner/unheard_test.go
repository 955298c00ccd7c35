package provisioner_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"roomctl/agenda"
	"roomctl/datatracker/datatrackertest"
)

// TestSessionsStayPublishedWhileTheyAreUnknown: the last good copy of a document is
// lost, and the Datatracker does not give another. What it says is unknown, and not
// gone: calendars, pages and the list of rooms keep its sessions, while everything
// else is told as ever.
func TestSessionsStayPublishedWhileTheyAreUnknown(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, file, address string }{
		{"the agenda of the current meeting", "agenda-113.json", agendaOf113},
		{"the list of IETF meetings", "meetings-ietf.json", ietfMeetings},
		{"the list of interims", "meetings-interim.json", interimMeetings},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{})
			h.settle(t)
			before := h.files(t)
			sessions := func(f file) int {
				return strings.Count(f.data, "BEGIN:VEVENT") + strings.Count(f.data, "<tr data-start")
			}
			listed := func() (ids [][]int) {
				var list struct{ Rooms []agenda.Room }
				if err := json.Unmarshal([]byte(h.read(t, "rooms.json")), &list); err != nil {
					t.Fatal(err)
				}
				for _, room := range list.Rooms {
					ids = append(ids, room.Sessions)
				}
				return ids
			}
			rooms := listed()

			answers := h.dt.Fault(refuse(503, "", test.address))
			if err := os.Remove(filepath.Join(h.place.Dir, "datatracker", test.file)); err != nil {
				t.Fatal(err)
			}
			h.update(t, func(w *datatrackertest.World) { w.Group("tsv").Name = "Transport, told meanwhile" })
			h.sync(t)
			for path, is := range h.files(t) {
				if was := before[path]; sessions(is) != sessions(was) {
					t.Errorf("%s has %d sessions, and had %d", path, sessions(is), sessions(was))
				}
			}
			if is := listed(); !reflect.DeepEqual(is, rooms) {
				t.Errorf("the list of rooms has the sessions %v, and had %v", is, rooms)
			}
			if h.read(t, "index.html") != before["index.html"].data {
				t.Error("the first page is another one")
			}
			if page := h.read(t, "rooms/tsv/index.html"); !strings.Contains(page, "told meanwhile") {
				t.Error("the page of a room without sessions says nothing of its new name")
			}

			answers()
			h.update(t, func(w *datatrackertest.World) { w.Group("tsv").Name = "Transport Area" })
			h.settle(t)
			for path, is := range h.files(t) {
				if is.data != before[path].data && path != "status.json" && path != "rooms.json" && path != "rooms/tsv/index.html" && path != "rooms/index.html" {
					t.Errorf("%s is not what it was before", path)
				}
			}
		})
	}
}
