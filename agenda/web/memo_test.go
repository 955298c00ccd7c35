package web

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A document of the same size and time is another one if it took the other's
// place: clocks of file systems are coarse, and were set back before.
func TestADocumentIsReadAgainThoughItsTimeIsTheSame(t *testing.T) {
	s := serve(t, map[string]string{"rooms/index.html": "<!--banner-->", "status.json": statusRead(7 * time.Hour)})
	path := filepath.Join(s.dir, "status.json")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.get(t, "/rooms/").body; !strings.Contains(got, "7 hours ago") {
		t.Fatalf("got %s", got)
	}
	s.put(t, "status.json", statusRead(8*time.Hour))
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if now, err := os.Stat(path); err != nil || now.Size() != info.Size() || !now.ModTime().Equal(info.ModTime()) {
		t.Fatalf("the new document differs in time or size: %v, %v", now, err)
	}
	if got := s.get(t, "/rooms/").body; !strings.Contains(got, "8 hours ago") {
		t.Errorf("got %s", got)
	}
}
