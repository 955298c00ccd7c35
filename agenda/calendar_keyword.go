package agenda

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// keywords are the words by which a filter finds the session: those with which
// the Datatracker tags it (ietf/meeting/helpers.py, AgendaKeywordTagger), as far
// as the agenda tells, and its type. token is its own of sessionTokens.
func (s Session) keywords(token string) []string {
	words := []string{
		plain(strings.ToLower(s.Acronym), maxName),
		plain(strings.ToLower(s.Area), maxName),
		s.typeKeyword(),
		token,
	}
	if s.GroupState == "bof" {
		words = append(words, "bof")
	}
	if s.Name != s.GroupName {
		words = append(words, nameKeyword(s.Name))
	}
	if officeHours.MatchString(s.Name) {
		words = append(words, "officehours")
	}
	slices.Sort(words)
	words = slices.Compact(words)
	return slices.DeleteFunc(words, func(word string) bool { return word == "" })
}

// officeHours is how sessions of that purpose are called; the agenda does not
// tell the purpose.
var officeHours = regexp.MustCompile(`(?i)\boffice hours *$`)

// typeKeyword is the type of the session's timeslot; "" when it is not known.
func (s Session) typeKeyword() string { return plain(strings.ToLower(s.Type), maxName) }

var (
	notInKeyword = regexp.MustCompile(`[^0-9A-Za-z_\s/-]`)
	keywordGap   = regexp.MustCompile(`[-\s/]+`)
)

// nameKeyword is a session's name as a keyword: "SEC AD Office Hours" is
// sec-ad-office-hours (Datatracker ietf/utils/text.py, xslugify).
func nameKeyword(name string) string {
	name = plain(name, maxName)
	name = notInKeyword.ReplaceAllString(norm.NFKD.String(name), "")
	return keywordGap.ReplaceAllString(strings.ToLower(strings.TrimSpace(name)), "-")
}

// sessionTokens are keywords of single sessions, by id: where a group has
// several at the meeting, they are quic-sessa, quic-sessb, … by id (Datatracker
// ietf/meeting/models.py, docname_token_only_for_multiple). The Datatracker
// counts sessions that are not on the agenda too; they are not known here.
func (m Meeting) sessionTokens() map[int]string {
	byGroup := map[string][]int{}
	for _, s := range m.Sessions {
		if acronym := plain(strings.ToLower(s.Acronym), maxName); acronym != "" {
			byGroup[acronym] = append(byGroup[acronym], s.ID)
		}
	}
	tokens := map[int]string{}
	for acronym, ids := range byGroup {
		slices.Sort(ids)
		ids = slices.Compact(ids)
		if len(ids) == 1 {
			continue
		}
		for i, id := range ids {
			tokens[id] = acronym + "-sess" + letters(i)
		}
	}
	return tokens
}

// letters counts a, b, …, z, aa, ab, …
func letters(i int) string {
	if i < 26 {
		return string(rune('a' + i))
	}
	return letters(i/26-1) + letters(i%26)
}
