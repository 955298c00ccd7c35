package provisioner_test

import (
	"slices"
	"strings"
	"testing"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin/xmpptest"
)

// trail is what the audit trail has of one run, by room and field.
func (h *house) trail(t *testing.T, run int64) map[string]registry.Change {
	t.Helper()
	changes, err := h.Registry.Changes(t.Context(), registry.ChangeFilter{Run: run})
	if err != nil {
		t.Fatal(err)
	}
	trail := map[string]registry.Change{}
	for _, c := range changes {
		if _, twice := trail[c.Room+" "+c.Field]; twice {
			t.Errorf("run %d has the %s of %s twice", run, c.Field, c.Room)
		}
		trail[c.Room+" "+c.Field] = c
	}
	return trail
}

// lastRun is the id of the last run.
func (h *house) lastRun(t *testing.T) int64 {
	t.Helper()
	runs, err := h.Registry.Runs(t.Context(), 1)
	if err != nil || len(runs) != 1 || runs[0].Ended.IsZero() {
		t.Fatalf("runs %+v, %v", runs, err)
	}
	return runs[0].ID
}

// requireTrail fails unless the audit trail of the last run is exactly the
// report: every field of every change, with old and new value, reasons, and
// the error if it failed.
func (h *house) requireTrail(t *testing.T, r *provisioner.Report) {
	t.Helper()
	run := h.lastRun(t)
	trail := h.trail(t, run)
	n := 0
	for _, res := range r.Results {
		for _, f := range res.Change.Fields {
			n++
			c, ok := trail[res.Change.Room+" "+f.Field]
			if !ok {
				t.Errorf("%s of %s is not in the trail", f.Field, res.Change.Room)
				continue
			}
			if c.Run != run || c.At.IsZero() || c.Verb != string(res.Change.Verb) || c.GroupID != res.Change.GroupID ||
				c.Old != f.Old || c.New != f.New || !slices.Equal(c.Reasons, res.Change.Reasons) || len(c.Reasons) == 0 {
				t.Errorf("the trail has %+v of %+v", c, res.Change)
			}
			if res.Err == nil && c.Error != "" || res.Err != nil && !strings.Contains(res.Err.Error(), c.Error) {
				t.Errorf("the trail has the error %q of %v", c.Error, res.Err)
			}
		}
	}
	if n != len(trail) {
		t.Errorf("the trail has %d entries, the report %d", len(trail), n)
	}
}

// TestAudit compares the audit trail with what was done.
func TestAudit(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.requireTrail(t, h.sync(t))

	h.update(t, renameQuic)
	h.chat.Edit("tls", func(r *xmpptest.Room) { r.Config[xmpptest.FieldName] = "by hand" })
	report := h.sync(t)
	requirePlanned(t, report, "create quick", "configure tls", "retire quic")
	h.requireTrail(t, report)

	h.requireTrail(t, h.sync(t)) // nothing done, nothing told
}

// TestAuditOfAFailure: what failed is in the trail with its error.
func TestAuditOfAFailure(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	h.chat.Edit("tls", func(r *xmpptest.Room) { r.Config[xmpptest.FieldName] = "by hand" })
	remove := h.chat.Fault(xmpptest.Fault{Room: "tls", Writing: true, Condition: "forbidden", ErrorType: "auth", Text: "not today"})
	report := h.sync(t)
	requireComplaint(t, report, "failed configure tls", "forbidden", "not today")
	h.requireTrail(t, report)
	if c := h.trail(t, h.lastRun(t))["tls name"]; !strings.Contains(c.Error, "not today") || c.Old != "by hand" {
		t.Errorf("the trail has %+v", c)
	}
	remove()
	requirePlanned(t, h.sync(t), "configure tls")
	h.requireQuiet(t)
}
