package provisioner

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// deafService says that it granted an affiliation, and did not.
type deafService struct{ RoomWriter }

func (deafService) Look(_ context.Context, name string) xmppadmin.Room {
	return xmppadmin.Room{Name: name, Existence: xmppadmin.Present}
}

func (deafService) Read(_ context.Context, name string) xmppadmin.Room {
	return xmppadmin.Room{Name: name, Existence: xmppadmin.Present, Owners: []string{"alice@example.org"}}
}

func (deafService) Grant(context.Context, string, string, string, string) error { return nil }

func TestARoomIsOursOnlyWhenTheServerSaysSo(t *testing.T) {
	reg, err := registry.Open(t.Context(), filepath.Join(t.TempDir(), "registry.sqlite"), registry.Identity{})
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	s := &Syncer{Registry: reg}
	s.Rules, s.Now = testRules(t), func() time.Time { return noon }
	err = s.adopt(t.Context(), deafService{}, 1, adoptee{Adoption: Adoption{Room: "tls", Grant: true}})
	if !errors.Is(err, xmppadmin.ErrNotPermitted) {
		t.Errorf("adopting: %v, want that it is not permitted", err)
	}
	known, err := reg.Load(t.Context())
	if err != nil || len(known.Rooms) > 0 {
		t.Errorf("rooms that are ours: %v, %v, want none", known.Rooms, err)
	}
}
