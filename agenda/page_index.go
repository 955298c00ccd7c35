package agenda

import (
	"slices"
	"time"
)

// indexPath is where the first page stands in the tree.
const indexPath = "index.html"

// newestNews is how many lines of news the first page has.
const newestNews = 3

// indexBody is what the first page shows.
type indexBody struct {
	Current  *indexMeeting  // nil: none is current
	Interims []indexMeeting // that are on or to come, in their order
	Earlier  []indexMeeting // other IETF meetings
	Standing []indexRoom    // in service
	Rooms    int            // of all kinds
	News     []indexNews    // the newest first
	Web      bool           // a room can be joined in the browser
}

// indexMeeting is a meeting on the first page.
type indexMeeting struct {
	Meeting
	Dates string
}

// indexRoom is a standing room on the first page.
type indexRoom struct {
	Room
	Page roomLink
}

// indexNews is a line of news with its day.
type indexNews struct {
	Date     string
	Anchor   string // of that day on the News page
	Sentence newsSentence
}

// indexPage is the way in: what this is, the meetings, the rooms, how to join,
// what is new and what to subscribe to.
func indexPage(p Publication) (file, error) {
	to := p.page(indexPath, "", nil)
	link := to.linkTo(roomsByName(p.Rooms))
	body := indexBody{Rooms: len(p.Rooms)}
	for _, m := range p.Meetings {
		body.add(m, p.Time)
	}
	for _, room := range p.Rooms {
		if room.Group == nil && room.State == "active" {
			body.Standing = append(body.Standing, indexRoom{room, link(room.Name)})
		}
		body.Web = body.Web || room.isOpen() && room.Fit && webAddress(room.WebURL) != ""
	}
	lines := newsLines(p.News)
	for _, line := range slices.Backward(lines[max(0, len(lines)-newestNews):]) {
		body.News = append(body.News, indexNews{line.Date(), line.Anchor(), line.sentence(link).short()})
	}
	to.Body = body
	return render("index.html", to)
}

// add puts a meeting where it belongs. An interim that is over is left out.
func (b *indexBody) add(m Meeting, now time.Time) {
	listed := indexMeeting{m, dates(m)}
	switch {
	case m.Current:
		b.Current = &listed
	case !m.isInterim():
		b.Earlier = append(b.Earlier, listed)
	case now.Before(m.end()):
		b.Interims = append(b.Interims, listed)
	}
}

// Page leads from the first page to that of the meeting; "": it has none.
func (m indexMeeting) Page() string {
	if !m.hasPage() {
		return ""
	}
	return m.folder()
}
