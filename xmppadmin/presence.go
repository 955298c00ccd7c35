package xmppadmin

import (
	"context"
	"encoding/xml"
	"errors"
	"slices"

	"mellium.im/xmpp/jid"
)

// nsMUC is the namespace of a join (XEP-0045 section 7.2).
const nsMUC = "http://jabber.org/protocol/muc"

// Status codes of XEP-0045 section 15.6.
const (
	statusSelf    = 110 // the presence is about the one who gets it
	statusRenamed = 210 // the service gave another nick than was asked for
	statusCreated = 201 // the join created the room, which is locked
	statusNewNick = 303 // the occupant changes its nick
)

// roleVisitor is the role without voice in a moderated room (XEP-0045 section 5.1).
const roleVisitor = "visitor"

// entry is what a room said when it let us in (XEP-0045 section 7.2.2).
type entry struct {
	Created     bool // the room is said to be new; it is locked until configured
	Status      []int
	Nick        string // may differ from the one asked for
	Affiliation string
	Role        string
}

// enter joins a room under the nick in occupant, without history, and waits
// for our own presence. A refusal is a *StanzaError. On any other error the
// join is taken back, without waiting.
func (s *session) enter(ctx context.Context, occupant jid.JID) (entry, error) {
	var e entry
	err := s.burst(ctx, joinRequest(occupant, &e))
	if err != nil && !errors.As(err, new(*StanzaError)) {
		s.post(leaveRequest(occupant).text)
	}
	return e, err
}

// leave leaves a room and waits until the room says so (XEP-0045 section 7.14).
func (s *session) leave(ctx context.Context, occupant jid.JID) error {
	return s.burst(ctx, leaveRequest(occupant))
}

// errMadeByJoining: a room that was there a moment ago was made anew by a join.
// It was left at once, and such a room ends when it is left; destroying it
// would risk somebody else's.
var errMadeByJoining = errors.New("the room was gone: joining made it anew, leaving gave it up again")

// mucPresence is the part of an occupant's presence that is about the room.
type mucPresence struct {
	Status []struct {
		Code int `xml:"code,attr"`
	} `xml:"status"`
	Item struct {
		Affiliation string `xml:"affiliation,attr"`
		Role        string `xml:"role,attr"`
		Nick        string `xml:"nick,attr"`
		Reason      string `xml:"reason"`
	} `xml:"item"`
	Destroy *struct {
		Reason string `xml:"reason"`
	} `xml:"destroy"` // XEP-0045 section 10.9
}

// joinRequest asks for entry and fills in e. In a burst, nothing behind it is
// waited for if it is refused.
func joinRequest(occupant jid.JID, e *entry) *request {
	return &request{
		op: "join", to: occupant.Bare().String(), gate: true,
		text: []byte(`<presence to="` + escape(occupant.String()) + `"><x xmlns="` + nsMUC + `"><history maxchars="0" maxstanzas="0"/></x></presence>`),
		wait: &waiter{
			key:    roomKey("presence", occupant.Bare().String()),
			answer: make(chan received, 1),
			settles: func(r received) bool {
				if r.typ == "error" {
					return r.from == occupant.String() || r.from == occupant.Bare().String()
				}
				// Our own presence comes from our nick, unless the service says
				// that it gave us another: nobody else's can pass for it.
				codes := r.statusCodes()
				ours := r.from == occupant.String() || slices.Contains(codes, statusRenamed)
				return r.typ == "" && ours && slices.Contains(codes, statusSelf)
			},
		},
		accept: func(r received) error {
			p := r.muc()
			e.Status = r.statusCodes()
			e.Created = slices.Contains(e.Status, statusCreated)
			e.Nick = nickOf(r.from)
			e.Affiliation, e.Role = p.Item.Affiliation, p.Item.Role
			return nil
		},
	}
}

// subjectTold waits for the subject that ends a join (XEP-0045 section 7.2.15).
// It sends nothing.
func subjectTold(room jid.JID) *request {
	return &request{
		op: "subject", to: room.String(),
		wait: &waiter{
			key:    roomKey("message", room.String()),
			answer: make(chan received, 1),
			settles: func(r received) bool {
				_, ok := r.newSubject()
				return ok
			},
		},
	}
}

// leaveRequest asks to leave. That the room throws us out instead, or is
// destroyed meanwhile, settles it as well.
func leaveRequest(occupant jid.JID) *request {
	return &request{
		op: "leave", to: occupant.Bare().String(),
		text: []byte(`<presence type="unavailable" to="` + escape(occupant.String()) + `"/>`),
		wait: &waiter{
			key:    roomKey("presence", occupant.Bare().String()),
			answer: make(chan received, 1),
			settles: func(r received) bool {
				switch r.typ {
				case "unavailable":
					return r.from == occupant.String() || slices.Contains(r.statusCodes(), statusSelf)
				case "error":
					return r.from == occupant.String() || r.from == occupant.Bare().String()
				}
				return false
			},
		},
	}
}

// statusCodes returns the status codes of an occupant's presence.
func (r received) statusCodes() []int {
	var codes []int
	for _, status := range r.muc().Status {
		codes = append(codes, status.Code)
	}
	return codes
}

// muc decodes what an occupant's presence says about the room; the zero value
// if that cannot be read.
func (r received) muc() mucPresence {
	var p mucPresence
	if ok, err := r.child(xml.Name{Space: nsMUC + "#user", Local: "x"}, &p); !ok || err != nil {
		return mucPresence{}
	}
	return p
}
