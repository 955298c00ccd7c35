package xmppadmin

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"

	"mellium.im/xmpp/jid"
	"mellium.im/xmpp/stanza"
)

// nsOwner is the namespace of the owner use cases of XEP-0045 section 10.
const nsOwner = "http://jabber.org/protocol/muc#owner"

// formTypeRoomConfig is the FORM_TYPE of room configuration (XEP-0045 section 15.5.3).
const formTypeRoomConfig = "http://jabber.org/protocol/muc#roomconfig"

// Fields of the room configuration form that several places name. The managed
// ones are in configVars.
const (
	varLogging   = "muc#roomconfig_enablelogging"   // a log: ejabberd and Prosody's mod_muc_log
	varArchiving = "muc#roomconfig_enablearchiving" // an archive: Prosody's mod_muc_mam
	varModerated = "muc#roomconfig_moderatedroom"

	// varVoiced gives newcomers voice. Only ejabberd has it: elsewhere a
	// moderated room lets them in without (XEP-0045 section 5.1.2).
	varVoiced = "members_by_default"
)

// configVars lists the form fields of a field. Logging has two: where
// a service has both, a room is logged by either, and is set up with both.
func configVars(f Field) []string {
	switch f {
	case FieldName:
		return []string{"muc#roomconfig_roomname"}
	case FieldDescription:
		return []string{"muc#roomconfig_roomdesc"}
	case FieldLanguage:
		return []string{"muc#roomconfig_lang"}
	case FieldPersistent:
		return []string{"muc#roomconfig_persistentroom"}
	case FieldPublic:
		return []string{"muc#roomconfig_publicroom"}
	case FieldLogging:
		return []string{varArchiving, varLogging}
	case FieldModerated:
		return []string{varModerated}
	}
	return nil
}

// isBoolean tells whether a field is "true" or "false".
func (f Field) isBoolean() bool {
	return f == FieldPersistent || f == FieldPublic || f == FieldLogging || f == FieldModerated
}

// configurable lists every field that can be set: the managed ones, and
// moderation, which is set and not compared.
func configurable() []Field { return append(Fields(), FieldModerated) }

// openDoor is how a new room is set up beside the managed fields: anybody may
// come in and speak, and only moderators change the subject.
func openDoor() map[string]string {
	return map[string]string{
		"muc#roomconfig_membersonly":           "0",
		varModerated:                           "0",
		"muc#roomconfig_passwordprotectedroom": "0",
		"muc#roomconfig_changesubject":         "0",
		varVoiced:                              "1",
	}
}

type ownerQuery struct {
	XMLName xml.Name     `xml:"http://jabber.org/protocol/muc#owner query"`
	Form    *form        `xml:"jabber:x:data x"`
	Destroy *destruction `xml:"destroy"`
}

// destruction is XEP-0045 section 10.9.
type destruction struct {
	Alternate string `xml:"jid,attr,omitempty"`
	Reason    string `xml:"reason,omitempty"`
}

// ownerForm fetches the configuration form of a room (XEP-0045 section 10.2).
// Only for rooms that are known to exist: ejabberd answers for any other name
// too, by starting the room.
func (l *link) ownerForm(ctx context.Context, room jid.JID) (form, error) {
	var answer ownerQuery
	if err := l.session.query(ctx, stanza.GetIQ, room, ownerQuery{}, &answer); err != nil {
		return form{}, notPermitted(fmt.Errorf("reading the configuration of %s: %w", room, err))
	}
	if answer.Form == nil {
		return form{}, fmt.Errorf("reading the configuration of %s: the answer holds no form", room)
	}
	l.forms.learn(answer.Form)
	if offersLogging(answer.Form) {
		l.logging.set(LoggingYes)
	}
	return *answer.Form, nil
}

// submission is the request that configures a room (XEP-0045 section 10.2).
func (l *link) submission(room jid.JID, filled form) *request {
	return l.session.iq(stanza.SetIQ, room, ownerQuery{Form: &filled}, nil)
}

