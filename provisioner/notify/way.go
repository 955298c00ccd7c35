package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"roomctl/provisioner/health"
)

const (
	// patience is how long one way may take.
	patience = 30 * time.Second

	// A way that does not work is tried again after so long, then after twice as
	// long each time, up to an hour. A new problem does not wait.
	firstRetry = 5 * time.Minute
	lastRetry  = time.Hour

	// doubt is how long a way is told not to work after there was nothing more to try
	// it with: nobody knows whether it does.
	doubt = 24 * time.Hour
)

// Notice is what is told at one time.
type Notice struct {
	Service  string // the MUC service
	Time     time.Time
	Messages []Message
}

// Text is the notice for people, a line for each message.
func (n Notice) Text() string {
	head := "roomctl (" + n.Service + ")"
	if len(n.Messages) == 1 {
		return head + ": " + n.Messages[0].Text()
	}
	for _, m := range n.Messages {
		head += "\n- " + m.Text()
	}
	return head
}

// Text is the message for people, in one line.
func (m Message) Text() string {
	switch m.Kind {
	case Solved:
		return fmt.Sprintf("solved: %s, told %s", m.Key, health.Minute(m.Since))
	case Reminder:
		return fmt.Sprintf("still %s, told %s: %s", m.Problem.Level, health.Minute(m.Since), m.Problem)
	}
	return fmt.Sprintf("%s: %s", m.Problem.Level, m.Problem)
}

// Way is one way to tell operators.
type Way struct {
	Name string // "webhook"; for people
	Tell func(ctx context.Context, n Notice) error
}

// ToPerson sends chat messages to a bare JID.
func ToPerson(jid string, send func(ctx context.Context, to, text string) error) Way {
	return Way{Name: "messages to " + jid, Tell: func(ctx context.Context, n Notice) error { return send(ctx, jid, n.Text()) }}
}

// ToRoom says it in a room, given by its bare JID.
func ToRoom(room string, say func(ctx context.Context, room, text string) error) Way {
	return Way{Name: "messages in " + room, Tell: func(ctx context.Context, n Notice) error { return say(ctx, room, n.Text()) }}
}

// way is a Way with what could not be told by it yet.
type way struct {
	Way
	missed  []Message
	why     string // it does not work; "": it does
	pause   time.Duration
	retryAt time.Time
}

// tell tells what is due and what was missed, and returns what was accepted.
func (w *way) tell(ctx context.Context, service string, due []Message, v health.Verdict, now time.Time) []Message {
	w.forget(due, v)
	fresh := w.miss(due)
	if len(w.missed) == 0 {
		if now.Sub(w.retryAt).Abs() > doubt {
			w.why, w.pause, w.retryAt = "", 0, time.Time{}
		}
		return nil
	}
	if !fresh && now.Before(w.retryAt) && !w.retryAt.After(now.Add(lastRetry)) {
		return nil
	}
	limited, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("no answer within %s", patience))
	defer cancel()
	err := w.Tell(limited, Notice{Service: service, Time: now, Messages: w.missed})
	switch {
	case err == nil:
	case ctx.Err() != nil: // roomctl is about to end, which says nothing about the way
		return nil
	default:
		if limited.Err() != nil && !errors.Is(err, context.Cause(limited)) {
			err = fmt.Errorf("%w: %w", context.Cause(limited), err)
		}
		w.why = strings.ReplaceAll(err.Error(), "\n", "; ")
		w.pause = min(max(2*w.pause, firstRetry), lastRetry)
		w.retryAt = now.Add(w.pause)
		return nil
	}
	accepted := w.missed
	w.missed, w.why, w.pause, w.retryAt = nil, "", 0, time.Time{}
	return accepted
}

// miss adds what is due to what was missed, in place of older messages about the
// same. It says whether there is anything of which nobody tried to tell yet.
func (w *way) miss(due []Message) (fresh bool) {
	for _, m := range due {
		i := slices.IndexFunc(w.missed, func(old Message) bool { return old.Key == m.Key })
		if i < 0 {
			w.missed = append(w.missed, m)
			fresh = true
			continue
		}
		w.missed[i] = m
	}
	return fresh
}

// forget drops what was missed about problems that are gone, or that are there
// again although that they are gone is what there was to tell.
func (w *way) forget(due []Message, v health.Verdict) {
	w.missed = slices.DeleteFunc(w.missed, func(m Message) bool {
		there := slices.ContainsFunc(v.Problems, func(p health.Problem) bool { return p.Key() == m.Key })
		again := slices.ContainsFunc(due, func(d Message) bool { return d.Key == m.Key })
		return !again && there == (m.Kind == Solved)
	})
}
