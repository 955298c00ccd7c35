package agenda

import "html/template"

// joinBody is what the join page shows.
type joinBody struct {
	Own       template.HTML // the operator's text; "" for the built-in one
	Hallway   *Room         // nil when it is not known to be fit
	Plenary   *Room         // the same
	Sample    *Room         // the first room of a working group; nil when there is none
	Clients   []client
	Providers []provider
}

// client is a chat client and when it was last tried with rooms like these.
type client struct {
	Name, URL string
	Platforms string
	Tried     string // day; "" when it has not been tried
	Version   string // that was tried
	Result    string // of trying it
}

// clients is what to edit after trying one. It lists what people are likely to
// have, and claims nothing of a client that has not been tried.
var clients = []client{
	{
		Name: "Converse.js", URL: "https://conversejs.org/", Platforms: "any web browser",
		Tried: "2026-11-21", Version: "14.0.0", Result: "joins by link, shows and sends messages",
	},
	{
		Name: "Gajim", URL: "https://gajim.org/", Platforms: "Linux, Windows, macOS",
		Tried: "2026-11-21", Version: "1.7.3 on Linux", Result: "joins by link and by address, shows and sends messages, shows what was said before",
	},
	{
		Name: "Dino", URL: "https://dino.im/", Platforms: "Linux",
		Tried: "2026-11-21", Version: "0.4.2", Result: "joins by link, shows and sends messages, shows what was said before; crashed on joining where the account's server keeps no messages (XEP-0313)",
	},
	{
		Name: "Psi", URL: "https://psi-im.org/", Platforms: "Linux, Windows, macOS",
		Tried: "2026-11-21", Version: "1.5 on Linux", Result: "joins by link, shows and sends messages, shows what was said before",
	},
	{
		Name: "Psi+", URL: "https://psi-plus.com/", Platforms: "Linux, Windows, macOS",
		Tried: "2026-11-21", Version: "1.4.554 on Linux", Result: "joins by link, shows and sends messages",
	},
	{
		Name: "profanity", URL: "https://profanity-im.github.io/", Platforms: "terminal on Linux, macOS",
		Tried: "2026-11-21", Version: "0.13.1 on Linux", Result: "joins by address, shows and sends messages, shows what was said before",
	},
	{
		Name: "poezio", URL: "https://poez.io/", Platforms: "terminal on Linux",
		Tried: "2026-11-21", Version: "0.14", Result: "joins by address, shows and sends messages, shows what was said before",
	},
	{
		Name: "mcabber", URL: "https://mcabber.com/", Platforms: "terminal on Linux, macOS",
		Tried: "2026-11-21", Version: "1.1.2 on Linux", Result: "joins by address, shows and sends messages",
	},
	{
		Name: "go-sendxmpp", URL: "https://salsa.debian.org/mdosch/go-sendxmpp", Platforms: "command line, for scripts",
		Tried: "2026-11-21", Version: "0.5.6", Result: "sends to a room; it does not show what others say",
	},
	{Name: "Conversations", URL: "https://conversations.im/", Platforms: "Android"},
	{Name: "Monal", URL: "https://monal-im.org/", Platforms: "iOS, macOS"},
	{Name: "Siskin IM", URL: "https://siskin.im/", Platforms: "iOS"},
	{Name: "Beagle IM", URL: "https://beagle.im/", Platforms: "macOS"},
}

// provider is where an account may be had, or where such places are listed.
type provider struct {
	Name, URL string
	Says      string
	Tried     string // day on which an account was made and a room joined; "" when not tried
}

// providers is kept up to date like clients. None can be vouched for yet.
var providers = []provider{
	{Name: "XMPP Providers", URL: "https://providers.xmpp.net/", Says: "public servers, sorted by what they offer"},
}

// joinPage says how to get into the rooms and what to expect there. It is the
// IETF's text-conferencing page of 2006, brought up to date. Site.JoinPage takes
// the place of everything below its heading.
func joinPage(p Publication) (file, error) {
	body := joinBody{Own: template.HTML(p.Site.JoinPage), Clients: clients, Providers: providers}
	for _, room := range p.Rooms {
		if room.State != "active" || !room.Fit || !pathName.MatchString(room.Name) {
			continue
		}
		switch {
		case room.Name == "hallway":
			body.Hallway = &room
		case room.Name == "plenary":
			body.Plenary = &room
		case body.Sample == nil && room.Group != nil && room.Group.Acronym == room.Name && room.Group.Type == "wg":
			body.Sample = &room
		}
	}
	return render("join.html", p.page("join/index.html", "How to join", body))
}
