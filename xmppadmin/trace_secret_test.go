package xmppadmin

import (
	"strings"
	"testing"

	"roomctl/xmppadmin/xmpptest"
)

func TestATraceHasNoPasswordOfARoom(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			room := ours(srv, "quic")
			room.Config[xmpptest.FieldPassword] = "r00m <s3cret>"
			srv.PutRoom(room)
			trace := new(record)
			options := plainOptions(srv)
			options.Trace = trace
			s := openWith(t, options)
			if found := s.Read(t.Context(), "quic"); found.Err != nil {
				t.Fatal(found.Err)
			}
			if got := trace.String(); strings.Contains(got, "s3cret") || !strings.Contains(got, "…</field>") && !strings.Contains(got, "password : …") {
				t.Errorf("the trace has\n%s", got)
			}
		})
	}
	for given, want := range map[string]string{
		`<iq><field type='text-private' var='a'><value>s3cret</value></field><field var="b"><value>shown</value></field></iq>`: `<iq><field type='text-private' var='a'>…</field><field var="b"><value>shown</value></field></iq>`,
		`<iq><d:field var="muc#roomconfig_roomsecret" label="a > b"><d:value>s3cret</d:value></d:field></iq>`:                  `<iq><d:field var="muc#roomconfig_roomsecret" label="a > b">…</d:field></iq>`,
		`<presence><x><password>s3cret</password></x></presence>`:                                                              `<presence><x><password>…</password></x></presence>`,
		`<iq><value>password:s3cret</value><value>password_protected : false</value></iq>`:                                     `<iq><value>password: …</value><value>password_protected : false</value></iq>`,
		`<message><body>text-private, roomsecret and password: are words</body></message>`:                                     `<message><body>text-private, roomsecret and password: are words</body></message>`,
	} {
		if got := lines(given); len(got) != 1 || got[0] != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
	long := `<iq><field var='muc#roomconfig_roomsecret'><value>s3cret` + strings.Repeat("s3cret", maxTraced/6) + `</value></field></iq>`
	if got := lines(long); len(got) != 1 || strings.Contains(got[0], "s3cret") {
		t.Errorf("what is cut short begins %.200q", got)
	}
}
