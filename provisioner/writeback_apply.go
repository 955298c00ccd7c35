package provisioner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
)

// SessionEditor sets the chat_room of sessions in the Datatracker.
type SessionEditor interface {
	// SetChatRoom changes the session's chat_room and nothing else, and reads it
	// back. It refuses when chat_room is not what from says.
	SetChatRoom(ctx context.Context, session int, from, to string) error

	// Logout ends the login.
	Logout(ctx context.Context) error
}

const (
	// maxRefused is how many sessions in a row may fail before the others are
	// left for the next run.
	maxRefused = 5

	// logoutFor is how long logging out may take, also when the run is being
	// interrupted.
	logoutFor = 10 * time.Second

	// writingBack is the step that progress is told.
	writingBack = "writing to the Datatracker"
)

// writeBack sets the chat_room of the sessions that were planned and are now
// linked to a fit room. Nobody logs in when there are none. What goes wrong is in
// the report; the error is for the registry, and for an interruption.
func (w *work) writeBack(ctx context.Context) error {
	r := w.report.Datatracker
	if r == nil {
		return nil
	}
	r.see(w.published(), w.known, w.Rules, w.Now())
	var todo []Difference
	for _, d := range r.Differences {
		if d.Planned && d.Linked {
			todo = append(todo, d)
		}
	}
	if len(todo) == 0 {
		return nil
	}
	w.progress(writingBack, 0, len(todo))
	editor, err := w.Secretariat(ctx)
	if err != nil {
		w.leave(todo, err.Error())
		return nil
	}
	defer w.logOut(ctx, editor)
	return w.writeAll(ctx, editor, todo)
}

// writeAll sets one chat_room after the other. After a session of which more
// changed than that, nothing else is touched, by later runs neither: a person has
// to look first.
func (w *work) writeAll(ctx context.Context, editor SessionEditor, todo []Difference) error {
	refused := 0
	for i, d := range todo {
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted while %s: %w", writingBack, context.Cause(ctx))
		}
		if w.brake.on() {
			return nil
		}
		if err := w.intendWrite(ctx, d); err != nil {
			return err
		}
		failure := w.write(ctx, editor, d)
		if err := w.recordWrite(ctx, d, failure); err != nil {
			return err
		}
		w.progress(writingBack, i+1, len(todo))
		if refused++; failure == nil {
			refused = 0
		}
		var other *datatracker.OtherFieldsError
		switch {
		case errors.As(failure, &other):
			w.leave(todo[i+1:], fmt.Sprintf("session %d changed in more than its chat_room; look at %s first", d.Session, d.EditURL))
			return nil
		case refused == maxRefused:
			w.leave(todo[i+1:], fmt.Sprintf("the last %d could not be set", refused))
			return nil
		}
	}
	return nil
}

// write sets the chat_room of one session; once begun, it is finished.
func (w *work) write(ctx context.Context, editor SessionEditor, d Difference) error {
	ctx, cancel := lingering(ctx, w.Linger)
	defer cancel()
	return editor.SetChatRoom(ctx, d.Session, d.ChatRoom, d.Room)
}

// published are the links that are published now, by meeting number and session
// id. Where a guard keeps what was published, nothing is built upon it.
func (w *work) published() map[string]map[int]string {
	links := make(map[string]map[int]string, len(w.report.Meetings))
	for _, m := range w.report.Meetings {
		if m.Withheld == nil {
			links[m.Number] = m.Links
		}
	}
	return links
}

// begun is the error of an entry that no outcome follows when the run is killed.
const begun = "begun; unless an entry with the outcome follows, look at the session"

// intendWrite puts down that a session is about to be changed: a run that is
// killed then leaves a trace all the same.
func (w *work) intendWrite(ctx context.Context, d Difference) error {
	intent := w.writeEntry(d)
	intent.Error = begun
	return w.Registry.Record(ctx, intent)
}

// writeEntry is the change of a session as the audit trail keeps it.
func (w *work) writeEntry(d Difference) registry.Change {
	c := d.change()
	return registry.Change{
		Run: w.run, At: w.Now(), Room: c.Room, Verb: string(c.Verb),
		Field: FieldChatRoom, Old: d.ChatRoom, New: d.Room, Reasons: c.Reasons,
	}
}

// recordWrite puts down what became of one session, in the report, in the log
// and in the audit trail.
func (w *work) recordWrite(ctx context.Context, d Difference, failure error) error {
	w.report.Datatracker.Results = append(w.report.Datatracker.Results, WriteResult{Difference: d, Err: failure})
	entries := []registry.Change{w.writeEntry(d)}
	log := w.Log.WithFields(logrus.Fields{"run": w.run, "room": d.Room, "verb": string(WriteChatRoom), "session": d.Session})
	if failure != nil {
		entries[0].Error = failure.Error()
		log = log.WithError(failure) // the report tells it to whoever is there; this is for the record
	}
	var other *datatracker.OtherFieldsError
	if errors.As(failure, &other) {
		for _, f := range other.Fields {
			if f.Name != FieldChatRoom {
				changed := entries[0]
				changed.Field, changed.Old, changed.New = f.Name, f.Before, f.After
				entries = append(entries, changed)
			}
		}
	}
	log.Info("change")
	return registry.Persist(ctx, func(ctx context.Context) error { return w.Registry.Record(ctx, entries...) })
}

// leave reports the sessions that are left for the next run, and why.
func (w *work) leave(rest []Difference, why string) {
	if len(rest) == 0 {
		return
	}
	w.report.Problems = append(w.report.Problems, Problem{Failure: true, Text: fmt.Sprintf(
		"the Datatracker's chat_room was not set for %d more sessions: %s", len(rest), why)})
}

// logOut ends the login. That it fails is no failure of the run: the Datatracker
// ends logins by itself.
func (w *work) logOut(ctx context.Context, editor SessionEditor) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), logoutFor)
	defer cancel()
	if err := editor.Logout(ctx); err != nil {
		w.report.Problems = append(w.report.Problems, Problem{Text: err.Error()})
	}
}
