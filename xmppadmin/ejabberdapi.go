package xmppadmin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"mellium.im/xmpp/jid"
)

// commandForms remembers the forms of commands, by node. Its zero value is empty.
type commandForms struct {
	mu   sync.Mutex
	form map[string]form
}

func (m *commandForms) get(node string) (form, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.form[node]
	return f, ok
}

func (m *commandForms) put(node string, f form) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.form == nil {
		m.form = make(map[string]form)
	}
	m.form[node] = f
}

// result runs one of ejabberd's commands and returns the values of a field of
// its result. The first run fetches the form of the command; later ones send
// it filled in with the first request.
func (c ejabberdCommands) result(ctx context.Context, node, name string, arguments map[string][]string) ([]string, error) {
	fill := func(asked *form) (form, error) { return fillArguments(asked, arguments) }
	var answer command
	if asked, known := c.arguments.get(node); known {
		filled, err := fill(&asked)
		if err != nil {
			return nil, fmt.Errorf("filling in the form of command %s: %w", node, err)
		}
		if answer, err = runOnce(ctx, c.session, c.host, node, filled); err != nil {
			return nil, err
		}
	} else {
		var err error
		answer, err = converse(ctx, c.session, c.host, node, func(asked *form) (form, error) {
			c.arguments.put(node, *asked)
			return fill(asked)
		})
		if err != nil {
			return nil, err
		}
	}
	if answer.Form != nil {
		if fd, ok := answer.Form.field(name); ok {
			return fd.Values, nil
		}
	}
	return nil, &CommandError{Node: node, To: c.host.String(), Text: fmt.Sprintf("the result has no field %q", name)}
}

// fillArguments answers the form of a command. The argument that names the
// room is "room" or "name", depending on the version of the command.
func fillArguments(asked *form, arguments map[string][]string) (form, error) {
	values := make(map[string][]string, len(arguments))
	for name, vals := range arguments {
		if name == "room" && !asked.has(name) {
			name = "name"
		}
		values[name] = vals
	}
	return asked.submit(values)
}

// optionName is what ejabberd calls a field.
func optionName(f Field) string {
	switch f {
	case FieldName:
		return "title"
	case FieldLanguage:
		return "lang"
	}
	return string(f)
}

// parseOptions reads the lines of get_room_options: "name:value".
func parseOptions(lines []string) map[string]string {
	options := make(map[string]string, len(lines))
	for _, line := range lines {
		if name, value, ok := strings.Cut(line, ":"); ok {
			options[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return options
}

// parseAffiliations reads the lines of get_room_affiliations: "jid :
// affiliation : reason", or in version 2 and before "user : host :
// affiliation : reason". A localpart cannot hold a colon (RFC 7622 section
// 3.3.1), and a reason may hold anything.
func parseAffiliations(lines []string) (owners, admins []string) {
	owners, admins = []string{}, []string{}
	for _, line := range lines {
		parts := strings.SplitN(line, " : ", 4)
		var who, affiliation string
		switch {
		case len(parts) >= 2 && isAffiliation(parts[1]):
			who, affiliation = parts[0], strings.TrimSpace(parts[1])
		case len(parts) >= 3 && isAffiliation(parts[2]):
			who, affiliation = parts[0]+"@"+parts[1], strings.TrimSpace(parts[2])
		}
		who = bareJID(strings.TrimPrefix(who, "@"))
		switch {
		case who == "":
		case affiliation == AffiliationOwner:
			owners = append(owners, who)
		case affiliation == AffiliationAdmin:
			admins = append(admins, who)
		}
	}
	slices.Sort(owners)
	slices.Sort(admins)
	return slices.Compact(owners), slices.Compact(admins)
}

func isAffiliation(s string) bool {
	return slices.Contains([]string{"owner", "admin", "member", "outcast", "none"}, strings.TrimSpace(s))
}

// creationError gives the refusals of create_room_with_opts their meaning.
func creationError(err error, room jid.JID) error {
	switch {
	case saidBy(err, "Room already exists"):
		return fmt.Errorf("%w: %s: %w", ErrExists, room, err)
	case saidBy(err, "AccessRules"):
		return fmt.Errorf("creating %s: %w: %w (ejabberd asks its access rule \"configure\" for this command: let it allow the account)", room, ErrNotPermitted, err)
	}
	return fmt.Errorf("creating %s: %w", room, err)
}

// saidBy tells whether err is a command that failed with these words.
func saidBy(err error, words string) bool {
	var failed *CommandError
	return errors.As(err, &failed) && strings.Contains(failed.Text, words)
}
