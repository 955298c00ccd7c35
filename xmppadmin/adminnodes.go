package xmppadmin

// nsAdmin prefixes the command nodes of XEP-0133, and is the FORM_TYPE of
// their forms.
const nsAdmin = "http://jabber.org/protocol/admin"

// The command nodes of XEP-0133 that may be sent.
const (
	nodeAnnounce        = nsAdmin + "#announce"
	nodeSetMOTD         = nsAdmin + "#set-motd"
	nodeEditMOTD        = nsAdmin + "#edit-motd"
	nodeRegisteredCount = nsAdmin + "#get-registered-users-num"
	nodeDisabledCount   = nsAdmin + "#get-disabled-users-num"
	nodeOnlineCount     = nsAdmin + "#get-online-users-num"
	nodeActiveCount     = nsAdmin + "#get-active-users-num"
	nodeIdleCount       = nsAdmin + "#get-idle-users-num"
)

// The room commands of ejabberd (mod_adhoc_api, on the host) that are sent.
const (
	apiPrefix           = "api-commands/"
	apiCreateRoom       = apiPrefix + "create_room_with_opts"
	apiChangeRoomOption = apiPrefix + "change_room_option"
	apiRoomOptions      = apiPrefix + "get_room_options"
	apiRoomAffiliations = apiPrefix + "get_room_affiliations"
	apiOnlineRooms      = apiPrefix + "muc_online_rooms"
	apiDestroyRoom      = apiPrefix + "destroy_room"
)

// nodeSetAffiliation is the room command of Prosody, on the MUC service, that
// is sent. Its other one, muc#destroy, tells nobody why and never is.
const nodeSetAffiliation = "http://prosody.im/protocol/muc#set-affiliation"

// AdminCommand is one use case of XEP-0133.
type AdminCommand struct {
	Section string // of XEP-0133
	Title   string // as XEP-0133 names it
	Node    string
	Allowed bool // whether roomctl may ever send it
}

// AdminCommands lists every command of XEP-0133 (version 1.3.1) in its order.
// None of them is about a room.
func AdminCommands() []AdminCommand {
	table := []AdminCommand{
		{Section: "4.1", Title: "Add User", Node: "add-user"},
		{Section: "4.2", Title: "Delete User", Node: "delete-user"},
		{Section: "4.3", Title: "Disable User", Node: "disable-user"},
		{Section: "4.4", Title: "Re-Enable User", Node: "reenable-user"},
		{Section: "4.5", Title: "End User Session", Node: "end-user-session"},
		{Section: "4.6", Title: "Get User Password", Node: "get-user-password"},
		{Section: "4.7", Title: "Change User Password", Node: "change-user-password"},
		{Section: "4.8", Title: "Get User Roster", Node: "get-user-roster"},
		{Section: "4.9", Title: "Get User Last Login Time", Node: "get-user-lastlogin"},
		{Section: "4.10", Title: "Get User Statistics", Node: "user-stats"},
		{Section: "4.11", Title: "Edit Blacklist", Node: "edit-blacklist"},
		{Section: "4.12", Title: "Edit Whitelist", Node: "edit-whitelist"},
		{Section: "4.13", Title: "Get Number of Registered Users", Node: "get-registered-users-num"},
		{Section: "4.14", Title: "Get Number of Disabled Users", Node: "get-disabled-users-num"},
		{Section: "4.15", Title: "Get Number of Online Users", Node: "get-online-users-num"},
		{Section: "4.16", Title: "Get Number of Active Users", Node: "get-active-users-num"},
		{Section: "4.17", Title: "Get Number of Idle Users", Node: "get-idle-users-num"},
		{Section: "4.18", Title: "Get List of Registered Users", Node: "get-registered-users-list"},
		{Section: "4.19", Title: "Get List of Disabled Users", Node: "get-disabled-users-list"},
		{Section: "4.20", Title: "Get List of Online Users", Node: "get-online-users-list"},
		{Section: "4.21", Title: "Get List of Active Users", Node: "get-active-users"},
		{Section: "4.22", Title: "Get List of Idle Users", Node: "get-idle-users"},
		{Section: "4.23", Title: "Send Announcement to Online Users", Node: "announce"},
		{Section: "4.24", Title: "Set Message of the Day", Node: "set-motd"},
		{Section: "4.25", Title: "Edit Message of the Day", Node: "edit-motd"},
		{Section: "4.26", Title: "Delete Message of the Day", Node: "delete-motd"},
		{Section: "4.27", Title: "Set Welcome Message", Node: "set-welcome"},
		{Section: "4.28", Title: "Delete Welcome Message", Node: "delete-welcome"},
		{Section: "4.29", Title: "Edit Admin List", Node: "edit-admin"},
		{Section: "4.30", Title: "Restart Service", Node: "restart"},
		{Section: "4.31", Title: "Shut Down Service", Node: "shutdown"},
	}
	for i, c := range table {
		table[i].Node = nsAdmin + "#" + c.Node
		table[i].Allowed = mayBeSent(table[i].Node)
	}
	return table
}

// mayBeSent is the allow-list: rooms, announcements, the message of the day,
// counts. Whatever deletes, disables, changes passwords, restarts or shuts
// down is not on it, and so cannot be sent by any mistake elsewhere.
func mayBeSent(node string) bool {
	switch node {
	case apiCreateRoom, apiChangeRoomOption, apiRoomOptions, apiRoomAffiliations, apiOnlineRooms, apiDestroyRoom,
		nodeSetAffiliation,
		nodeAnnounce, nodeSetMOTD, nodeEditMOTD,
		nodeRegisteredCount, nodeDisabledCount, nodeOnlineCount, nodeActiveCount, nodeIdleCount:
		return true
	}
	return false
}
