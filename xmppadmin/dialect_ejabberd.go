package xmppadmin

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mellium.im/xmpp/jid"
)

// ejabberd is ejabberd without room commands. One owner form makes and
// configures a room, without joining; the administrator may act on any room.
//
// Its rooms and mod_muc_log wait for each other: a form that is asked for
// while the log is being written comes after five seconds and without the
// logging field, and a form submitted then is refused if it holds that field.
type ejabberd struct{ generic }

// logAttempts is how often a form is asked for or submitted again because of
// mod_muc_log. The waiting between them is done by the server.
const logAttempts = 3

// logPause keeps those attempts apart where the server does not wait.
const logPause = 200 * time.Millisecond

// A room that ends swallows what is sent to it: how long to wait for an answer
// then, twice as long each time, and how often to try.
const (
	endPatience = 250 * time.Millisecond
	endAttempts = 4
)

func (e ejabberd) name() string { return "ejabberd, owner protocol" }

func (e ejabberd) operations() []Operation {
	return differing(e.generic.operations(), map[string]string{
		"create":  "owner form without joining, then a look at the owner list",
		"subject": "message from outside the room",
	})
}

func (e ejabberd) rights() (missing, unneeded []Right) {
	if !e.hostNodes[nodeAnnounce] {
		missing = append(missing, Right{
			What: fmt.Sprintf("%s seems to be no administrator: it may be unable to create rooms, or to adopt them", e.account),
			Do: fmt.Sprintf("make an access rule that allows the acl {user: %s} and name it in mod_muc's access_admin, access_create and access_persistent, in mod_muc_log's access_log and in mod_announce's access",
				e.account),
		})
	}
	if extra := notNeeded(e.hostNodes); len(extra) > 0 {
		unneeded = append(unneeded, Right{
			What: fmt.Sprintf("commands on %s: %s", e.host, strings.Join(extra, ", ")),
			Do:   "they come with mod_configure, which roomctl does not use",
		})
	}
	return missing, unneeded
}

// logged: ejabberd names the log only of rooms that are logged.
func (e ejabberd) logged(said info) bool {
	room := said.form(formTypeRoomInfo)
	if room == nil {
		return false
	}
	url, _ := room.text("muc#roominfo_logs")
	return url != ""
}

func (e ejabberd) complete(ctx context.Context, room jid.JID, _ info, r *Room) error {
	var formErr error
	if r.wanting() {
		var fetched form
		if fetched, formErr = e.settledForm(ctx, room); formErr == nil {
			fetched.configured(r.Values)
		}
	}
	return errors.Join(formErr, e.readAffiliations(ctx, room, r))
}

// settledForm fetches the owner form, again if it came without the logging
// field although the service may well have one.
func (e ejabberd) settledForm(ctx context.Context, room jid.JID) (form, error) {
	var fetched form
	err := e.again(ctx, func() (again bool, err error) {
		fetched, err = e.ownerForm(ctx, room)
		return err == nil && !offersLogging(&fetched) && e.logging.get() != LoggingNo, err
	})
	return fetched, err
}

