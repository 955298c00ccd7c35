package datatrackertest

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Kind is a way in which an answer goes wrong.
type Kind int

// The kinds of fault, each with the upstream failure that it plays.
const (
	// EmptyList answers a list or an agenda with no entries, well formed: a
	// database view that came up empty, or a filter gone wrong upstream.
	EmptyList Kind = iota + 1

	// HalfList answers with the first half of the entries, the counts
	// agreeing: a partly restored database.
	HalfList

	// HTML200 answers any request with an HTML page and status 200: the
	// challenge page of the content delivery network in front of the site.
	HTML200

	// TruncatedJSON ends the body in the middle, the length agreeing: a proxy
	// that cut a document and stored what it had.
	TruncatedJSON

	// Status answers with the status Code, with a Retry-After unless
	// RetryAfter is "": rate limiting (429), an overloaded or failing site
	// (502, 503, 504), a refusal (403).
	Status

	// Timeout never answers, until the client gives up or the server is
	// closed: a hanging database, possibly between two pages (FromPage).
	Timeout

	// RepeatPage shows the rows of the page before again, from the second page
	// on: rows were added to the table between two pages.
	RepeatPage

	// SkipPage shows the rows of the page after, from the second page on: rows
	// were deleted from the table between two pages.
	SkipPage

	// DuplicateAcronym gives the group after Acronym in the list the same
	// acronym: a table whose uniqueness was lost.
	DuplicateAcronym

	// BadAcronym gives the group Acronym the acronym Value, which cannot name
	// a room, in the groups and on agendas: a slip in the admin pages.
	BadAcronym

	// SessionWithoutGroup takes the group from Session, on agendas and in the
	// REST sessions: a session whose group was deleted.
	SessionWithoutGroup

	// SessionWithoutRow leaves Session out of the REST sessions; the agenda
	// keeps it: the two were read at different times.
	SessionWithoutRow

	// WrongTypes swaps types in the first entry: numbers as text, text as
	// numbers, an object as a list: an upstream release that changed a shape.
	WrongTypes

	// IgnoreFilter answers a list query with all rows: what the Datatracker
	// does when a filter's name is misspelt or was renamed upstream.
	IgnoreFilter

	// Disconnect ends the connection in the middle of the body: a restart, or
	// a broken network.
	Disconnect

	// OversizedBody answers with a JSON document of Size bytes, nearly all of
	// it white space: a runaway query.
	OversizedBody

	// LostRequest ends the connection before the request has any effect, and
	// LostAnswer after it has had it: a broken network. On forms only, as are
	// the kinds below.
	LostRequest
	LostAnswer

	// LoggedOut ends every login before the request is answered: a login that
	// expired, or a server that lost its sessions.
	LoggedOut

	// OtherLogin shows a login page without username and password: a Datatracker
	// that went over to a single sign-on.
	OtherLogin

	// EditBefore makes Change before the request is answered, and EditAfter
	// after it: somebody else who edits at the same time.
	EditBefore
	EditAfter
)

// Fault makes answers go wrong. The fault added first wins where several match.
// Kinds that are about entries leave other documents as they are.
type Fault struct {
	Kind Kind

	Method  string         // of the request; "" matches all
	Path    string         // prefix of the path and query asked for; "" matches all
	Pattern *regexp.Regexp // must match the path and query too; nil matches all

	Skip int // how many requests that match it lets pass first

	// Times is how many answers it spoils; 0 stands for all until removed.
	Times int

	// FromPage is the first page it spoils, counted from 1; 0 stands for the
	// first, or the second for RepeatPage and SkipPage.
	FromPage int

	Code       int    // for Status; 0 stands for 503
	RetryAfter string // for Status: seconds or an HTTP date
	Acronym    string // for DuplicateAcronym and BadAcronym: the group; "" stands for the first entry's
	Value      string // for BadAcronym; "" stands for "not a room"
	Session    int    // for SessionWithoutGroup and SessionWithoutRow: its id; 0 stands for the first entry
	Size       int64  // for OversizedBody; 0 stands for 256 MiB

	Change func(*World) // for EditBefore and EditAfter: as in Server.Update
}

// matches says whether the fault is about a request.
func (f *Fault) matches(r *http.Request) bool {
	asked := r.URL.RequestURI()
	if f.Method != "" && f.Method != r.Method ||
		!strings.HasPrefix(asked, f.Path) || f.Pattern != nil && !f.Pattern.MatchString(asked) {
		return false
	}
	from := f.FromPage
	if from == 0 && (f.Kind == RepeatPage || f.Kind == SkipPage) {
		from = 2
	}
	return pageNumber(r.URL.Query()) >= from
}

// pageNumber is the number of the page that a list query asks for, from 1.
func pageNumber(query url.Values) int {
	limit, offset, err := page(query)
	if err != nil {
		return 1
	}
	return offset/limit + 1
}

// is says whether there is a fault of that kind; f may be nil.
func (f *Fault) is(kind Kind) bool { return f != nil && f.Kind == kind }
