package provisioner

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// listingService answers with one listing, and notes which rooms are read.
type listingService struct {
	RoomReader // nothing else may be asked of it
	listing    xmppadmin.Listing
	err        error
	read       chan string
}

func (s *listingService) List(context.Context) (xmppadmin.Listing, error) { return s.listing, s.err }

func (s *listingService) Look(_ context.Context, name string) xmppadmin.Room {
	return xmppadmin.Room{Name: name, Existence: xmppadmin.Absent}
}

func (s *listingService) Read(_ context.Context, name string) xmppadmin.Room {
	s.read <- name
	return xmppadmin.Room{Name: name, Existence: xmppadmin.Present}
}

// TestWhatAQuickPassTrusts starts from a room that was found as desired half an
// hour ago and is in a complete listing.
func TestWhatAQuickPassTrusts(t *testing.T) {
	whole := xmppadmin.Listing{Names: []string{"quic"}, Complete: true}
	tests := []struct {
		name    string
		quick   bool
		service listingService
		change  func(*registry.Verified)
		trusted bool
	}{
		{name: "a room listed and lately verified", quick: true, service: listingService{listing: whole}, trusted: true},
		{name: "nothing in a full pass", service: listingService{listing: whole}},
		{name: "no room that is not listed", quick: true, service: listingService{listing: xmppadmin.Listing{Complete: true}}},
		{name: "no listing that is cut short", quick: true, service: listingService{listing: xmppadmin.Listing{Names: []string{"quic"}}}},
		{name: "no listing that failed", quick: true, service: listingService{listing: whole, err: errors.New("timed out")}},
		{name: "no room verified over an hour ago", quick: true, service: listingService{listing: whole},
			change: func(v *registry.Verified) { v.At = noon.Add(-time.Hour) }},
		{name: "no room verified in the future", quick: true, service: listingService{listing: whole},
			change: func(v *registry.Verified) { v.At = noon.Add(time.Second) }},
		{name: "no room that was not public", quick: true, service: listingService{listing: whole},
			change: func(v *registry.Verified) { v.Public = false }},
		{name: "no room compared with other values", quick: true, service: listingService{listing: whole},
			change: func(v *registry.Verified) { v.Fingerprint = "other" }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rules := testRules(t)
			want, _ := Desire(testSnapshot(), state(), rules).Room("quic")
			room := managedRoom("quic", 20)
			room.Verified.At, room.Verified.Fingerprint = noon.Add(-30*time.Minute), want.fingerprint(rules)
			if test.change != nil {
				test.change(&room.Verified)
			}
			test.service.read = make(chan string, 1)
			desired := &Desired{Rooms: []DesiredRoom{want}}
			o, err := observe(t.Context(), &test.service, desired, state(room), rules, test.quick, noon, func(int, int) {})
			if err != nil {
				t.Fatal(err)
			}
			close(test.service.read)
			var read []string
			for name := range test.service.read {
				read = append(read, name)
			}
			if o.Trusted["quic"] != test.trusted || slices.Contains(read, "quic") == test.trusted {
				t.Errorf("trusted %v, read %q, want trusted %v or else read", o.Trusted, read, test.trusted)
			}
		})
	}
}
