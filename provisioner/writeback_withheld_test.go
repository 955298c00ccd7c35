package provisioner

import "testing"

// TestWithheldLinksAreNoGroundToWrite: where a guard keeps what is published,
// its links are those of an earlier run, and no chat_room is set by them.
func TestWithheldLinksAreNoGroundToWrite(t *testing.T) {
	links := map[int]string{100: "quic2"}
	w := &work{publisher: publisher{report: &Report{Meetings: []MeetingLinks{
		{Number: "126", Links: links, Withheld: &Withheld{Rule: RuleLinks}},
		{Number: "127", Links: links},
	}}}}
	published := w.published()
	r := &DatatrackerReport{Differences: []Difference{
		{Session: 100, Meeting: "126", Room: "quic2"}, {Session: 100, Meeting: "127", Room: "quic2"},
	}}
	r.see(published, state(managedRoom("quic2", 20)), testRules(t), noon)
	if r.Differences[0].Linked || !r.Differences[1].Linked {
		t.Errorf("published are %v, linked %+v", published, r.Differences)
	}
}
