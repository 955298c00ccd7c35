package xmppadmin

import (
	"slices"
	"strings"
	"testing"

	"roomctl/xmppadmin/xmpptest"
)

func nodes(list ...string) map[string]bool {
	set := make(map[string]bool)
	for _, node := range list {
		set[node] = true
	}
	return set
}

func TestDialectIsChosenByWhatTheServiceOffers(t *testing.T) {
	named := func(name string) info {
		return info{Identities: []identity{{Category: "server", Type: "im", Name: name}}}
	}
	mucsub := info{Features: []string{nsMUC, nsMUCSub}}
	for _, c := range []struct {
		name      string
		hostNodes map[string]bool
		mucNodes  map[string]bool
		said      discovery
		want      dialect
	}{
		{"ejabberd with all room commands", nodes(roomCommands()...), nil, discovery{host: named("ejabberd"), muc: mucsub}, ejabberdCommands{}},
		{"ejabberd with a renamed identity", nodes(roomCommands()...), nil, discovery{host: named("Our chat"), muc: mucsub}, ejabberdCommands{}},
		{"ejabberd with some room commands", nodes(roomCommands()[1:]...), nil, discovery{host: named("ejabberd"), muc: mucsub}, ejabberd{}},
		{"ejabberd without room commands", nil, nil, discovery{muc: mucsub}, ejabberd{}},
		{"ejabberd by name", nil, nil, discovery{software: softwareVersion{Name: "ejabberd"}}, ejabberd{}},
		{"ejabberd's host before another MUC service", nodes(roomCommands()...), nodes(nodeSetAffiliation), discovery{host: named("Prosody")}, prosody{}},
		{"Prosody as administrator", nil, nodes(nodeSetAffiliation), discovery{}, prosody{}},
		{"Prosody as anybody", nil, nil, discovery{host: named("Prosody")}, prosody{}},
		{"Prosody by name", nil, nil, discovery{software: softwareVersion{Name: "Prosody"}}, prosody{}},
		{"something else", nil, nil, discovery{host: named("MongooseIM"), software: softwareVersion{Name: "MongooseIM"}}, generic{}},
		{"something that says nothing", nil, nil, discovery{}, generic{}},
	} {
		l := &link{hostNodes: c.hostNodes, mucNodes: c.mucNodes}
		if got := l.dialect(c.said); got.name() != c.want.name() {
			t.Errorf("%s: %s, want %s", c.name, got.name(), c.want.name())
		}
	}
}

func TestRights(t *testing.T) {
	base := func(host, muc map[string]bool) generic {
		return generic{&link{
			account: address(t, "roomctl@localhost"), host: address(t, "localhost"), muc: address(t, "conference.localhost"),
			hostNodes: host, mucNodes: muc,
		}}
	}
	admin := nodes(nodeAnnounce, nsAdmin+"#delete-motd", nsAdmin+"#announce-all")
	powerful := nodes(nodeAnnounce, nsAdmin+"#delete-user", nsAdmin+"#shutdown")
	api := nodes(append([]string{nodeAnnounce, apiPrefix + "stop", apiPrefix + "set_password"}, roomCommands()...)...)
	for _, c := range []struct {
		name              string
		how               dialect
		missing, unneeded string // a part of what is said; "": nothing is
	}{
		{"Prosody, enough", prosody{base(admin, nodes(nodeSetAffiliation))}, "", ""},
		{"Prosody, none", prosody{base(nil, nil)}, `Component "conference.localhost" "muc" set admins = { "roomctl@localhost" }`, ""},
		{"Prosody, too many", prosody{base(powerful, nodes(nodeSetAffiliation))}, "", "delete-user, shutdown"},
		{"ejabberd, enough", ejabberd{base(admin, nil)}, "", ""},
		{"ejabberd, none", ejabberd{base(nil, nil)}, "access_admin", ""},
		{"ejabberd, too many", ejabberd{base(powerful, nil)}, "", "delete-user, shutdown"},
		{"ejabberd, too many room commands", ejabberdCommands{ejabberd: ejabberd{base(api, nil)}}, "", "set_password, stop"},
		{"another service", base(nil, nil), "", ""},
	} {
		missing, unneeded := c.how.rights()
		for _, r := range []struct {
			kind, want string
			got        []Right
		}{{"missing", c.missing, missing}, {"not needed", c.unneeded, unneeded}} {
			var said []string
			for _, right := range r.got {
				said = append(said, right.What+": "+right.Do)
			}
			text := strings.Join(said, "\n")
			if (r.want == "") != (text == "") || !strings.Contains(text, r.want) {
				t.Errorf("%s, %s: %q, want %q", c.name, r.kind, text, r.want)
			}
		}
	}
}

func TestAbbreviated(t *testing.T) {
	if got := abbreviated([]string{"a", "b"}); got != "a, b" {
		t.Error(got)
	}
	if got := abbreviated(strings.Split("abcdefghij", "")); got != "a, b, c, d, e, f, g, h and 2 more" {
		t.Error(got)
	}
}

func TestProfile(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			s := openService(t, srv)
			p := s.Profile()
			if p.Mechanism != "SCRAM-SHA-256" || p.TLS != "" || p.Software == "" || p.Logging != LoggingUnknown {
				t.Errorf("the profile is %+v", p)
			}
			if o.Kind == xmpptest.Ejabberd && !slices.Contains(p.AdminNodes, nodeAnnounce) {
				t.Errorf("the commands are %q", p.AdminNodes)
			}
			if err := s.Create(t.Context(), "quic", loggedSpec()); err != nil {
				t.Fatal(err)
			}
			if p := s.Profile(); p.Logging != LoggingYes {
				t.Errorf("after a logged room was made, logging is %q", p.Logging)
			}
		})
	}
}

func TestRoomAddress(t *testing.T) {
	l := &link{muc: address(t, "conference.localhost")}
	for _, name := range []string{"quic", "c++", "e.mail", "under_score", "dash-dash", "zürich"} {
		room, err := l.room(name)
		if err != nil || room.String() != name+"@conference.localhost" {
			t.Errorf("%q is %s (%v)", name, room, err)
		}
	}
	for _, name := range []string{"", "UPPER", "a b", "a@b", "a/b", "<a>", "a&b", `a"b`, "a'b", "a:b", strings.Repeat("x", 1024)} {
		if room, err := l.room(name); err == nil {
			t.Errorf("%.20q is %s", name, room)
		}
	}
}