// configure submits the given fields and no others.
func (l *link) configure(ctx context.Context, room jid.JID, set map[Field]string) error {
	template, known := l.forms.known()
	filled, err := fillConfig(&template, set)
	if !known || errors.As(err, new(*notOfferedError)) {
		if template, err = l.ownerForm(ctx, room); err != nil {
			return err
		}
		filled, err = fillConfig(&template, set)
	}
	if err == nil {
		err = l.session.burst(ctx, l.submission(room, filled))
	}
	if err != nil {
		return notPermitted(fmt.Errorf("configuring %s of %s: %w", fieldNames(set), room, err))
	}
	return nil
}

// destroy destroys a room (XEP-0045 section 10.9). reason and alternate may be
// empty.
func (l *link) destroy(ctx context.Context, room jid.JID, reason, alternate string) error {
	request := ownerQuery{Destroy: &destruction{Alternate: alternate, Reason: reason}}
	if err := l.session.query(ctx, stanza.SetIQ, room, request, nil); err != nil {
		return notPermitted(fmt.Errorf("destroying %s: %w", room, err))
	}
	return nil
}

// fillConfig answers a configuration form with the given fields. A field that
// the form does not offer is a *notOfferedError.
func fillConfig(template *form, set map[Field]string) (form, error) {
	values := make(map[string][]string, len(set))
	for f, value := range set {
		vars := configVars(f)
		if len(vars) == 0 {
			return form{}, fmt.Errorf("there is no field %q", f)
		}
		offered := slices.DeleteFunc(slices.Clone(vars), func(v string) bool { return !template.has(v) })
		if len(offered) == 0 {
			return form{}, &notOfferedError{Var: vars[len(vars)-1]}
		}
		if f.isBoolean() {
			on, ok := parseBool(value)
			if !ok || value == "" {
				return form{}, fmt.Errorf("%s must be true or false, not %q", f, value)
			}
			value = "0"
			if on {
				value = "1"
			}
		}
		for _, v := range offered {
			values[v] = []string{value}
		}
		if f == FieldModerated && template.has(varVoiced) {
			values[varVoiced] = []string{opposite(value)}
		}
	}
	return template.submit(values)
}

// fillCreation answers the configuration form of a new room: the managed
// fields of the specification and an open door, as far as the form offers them.
func fillCreation(template *form, set map[Field]string) (form, error) {
	offered := make(map[Field]string, len(set))
	for f, value := range set {
		if slices.ContainsFunc(configVars(f), template.has) {
			offered[f] = value
		}
	}
	filled, err := fillConfig(template, offered)
	if err != nil {
		return form{}, err
	}
	door := openDoor()
	for _, fd := range template.Fields {
		if value, ok := door[fd.Var]; ok && !filled.has(fd.Var) {
			filled.Fields = append(filled.Fields, field{Var: fd.Var, Values: []string{value}})
		}
	}
	return filled, nil
}

// configured reads the managed fields from a configuration form into values.
// A field that the form lacks, or that cannot be read, is left out.
func (f *form) configured(values map[Field]string) {
	for _, managed := range Fields() {
		for _, name := range configVars(managed) {
			text, ok := f.text(name)
			if !ok {
				continue
			}
			if managed.isBoolean() {
				on, ok := parseBool(text)
				if !ok {
					continue
				}
				text = boolText(on || managed == FieldLogging && values[managed] == "true")
			}
			values[managed] = text
		}
	}
}

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// opposite is the other value of a boolean in a form.
func opposite(value string) string {
	if value == "0" {
		return "1"
	}
	return "0"
}

func offersLogging(f *form) bool { return f.has(varLogging) || f.has(varArchiving) }

// fieldNames names the fields of a change, in their usual order, for errors.
func fieldNames(set map[Field]string) string {
	var names []string
	for _, f := range configurable() {
		if _, ok := set[f]; ok {
			names = append(names, string(f))
		}
	}
	return strings.Join(names, ", ")
}