// again calls f up to logAttempts times, as long as it wants to be.
func (e ejabberd) again(ctx context.Context, f func() (again bool, err error)) error {
	for attempt := 1; ; attempt++ {
		again, err := f()
		if !again || attempt == logAttempts {
			return err
		}
		if err := pause(ctx, logPause); err != nil {
			return err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// create submits all fields at once. A submission that is refused leaves
// nothing behind.
func (e ejabberd) create(ctx context.Context, room jid.JID, spec Spec) error {
	template, known := e.forms.known()
	if !known {
		template = ejabberdForm()
	}
	wanted := spec.Values[FieldLogging] == "true"
	err := e.again(ctx, func() (bool, error) {
		err := e.submitNew(ctx, room, template, spec.Values)
		if !wanted || !refused(err, "not-acceptable") {
			return false, err
		}
		if endErr := e.awaitEnd(ctx, room); endErr != nil {
			return false, endErr
		}
		return true, err
	})
	switch {
	case err == nil && wanted:
		e.logging.set(LoggingYes)
	case wanted && refused(err, "not-acceptable") && e.logging.get() != LoggingYes:
		// Without mod_muc_log, or without its access_log, a form that asks
		// for logging is refused every time.
		e.logging.set(LoggingNo)
		if spec.RequireLogging {
			return fmt.Errorf("%w: %s refuses it (mod_muc_log is not loaded, or its access_log leaves out %s): %w", ErrCannotLog, e.muc, e.account, err)
		}
		unlogged := maps.Clone(spec.Values)
		delete(unlogged, FieldLogging)
		err = e.submitNew(ctx, room, template, unlogged)
	}
	if err != nil {
		return notPermitted(fmt.Errorf("creating %s: %w", room, err))
	}
	if err := e.claim(ctx, room); err != nil {
		return err
	}
	return e.grantAll(ctx, room, spec, e.grant)
}

func (e ejabberd) submitNew(ctx context.Context, room jid.JID, template form, set map[Field]string) error {
	filled, err := fillCreation(&template, set)
	if err != nil {
		return err
	}
	return e.session.burst(ctx, e.submission(room, filled))
}

// claim makes sure that it was us who made the room: a form submitted to a
// room that exists configures that room.
func (e ejabberd) claim(ctx context.Context, room jid.JID) error {
	owners, err := e.affiliated(ctx, room, AffiliationOwner)
	if err != nil {
		return err
	}
	return e.soleOwner(room, owners)
}

func (e ejabberd) soleOwner(room jid.JID, owners []string) error {
	if !slices.Equal(owners, []string{e.account.String()}) {
		return fmt.Errorf("%w: somebody made %s at the same moment; its owners are %s", ErrExists, room, strings.Join(owners, ", "))
	}
	return nil
}

// configure submits the form again if it was refused because of its logging field.
func (e ejabberd) configure(ctx context.Context, room jid.JID, set map[Field]string) error {
	_, logging := set[FieldLogging]
	return e.again(ctx, func() (bool, error) {
		err := e.generic.configure(ctx, room, set)
		return logging && refused(err, "not-acceptable"), err
	})
}

// destroy waits until the room is gone: what is sent to it while it ends is
// lost, and nobody says so.
func (e ejabberd) destroy(ctx context.Context, room jid.JID, reason, alternate string) error {
	if err := e.generic.destroy(ctx, room, reason, alternate); err != nil {
		return err
	}
	return e.awaitEnd(ctx, room)
}

// awaitEnd looks at a room that is about to end until it is absent. Looks that
// get lost are given up early; if all do, nothing speaks for the room.
func (e ejabberd) awaitEnd(ctx context.Context, room jid.JID) error {
	for attempt := range endAttempts {
		brief, cancel := context.WithTimeout(ctx, endPatience<<attempt)
		found, _ := e.look(brief, room)
		cancel()
		switch {
		case found.Existence == Absent:
			return nil
		case errors.Is(found.Err, ErrDisconnected), ctx.Err() != nil:
			return fmt.Errorf("waiting for the end of %s: %w", room, found.Err)
		case found.Existence == Present:
			if err := pause(ctx, logPause); err != nil {
				return err
			}
		}
	}
	if found, _ := e.look(ctx, room); found.Existence == Present {
		return fmt.Errorf("waiting for the end of %s: it is still there", room)
	}
	return nil
}

// ejabberdForm is what is known of ejabberd's owner form before one was seen:
// asking for the form of a room that does not exist would start that room.
func ejabberdForm() form {
	f := form{Fields: []field{{Var: formTypeVar, Type: "hidden", Values: []string{formTypeRoomConfig}}}}
	for _, managed := range Fields() {
		for _, name := range configVars(managed) {
			if name != varArchiving {
				f.Fields = append(f.Fields, field{Var: name})
			}
		}
	}
	for _, name := range []string{"muc#roomconfig_passwordprotectedroom", "muc#roomconfig_membersonly",
		varModerated, varVoiced, "muc#roomconfig_changesubject"} {
		f.Fields = append(f.Fields, field{Var: name})
	}
	return f
}

// refused tells whether err is a stanza error of that condition.
func refused(err error, condition string) bool {
	var refusal *StanzaError
	return errors.As(err, &refusal) && refusal.Condition == condition
}
