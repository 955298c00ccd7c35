package xmpptest

import (
	"bytes"
	"encoding/xml"
	"reflect"
	"strings"
	"testing"
)

// parse reads the stanzas in data as the stream does.
func parse(data []byte) []*element {
	d := xml.NewDecoder(strings.NewReader("<stream xmlns='" + nsClient + "'>" + string(data)))
	if _, err := d.Token(); err != nil {
		return nil
	}
	var list []*element
	for {
		tok, err := d.Token()
		if err != nil {
			return list
		}
		if start, ok := tok.(xml.StartElement); ok {
			e, err := readElement(d, start)
			if err != nil {
				return list
			}
			list = append(list, e)
		}
	}
}

// FuzzStanzas feeds a client's stanzas to both kinds of server: nothing
// panics, and whatever goes out is XML.
func FuzzStanzas(f *testing.F) {
	seeds := []string{
		"<presence/><presence to='quic@conference.localhost/bot'><x xmlns='" + nsMUC + "'/></presence>",
		"<iq type='set' id='1' to='quic@conference.localhost'><query xmlns='" + nsMUCOwner + "'>" + submit(formRoomConfig, FieldMaxUsers, "-1") + "</query></iq>",
		"<iq type='get' id='1' to='quic@conference.localhost'><query xmlns='" + nsMUCAdmin + "'><item affiliation='owner'/></query></iq>",
		"<iq type='set' id='1' to='quic@conference.localhost'>" + destroyIt + "</iq>",
		"<iq type='get' id='1' to='conference.localhost'><query xmlns='" + nsItems + "'><set xmlns='" + nsRSM + "'><max>1</max><after>a</after></set></query></iq>",
		"<iq type='set' id='1' to='localhost'><command xmlns='" + nsCommands + "' node='api-commands/create_room_with_opts'>" +
			submit("", "room", "q", "service", "conference.localhost", "host", "localhost", "options", "title:x\naffiliations:owner=a@b") + "</command></iq>",
		"<iq type='set' id='1' to='localhost'><command xmlns='" + nsCommands + "' node='" + nodeAdmin + "announce'>" + submit(formAdmin, "body", "x") + "</command></iq>",
		"<message to='quic@conference.localhost' type='groupchat'><subject>x</subject></message>",
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		stanzas := parse(data)
		for _, o := range []Options{{Tombstones: true}, {Kind: Ejabberd}, {Kind: Ejabberd, Denied: true}} {
			s, err := newServer(o)
			if err != nil {
				t.Fatal(err)
			}
			s.PutRoom(quic(s.JID()))
			c := newClient(s.JID())
			s.bind(c, "r")
			for _, e := range stanzas {
				s.handle(c, e)
			}
			out, _ := c.out.take()
			out = bytes.TrimSuffix(out, []byte(streamEnd))
			d := xml.NewDecoder(strings.NewReader("<stream xmlns='" + nsClient + "' xmlns:stream='" + nsStream + "'>" + string(out) + "</stream>"))
			if _, err := d.Token(); err != nil {
				t.Fatal(err)
			}
			for depth := 1; depth > 0; {
				tok, err := d.Token()
				if err != nil {
					t.Fatalf("%v in %s", err, out)
				}
				switch tok.(type) {
				case xml.StartElement:
					depth++
				case xml.EndElement:
					depth--
				}
			}
		}
	})
}

// FuzzElement checks that what is read is written so that it reads the same.
func FuzzElement(f *testing.F) {
	f.Add([]byte("<iq type='set' xml:lang='en'><query xmlns='a'><b xmlns=''>x &lt; y\n</b></query></iq>"))
	f.Add([]byte("<a:b xmlns:a='c'><a:d/></a:b>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, e := range parse(data) {
			again := parse([]byte(e.String()))
			if len(again) != 1 || !reflect.DeepEqual(again[0], e) {
				t.Fatalf("%s reads back as %s", e, again)
			}
		}
	})
}
