package provisioner

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/agenda"
	"roomctl/provisioner/registry"
)

// trailOf is an audit trail from lines "run verb room field new"; "-" stands
// for no value, "!" before the verb for a change that failed. The entries are a
// minute apart.
func trailOf(lines ...string) []registry.Change {
	var trail []registry.Change
	for i, line := range lines {
		f := strings.Fields(line)
		for j := range f {
			f[j] = strings.TrimPrefix(f[j], "-")
		}
		c := registry.Change{At: noon.Add(time.Duration(i) * time.Minute), Verb: f[1], Room: f[2], Field: f[3], New: f[4]}
		fmt.Sscan(f[0], &c.Run)
		if c.Verb[0] == '!' {
			c.Verb, c.Error = c.Verb[1:], "forbidden"
		}
		trail = append(trail, c)
	}
	return trail
}

func tellNews(items []agenda.NewsItem) []string {
	var list []string
	for _, n := range items {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", n.Time.Format("15:04"), n.Kind, n.Room, n.To)))
	}
	return list
}

func TestNews(t *testing.T) {
	retired := []string{"1 create quic name QUIC", "2 retire quic description Gone", "2 retire quic state retired"}
	renamed := []string{"1 create quic name QUIC", "2 create quick name QUIC", "2 retire quic state retired", "2 retire quic successor quick"}
	tests := []struct {
		name  string
		trail []string
		want  []string
	}{
		{"nothing has happened", nil, nil},
		{"a room is made once, however many fields it has", []string{"1 create quic name QUIC", "1 create quic public true"}, []string{"12:00 created quic"}},
		{"a room that two runs made", []string{"1 !create quic name QUIC", "2 finish quic name QUIC"}, []string{"12:01 created quic"}},
		{"a room whose subject failed", []string{"1 create quic name QUIC", "1 !create quic subject Hi", "2 configure quic subject Hi"}, []string{"12:00 created quic"}},
		{"a room that was lost is no news when it is back", []string{"1 create quic name QUIC", "2 recreate quic name QUIC", "3 create quic - -"}, []string{"12:00 created quic"}},
		{"a room is adopted, once", []string{"1 adopt quic owner me", "2 adopt quic owner me", "3 recreate quic name QUIC"}, []string{"12:00 adopted quic"}},
		{"a configuration is no news", []string{"1 configure quic name QUIC", "1 write-back quic chat_room quic"}, nil},
		{"its group ends", retired, []string{"12:00 created quic", "12:02 retired quic"}},
		{"retiring fails", []string{"1 create quic name QUIC", "2 !retire quic state retired"}, []string{"12:00 created quic"}},
		{"its group is renamed", renamed, []string{"12:00 created quic", "12:01 created quick", "12:02 renamed quic quick"}},
		{"its group ends, and an earlier run had failed to hand it on",
			[]string{"1 create quic name QUIC", "2 !retire quic state retired", "2 !retire quic successor quick", "3 retire quic state retired"},
			[]string{"12:00 created quic", "12:03 retired quic"}},
		{"its group is back", append(slices.Clip(retired), "3 restore quic name QUIC", "3 restore quic state active"),
			[]string{"12:00 created quic", "12:02 retired quic", "12:04 restored quic"}},
		{"its group is back and the room was lost meanwhile", append(slices.Clip(retired), "3 recreate quic name QUIC", "3 recreate quic public true"),
			[]string{"12:00 created quic", "12:02 retired quic", "12:03 restored quic"}},
		{"its group has its old name back", append(slices.Clip(renamed), "3 restore quic state active", "3 retire quick state retired", "3 retire quick successor quic"),
			[]string{"12:00 created quic", "12:01 created quick", "12:02 renamed quic quick", "12:04 restored quic", "12:05 renamed quick quic"}},
		{"a person closes it, and opens it again", []string{"1 create quic name QUIC", "2 close quic moderated true", "2 close quic public false", "2 close quic state closed", "3 restore quic public true", "3 restore quic state active"},
			[]string{"12:00 created quic", "12:03 closed quic", "12:05 restored quic"}},
		{"a person closes and destroys it", []string{"1 create quic name QUIC", "2 close quic state closed", "3 !destroy quic state destroyed", "3 destroy quic state destroyed", "4 destroy quic state destroyed"},
			[]string{"12:00 created quic", "12:01 closed quic", "12:03 destroyed quic"}},
		{"a person destroys it at once, and restores it", []string{"1 create quic name QUIC", "2 destroy quic state closed", "2 !destroy quic state destroyed", "2 destroy quic state destroyed", "3 restore quic state active", "4 recreate quic name QUIC"},
			[]string{"12:00 created quic", "12:03 destroyed quic", "12:04 restored quic"}},
		{"its group ends, and a person says where to go, and then somewhere else",
			append(slices.Clip(retired), "3 retire quic description Go", "3 retire quic successor quick", "4 retire quic successor quack", "5 retire quic successor quack"),
			[]string{"12:00 created quic", "12:02 retired quic", "12:04 renamed quic quick", "12:05 renamed quic quack"}},
		{"a room is held, let go and reverted", []string{"1 create quic name QUIC", "2 hold quic hold mine", "3 release quic hold -", "4 revert quic name Q"}, []string{"12:00 created quic"}},
		{"an adopted room is retired and adopted again", []string{"1 adopt quic owner me", "2 retire quic state retired", "3 adopt quic owner me"},
			[]string{"12:00 adopted quic", "12:01 retired quic"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			trail := trailOf(test.trail...)
			if got := tellNews(news(trail)); !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
			requireNewsOnlyGrows(t, trail)
		})
	}
}

// requireNewsOnlyGrows cuts the trail after each run: what was told then is the
// beginning of what is told now.
func requireNewsOnlyGrows(t *testing.T, trail []registry.Change) {
	t.Helper()
	all := news(trail)
	for i := range trail {
		if i+1 < len(trail) && trail[i+1].Run == trail[i].Run {
			continue
		}
		then := news(trail[:i+1])
		if len(then) > len(all) || !slices.Equal(then, all[:len(then)]) {
			t.Errorf("after run %d the news were %q, and now are %q", trail[i].Run, tellNews(then), tellNews(all))
		}
	}
}

func TestSuccessor(t *testing.T) {
	renamed := func(from, to string) agenda.NewsItem {
		return agenda.NewsItem{Kind: agenda.Renamed, Room: from, To: to}
	}
	back := func(room string) agenda.NewsItem { return agenda.NewsItem{Kind: agenda.Restored, Room: room} }
	rooms := map[string]registry.Room{"a": {}, "b": {}, "c": {}}
	tests := []struct {
		name string
		news []agenda.NewsItem
		want string
	}{
		{"never renamed", []agenda.NewsItem{back("a")}, ""},
		{"renamed", []agenda.NewsItem{renamed("a", "b")}, "b"},
		{"renamed twice", []agenda.NewsItem{renamed("a", "b"), renamed("b", "c")}, "c"},
		{"renamed and closed", []agenda.NewsItem{renamed("a", "b"), {Kind: agenda.Closed, Room: "a"}, {Kind: agenda.Destroyed, Room: "a"}}, "b"},
		{"renamed back", []agenda.NewsItem{renamed("a", "b"), back("a"), renamed("b", "a")}, ""},
		{"renamed to a room that was never made", []agenda.NewsItem{renamed("a", "x")}, ""},
		{"renamed in a circle, which cannot be", []agenda.NewsItem{renamed("a", "b"), renamed("b", "a")}, "b"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := successor("a", test.news, rooms); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
