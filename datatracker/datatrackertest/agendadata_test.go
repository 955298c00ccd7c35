package datatrackertest_test

import (
	"net/http"
	"testing"

	"roomctl/datatracker/datatrackertest"
)

func TestAgendaData(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	update(t, s, func(w *datatrackertest.World) { w.SetChatRoom(29355, "tls2") })
	links := func() map[int]string {
		t.Helper()
		var data struct {
			Schedule []struct {
				SessionID int
				Type      string
				Links     struct{ Chat string }
			}
		}
		decode(t, get(t, s, "/api/meeting/113/agenda-data"), &data)
		chat := make(map[int]string)
		for _, item := range data.Schedule {
			chat[item.SessionID] = item.Links.Chat
			if item.Type == "plenary" {
				chat[0] = item.Links.Chat
			}
		}
		return chat
	}
	chat := links()
	if len(chat) < 150 || chat[29355] != "https://zulip.ietf.org/#narrow/stream/tls2" || chat[0] != "https://zulip.ietf.org/#narrow/stream/plenary" {
		t.Errorf("%d links, tls %q, plenary %q", len(chat), chat[29355], chat[0])
	}
	update(t, s, func(w *datatrackertest.World) { w.ChatURLPattern = "https://rooms.example.org/rooms/{chat_room_name}/" })
	if chat := links(); chat[29355] != "https://rooms.example.org/rooms/tls2/" {
		t.Errorf("tls %q", chat[29355])
	}
	if response, _ := do(t, s, http.MethodGet, "/api/meeting/interim-2026-oauth-01/agenda-data"); response.StatusCode != http.StatusNotFound {
		t.Errorf("an interim's agenda data: %s", response.Status)
	}
}
