package xmppadmin

import (
	"encoding/xml"

	"mellium.im/xmpp/stanza"
)

// reply is an answer to a request that came to us.
type reply struct {
	XMLName xml.Name      `xml:"iq"`
	To      string        `xml:"to,attr,omitempty"`
	ID      string        `xml:"id,attr"`
	Type    stanza.IQType `xml:"type,attr"`
	Error   *stanza.Error
}

// answer replies to a ping (XEP-0199) and refuses every other request, as
// RFC 6120 section 8.2.3 demands. If too many answers are waiting to be sent
// it is silent instead: the receiver must not wait for the sender.
func (s *session) answer(r received) {
	answer := reply{To: r.from, ID: r.id, Type: stanza.ErrorIQ}
	if ping, _ := r.child(xml.Name{Space: nsPing, Local: "ping"}, nil); ping && r.typ == string(stanza.GetIQ) {
		answer.Type = stanza.ResultIQ
	} else {
		answer.Error = &stanza.Error{Type: stanza.Cancel, Condition: stanza.ServiceUnavailable}
	}
	text, err := xml.Marshal(answer)
	if err != nil {
		return // addresses and ids that XML cannot carry were never in XML
	}
	s.post(text)
}

// post sends a stanza when it is convenient. It does not wait.
func (s *session) post(text []byte) {
	select {
	case s.answers <- text:
	default:
	}
}

// sendAnswers sends what was posted, until the stream ends.
func (s *session) sendAnswers() {
	for {
		select {
		case text := <-s.answers:
			if s.write(text) != nil {
				return
			}
		case <-s.ended:
			return
		}
	}
}
