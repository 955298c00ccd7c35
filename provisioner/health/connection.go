package health

import (
	"fmt"
	"time"
)

// chat is the worker's connection to the chat server.
func (f Facts) chat(now time.Time) []Problem {
	var list []Problem
	if down := now.Sub(f.Chat.Down); !f.Chat.Down.IsZero() && down > DownAfter {
		text := fmt.Sprintf("no connection to the chat server for %s", InWords(down))
		if f.Chat.Why != "" {
			text += ": " + f.Chat.Why
		}
		list = append(list, Problem{Rule: Chat, Level: Red, Text: text, Command: "roomctl check tries it now"})
	}
	const renew = "renew it, and let the chat server load it"
	switch ends := f.Chat.CertificateEnds; {
	case ends.IsZero():
	case !now.Before(ends):
		list = append(list, Problem{Rule: Certificate, Level: Red, Text: "the certificate of the chat server expired " + Minute(ends), Command: renew})
	case ends.Sub(now) <= ExpiresSoon:
		list = append(list, Problem{Rule: Certificate, Level: Yellow, About: "expires soon", Text: "the certificate of the chat server expires " + Minute(ends), Command: renew})
	}
	return list
}
