package xmppadmin

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Announce sends a message to every user who is online (XEP-0133 section
// 4.23) and returns the service's remark, which may be empty; Prosody says to
// how many it went. A command that the host does not show to the account is
// an error that matches ErrNotPermitted.
func (s *Service) Announce(ctx context.Context, subject, body string) (string, error) {
	answer, err := s.broadcast(ctx, nodeAnnounce, subject, body)
	if err != nil {
		return "", fmt.Errorf("announcing to the online users of %s: %w", s.link.host, err)
	}
	return answer.remark(), nil
}

// SetMessageOfTheDay sets what users are told when they log in (XEP-0133
// section 4.24). ejabberd also sends it at once to everybody online.
func (s *Service) SetMessageOfTheDay(ctx context.Context, subject, body string) error {
	if _, err := s.broadcast(ctx, nodeSetMOTD, subject, body); err != nil {
		return fmt.Errorf("setting the message of the day of %s: %w", s.link.host, err)
	}
	return nil
}

// OnlineUsers counts the users who are online (XEP-0133 section 4.15).
// Prosody has no such command: the error then matches ErrNotPermitted.
func (s *Service) OnlineUsers(ctx context.Context) (int, error) {
	answer, err := s.execute(ctx, nodeOnlineCount, func(asked *form) (form, error) {
		return asked.submit(nil)
	})
	if err != nil {
		return 0, fmt.Errorf("counting the online users of %s: %w", s.link.host, err)
	}
	if answer.Form != nil {
		for _, fd := range answer.Form.Fields {
			if fd.Var == formTypeVar || len(fd.Values) != 1 {
				continue
			}
			if n, err := strconv.Atoi(strings.TrimSpace(fd.Values[0])); err == nil && n >= 0 {
				return n, nil
			}
		}
	}
	return 0, fmt.Errorf("counting the online users of %s: the answer holds no number", s.link.host)
}

// execute runs one administration command on the host, answering the forms
// that the host shows: names of fields differ between servers.
func (s *Service) execute(ctx context.Context, node string, fill func(*form) (form, error)) (command, error) {
	if mayBeSent(node) && !s.link.hostNodes[node] {
		return command{}, fmt.Errorf("%w: %s does not offer command %s to this account", ErrNotPermitted, s.link.host, node)
	}
	return converse(ctx, s.link.session, s.link.host, node, fill)
}

// broadcast runs one of the commands that carry a message.
func (s *Service) broadcast(ctx context.Context, node, subject, body string) (command, error) {
	return s.execute(ctx, node, func(asked *form) (form, error) { return fillMessage(asked, subject, body) })
}

// fillMessage answers a form that asks for a message: the field for the text
// is "announcement" in XEP-0133 and on Prosody, "motd" in XEP-0133 section
// 4.24 and "body" on ejabberd, or else the only field that takes many lines.
// Where there is no field for the subject it becomes the first line.
func fillMessage(asked *form, subject, body string) (form, error) {
	text, ok := messageField(asked)
	if !ok {
		return form{}, fmt.Errorf("no field of %q is for the text of a message", asked.Title)
	}
	lines := strings.Split(body, "\n")
	values := map[string][]string{text: lines}
	if subject != "" {
		if asked.has("subject") {
			values["subject"] = []string{subject}
		} else {
			values[text] = append([]string{subject}, lines...)
		}
	}
	for _, fd := range asked.Fields {
		if _, given := values[fd.Var]; fd.Required != nil && !given && len(fd.Values) == 0 {
			return form{}, fmt.Errorf("the required field %q of %q is none that roomctl can fill in", fd.Var, asked.Title)
		}
	}
	return asked.submit(values)
}

func messageField(asked *form) (name string, ok bool) {
	for _, known := range []string{"announcement", "motd", "body"} {
		if asked.has(known) {
			return known, true
		}
	}
	var multi []string
	for _, fd := range asked.Fields {
		if fd.Type == "text-multi" && !slices.Contains(multi, fd.Var) {
			multi = append(multi, fd.Var)
		}
	}
	if len(multi) != 1 {
		return "", false
	}
	return multi[0], true
}
