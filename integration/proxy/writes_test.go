package proxy

import "testing"

func TestWrites(t *testing.T) {
	const commands = `<iq type='set' id='1' to='localhost'><command xmlns='http://jabber.org/protocol/commands' `
	tests := map[string]struct {
		xml  string
		want bool
	}{
		"a question":                      {`<iq type='get' id='1'><query xmlns='http://jabber.org/protocol/muc#owner'/></iq>`, false},
		"an answer":                       {`<iq type='result' id='1'/>`, false},
		"binding a resource":              {`<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>`, false},
		"the first presence":              {`<presence/>`, false},
		"a join":                          {`<presence to='quic@conference.localhost/me'/>`, true},
		"a message":                       {`<message to='quic@conference.localhost'/>`, true},
		"an owner form":                   {`<iq type='set' id='1'><query xmlns='http://jabber.org/protocol/muc#owner'/></iq>`, true},
		"a command asked for its form":    {commands + `node='api-commands/destroy_room'/></iq>`, false},
		"a command with its form":         {commands + `node='api-commands/destroy_room'><x xmlns='jabber:x:data'/></command></iq>`, true},
		"a reading command with its form": {commands + `node='api-commands/get_room_options'><x xmlns='jabber:x:data'/></command></iq>`, false},
		"a cancelled command":             {commands + `node='api-commands/destroy_room' action='cancel'><x xmlns='jabber:x:data'/></command></iq>`, false},
		"an announcement":                 {commands + `node='http://jabber.org/protocol/admin#announce'><x xmlns='jabber:x:data'/></command></iq>`, true},
		"an IQ set with two payloads":     {`<iq type='set' id='1'><a xmlns='x'/><b xmlns='x'/></iq>`, true},
		"what is no XML":                  {`<iq`, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := (Stanza{From: Client, XML: []byte(test.xml)}).Writes(); got != test.want {
				t.Errorf("writes: %v, want %v", got, test.want)
			}
		})
	}
}
