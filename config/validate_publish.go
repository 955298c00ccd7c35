package config

import (
	"net/url"
	"slices"
	"strings"
)

// placeholder stands for the room's name in a URL pattern, as in the
// Datatracker's CHAT_URL_PATTERN (ietf/settings.py).
const placeholder = "{chat_room_name}"

func (b *Publish) validate(p *problems) {
	if b.Dir == "" {
		p.missing("publish.dir", "/var/lib/roomctl/www")
	}
	if b.BaseURL != "" {
		if base, ok := baseURL("publish.base_url", b.BaseURL, p); ok {
			b.BaseURL = base.String()
		}
	}
	validatePattern("publish.chat_url_pattern", b.ChatURLPattern, p, "https", "http", "xmpp")
	validatePattern("publish.chat_web_url_pattern", b.ChatWebURLPattern, p, "https", "http")
	validatePattern("publish.chat_archive_url_pattern", b.ChatArchiveURLPattern, p, "https", "http")
	if !isOneLine(b.Contact) {
		p.add("publish.contact", "must be one line")
	}
}

// validatePattern checks that a pattern gives a link for each room, and one that
// is safe to follow. "" is no pattern.
func validatePattern(key, pattern string, p *problems, schemes ...string) {
	if pattern == "" {
		return
	}
	rest := strings.ReplaceAll(pattern, placeholder, "")
	switch {
	case rest == pattern:
		p.add(key, "must have %s where the room's name goes", placeholder)
		return
	case strings.ContainsAny(rest, "{}"):
		p.add(key, "must not have braces but in %s, the only placeholder", placeholder)
		return
	}
	u, err := url.Parse(strings.ReplaceAll(pattern, placeholder, "quic"))
	switch {
	case err != nil || strings.ContainsAny(rest, " <>\"") || !slices.Contains(schemes, u.Scheme) || u.Scheme != "xmpp" && u.Host == "":
		p.add(key, "must be a link that begins with %s:", strings.Join(schemes, ": or "))
	case u.User != nil:
		p.add(key, "must not hold a user name or password: it is published")
	}
}
