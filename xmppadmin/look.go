package xmppadmin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mellium.im/xmpp/jid"
)

// formTypeRoomInfo is the FORM_TYPE of what a room says about itself in
// disco#info (XEP-0045 section 15.5.4).
const formTypeRoomInfo = "http://jabber.org/protocol/muc#roominfo"

// nsArchive is the feature of an entity that keeps an archive (XEP-0313).
const nsArchive = "urn:xmpp:mam:2"

// look asks a room for disco#info. The result is usable whatever happened:
// without a definite answer its Existence is Unknown and its Err says why.
func (l *link) look(ctx context.Context, room jid.JID) (Room, info) {
	r := Room{Name: room.Localpart()}
	said, err := l.session.discoInfo(ctx, room, "")
	var refused *StanzaError
	switch {
	case err == nil && isRoom(said):
		r.Existence = Present
		r.describe(said)
	case err == nil:
		r.Err = fmt.Errorf("looking at %s: what answers is no chat room", room)
	case errors.As(err, &refused) && refused.Condition == "item-not-found":
		r.Existence = Absent
	case errors.As(err, &refused) && refused.Condition == "gone":
		r.Existence = Tombstone
		r.Alternate = alternate(refused.Gone)
	default:
		r.Err = notPermitted(fmt.Errorf("looking at %s: %w", room, err))
	}
	return r, said
}

func isRoom(said info) bool {
	return said.has(nsMUC) || slices.ContainsFunc(said.Identities, func(id identity) bool { return id.Category == "conference" })
}

// alternate takes the JID out of what Prosody writes into <gone/>,
// "xmpp:room@service?join"; anything else is returned as it is.
func alternate(gone string) string {
	address, isURI := strings.CutPrefix(gone, "xmpp:")
	if !isURI {
		return gone
	}
	address, _, _ = strings.Cut(address, "?")
	return address
}

// describe fills in what disco#info says about a room (XEP-0045 section 6.4).
// A value that is not said stays unknown. What counts as logged differs
// between servers and is not read here.
func (r *Room) describe(said info) {
	r.Values = make(map[Field]string)
	if id, ok := said.identity("conference", "text"); ok && id.Name != "" {
		r.Values[FieldName] = id.Name
	}
	if room := said.form(formTypeRoomInfo); room != nil {
		r.take(room, FieldName, "muc#roomconfig_roomname")
		r.take(room, FieldDescription, "muc#roominfo_description")
		r.take(room, FieldLanguage, "muc#roominfo_lang")
		r.LogsURL, _ = room.text("muc#roominfo_logs")
		if text, ok := room.text("muc#roominfo_occupants"); ok {
			if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && n >= 0 {
				r.Occupants = &n
			}
		}
	}
	r.choose(said, FieldPersistent, "muc_persistent", "muc_temporary")
	r.choose(said, FieldPublic, "muc_public", "muc_hidden")
	r.MembersOnly = said.has("muc_membersonly")
	r.PasswordProtected = said.has("muc_passwordprotected")
	r.Moderated = said.has("muc_moderated")
}

func (r *Room) take(room *form, f Field, name string) {
	if text, ok := room.text(name); ok {
		r.Values[f] = text
	}
}

// choose settles a field by a pair of features, of which a room has one.
func (r *Room) choose(said info, f Field, yes, no string) {
	if said.has(yes) != said.has(no) {
		r.Values[f] = boolText(said.has(yes))
	}
}

// wanting tells whether a managed field is not known yet.
func (r *Room) wanting() bool {
	return slices.ContainsFunc(Fields(), func(f Field) bool {
		_, known := r.Values[f]
		return !known
	})
}
