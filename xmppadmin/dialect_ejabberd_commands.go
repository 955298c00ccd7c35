package xmppadmin

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mellium.im/xmpp/jid"
)

// ejabberdCommands is ejabberd 25.03 and later with mod_adhoc_api and
// mod_muc_admin, whose commands on the host make and read rooms.
type ejabberdCommands struct {
	ejabberd
	// arguments holds the forms of the commands: the name of an argument
	// ("room" or "name") depends on the version of ejabberd and on its settings.
	arguments *commandForms
}

// roomCommands are the commands that this dialect needs.
func roomCommands() []string {
	return []string{apiOnlineRooms, apiRoomOptions, apiRoomAffiliations, apiCreateRoom, apiChangeRoomOption, apiDestroyRoom}
}

func (c ejabberdCommands) name() string { return "ejabberd with room commands (mod_adhoc_api)" }

func (c ejabberdCommands) operations() []Operation {
	return differing(c.ejabberd.operations(), map[string]string{
		"list":      "command " + apiOnlineRooms,
		"read":      "disco#info; command " + apiRoomOptions + " for what it leaves open; command " + apiRoomAffiliations,
		"create":    "commands " + apiCreateRoom + " and " + apiChangeRoomOption,
		"configure": "command " + apiChangeRoomOption,
		"destroy":   "command " + apiDestroyRoom + "; muc#owner when there is a reason or an alternate to tell",
	})
}

func (c ejabberdCommands) rights() (missing, unneeded []Right) {
	missing, unneeded = c.ejabberd.rights()
	var extra []string
	for _, node := range slices.Sorted(maps.Keys(c.hostNodes)) {
		if name, ok := strings.CutPrefix(node, apiPrefix); ok && !slices.Contains(roomCommands(), node) {
			extra = append(extra, name)
		}
	}
	if len(extra) > 0 {
		unneeded = append(unneeded, Right{
			What: "room and server commands: " + abbreviated(extra),
			Do: "in api_permissions, under from: [mod_adhoc_api], let what: name only " +
				strings.ReplaceAll(strings.Join(roomCommands(), ", "), apiPrefix, ""),
		})
	}
	return missing, unneeded
}

// abbreviated names a few of many.
func abbreviated(names []string) string {
	const few = 8
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}

// list gets the whole list in one answer.
func (c ejabberdCommands) list(ctx context.Context) (Listing, error) {
	rooms, err := c.result(ctx, apiOnlineRooms, "rooms", map[string][]string{"service": {c.muc.String()}})
	if err != nil {
		return Listing{}, fmt.Errorf("listing the rooms of %s: %w", c.muc, err)
	}
	items := make([]item, len(rooms))
	for i, address := range rooms {
		items[i].JID = address
	}
	return c.listing(items, true), nil
}

func (c ejabberdCommands) complete(ctx context.Context, room jid.JID, _ info, r *Room) error {
	var optionErr error
	if r.wanting() {
		optionErr = c.readOptions(ctx, room, r)
	}
	var err error
	r.Owners, r.Admins, err = c.affiliations(ctx, room)
	return errors.Join(optionErr, err)
}

func (c ejabberdCommands) affiliations(ctx context.Context, room jid.JID) (owners, admins []string, err error) {
	lines, err := c.result(ctx, apiRoomAffiliations, "affiliations", c.roomArguments(room))
	if err != nil {
		return nil, nil, fmt.Errorf("reading the affiliations of %s: %w", room, err)
	}
	owners, admins = parseAffiliations(lines)
	return owners, admins, nil
}

// readOptions takes from the options what disco#info left open. The option for
// logging is only that: it may be on although mod_muc_log is not loaded, and
// then nothing is logged.
func (c ejabberdCommands) readOptions(ctx context.Context, room jid.JID, r *Room) error {
	lines, err := c.result(ctx, apiRoomOptions, "options", c.roomArguments(room))
	if err != nil {
		return fmt.Errorf("reading the options of %s: %w", room, err)
	}
	options := parseOptions(lines)
	for _, f := range Fields() {
		value, ok := options[optionName(f)]
		if !ok {
			continue
		}
		if f.isBoolean() && value != "true" && value != "false" {
			continue
		}
		if f == FieldLogging && value == "true" {
			proven, err := c.proveLogging(ctx, room)
			if err != nil {
				return err
			}
			if !proven {
				continue
			}
		}
		r.Values[f] = value
	}
	return nil
}

// proveLogging tells whether rooms whose option says so are in fact logged:
// owner forms have the field only where mod_muc_log is loaded.
func (c ejabberdCommands) proveLogging(ctx context.Context, room jid.JID) (bool, error) {
	if c.logging.get() == LoggingUnknown {
		if _, err := c.settledForm(ctx, room); err != nil {
			return false, err
		}
	}
	return c.logging.get() == LoggingYes, nil
}

