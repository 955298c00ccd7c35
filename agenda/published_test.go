package agenda

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"testing"
	"testing/fstest"
	"time"
)

// publishedTree is what Publish leaves of a publication, in memory.
func publishedTree(t *testing.T, p Publication) fstest.MapFS {
	t.Helper()
	tree := openTree(t)
	if _, err := Publish(tree, p); err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, folder := range []string{"", "meeting/" + p.Meetings[0].Number} {
		for _, name := range []string{"agenda.json", "agenda.ics", "index.html"} {
			data, err := tree.Get(path.Join(folder, name))
			if err != nil {
				t.Fatal(err)
			}
			files[path.Join(folder, name)] = &fstest.MapFile{Data: data}
		}
	}
	return files
}

// linkedReal is a publication of a real meeting in which every session is linked.
func linkedReal(t testing.TB, number, webPattern string) Publication {
	t.Helper()
	m := realMeeting(t, number)
	m.Current = true
	for i, s := range m.Sessions {
		room := "plenary"
		if pathName.MatchString(s.Acronym) {
			room = s.Acronym
		}
		m.Sessions[i].Link = Patterns{Web: webPattern}.Link(room, room+"@jabber.example.org", "", time.Time{})
	}
	p := publication()
	p.Meetings = []Meeting{m}
	return p
}

func TestReadPublishedFindsWhatPublishWrote(t *testing.T) {
	for name, web := range map[string]string{
		"links to the rooms' pages": "",
		"links into a web client":   `https://chat.example.org/?a=1&b="2"#converse/room?jid={chat_room_name}@jabber.example.org`,
	} {
		t.Run(name, func(t *testing.T) {
			p := linkedReal(t, "113", web)
			m := p.Meetings[0]
			files := ReadPublished(publishedTree(t, p), "113", true)
			var paths []string
			for _, f := range files {
				paths = append(paths, f.Path)
				if f.Err != nil {
					t.Fatal(f.Err)
				}
				if f.Outdated(m.Agenda) {
					t.Errorf("%s counts as outdated", f.Path)
				}
				for _, s := range m.Sessions {
					if got := f.Shows(s.ID, s.Start, s.Link); got != ShownRight {
						t.Fatalf("%s shows session %d (%s): %d, want right", f.Path, s.ID, s.Acronym, got)
					}
				}
			}
			want := []string{"meeting/113/agenda.json", "meeting/113/agenda.ics", "meeting/113/index.html", "agenda.json", "agenda.ics"}
			if !slices.Equal(paths, want) {
				t.Errorf("read %q, want %q", paths, want)
			}
		})
	}
}

func TestReadPublishedSeesWhatIsWrong(t *testing.T) {
	right := publication()
	link := right.Meetings[0].Sessions[0].Link
	for name, tt := range map[string]struct {
		change func(*Publication) // of what is published
		want   Shown
	}{
		"nothing": {func(*Publication) {}, ShownRight},
		"the session has no link": {
			func(p *Publication) { p.Meetings[0].Sessions[0].Link = SessionLink{} }, ShownWithoutRoom,
		},
		"the link is another room's": {
			func(p *Publication) {
				p.Meetings[0].Sessions[0].Link = Patterns{}.Link("quic", "quic@jabber.example.org", "", time.Time{})
			}, ShownOtherRoom,
		},
		"the session has another time": {
			func(p *Publication) {
				p.Meetings[0].Agenda = []byte(`{"126": [{"objtype": "session", "session_id": 7, "start": "2026-11-04T11:00:00Z"}]}`)
				p.Meetings[0].Sessions[0].Start = noon.Add(-time.Hour)
			}, ShownAtOtherTime,
		},
		"another session": {
			func(p *Publication) {
				p.Meetings[0].Agenda = []byte(`{"126": [{"objtype": "session", "session_id": 8, "start": "2026-11-04T12:00:00Z"}]}`)
				p.Meetings[0].Sessions[0].ID = 8
			}, ShownNowhere,
		},
		"the session takes place twice": {
			func(p *Publication) {
				p.Meetings[0].Agenda = []byte(`{"126": [
					{"objtype": "session", "session_id": 7, "start": "2026-11-03T12:00:00Z"},
					{"objtype": "session", "session_id": 7, "start": "2026-11-04T12:00:00Z"}]}`)
				s := p.Meetings[0].Sessions[0]
				s.Start = noon.AddDate(0, 0, -1)
				p.Meetings[0].Sessions = append(p.Meetings[0].Sessions, s)
			}, ShownRight,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := publication()
			p.Meetings[0].Agenda = []byte(`{"126": [{"objtype": "session", "session_id": 7, "start": "2026-11-04T12:00:00Z"}]}`)
			tt.change(&p)
			for _, f := range ReadPublished(publishedTree(t, p), "126", true) {
				if f.Err != nil {
					t.Fatal(f.Err)
				}
				if got := f.Shows(7, noon, link); got != tt.want {
					t.Errorf("%s: %d, want %d", f.Path, got, tt.want)
				}
			}
		})
	}
}

