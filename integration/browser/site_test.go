//go:build integration

package browser

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/agenda"
	"roomctl/agenda/web"
	"roomctl/integration/installed"
)

// visit does what readers do on pages whose script runs: it types into the directory's filter, copies an address, and
// waits for what the script says of the time. Dates are those of the browser, which the task sets.
const visit = `
const context = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
const page = await context.newPage();
await page.goto(task.served + '/rooms/');
const rooms = () => page.locator('tr[data-room]:visible th').allTextContents();
const filtered = {};
const field = page.getByRole('searchbox', { name: 'Find a room by name, group or area' });
for (const words of task.words) {
  await field.fill(words);
  filtered[words] = { rooms: await rooms(), status: await page.locator('.filter [role=status]').textContent() };
}
await page.goto(task.served + '/rooms/quic/');
await page.getByRole('button', { name: 'Copy address' }).first().click();
await page.getByText('Copied: ').waitFor({ state: 'attached' });
const copied = await page.evaluate(() => navigator.clipboard.readText());

const banners = {}, on = {};
for (const [name, time] of Object.entries(task.times)) {
  const later = await open({});
  await later.clock.setFixedTime(new Date(time));
  for (const [by, site] of [['plain', task.plain], ['roomctl', task.served]]) {
    const page = await later.newPage();
    await page.goto(site + '/meeting/126/', { waitUntil: 'networkidle' });
    (banners[name] ??= {})[by] = await page.locator('.banner').allTextContents();
    on[name] = await page.locator('tr.now').evaluateAll((rows) => rows.map((row) => row.id));
    await page.close();
  }
  await later.close();
}
await end({ filtered, copied, banners, on });
`

type visited struct {
	Session
	Filtered map[string]struct {
		Rooms  []string `json:"rooms"`
		Status string   `json:"status"`
	} `json:"filtered"`
	Copied  string                         `json:"copied"`
	Banners map[string]map[string][]string `json:"banners"`
	On      map[string][]string            `json:"on"`
}

// With scripts the directory can be searched by typing, an address is copied by a button, what is on now is marked, and
// a page says that it is old also where a plain web server serves it.
func TestWhatTheScriptAdds(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	start := time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)
	dir := publish(t, start)
	served := httptest.NewServer(web.New(dir, web.Options{Now: func() time.Time { return start }}))
	t.Cleanup(served.Close)
	plain := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(plain.Close)

	times := map[string]time.Time{
		"just read": start.Add(-7 * 24 * time.Hour), "six hours later": start.Add(-7*24*time.Hour + 6*time.Hour + time.Minute),
		"in the session": start.Add(time.Hour), "after the session": start.Add(2 * time.Hour),
	}
	var got visited
	err := installed.Node(ctx, begin+visit, map[string]any{
		"served": served.URL, "plain": plain.URL, "words": []string{"", "quic", "QUI  wit", "transport", "nothing"}, "times": times,
	}, &got)
	if err != nil {
		t.Fatal(err)
	}
	for words, want := range map[string]string{
		"": "hallway quic tls", "quic": "quic", "QUI  wit": "quic", "transport": "tls", "nothing": "",
	} {
		if rooms := strings.Join(got.Filtered[words].Rooms, " "); rooms != want {
			t.Errorf("%q leaves %q, want %q", words, rooms, want)
		}
	}
	for words, want := range map[string]string{"": "", "quic": "1 room", "nothing": "0 rooms"} {
		if status := got.Filtered[words].Status; status != want {
			t.Errorf("%q is said to leave %q, want %q", words, status, want)
		}
	}
	if got.Copied != "quic@jabber.example.org" {
		t.Errorf("copied is %q", got.Copied)
	}
	for name, want := range map[string]int{"just read": 0, "six hours later": 1, "in the session": 1} {
		if banners := got.Banners[name]["plain"]; len(banners) != want || want > 0 && !strings.Contains(banners[0], "out of date") {
			t.Errorf("%s a plain web server's page says %q", name, banners)
		}
	}
	if banners := got.Banners["in the session"]["roomctl"]; len(banners) != 1 {
		t.Errorf("the page that has a banner already has %q", banners)
	}
	for name, want := range map[string][]string{"in the session": {"row-7"}, "after the session": {}} {
		if on := got.On[name]; !slices.Equal(on, want) {
			t.Errorf("%s %q are on, want %q", name, on, want)
		}
	}
	for _, complaint := range got.Complaints {
		t.Errorf("the browser complains: %s", complaint)
	}
}

// publish makes a tree with three rooms and a meeting, whose data were read a week before it.
func publish(t testing.TB, start time.Time) (dir string) {
	t.Helper()
	dir = t.TempDir()
	tree, err := agenda.OpenTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	room := func(name, group, area string) agenda.Room {
		r := agenda.Room{Name: name, JID: name + "@jabber.example.org", State: "active", Title: group, Fit: true}
		if area != "" {
			r.Group = &agenda.Group{Acronym: name, Name: group, Type: "wg", State: "active", Area: area}
		}
		return r
	}
	link := agenda.SessionLink{Room: "quic", JID: "quic@jabber.example.org", URL: "xmpp:quic@jabber.example.org?join"}
	_, err = agenda.Publish(tree, agenda.Publication{
		Site:  agenda.Site{MUC: "jabber.example.org"},
		Rooms: []agenda.Room{room("hallway", "IETF hallway", ""), room("quic", "QUIC", "wit"), room("tls", "Transport Layer Security", "sec")},
		Meetings: []agenda.Meeting{{
			Number: "126", Title: "IETF 126", Date: start.Truncate(24 * time.Hour), Days: 5, Current: true,
			Agenda: []byte(`{"126": [{"objtype": "session", "session_id": 7, "start": "2026-11-16T09:00:00Z", "duration": "2:00:00"}]}`),
			Sessions: []agenda.Session{
				{ID: 7, Acronym: "quic", Start: start, Duration: 2 * time.Hour, Link: link},
				{ID: 8, Acronym: "tls", Start: start, Duration: 2 * time.Hour, Status: "canceled"},
			},
		}},
		Time: start,
	})
	if err != nil {
		t.Fatal(err)
	}
	read := start.Add(-7 * 24 * time.Hour)
	err = agenda.PutStatus(tree, agenda.Status{Written: read, Outcome: "done", Sources: []agenda.SourceStatus{{Name: "groups", URL: "https://datatracker.example.org/", Outcome: "fresh", Read: read}}})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
