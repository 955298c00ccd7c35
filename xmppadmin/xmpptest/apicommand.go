package xmpptest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// apiCommand is one command of mod_adhoc_api: the arguments of ejabberd's API
// as form fields, without FORM_TYPE.
type apiCommand struct {
	name   string
	args   []string // in ejabberd's order; "options" takes several lines
	result string   // field that the answer comes in
	run    func(*turn, map[string]string, []string) ([]string, error)
}

// apiError is a failure that ejabberd reports inside a completed command.
type apiError struct {
	code int
	text string
}

// errCrashed: the command died inside ejabberd and nobody answers for it.
var errCrashed = errors.New("crashed")

func (e apiError) Error() string { return fmt.Sprintf("Error %d: %s", e.code, e.text) }

// apiCommands are the commands for rooms, with their arguments in API version
// 2. Those that had a newer version by then kept the old names: name and jid
// where the others say room.
func apiCommands() []apiCommand {
	return []apiCommand{
		{"change_room_option", []string{"room", "service", "option", "value"}, "res", (*turn).apiChangeOption},
		{"create_room_with_opts", []string{"room", "service", "host", "options"}, "res", (*turn).apiCreate},
		{"destroy_room", []string{"room", "service"}, "res", (*turn).apiDestroy},
		{"get_room_affiliations", []string{"name", "service"}, "affiliations", (*turn).apiAffiliations},
		{"get_room_options", []string{"room", "service"}, "options", (*turn).apiOptions},
		{"muc_online_rooms", []string{"service"}, "rooms", (*turn).apiRooms},
		{"set_room_affiliation", []string{"name", "service", "jid", "affiliation"}, "res", (*turn).apiAffiliate},
	}
}

// form lists the fields of the command's form, filled in as ejabberd does.
func (c apiCommand) form(s *Server) []formField {
	fields := []formField{{kind: "fixed", label: "Arguments"}}
	for _, name := range c.args {
		f := formField{name: name, kind: "text-single", label: name, required: true}
		switch name {
		case "service":
			f.values = []string{s.opts.MUC}
		case "host":
			f.values = []string{s.opts.Domain}
		case "options":
			f.kind, f.values = "text-multi", []string{"members_only:true"}
		}
		fields = append(fields, f)
	}
	return fields
}

// execute runs the command. A field whose name ejabberd has never heard of
// crashes it; FORM_TYPE, which no other command minds, is such a name.
func (c apiCommand) execute(t *turn, sub submission) *element {
	args := map[string]string{}
	for _, name := range sub.names {
		arg := name
		if slices.Contains(c.args, "room") && name == "name" {
			arg = "room" // the old name is still taken (args_rename)
		}
		if !isArgument(arg) {
			t.noHook()
			return nil
		}
		args[arg] = sub.text(name)
	}
	if sub.about != "" {
		t.noHook()
		return nil
	}
	values, err := c.call(t, args, sub.values["options"])
	if err != nil {
		var failed apiError
		if !errors.As(err, &failed) {
			t.noHook()
			return nil
		}
		return c.answer(formField{name: "error", kind: "text-single",
			label: fmt.Sprintf("Error %d", failed.code), values: []string{failed.text}})
	}
	kind := "text-multi"
	if c.result == "res" {
		kind = "text-single"
	}
	return c.answer(formField{name: c.result, kind: kind, label: c.result, values: values})
}

func (c apiCommand) answer(f formField) *element {
	return el("", "", form("result", c.name,
		formField{kind: "fixed"}, formField{kind: "fixed", label: "Result"}, f))
}

// call checks rights and arguments and runs the command.
func (c apiCommand) call(t *turn, args map[string]string, lines []string) ([]string, error) {
	if !t.isAdmin() {
		return nil, apiError{403, "AccessRules: Account does not have the right to perform the operation."}
	}
	for _, name := range c.args {
		if _, ok := args[name]; !ok {
			return nil, apiError{400, "Request have missing argument: " + name}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(args)) {
		if !slices.Contains(c.args, name) {
			return nil, apiError{400, "Request have unknown arguments: " + name}
		}
	}
	if service := args["service"]; service != t.s.opts.MUC && c.name != "muc_online_rooms" {
		return nil, apiError{400, "Invalid value of 'service'"}
	}
	return c.run(t, args, lines)
}

// isArgument says whether any command has an argument of that name.
func isArgument(name string) bool {
	return slices.ContainsFunc(apiCommands(), func(c apiCommand) bool { return slices.Contains(c.args, name) })
}
