package pause

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func TestAPauseLastsUntilItsEnd(t *testing.T) {
	open := Pause{Since: noon, By: "alice", Why: "the chat server moves"}
	short := Pause{Since: noon, Until: noon.Add(2 * time.Hour)}
	tests := []struct {
		name   string
		pause  Pause
		now    time.Time
		paused bool
	}{
		{"at once", short, noon, true},
		{"a second before its end", short, short.Until.Add(-time.Second), true},
		{"at its end", short, short.Until, false},
		{"a day later", short, noon.AddDate(0, 0, 1), false},
		{"without an end, a year later", open, noon.AddDate(1, 0, 0), true},
		{"the clock set back a day", short, noon.AddDate(0, 0, -1), true},
		{"the clock set back a year", short, noon.AddDate(-1, 0, 0), true},
		{"the clock set forward a year", short, noon.AddDate(1, 0, 0), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := Set(dir, test.pause); err != nil {
				t.Fatal(err)
			}
			got, paused, err := Read(dir, test.now)
			if err != nil || paused != test.paused || got != test.pause {
				t.Errorf("read %v, %v, %v; want %v, %v", got, paused, err, test.pause, test.paused)
			}
		})
	}
}

// TestAWrongClockEndsNoPauseForGood: the clock is set forward, a run goes by,
// and the clock is put right again.
func TestAWrongClockEndsNoPauseForGood(t *testing.T) {
	dir := t.TempDir()
	if err := Set(dir, Pause{Since: noon, Until: noon.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		now    time.Time
		paused bool
	}{{noon.AddDate(1, 0, 0), false}, {noon.Add(time.Minute), true}} {
		if _, paused, err := Read(dir, step.now); paused != step.paused || err != nil {
			t.Errorf("at %v paused is %v, %v", step.now, paused, err)
		}
	}
}

func TestSetReplacesAndClearEnds(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	if err := Clear(dir); err != nil {
		t.Errorf("ending no pause: %v", err)
	}
	for _, why := range []string{"one", "two"} {
		if err := Set(dir, Pause{Since: noon, Why: why}); err != nil {
			t.Fatal(err)
		}
	}
	if p, paused, err := Read(dir, noon); p.Why != "two" || !paused || err != nil {
		t.Errorf("read %v, %v, %v", p, paused, err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("the folder holds %v, %v", files, err)
	}
	if info, err := files[0].Info(); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
	if err := Clear(dir); err != nil {
		t.Fatal(err)
	}
	if p, paused, err := Read(dir, noon); p != (Pause{}) || paused || err != nil {
		t.Errorf("after its end read %v, %v, %v", p, paused, err)
	}
}

func TestWhatCannotBeReadCountsAsAPause(t *testing.T) {
	for name, content := range map[string]string{
		"an empty file":             "",
		"half a file":               `{"since": "2026-03-`,
		"no since":                  `{"until": "2026-03-04T14:00:00Z"}`,
		"a member of later roomctl": `{"since": "2026-03-04T12:00:00Z", "rooms": ["quic"]}`,
		"more than one":             `{"since": "2026-03-04T12:00:00Z"} {}`,
		"null":                      `null`,
		"no JSON":                   "paused",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, fileName), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
			p, paused, err := Read(dir, noon)
			if !paused || p != (Pause{}) || err == nil || !strings.Contains(err.Error(), "counts as a pause") {
				t.Errorf("read %v, %v, %v", p, paused, err)
			}
			if err := Clear(dir); err != nil {
				t.Fatal(err)
			}
			if _, paused, err := Read(dir, noon); paused || err != nil {
				t.Errorf("after its end paused is %v, %v", paused, err)
			}
		})
	}
	t.Run("a folder in its place", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, fileName), 0o755); err != nil {
			t.Fatal(err)
		}
		if _, paused, err := Read(dir, noon); !paused || err == nil {
			t.Errorf("paused is %v, %v", paused, err)
		}
	})
}

func TestSetSaysWhereItCannotWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Set(file, Pause{Since: noon}); err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "state_dir") {
		t.Errorf("error %v", err)
	}
}

func TestAPauseInWords(t *testing.T) {
	for want, p := range map[string]Pause{
		"since 2026-03-04 12:00 UTC, until a person resumes it":                              {Since: noon},
		"since 2026-03-04 12:00 UTC, until 2026-03-04 14:00 UTC, by alice: the server moves": {Since: noon, Until: noon.Add(2 * time.Hour), By: "alice", Why: "the server moves"},
		"until a person resumes it: it cannot be read":                                       {Why: "it cannot be read"},
	} {
		if got := p.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
