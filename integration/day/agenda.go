package day

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"roomctl/datatracker/datatrackertest"
)

// A Session is one session as the test knows it.
type Session struct {
	ID         int
	Room       string // that people are sent to; "": none
	Name       string // its own
	Start, End time.Time
	Off        bool // it does not take place
}

// on says whether a session is on in a room.
func (s Session) on(room string, now time.Time) bool {
	return !s.Off && s.Room == room && !now.Before(s.Start) && now.Before(s.End)
}

func (s Session) String() string {
	text := fmt.Sprintf("%d in %q from %s to %s", s.ID, s.Room, s.Start.UTC().Format("Jan 2 15:04"), s.End.UTC().Format("15:04"))
	if s.Off {
		text += ", off"
	}
	return text
}

// An Agenda is one meeting's sessions, by id.
type Agenda []Session

func (a Agenda) sort() { slices.SortFunc(a, func(x, y Session) int { return x.ID - y.ID }) }

// sameTimes says whether two agendas have the same sessions at the same times. Rooms are not compared.
func (a Agenda) sameTimes(b Agenda) bool {
	return slices.EqualFunc(a, b, func(x, y Session) bool {
		x.Room, y.Room = "", ""
		return x.ID == y.ID && x.Name == y.Name && x.Off == y.Off && x.Start.Equal(y.Start) && x.End.Equal(y.End)
	})
}

// upstream is the agenda of a meeting as the Datatracker has it.
func upstream(m *datatrackertest.Meeting) Agenda {
	var a Agenda
	for _, s := range m.Sessions {
		a = append(a, Session{ID: s.ID, Name: s.Name, Start: s.Start, End: s.Start.Add(s.Duration), Off: off(s.Status)})
	}
	a.sort()
	return a
}

func off(status string) bool {
	return slices.Contains([]string{"canceled", "canceledpa", "resched"}, status)
}

// readAgenda reads a published agenda.json.
func readAgenda(document []byte) (Agenda, error) {
	var meetings map[string][]struct {
		ObjType  string    `json:"objtype"`
		ID       int       `json:"session_id"`
		Name     string    `json:"name"`
		Start    time.Time `json:"start"`
		Duration string    `json:"duration"`
		Status   string    `json:"status"`
		Room     string    `json:"chat_room"`
	}
	if err := json.Unmarshal(document, &meetings); err != nil {
		return nil, fmt.Errorf("reading a published agenda: %w", err)
	}
	var a Agenda
	for _, objects := range meetings {
		for _, o := range objects {
			if o.ObjType != "session" {
				continue
			}
			length, err := time.ParseDuration(strings.Replace(strings.Replace(o.Duration, ":", "h", 1), ":", "m", 1) + "s")
			if err != nil {
				return nil, fmt.Errorf("reading a published agenda: session %d: %w", o.ID, err)
			}
			a = append(a, Session{ID: o.ID, Room: o.Room, Name: o.Name, Start: o.Start, End: o.Start.Add(length), Off: off(o.Status)})
		}
	}
	a.sort()
	return a, nil
}

var (
	row    = regexp.MustCompile(`(?s)<tr id="row-(\d+)" data-start="([^"]*)" data-end="([^"]*)"( class="cancelled")?>(.*?)</tr>`)
	chatIn = regexp.MustCompile(`/rooms/([^/"]+)/`)
	onNow  = regexp.MustCompile(`(?s)<section class="on-now".*?</section>`)
	listed = regexp.MustCompile(`<li><a href="#row-(\d+)">`)
)

// readPage reads the page of a meeting: its agenda, without names, and the sessions that it says are on now.
func readPage(page string) (a Agenda, on []int, err error) {
	for _, m := range row.FindAllStringSubmatch(page, -1) {
		id, _ := strconv.Atoi(m[1]) // it is digits
		s := Session{ID: id, Off: m[4] != ""}
		var bad [2]error
		s.Start, bad[0] = time.Parse(time.RFC3339, m[2])
		s.End, bad[1] = time.Parse(time.RFC3339, m[3])
		for _, err := range bad {
			if err != nil {
				return nil, nil, fmt.Errorf("the agenda page, session %d: %w", id, err)
			}
		}
		if chat := chatIn.FindStringSubmatch(m[5]); chat != nil {
			s.Room = chat[1]
		}
		a = append(a, s)
	}
	a.sort()
	for _, m := range listed.FindAllStringSubmatch(onNow.FindString(page), -1) {
		id, _ := strconv.Atoi(m[1])
		on = append(on, id)
	}
	slices.Sort(on)
	return a, on, nil
}

// comparePage says how a meeting's page differs from its agenda.json.
func comparePage(page string, published Agenda, now time.Time) (wrong []string) {
	a, on, err := readPage(page)
	if err != nil {
		return []string{err.Error()}
	}
	nameless := slices.Clone(published)
	var want []int
	for i, s := range published {
		nameless[i].Name = ""
		if s.on(s.Room, now) {
			want = append(want, s.ID)
		}
	}
	if !slices.EqualFunc(a, nameless, func(x, y Session) bool {
		return x.ID == y.ID && x.Room == y.Room && x.Off == y.Off && x.Start.Equal(y.Start) && x.End.Equal(y.End)
	}) {
		wrong = append(wrong, fmt.Sprintf("the page has the sessions %v, and agenda.json %v", a, nameless))
	}
	if !slices.Equal(on, want) {
		wrong = append(wrong, fmt.Sprintf("the page says that sessions %v are on, and by agenda.json %v are", on, want))
	}
	return wrong
}

// fetch is what a page says.
func fetch(url string) (string, error) {
	resp, err := http.Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", url, resp.Status)
	}
	return string(text), err
}
