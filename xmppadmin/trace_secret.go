package xmppadmin

import "regexp"

// secret is a place in a stanza where the password of a room stands.
type secret struct {
	pattern *regexp.Regexp
	instead string
}

// secrets finds them in XML as servers write it: in forms (XEP-0004 section 3.3,
// XEP-0045 section 10.2), in the options of a room as ejabberd's commands tell them,
// and in joins and invitations (XEP-0045 sections 7.2.6 and 7.8). What is cut short
// has no end.
func secrets() []secret {
	return []secret{
		{regexp.MustCompile(`(?s)(<(?:\w+:)?field\b[^<]*(?:text-private|_roomsecret)[^<]*).*?(</(?:\w+:)?field\s*>|$)`), "${1}…${2}"},
		{regexp.MustCompile(`(<(?:\w+:)?value\b[^<]*>\s*password\s*:)[^<]*`), "${1} …"},
		{regexp.MustCompile(`(<(?:\w+:)?password\b[^<>]*>)[^<]+`), "${1}…"},
	}
}
