package xmpptest

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"mellium.im/xmpp/jid"
)

// apiRoom finds the room that a command names.
func (t *turn) apiRoom(args map[string]string) (string, *Room) {
	name := strings.ToLower(args["room"] + args["name"])
	return name, t.s.rooms[name]
}

func (t *turn) apiCreate(args map[string]string, lines []string) ([]string, error) {
	name, r := t.apiRoom(args)
	if j, err := jid.New(name, t.s.opts.MUC, ""); err != nil || j.Localpart() == "" {
		return nil, apiError{400, "Invalid value of 'room'"}
	}
	options := make([][2]string, 0, len(lines))
	for _, line := range lines {
		// ejabberd splits at every colon and drops empty parts: a value with
		// a colon, or an empty one, crashes the command.
		parts := strings.FieldsFunc(line, func(c rune) bool { return c == ':' })
		if len(parts) != 2 {
			return nil, errCrashed
		}
		options = append(options, [2]string{parts[0], parts[1]})
	}
	if r != nil {
		return nil, apiError{400, "Room already exists"}
	}
	made := &Room{Name: name, Config: t.s.defaults(), Affiliations: map[string]string{}, Reasons: map[string]string{}}
	for _, o := range options {
		if err := t.apiSet(made, o[0], o[1]); err != nil && o[0] != "" {
			var failed apiError
			if errors.As(err, &failed) && failed.code == 500 {
				continue // unknown options: accepted without a word
			}
			return nil, err
		}
	}
	t.s.rooms[name] = made
	return []string{"0"}, nil
}

// apiSet sets one option by ejabberd's name for it.
func (t *turn) apiSet(r *Room, option, value string) error {
	switch option {
	case "affiliations":
		return apiGrant(r, value)
	case "subject":
		r.Subject = value
		return nil
	case "subject_author":
		r.SubjectAuthor = value
		return nil
	}
	for _, f := range t.s.configFields() {
		if f.option != option {
			continue
		}
		if option == "anonymous" {
			value = map[string]string{"true": "moderators", "false": "anyone"}[value]
		}
		if stored, ok := f.parse([]string{value}); ok {
			t.store(r, map[string]string{f.name: stored})
			return nil
		}
		return apiError{500, "internal_error"}
	}
	return apiError{500, "internal_error"}
}

// apiGrant reads affiliations as "owner=a@x;admin=b@y".
func apiGrant(r *Room, value string) error {
	for _, entry := range strings.FieldsFunc(value, func(c rune) bool { return c == ';' }) {
		affiliation, who, _ := strings.Cut(entry, "=")
		if !isAffiliation(affiliation) || affiliation == "none" {
			return apiError{400, "Invalid 'affiliation'"}
		}
		j, err := jid.Parse(who)
		if err != nil {
			return apiError{400, "Malformed JID in affiliation"}
		}
		r.affiliate(j.Bare().String(), affiliation, "")
	}
	return nil
}

func (t *turn) apiChangeOption(args map[string]string, _ []string) ([]string, error) {
	_, r := t.apiRoom(args)
	switch {
	case r == nil:
		return nil, apiError{400, "Room not found"}
	case args["option"] == "logging" && t.s.opts.NoLogging:
		return []string{"1"}, nil // mod_muc_log_not_enabled
	case args["option"] == "affiliations" || strings.HasPrefix(args["option"], "subject"):
		return nil, apiError{500, "internal_error"}
	}
	if err := t.apiSet(r, args["option"], args["value"]); err != nil {
		return nil, err
	}
	return []string{"0"}, nil
}

func (t *turn) apiDestroy(args map[string]string, _ []string) ([]string, error) {
	name, r := t.apiRoom(args)
	if r == nil {
		return nil, apiError{400, "Room doesn't exists"}
	}
	t.destroyed(r, el(nsMUCUser, "destroy"))
	delete(t.s.rooms, name)
	return []string{"0"}, nil
}

func (t *turn) apiRooms(args map[string]string, _ []string) ([]string, error) {
	if s := args["service"]; s != t.s.opts.MUC && s != t.s.opts.Domain && s != "global" {
		return nil, apiError{400, "Invalid value of 'service'"}
	}
	var list []string
	for _, name := range t.s.roomNames() {
		list = append(list, name+"@"+t.s.opts.MUC)
	}
	return orEmptyLine(list), nil
}

func (t *turn) apiOptions(args map[string]string, _ []string) ([]string, error) {
	_, r := t.apiRoom(args)
	if r == nil {
		return orEmptyLine(nil), nil // no error for a room that is not there
	}
	var list []string
	for _, f := range t.s.configFields() {
		value := r.Config[f.name]
		switch {
		case f.kind == "boolean":
			value = map[string]string{"1": "true", "0": "false"}[value]
		case f.option == "anonymous":
			value = map[string]string{"moderators": "true", "anyone": "false"}[value]
		case f.kind == "list-multi":
			value = "[" + strings.ReplaceAll(value, "\n", ",") + "]"
		}
		list = append(list, f.option+" : "+value)
	}
	return list, nil
}

func (t *turn) apiAffiliations(args map[string]string, _ []string) ([]string, error) {
	_, r := t.apiRoom(args)
	if r == nil {
		return nil, apiError{400, "The room does not exist."}
	}
	var list []string
	for _, bare := range slices.Sorted(maps.Keys(r.Affiliations)) {
		local, domain, _ := strings.Cut(bare, "@")
		list = append(list, strings.Join([]string{local, domain, r.Affiliations[bare], r.Reasons[bare]}, " : "))
	}
	return orEmptyLine(list), nil
}

func (t *turn) apiAffiliate(args map[string]string, _ []string) ([]string, error) {
	_, r := t.apiRoom(args)
	if r == nil {
		return nil, apiError{400, "Room doesn't exists"}
	}
	j, err := jid.Parse(args["jid"])
	if err != nil || !isAffiliation(args["affiliation"]) {
		return nil, apiError{400, "Invalid 'affiliation'"}
	}
	bare := j.Bare().String()
	r.affiliate(bare, args["affiliation"], "")
	t.affiliated(r, bare, "")
	return []string{"0"}, nil
}

// orEmptyLine: an empty list comes out of ejabberd as one empty value.
func orEmptyLine(list []string) []string {
	if len(list) == 0 {
		return []string{""}
	}
	return list
}
