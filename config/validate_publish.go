package config

import (
	"net/url"
	"slices"
	"strings"
)

const (
	// namePlaceholder stands for the room's name in a URL pattern, as in the
	// Datatracker's CHAT_URL_PATTERN (ietf/settings.py).
	namePlaceholder = "{chat_room_name}"

	// dayPlaceholder stands for the day that was logged.
	dayPlaceholder = "{date}"
)

func (b *Publish) validate(p *problems) {
	if b.Dir == "" {
		p.missing("publish.dir", "/var/lib/roomctl/www")
	}
	if b.BaseURL != "" {
		if base, ok := baseURL("publish.base_url", b.BaseURL, p); ok {
			b.BaseURL = base.String()
		}
	}
	onlyName := []string{namePlaceholder}
	validatePattern("publish.chat_url_pattern", b.ChatURLPattern, p, onlyName, "https", "http", "xmpp")
	validatePattern("publish.chat_web_url_pattern", b.ChatWebURLPattern, p, onlyName, "https", "http")
	validateArchivePattern("publish.chat_archive_url_pattern", b.ChatArchiveURLPattern, p)
	b.validateEras(p)
	if !isOneLine(b.Contact) {
		p.add("publish.contact", "must be one line")
	}
}

// validateEras wants the days in ascending order: which archive is right for a
// day must not hang on the order of the list.
func (b *Publish) validateEras(p *problems) {
	const key = "publish.chat_archive_eras"
	for i, era := range b.ChatArchiveEras {
		each := itemKey(key, i)
		if era.Until.IsZero() {
			p.missing(each+".until", "2022-07-15")
		} else if i > 0 && !era.Until.After(b.ChatArchiveEras[i-1].Until) {
			p.add(each+".until", "must be later than that of the era before")
		}
		if era.Pattern == "" {
			p.missing(each+".pattern", "https://www.example.org/logs/{chat_room_name}/")
		}
		validateArchivePattern(each+".pattern", era.Pattern, p)
	}
}

// validateWriteBack wants what the Secretariat's form needs: an account, and
// pages for the Datatracker to link to.
func (c *Config) validateWriteBack(p *problems) {
	const key = "publish.datatracker"
	switch c.Publish.Datatracker {
	case WriteBackOff, WriteBackReport:
	case WriteBackForm:
		if c.Datatracker.Username == "" {
			p.add("datatracker.username", "missing: %s is %s", key, WriteBackForm)
		}
		if c.Publish.BaseURL == "" {
			p.add("publish.base_url", "missing: %s is %s", key, WriteBackForm)
		}
	default:
		p.add(key, "%q is not one of %s, %s, %s", c.Publish.Datatracker, WriteBackOff, WriteBackReport, WriteBackForm)
	}
}

func validateArchivePattern(key, pattern string, p *problems) {
	validatePattern(key, pattern, p, []string{namePlaceholder, dayPlaceholder}, "https", "http")
}

// validatePattern checks that a pattern gives a link for each room, and one that
// is safe to follow. "" is no pattern. The room's name must be in it, the first
// of the placeholders.
func validatePattern(key, pattern string, p *problems, placeholders []string, schemes ...string) {
	if pattern == "" {
		return
	}
	rest, filled := pattern, pattern
	for _, placeholder := range placeholders {
		rest = strings.ReplaceAll(rest, placeholder, "")
		filled = strings.ReplaceAll(filled, placeholder, "1") // as good as any name or date
	}
	switch {
	case !strings.Contains(pattern, placeholders[0]):
		p.add(key, "must have %s where the room's name goes", placeholders[0])
		return
	case strings.ContainsAny(rest, "{}"):
		p.add(key, "must not have braces but in %s", strings.Join(placeholders, " and "))
		return
	}
	u, err := url.Parse(filled)
	switch {
	case err != nil || strings.ContainsAny(rest, " <>\"") || !slices.Contains(schemes, u.Scheme) || u.Scheme != "xmpp" && u.Host == "":
		p.add(key, "must be a link that begins with %s:", strings.Join(schemes, ": or "))
	case u.User != nil:
		p.add(key, "must not hold a user name or password: it is published")
	}
}
