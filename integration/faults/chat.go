package faults

import (
	"testing"

	"roomctl/integration/house"
	"roomctl/xmppadmin/xmpptest"
)

// Namespaces and commands of what is asked about rooms.
const (
	discoInfo  = "http://jabber.org/protocol/disco#info"
	discoItems = "http://jabber.org/protocol/disco#items"
	mucAdmin   = "http://jabber.org/protocol/muc#admin"
	mucOwner   = "http://jabber.org/protocol/muc#owner"

	roomOptions      = "api-commands/get_room_options"
	roomAffiliations = "api-commands/get_room_affiliations"
	onlineRooms      = "api-commands/muc_online_rooms"
)

// Chat lists what a chat server can do wrong. Only the one in the process does so on demand.
func Chat(d house.Dialect) []Fault {
	alone := []string{"left alone"}
	list := []Fault{
		{Name: "a room that does not answer", start: ofRoom(xmpptest.Fault{Namespace: discoInfo, NoReply: true}), Says: append(alone, "no answer within"), silent: true},
		{Name: "a room that answers from elsewhere", start: ofRoom(xmpptest.Fault{Namespace: discoInfo, ReplyFrom: "mallory@localhost"}), Says: append(alone, "no answer within"), silent: true},
		{Name: "an error that settles nothing", start: ofRoom(xmpptest.Fault{Namespace: discoInfo, Condition: "internal-server-error"}), Says: append(alone, "internal-server-error")},
		{Name: "a room that is overloaded", start: ofRoom(xmpptest.Fault{Namespace: discoInfo, Condition: "resource-constraint", ErrorType: "wait"}), Says: append(alone, "resource-constraint")},
		{Name: "a room that may not be looked at", start: ofRoom(xmpptest.Fault{Namespace: discoInfo, Condition: "forbidden", ErrorType: "auth"}), Says: append(alone, "forbidden")},
		{Name: "a connection lost at each look at a room", start: ofRoom(xmpptest.Fault{Namespace: discoInfo, Disconnect: xmpptest.BeforeExecuting}), Says: []string{"connection to the chat server lost"}},
		{Name: "a service that answers nothing but errors", start: of(xmpptest.Fault{Namespace: discoInfo, Condition: "internal-server-error"}), Says: []string{"internal-server-error"}, First: Nothing, Rest: Stops},
		{Name: "writes that are forbidden", start: of(xmpptest.Fault{Writing: true, Condition: "forbidden", ErrorType: "auth"}), Says: []string{"failed create", "not permitted"}, First: Nothing, Rest: Stops},
		{Name: "the first write refused", start: of(xmpptest.Fault{Writing: true, Nth: 1, Condition: "not-allowed"}), Says: []string{"failed create", "not-allowed"}, Rest: Partly},
		{Name: "the answer to the first write lost", start: of(xmpptest.Fault{Writing: true, Nth: 1, NoReply: true}), Says: []string{"failed create", "no answer within"}, Rest: Partly, silent: true},
		{Name: "a connection lost before the first write", start: of(xmpptest.Fault{Writing: true, Nth: 1, Disconnect: xmpptest.BeforeExecuting}), Says: nothing},
		{Name: "a connection lost after the first write", start: of(xmpptest.Fault{Writing: true, Nth: 1, Disconnect: xmpptest.AfterExecuting}), Says: nothing},
	}
	for i := range list {
		if list[i].First == Everything && len(list[i].Says) > 0 {
			list[i].First = Something
		}
	}
	if d.HasCommands() {
		return append(list,
			Fault{Name: "affiliations that are not told", start: of(xmpptest.Fault{Node: roomAffiliations, Condition: "internal-server-error"}), Says: append(alone, "internal-server-error"), First: Something},
			Fault{Name: "options that are not told", start: of(xmpptest.Fault{Node: roomOptions, Condition: "internal-server-error"}), Says: []string{"internal-server-error"}, First: Something},
			Fault{Name: "no answer to the list of rooms", start: of(xmpptest.Fault{Node: onlineRooms, Condition: "internal-server-error"}), Quick: true, Says: nothing},
		)
	}
	return append(list,
		Fault{Name: "owners that are not told", start: ofRoom(xmpptest.Fault{Namespace: mucAdmin, Condition: "internal-server-error"}), Says: append(alone, "internal-server-error"), First: Something},
		Fault{Name: "a form that is not shown", start: ofRoom(xmpptest.Fault{Namespace: mucOwner, Type: "get", Condition: "internal-server-error"}), Says: []string{"internal-server-error"}, First: Something},
		unloggedForms(d),
		Fault{Name: "half a list of rooms", start: of(xmpptest.Fault{Namespace: discoItems, Listing: xmpptest.Short}), Quick: true, Says: nothing},
		Fault{Name: "an empty list of rooms", start: of(xmpptest.Fault{Namespace: discoItems, Listing: xmpptest.Empty}), Quick: true, Says: nothing},
		Fault{Name: "the first page of the rooms again and again", start: of(xmpptest.Fault{Namespace: discoItems, Listing: xmpptest.Repeated}), Quick: true, Says: nothing},
	)
}

// unloggedForms have no field for logging. Where rooms are made by a form that is fetched first, the service cannot log.
// On ejabberd the form is fetched later, and lacks the field while the room and its log wait for each other: unknown.
func unloggedForms(d house.Dialect) Fault {
	f := Fault{Name: "forms without the field for logging", start: of(xmpptest.Fault{Namespace: mucOwner, Hide: []string{xmpptest.FieldLogging}})}
	if d.Options.Kind == xmpptest.Ejabberd {
		f.Says, f.First = []string{"no link", "has not been verified"}, Something
		return f
	}
	f.Says, f.First, f.Rest = []string{"withheld logging", "cannot log"}, Nothing, Stops
	return f
}

// of makes a fault of the chat server in the process.
func of(f xmpptest.Fault) func(testing.TB, Scene) func() {
	return func(t testing.TB, at Scene) func() {
		chat, ok := at.House.Chat.(*house.Embedded)
		if !ok {
			t.Error("only the server in the process makes faults on demand")
			return func() {}
		}
		return chat.Server.Fault(f)
	}
}

// ofRoom makes one that is about the scene's room.
func ofRoom(f xmpptest.Fault) func(testing.TB, Scene) func() {
	return func(t testing.TB, at Scene) func() {
		f := f
		f.Room = at.Room
		return of(f)(t, at)
	}
}
