package agenda

import (
	"slices"
	"strings"
)

// newsPath is where the News page stands in the tree.
const newsPath = "news/index.html"

// newsYear is one year of the News page.
type newsYear struct {
	Year int
	Days []newsDay // the newest first
}

type newsDay struct {
	Date, Anchor string
	Lines        []newsSentence
}

// newsSentence is a line as a page or the feed shows it.
type newsSentence struct {
	Lead  string
	Rooms []newsRoom // by name
	More  int        // rooms that are left out
}

// maxShortRooms is how many rooms a sentence names where there is no place for
// all: the first run creates more than a hundred.
const maxShortRooms = 12

// short is the sentence with its first rooms only.
func (s newsSentence) short() newsSentence {
	if n := len(s.Rooms) - maxShortRooms; n > 1 {
		s.Rooms, s.More = s.Rooms[:maxShortRooms], n
	}
	return s
}

type newsRoom struct {
	Name roomLink
	To   *roomLink // the room that took over; nil if none did
}

// newsPage is the page of everything that happened to the rooms, the newest
// day first. It has no end: an old day keeps its place and its address.
func newsPage(p Publication) (file, error) {
	to := p.page(newsPath, "News", nil)
	to.Body = newsYears(newsLines(p.News), to.linkTo(roomsByName(p.Rooms)))
	return render("news.html", to)
}

// newsYears arranges the lines for the page.
func newsYears(lines []newsLine, link linker) []newsYear {
	var years []newsYear
	for _, line := range lines {
		if last := len(years) - 1; last < 0 || years[last].Year != line.day.Year() {
			years = append(years, newsYear{Year: line.day.Year()})
		}
		year := &years[len(years)-1]
		if last := len(year.Days) - 1; last < 0 || year.Days[last].Date != line.Date() {
			year.Days = append(year.Days, newsDay{Date: line.Date(), Anchor: line.Anchor()})
		}
		day := &year.Days[len(year.Days)-1]
		day.Lines = append(day.Lines, line.sentence(link))
	}
	for _, year := range years {
		slices.Reverse(year.Days)
	}
	slices.Reverse(years)
	return years
}

// sentence is the line with links.
func (l newsLine) sentence(link linker) newsSentence {
	s := newsSentence{Lead: l.Lead()}
	items := slices.SortedStableFunc(slices.Values(l.items), func(a, b NewsItem) int { return strings.Compare(a.Room, b.Room) })
	for _, item := range items {
		room := newsRoom{Name: link(item.Room)}
		if item.Kind == Renamed {
			successor := link(item.To)
			room.To = &successor
		}
		s.Rooms = append(s.Rooms, room)
	}
	return s
}
