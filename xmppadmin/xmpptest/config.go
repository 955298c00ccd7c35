package xmpptest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const formRoomConfig = "http://jabber.org/protocol/muc#roomconfig"

// maxUsersLimit is what ejabberd clamps the number of occupants to.
const maxUsersLimit = 200

// configField is one field of the room configuration.
type configField struct {
	name, kind, initial string
	options             []string // of lists
	option              string   // ejabberd's own name, as its commands use it
}

// configFields lists what rooms of this server can be configured with, in the
// order of the form: that of Prosody 0.12, or of ejabberd. The logging field
// comes and goes with the logging module.
func (s *Server) configFields() []configField {
	logging := configField{FieldLogging, "boolean", "0", nil, "logging"}
	var list []configField
	if s.opts.Kind == Ejabberd {
		list = append(ejabberdFields(), logging, configField{"mam", "boolean", "1", nil, "mam"})
	} else {
		list = append(genericFields(), logging)
	}
	if s.opts.NoLogging {
		list = slices.DeleteFunc(list, func(f configField) bool { return f.name == FieldLogging })
	}
	return list
}

func genericFields() []configField {
	return []configField{
		{name: FieldName, kind: "text-single"},
		{name: FieldDescription, kind: "text-single"},
		{name: FieldLanguage, kind: "text-single", initial: "en"},
		{name: FieldPersistent, kind: "boolean", initial: "0"},
		{name: FieldPublic, kind: "boolean", initial: "0"},
		{name: FieldPassword, kind: "text-private"},
		{name: FieldMembersOnly, kind: "boolean", initial: "0"},
		{name: "muc#roomconfig_allowinvites", kind: "boolean", initial: "1"},
		{name: FieldChangeSubject, kind: "boolean", initial: "0"},
		{name: FieldModerated, kind: "boolean", initial: "0"},
		{name: FieldWhois, kind: "list-single", initial: "moderators", options: whoisOptions()},
		{name: "muc#roomconfig_historylength", kind: "text-single", initial: "20"},
		{name: "muc#roomconfig_presencebroadcast", kind: "list-multi", initial: "participant\nvisitor\nmoderator",
			options: []string{"none", "visitor", "participant", "moderator"}},
	}
}

func ejabberdFields() []configField {
	private := []string{"nobody", "moderators", "anyone"}
	return []configField{
		{FieldName, "text-single", "", nil, "title"},
		{FieldDescription, "text-single", "", nil, "description"},
		{FieldLanguage, "text-single", "en", nil, "lang"},
		{FieldPersistent, "boolean", "0", nil, "persistent"},
		{FieldPublic, "boolean", "1", nil, "public"},
		{"public_list", "boolean", "1", nil, "public_list"},
		{FieldPasswordNeeded, "boolean", "0", nil, "password_protected"},
		{FieldPassword, "text-private", "", nil, "password"},
		{FieldMaxUsers, "list-single", "200", []string{"5", "10", "20", "30", "50", "100", "200"}, "max_users"},
		{FieldWhois, "list-single", "moderators", whoisOptions(), "anonymous"},
		{"muc#roomconfig_presencebroadcast", "list-multi", "moderator\nparticipant\nvisitor",
			[]string{"moderator", "participant", "visitor"}, "presence_broadcast"},
		{FieldMembersOnly, "boolean", "0", nil, "members_only"},
		{FieldModerated, "boolean", "1", nil, "moderated"},
		{FieldVoiced, "boolean", "1", nil, "members_by_default"},
		{FieldChangeSubject, "boolean", "1", nil, "allow_change_subj"},
		{"allow_private_messages_from_visitors", "list-single", "anyone", private, "allow_private_messages_from_visitors"},
		{"allow_query_users", "boolean", "1", nil, "allow_query_users"},
		{"muc#roomconfig_allowinvites", "boolean", "0", nil, "allow_user_invites"},
		{"allow_visitor_status", "boolean", "1", nil, "allow_visitor_status"},
		{"allow_visitor_nickchange", "boolean", "1", nil, "allow_visitor_nickchange"},
		{"allow_voice_requests", "boolean", "1", nil, "allow_voice_requests"},
		{"allow_subscription", "boolean", "0", nil, "allow_subscription"},
		{"voice_request_min_interval", "text-single", "1800", nil, "voice_request_min_interval"},
		{"muc#roomconfig_pubsub", "text-single", "", nil, "pubsub"},
		{"enable_hats", "boolean", "0", nil, "enable_hats"},
	}
}

