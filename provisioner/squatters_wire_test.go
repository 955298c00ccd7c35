package provisioner_test

import (
	"testing"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/xmppadmin/xmpptest"
)

// TestSquattersAreReportedAtOnce has somebody make rooms under names that are
// wanted, or will be.
func TestSquattersAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat})
			h.settle(t)
			h.update(t, func(w *datatrackertest.World) {
				addGroups(w, "neu", "plan", "bird")
				w.SetGroupState("plan", "proposed")
				w.SetGroupState("bird", "bof")
				w.AddGroup(datatrackertest.Group{Acronym: "mbox", Name: "Not a type with rooms", Type: "sdo", State: "active"})
				w.AddInterim("mbox", beforeTheMeeting.AddDate(0, 0, 20), 1)
			})
			for _, name := range []string{"neu", "plan", "bird", "mbox", "friends"} {
				h.chat.PutRoom(xmpptest.Room{Name: name, Affiliations: map[string]string{"mallory@localhost": "owner"}})
			}
			rooms := h.rooms()
			o := provisioner.Options{Quick: true}
			for _, report := range []*provisioner.Report{h.preview(t, o), h.sync(t, o), h.sync(t)} {
				for _, name := range []string{"neu", "plan", "bird", "mbox"} {
					requireComplaint(t, report, "foreign "+name, "it exists and roomctl did not make it")
				}
				if len(report.Foreign) != 4 {
					t.Errorf("foreign are %+v", report.Foreign)
				}
			}
			h.requireRooms(t, rooms)
		})
	}
}

// TestSquattersOfNamesToCome has somebody make a room of which nothing is known
// but a group that may yet become active: nothing asks for it now.
func TestSquattersOfNamesToCome(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	h.update(t, func(w *datatrackertest.World) {
		w.AddGroup(datatrackertest.Group{Acronym: "gaia", Name: "Unknown", Type: "wg", State: "unknown"})
		for _, s := range w.Meeting("113").Sessions {
			if s.Group != nil && s.Group.Acronym == "tls" {
				s.Group, s.Status = w.Group("gaia"), "canceled"
			}
		}
	})
	h.chat.PutRoom(xmpptest.Room{Name: "gaia", Affiliations: map[string]string{"mallory@localhost": "owner"}})
	for _, report := range []*provisioner.Report{h.preview(t, provisioner.Options{Quick: true}), h.sync(t)} {
		requireComplaint(t, report, "somebody has made room gaia, which will be wanted: group gaia (")
		if len(report.Foreign) > 0 {
			t.Errorf("foreign are %+v", report.Foreign)
		}
	}
}