func TestOutdated(t *testing.T) {
	const upstream = `{"126": [{"objtype": "session", "session_id": 7, "start": "2026-11-04T12:00:00Z"}]}`
	for name, tt := range map[string]struct {
		published string
		want      bool
	}{
		"the same, with a link":       {`{"126": [{"chat_room": "rats","chat_jid": "rats@jabber.example.org","objtype": "session", "session_id": 7, "start": "2026-11-04T12:00:00Z"}]}`, false},
		"the same, without a link":    {upstream, false},
		"a link lost its room":        {`{"126": [{"chat_jid": "rats@jabber.example.org","objtype": "session", "session_id": 7, "start": "2026-11-04T12:00:00Z"}]}`, false},
		"a member changed":            {`{"126": [{"objtype": "session", "session_id": 7, "start": "2026-11-04T13:00:00Z"}]}`, true},
		"white space changed":         {upstream + "\n", true},
		"the document has no session": {`{"126": []}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			tree := fstest.MapFS{"meeting/126/agenda.json": {Data: []byte(tt.published)}}
			f := ReadPublished(tree, "126", false)[0]
			if f.Err != nil {
				t.Fatal(f.Err)
			}
			if got := f.Outdated([]byte(upstream)); got != tt.want {
				t.Errorf("outdated: %t, want %t", got, tt.want)
			}
		})
	}
}

func TestReadPublishedOfDamagedFiles(t *testing.T) {
	whole := publishedTree(t, linkedReal(t, "113", ""))
	for name, spoil := range map[string]func([]byte) []byte{
		"empty":         func([]byte) []byte { return nil },
		"cut short":     func(b []byte) []byte { return b[:len(b)/2] },
		"binary":        func(b []byte) []byte { return bytes.Repeat([]byte{0, 0xff, '<'}, 4000) },
		"deeply nested": func([]byte) []byte { return bytes.Repeat([]byte("[<tr id=row-1>"), 4000) },
	} {
		t.Run(name, func(t *testing.T) {
			damaged := fstest.MapFS{}
			for path, f := range whole {
				damaged[path] = &fstest.MapFile{Data: spoil(f.Data)}
			}
			m := realMeeting(t, "113")
			last := slices.MaxFunc(m.Sessions, byStart)
			for _, f := range ReadPublished(damaged, "113", true) {
				if f.Err == nil && f.Shows(last.ID, last.Start, SessionLink{Room: "quic"}) != ShownNowhere {
					t.Errorf("%s shows the last session", f.Path)
				}
				if path.Ext(f.Path) != ".html" && f.Err == nil {
					t.Errorf("%s: no error", f.Path)
				}
			}
		})
	}
	t.Run("not there", func(t *testing.T) {
		for _, f := range ReadPublished(fstest.MapFS{}, "113", true) {
			if !errors.Is(f.Err, fs.ErrNotExist) {
				t.Errorf("%s: %v", f.Path, f.Err)
			}
		}
	})
	t.Run("a number that leads elsewhere", func(t *testing.T) {
		for _, f := range ReadPublished(os.DirFS(t.TempDir()), "../../etc", false) {
			if !errors.Is(f.Err, fs.ErrInvalid) {
				t.Errorf("%s: %v", f.Path, f.Err)
			}
		}
	})
}