func whoisOptions() []string { return []string{"moderators", "anyone"} }

// defaults is the configuration of a new room.
func (s *Server) defaults() map[string]string {
	config := map[string]string{}
	for _, f := range s.configFields() {
		config[f.name] = f.initial
	}
	return config
}

// configForm is the room configuration form, without the fields in hide.
func (s *Server) configForm(r *Room, hide []string) *element {
	fields := []formField{formType(formRoomConfig)}
	for _, f := range s.configFields() {
		if slices.Contains(hide, f.name) {
			continue
		}
		// Both servers leave <value/> out of a text field that is empty.
		var values []string
		if v := r.Config[f.name]; v != "" {
			values = strings.Split(v, "\n")
			if f.kind != "list-multi" {
				values = []string{v}
			}
		}
		fields = append(fields, formField{name: f.name, kind: f.kind, label: f.name, values: values, options: f.options})
	}
	return form("form", fmt.Sprintf("Configuration of room %s@%s", r.Name, s.opts.MUC), fields...)
}

// readConfig checks a submitted form and returns what is to be stored. The
// reply is the error to answer with; silent means that no answer ever comes.
func (s *Server) readConfig(sub submission) (set map[string]string, reply *element, silent bool) {
	if s.opts.Kind == Ejabberd {
		set, reply = s.readStrictly(sub)
		return set, reply, false
	}
	if sub.about != "" && sub.about != formRoomConfig {
		return nil, stanzaError("cancel", "bad-request", "Form is not of type room configuration"), false
	}
	set = map[string]string{}
	for _, f := range s.configFields() {
		values, ok := sub.values[f.name]
		if !ok {
			continue
		}
		value, ok := f.parse(values)
		switch {
		case ok:
			set[f.name] = value
		case f.name == FieldWhois:
			return nil, nil, true // Prosody's handler crashes on it and nobody answers
		}
		// Unknown fields and other bad values: Prosody takes no notice.
	}
	return set, nil, false
}

// readStrictly is ejabberd: one bad field and nothing is applied.
func (s *Server) readStrictly(sub submission) (map[string]string, *element) {
	if sub.about != "" && sub.about != formRoomConfig {
		return nil, stanzaError("modify", "bad-request", fmt.Sprintf("FORM_TYPE doesn't match '%s'", sub.about))
	}
	set := map[string]string{}
	for _, name := range sub.names {
		f, ok := s.configField(name)
		if !ok && name == FieldLogging {
			return nil, stanzaError("modify", "not-acceptable", "")
		}
		if !ok {
			return nil, stanzaError("modify", "bad-request",
				fmt.Sprintf("Unknown field '%s' of type '%s'", name, formRoomConfig))
		}
		value, ok := f.parse(sub.values[name])
		if !ok {
			return nil, stanzaError("modify", "bad-request",
				fmt.Sprintf("Bad value of field '%s' of type '%s'", name, formRoomConfig))
		}
		set[name] = value
	}
	return set, nil
}

func (s *Server) configField(name string) (configField, bool) {
	for _, f := range s.configFields() {
		if f.name == name {
			return f, true
		}
	}
	return configField{}, false
}

// parse is the value to store for what was submitted; false when it is none.
func (f configField) parse(values []string) (string, bool) {
	value := strings.Join(values, "\n")
	switch {
	case f.kind == "boolean":
		switch value {
		case "1", "true":
			return "1", true
		case "0", "false":
			return "0", true
		}
		return "", false
	case f.name == FieldMaxUsers:
		// ejabberd answers "result" to any number and stores one that it likes.
		n, err := strconv.Atoi(value)
		return strconv.Itoa(min(n, maxUsersLimit)), err == nil && n > 0
	case f.kind == "list-single":
		return value, slices.Contains(f.options, value)
	case f.kind == "list-multi":
		for _, v := range values {
			if !slices.Contains(f.options, v) {
				return "", false
			}
		}
	}
	return value, true
}

// store writes submitted values into a room, bent as the faults want it.
func (t *turn) store(r *Room, set map[string]string) {
	for name, value := range set {
		if slices.Contains(t.fault.ignore, name) {
			continue
		}
		if bent, ok := t.fault.store[name]; ok {
			value = bent
		}
		r.Config[name] = value
	}
}
