package main

import (
	"context"
	"fmt"

	"roomctl/provisioner/notify"
	"roomctl/provisioner/registry"
)

// messenger is the connection to the chat server that telling operators needs.
type messenger interface {
	Send(ctx context.Context, to, text string) error
	SayIn(ctx context.Context, room, text string) error
}

// operators is who is told of problems, and how.
type operators struct {
	*notify.Notifier
	webhook *notify.Webhook // nil: there is none
}

// close gives up what is kept for the webhook. o may be nil.
func (o *operators) close() {
	if o != nil && o.webhook != nil {
		o.webhook.Close()
	}
}

// operators tell of problems as the configuration says; nil: nobody is told. chat
// is the connection that serve keeps, store opens the registry under the lock of
// the state folder.
func (h *house) operators(v *vitals, chat func(context.Context) (messenger, error), store notify.Store) (*operators, error) {
	c := h.config.Notify
	o := &operators{}
	var ways []notify.Way
	if c.JID != "" {
		ways = append(ways, notify.ToPerson(c.JID, func(ctx context.Context, to, text string) error {
			m, err := chat(ctx)
			if err != nil {
				return err
			}
			return m.Send(ctx, to, text)
		}))
	}
	if c.Room != "" {
		ways = append(ways, notify.ToRoom(c.Room, func(ctx context.Context, room, text string) error {
			m, err := chat(ctx)
			if err != nil {
				return err
			}
			return m.SayIn(ctx, room, text)
		}))
	}
	if c.Webhook != "" {
		token, err := h.config.WebhookToken(h.program.getenv)
		if err != nil {
			return nil, usageError{err}
		}
		o.webhook, err = notify.NewWebhook(notify.WebhookOptions{URL: c.Webhook, Token: token, UserAgent: h.userAgent()})
		if err != nil {
			return nil, usageError{fmt.Errorf("configuration: notify.%w", err)}
		}
		ways = append(ways, o.webhook.Way())
	}
	if len(ways) == 0 {
		return nil, nil
	}
	o.Notifier = notify.New(notify.Options{
		Service: h.rules.MUC, Remind: c.Remind, Ways: ways,
		Judge: v.judge, Read: h.notified, Store: store, Log: h.log,
	})
	return o, nil
}

// notified is what operators were told, from the registry as it is.
func (h *house) notified(ctx context.Context) ([]registry.Notified, error) {
	return readRegistry(ctx, h, (*registry.Reader).Notified)
}
