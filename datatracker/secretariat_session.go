package datatracker

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// chatRoomField is the field of the session form that is set. It is 32
// characters long (Datatracker ietf/meeting/migrations/0004_session_chat_room.py).
const chatRoomField = "chat_room"

// chatRoomName is what may be written into it: a bare name, as it goes into
// CHAT_URL_PATTERN.
var chatRoomName = regexp.MustCompile(`^[a-z0-9][a-z0-9+._-]{0,31}$`)

// ValidChatRoom says whether a session's chat_room can hold s: a room's name of
// at most 32 characters.
func ValidChatRoom(s string) bool { return chatRoomName.MatchString(s) }

// readAgain is how long finding out may take what became of a form, when the
// caller does not wait any longer.
const readAgain = 30 * time.Second

// ChangedField is a field of the session form before and after saving.
type ChangedField struct{ Name, Before, After string }

// OtherFieldsError says that after a session was saved more than its chat room
// was not as before: somebody edited it at the same time, or the form does what
// it is not known to do. A person has to look at it.
type OtherFieldsError struct {
	Session int
	Fields  []ChangedField
}

func (e *OtherFieldsError) Error() string {
	changes := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		changes[i] = fmt.Sprintf("%s from %q to %q", f.Name, f.Before, f.After)
	}
	return fmt.Sprintf("session %d: not only its chat_room changed, but %s", e.Session, strings.Join(changes, ", "))
}

// ChatRoom reads a session's own chat room from its form, which changes nothing
// and shows that the account may edit sessions.
func (s *Secretariat) ChatRoom(ctx context.Context, session int) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	f, _, err := s.readSession(ctx, session)
	if err != nil {
		return "", err
	}
	return f.control(chatRoomField).value, nil
}

// SetChatRoom sets a session's own chat room from one name to another and
// changes nothing else. It reads the session's form, posts all of it back once,
// and reads it again. It refuses when the room is not what from says, when the
// form is not clear, and when saving would change another field. A session that
// has the room to already is left alone, without error.
//
// An error after posting says whether the room was set; where more than that
// changed it is an *OtherFieldsError. The Datatracker has no lock: what somebody
// else saves in the moment between reading and posting is lost, as it is
// between two people with the form open.
func (s *Secretariat) SetChatRoom(ctx context.Context, session int, from, to string) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if !ValidChatRoom(to) {
		return fmt.Errorf("%q cannot be the chat_room of session %d: it is no name of at most 32 characters", to, session)
	}
	f, at, err := s.readSession(ctx, session)
	if err != nil {
		return err
	}
	room := f.control(chatRoomField)
	switch room.value {
	case to:
		return nil
	case from:
	default:
		return fmt.Errorf("session %d: its chat_room is %q and no longer %q, so it is left alone", session, room.value, from)
	}
	if err := f.changedBySaving(); err != nil {
		return fmt.Errorf("session %d: saving its form would change more than its chat_room: %w", session, err)
	}
	before := f.fields()
	room.value = to
	answer, err := s.post(ctx, at, f.fields())
	if err == nil {
		var certain bool
		if certain, err = answer.saved(); certain && err != nil {
			return fmt.Errorf("session %d: its chat_room is not set: %w", session, err)
		}
	}
	return s.confirm(ctx, session, before, to, err)
}

// readSession reads the form of a session, and where it stands.
func (s *Secretariat) readSession(ctx context.Context, session int) (*form, *url.URL, error) {
	page, err := s.get(ctx, fmt.Sprintf("/meeting/session/%d/edit", session))
	if err == nil && page.status != http.StatusOK {
		err = page.refusal()
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading the form of session %d: %w", session, err)
	}
	forms, err := readForms(page.body)
	var f *form
	if err == nil {
		f, err = pickForm(forms, chatRoomField, csrfField)
	}
	if err == nil {
		err = f.staysOn(page.url)
	}
	if err == nil && f.control(chatRoomField).kind != "text" {
		err = fmt.Errorf("%s is not a line of text", chatRoomField)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("the form of session %d is not the one that is known here: %w", session, err)
	}
	return f, page.url, nil
}

// savedPath is where the Datatracker leads after saving a session: the editor
// of the meeting's schedule.
var savedPath = regexp.MustCompile(`^/meeting/[^/]+/agenda/([^/]+/)*edit/?$`)

// saved says what an answer to the form means: nil when the form was saved, else
// why it was not. Where that is not certain, the session has to be read again.
func (p *htmlPage) saved() (certain bool, err error) {
	switch {
	case p.isRedirect() && savedPath.MatchString(p.location.Path):
		return true, nil
	case p.status == http.StatusOK && len(complaints(p.body)) > 0:
		return true, fmt.Errorf("the Datatracker does not take the form%s", said(p.body))
	case p.toLogin(), p.status == http.StatusForbidden:
		return true, p.refusal()
	}
	return false, p.refusal()
}

// confirm reads a session again after its form was posted. doubt is why the
// answer leaves open whether it was saved; nil when it does not.
func (s *Secretariat) confirm(ctx context.Context, session int, before []field, to string, doubt error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readAgain)
	defer cancel()
	f, _, err := s.readSession(ctx, session)
	if err != nil {
		if doubt != nil {
			err = fmt.Errorf("%w; then %w", doubt, err)
		}
		return fmt.Errorf("whether the chat_room of session %d is set to %q is not known: %w", session, to, err)
	}
	after := f.fields()
	changed := changedFields(before, after)
	i := slices.IndexFunc(changed, func(c ChangedField) bool { return c.Name == chatRoomField })
	switch {
	case len(changed) == 0 && doubt != nil:
		return fmt.Errorf("session %d: its chat_room is not set: %w", session, doubt)
	case len(changed) == 0:
		return fmt.Errorf("session %d: its chat_room is not set, although the Datatracker took the form", session)
	case len(changed) == 1 && i == 0 && changed[0].After == to:
		return nil
	}
	return &OtherFieldsError{Session: session, Fields: changed}
}

// changedFields compares two readings of a form. A field that is not there, as
// a checkbox that is not checked, counts as empty. The token is new every time.
func changedFields(before, after []field) []ChangedField {
	was, is := byName(before), byName(after)
	var changed []ChangedField
	seen := map[string]bool{csrfField: true}
	for _, f := range slices.Concat(before, after) {
		old, had := was[f.name]
		now, has := is[f.name]
		if !seen[f.name] && (old != now || had != has) {
			changed = append(changed, ChangedField{f.name, old, now})
		}
		seen[f.name] = true
	}
	return changed
}

// byName puts the values of each name together.
func byName(fields []field) map[string]string {
	values := make(map[string]string)
	for _, f := range fields {
		if v, more := values[f.name]; more {
			f.value = v + ", " + f.value
		}
		values[f.name] = f.value
	}
	return values
}
