package provisioner

import "testing"

// TestPagesPromiseLogsOnlyWhereTheyAreRequired: with any other setting a room
// may be linked without one.
func TestPagesPromiseLogsOnlyWhereTheyAreRequired(t *testing.T) {
	for logging, want := range map[Logging]bool{LoggingRequired: true, LoggingWanted: false, LoggingOff: false} {
		p := testPublisher(t, state())
		p.Rules.Logging = logging
		if got := p.site().Logged; got != want {
			t.Errorf("rooms.logging %s: logged %t", logging, got)
		}
	}
}
