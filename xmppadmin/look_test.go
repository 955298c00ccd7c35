package xmppadmin

import (
	"encoding/xml"
	"maps"
	"reflect"
	"testing"
)

// What rooms say in disco#info, from Prosody 0.12 and ejabberd 23.01.
const (
	prosodyRoomInfo = `<query xmlns='http://jabber.org/protocol/disco#info'><feature var='muc_nonanonymous'/><feature var='muc_public'/><feature var='muc_unsecured'/><feature var='http://jabber.org/protocol/muc'/><feature var='muc_unmoderated'/><feature var='muc_open'/><identity type='text' category='conference' name='Working Group ABC'/><feature var='muc_persistent'/><feature var='urn:xmpp:mam:2'/><x xmlns='jabber:x:data' type='result'><field type='hidden' var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roominfo</value></field><field type='text-single' var='muc#roominfo_logs'><value>http://localhost:15280/muc_log/room1/</value></field><field type='text-single' var='muc#roominfo_lang'><value>en</value></field><field type='text-single' var='muc#roominfo_occupants'><value>3</value></field><field type='text-single' var='muc#roomconfig_roomname' label='Title'><value>Working Group ABC</value></field><field type='text-single' var='muc#roominfo_description'><value>desc &lt;x&gt;</value></field></x></query>`

	ejabberdRoomInfo = `<query xmlns='http://jabber.org/protocol/disco#info'><identity type='text' category='conference'/><feature var='http://jabber.org/protocol/muc'/><feature var='muc_hidden'/><feature var='muc_temporary'/><feature var='muc_membersonly'/><feature var='muc_moderated'/><feature var='muc_passwordprotected'/><feature var='urn:xmpp:mam:2'/><x type='result' xmlns='jabber:x:data'><field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roominfo</value></field><field var='muc#roominfo_occupants' type='text-single'><value>0</value></field><field var='muc#roomconfig_roomname' type='text-single'/><field var='muc#roominfo_description' type='text-single'/><field var='muc#roominfo_lang' type='text-single'><value>en</value></field></x></query>`

	bareRoomInfo = `<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text' name='A Dark Cave'/><feature var='http://jabber.org/protocol/muc'/></query>`
)

func parseInfo(t *testing.T, s string) info {
	t.Helper()
	var q infoQuery
	if err := xml.Unmarshal([]byte(s), &q); err != nil {
		t.Fatal(err)
	}
	said := info{Identities: q.Identities, Forms: q.Forms}
	for _, f := range q.Features {
		said.Features = append(said.Features, f.Var)
	}
	return said
}

func TestDescribe(t *testing.T) {
	three, none := 3, 0
	for _, c := range []struct {
		name, said string
		want       Room
		wanting    bool
	}{
		{"Prosody", prosodyRoomInfo, Room{
			Values: map[Field]string{
				FieldName: "Working Group ABC", FieldDescription: "desc <x>", FieldLanguage: "en",
				FieldPersistent: "true", FieldPublic: "true",
			},
			Occupants: &three, LogsURL: "http://localhost:15280/muc_log/room1/",
		}, true},
		{"ejabberd", ejabberdRoomInfo, Room{
			Values: map[Field]string{
				FieldName: "", FieldDescription: "", FieldLanguage: "en", FieldPersistent: "false", FieldPublic: "false",
			},
			Occupants: &none, MembersOnly: true, PasswordProtected: true, Moderated: true,
		}, true},
		{"a service that says little", bareRoomInfo, Room{Values: map[Field]string{FieldName: "A Dark Cave"}}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			said := parseInfo(t, c.said)
			if !isRoom(said) {
				t.Error("it is not taken for a room")
			}
			var got Room
			got.describe(said)
			if !maps.Equal(got.Values, c.want.Values) {
				t.Errorf("values %v, want %v", got.Values, c.want.Values)
			}
			if !reflect.DeepEqual(got.Occupants, c.want.Occupants) || got.LogsURL != c.want.LogsURL || got.MembersOnly != c.want.MembersOnly ||
				got.PasswordProtected != c.want.PasswordProtected || got.Moderated != c.want.Moderated {
				t.Errorf("read as %+v, want %+v", got, c.want)
			}
			if got.wanting() != c.wanting {
				t.Errorf("wanting: %v", got.wanting())
			}
		})
	}
}

// Prosody names a log page for every room; ejabberd says that it archives for
// members. Neither means that a room is publicly logged.
func TestLoggedByDiscoInfo(t *testing.T) {
	unarchived := parseInfo(t, prosodyRoomInfo)
	unarchived.Features = nil
	for _, c := range []struct {
		name string
		how  reading
		said info
		want bool
	}{
		{"Prosody, archived", prosody{}, parseInfo(t, prosodyRoomInfo), true},
		{"Prosody, with a log page only", prosody{}, unarchived, false},
		{"ejabberd, with a log page", ejabberd{}, unarchived, true},
		{"ejabberd, archived only", ejabberd{}, parseInfo(t, ejabberdRoomInfo), false},
		{"ejabberd, saying nothing", ejabberd{}, parseInfo(t, bareRoomInfo), false},
		{"any service, archived", generic{}, parseInfo(t, prosodyRoomInfo), false},
	} {
		if got := c.how.logged(c.said); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestAlternate(t *testing.T) {
	for gone, want := range map[string]string{
		"":                             "",
		"xmpp:new@chat.example?join":   "new@chat.example",
		"xmpp:new@chat.example":        "new@chat.example",
		"new@chat.example":             "new@chat.example",
		"https://chat.example/new?a=b": "https://chat.example/new?a=b",
	} {
		if got := alternate(gone); got != want {
			t.Errorf("%q is %q, want %q", gone, got, want)
		}
	}
}
