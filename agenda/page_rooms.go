package agenda

// directoryPath is where the rooms directory stands in the tree.
const directoryPath = "rooms/index.html"

// directoryBody is what the rooms directory shows.
type directoryBody struct {
	Count int // of all rooms
	Parts []directoryPart
	Web   bool // a room can be joined in the browser
}

// directoryPart is one kind of rooms, sorted by name.
type directoryPart struct {
	ID, Title string
	Rows      []directoryRow
}

// directoryRow is a room in the directory.
type directoryRow struct {
	Room
	Page  roomLink // the room's own page
	Next  roomLink // the room that took over; without a name: none did
	Group string   // name of the group, or of the room itself
	URL   string   // the group's page; "": no link
	Area  string
	Join  bool // known to be open to everybody
}

// directoryPage is the list of all rooms: those in service, standing rooms
// first, then those that are not.
func directoryPage(p Publication) (file, error) {
	to := p.page(directoryPath, "Rooms", nil)
	body := directoryBody{Count: len(p.Rooms)}
	link := to.linkTo(roomsByName(p.Rooms))
	parts := []directoryPart{
		{ID: "standing", Title: "Standing rooms"},
		{ID: "groups", Title: "Rooms of groups"},
		{ID: "former", Title: "Rooms no longer in service"},
	}
	for _, room := range p.Rooms {
		row := newDirectoryRow(room, link)
		part := &parts[directoryPartOf(room)]
		part.Rows = append(part.Rows, row)
		body.Web = body.Web || row.Join && webAddress(room.WebURL) != ""
	}
	for _, part := range parts {
		if len(part.Rows) > 0 {
			body.Parts = append(body.Parts, part)
		}
	}
	to.Body = body
	return render("rooms.html", to)
}

// directoryPartOf says which part of the directory the room belongs to.
func directoryPartOf(room Room) int {
	switch {
	case room.State != "active":
		return 2
	case room.Group != nil:
		return 1
	}
	return 0
}

func newDirectoryRow(room Room, link linker) directoryRow {
	row := directoryRow{
		Room:  room,
		Page:  link(room.Name),
		Next:  link(room.Successor),
		Group: room.Title,
		Join:  room.isOpen() && room.Fit,
	}
	if g := room.Group; g != nil {
		row.Group, row.URL, row.Area = g.Name, g.URL, g.Area
	}
	return row
}