// create refuses rooms that exist. ejabberd lets two rooms of one instant
// replace each other, so the owner list has to say whose room it is before
// anything else is done to it. As long as it is not known whether the service
// can log, a room is made without logging: its form then tells, without delay.
func (c ejabberdCommands) create(ctx context.Context, room jid.JID, spec Spec) error {
	prove := spec.RequireLogging && c.logging.get() == LoggingUnknown
	options, later := c.creationOptions(spec, prove)
	_, err := c.result(ctx, apiCreateRoom, "res", map[string][]string{
		"room": {room.Localpart()}, "service": {c.muc.String()}, "host": {c.host.String()}, "options": options,
	})
	if err != nil {
		return creationError(err, room)
	}
	owners, _, err := c.affiliations(ctx, room)
	if err != nil {
		return err
	}
	if err := c.soleOwner(room, owners); err != nil {
		return err
	}
	if prove {
		if err := c.refuseUnlogged(ctx, room); err != nil {
			return err
		}
	}
	if err := c.configure(ctx, room, later); err != nil {
		return err
	}
	return c.grantAll(ctx, room, spec, c.grant)
}

// creationOptions sorts the values of a new room into those that may travel
// with the command and those that are set afterwards: a value with a colon
// makes the command fail.
func (c ejabberdCommands) creationOptions(spec Spec, prove bool) (options []string, later map[Field]string) {
	moderated := spec.Values[FieldModerated] == "true"
	options = []string{
		"affiliations:owner=" + c.account.String(),
		"members_only:false", "password_protected:false", "allow_change_subj:false",
		optionName(FieldModerated) + ":" + boolText(moderated), varVoiced + ":" + boolText(!moderated),
	}
	later = make(map[Field]string)
	for _, f := range Fields() {
		value, given := spec.Values[f]
		switch {
		case !given:
		case f == FieldName, f == FieldDescription, f == FieldLogging && prove, strings.Contains(value, ":"):
			later[f] = value
		default:
			options = append(options, optionName(f)+":"+value)
		}
	}
	if prove {
		options = append(options, "logging:false")
	}
	return options, later
}

// refuseUnlogged undoes a creation if the new room shows that the service
// cannot log.
func (c ejabberdCommands) refuseUnlogged(ctx context.Context, room jid.JID) error {
	fetched, err := c.settledForm(ctx, room)
	if err != nil || offersLogging(&fetched) {
		return err
	}
	c.logging.set(LoggingNo)
	err = fmt.Errorf("%w: the rooms of %s have no such setting (mod_muc_log is not loaded, or its access_log leaves out %s)", ErrCannotLog, c.muc, c.account)
	return errors.Join(err, c.destroy(ctx, room, "", ""))
}

// configure changes one option after the other. They are applied one by one
// even if a later one is refused; the next reconciliation sees what is left.
func (c ejabberdCommands) configure(ctx context.Context, room jid.JID, set map[Field]string) error {
	for _, f := range configurable() {
		value, given := set[f]
		if !given {
			continue
		}
		err := c.mayBecome(ctx, room, f, value)
		if err == nil {
			err = c.setOption(ctx, room, optionName(f), value)
		}
		if err == nil && f == FieldModerated {
			err = c.setOption(ctx, room, varVoiced, boolText(value == "false"))
		}
		if err != nil {
			return fmt.Errorf("configuring %s of %s: %w", f, room, err)
		}
	}
	return nil
}

func (c ejabberdCommands) setOption(ctx context.Context, room jid.JID, option, value string) error {
	arguments := c.roomArguments(room)
	arguments["option"], arguments["value"] = []string{option}, []string{value}
	_, err := c.result(ctx, apiChangeRoomOption, "res", arguments)
	return err
}

// mayBecome refuses what the command would take in silence: a boolean that is
// none, and logging where nothing logs.
func (c ejabberdCommands) mayBecome(ctx context.Context, room jid.JID, f Field, value string) error {
	if f.isBoolean() && value != "true" && value != "false" {
		return fmt.Errorf("must be true or false, not %q", value)
	}
	if f != FieldLogging || value != "true" {
		return nil
	}
	if proven, err := c.proveLogging(ctx, room); err != nil || proven {
		return err
	}
	return fmt.Errorf("%w: rooms of %s have no such setting", ErrCannotLog, c.muc)
}

// destroy uses the command, which can tell neither reason nor alternate, when
// there is neither.
func (c ejabberdCommands) destroy(ctx context.Context, room jid.JID, reason, alternate string) error {
	if reason != "" || alternate != "" {
		return c.ejabberd.destroy(ctx, room, reason, alternate)
	}
	if _, err := c.result(ctx, apiDestroyRoom, "res", c.roomArguments(room)); err != nil {
		return fmt.Errorf("destroying %s: %w", room, err)
	}
	return c.awaitEnd(ctx, room)
}

func (c ejabberdCommands) roomArguments(room jid.JID) map[string][]string {
	return map[string][]string{"room": {room.Localpart()}, "service": {c.muc.String()}}
}
