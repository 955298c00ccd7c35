package agenda

import (
	"net/url"
	"strings"
	"time"
	"unicode"
)

const (
	// Placeholder is what a URL pattern has in place of the room's name. It is
	// the same as in the Datatracker's CHAT_URL_PATTERN and
	// CHAT_ARCHIVE_URL_PATTERN (ietf/settings.py).
	Placeholder = "{chat_room_name}"

	// DatePlaceholder is what a pattern of logs may have in place of the day
	// that was logged, in UTC, as in 2026-11-04.
	DatePlaceholder = "{date}"
)

// Patterns say what the links to a room look like. Each may be empty.
type Patterns struct {
	Chat    string // empty: the room's xmpp: URI
	Web     string // empty: no link to a web client
	Archive string // empty: the address that the chat server gives for its logs
	Eras    []Era  // earlier archives, sorted by Until
}

// Era is a time whose logs are kept elsewhere than today's.
type Era struct {
	Until   time.Time // its last day, in UTC
	Pattern string
}

// Link is everything that is published about one room. logsURL is what the chat
// server says about the room's logs (muc#roominfo_logs, XEP-0045 section 15.5.4);
// it may be empty, and is left out unless it is a web address. day is the day of
// a session, whose logs are meant then; zero: the room's logs as a whole.
func (p Patterns) Link(room, jid, logsURL string, day time.Time) SessionLink {
	link := SessionLink{
		Room:       room,
		JID:        jid,
		URL:        expand(p.Chat, room),
		WebURL:     expand(p.Web, room),
		ArchiveURL: p.archive(room, logsURL, day),
	}
	if link.URL == "" {
		link.URL = roomURI(jid)
	}
	return link
}

// archive is where the logs of one day are, or those of all days.
func (p Patterns) archive(room, logsURL string, day time.Time) string {
	pattern := p.Archive
	for _, era := range p.Eras {
		if !day.IsZero() && day.UTC().Truncate(24*time.Hour).Compare(era.Until) <= 0 {
			pattern = era.Pattern
			break
		}
	}
	if pattern == "" || day.IsZero() && strings.Contains(pattern, DatePlaceholder) {
		return webAddress(logsURL)
	}
	dated := strings.ReplaceAll(pattern, DatePlaceholder, day.UTC().Format(time.DateOnly))
	return expand(dated, room)
}

// expand puts the room's name in place of every Placeholder. Names that roomctl
// gives to rooms stand as they are: Converse.js does not decode the fragment of
// its links. Any other character that a URI gives a meaning to is escaped.
func expand(pattern, room string) string {
	return strings.ReplaceAll(pattern, Placeholder, escape(room, "+"))
}

// roomURI is the URI that makes a client join the room: xmpp:name@domain?join
// (RFC 5122 section 2.2; the query type is XEP-0045's). jid is a bare JID; the
// escapes that it may have by XEP-0106 are kept.
func roomURI(jid string) string {
	local, domain, found := strings.Cut(jid, "@")
	if !found {
		local, domain = "", jid
	}
	uri := "xmpp:"
	if found {
		uri += escape(local, "!$()*+,;=") + "@"
	}
	return uri + escape(domain, "!$&'()*+,;=:[]") + "?join"
}

// escape percent-encodes the bytes of s that are neither unreserved (RFC 3986
// section 2.3) nor in also. The escapes of net/url differ from RFC 5122: one
// turns "+" into %2B, the other lets "&" pass.
func escape(s, also string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(s) {
		if isUnreserved(c) || strings.IndexByte(also, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}

// maxAddress is how long an address may be, in bytes: nobody can follow a longer
// one.
const maxAddress = 2000

// webAddress is an address as it may be published as a link: one of the web, with
// what has no place in a URI escaped. It is "" for any other: the operator, the
// Datatracker and the chat server are not trusted to name other schemes, such as
// javascript:.
func webAddress(s string) string {
	escaped := escape(s, "!#$%&'()*+,/:;=?@[]")
	if len(escaped) > maxAddress || strings.ContainsFunc(s, unicode.IsControl) {
		return ""
	}
	u, err := url.Parse(escaped)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return escaped
}
