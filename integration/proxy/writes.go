package proxy

import (
	"encoding/xml"
	"strings"
)

// Writes tells whether a client's stanza may change something on the server: a message, a presence for somebody, an
// IQ set. Binding a resource is none, nor is a command (XEP-0050) that only reads, is cancelled, or comes without a
// filled-in form, which asks for the form. What cannot be understood is taken to write.
func (s Stanza) Writes() bool {
	var stanza struct {
		XMLName xml.Name
		To      string `xml:"to,attr"`
		Type    string `xml:"type,attr"`
		Payload []struct {
			XMLName xml.Name
			Node    string    `xml:"node,attr"`
			Action  string    `xml:"action,attr"`
			Form    *struct{} `xml:"jabber:x:data x"`
		} `xml:",any"`
	}
	if err := xml.Unmarshal(s.XML, &stanza); err != nil {
		return true
	}
	switch stanza.XMLName.Local {
	case "presence":
		return stanza.To != ""
	case "iq":
		if stanza.Type != "set" {
			return false
		}
	default:
		return true
	}
	if len(stanza.Payload) != 1 {
		return true
	}
	payload := stanza.Payload[0]
	switch payload.XMLName.Space {
	case "urn:ietf:params:xml:ns:xmpp-bind", "urn:ietf:params:xml:ns:xmpp-session":
		return false
	case "http://jabber.org/protocol/commands":
		return payload.Form != nil && payload.Action != "cancel" && !onlyReads(payload.Node)
	}
	return true
}

// onlyReads tells which of ejabberd's commands change nothing, by their names.
func onlyReads(node string) bool {
	command, ok := strings.CutPrefix(node, "api-commands/")
	return ok && (strings.HasPrefix(command, "get_") || command == "muc_online_rooms")
}
