-- Prosody 0.12 and 13, on one loopback address, with what roomctl uses and nothing more.
-- The settings marked "roomctl" are what an existing server needs.
pidfile = "/srv/prosody.pid"
data_path = "/srv/data"
log = { info = "*console" }
interfaces = { "{{.IP}}" }
c2s_ports = { {{.C2S}} }
c2s_direct_tls_ports = { {{.DirectTLS}} }
http_ports = { {{.HTTP}} }
http_interfaces = { "{{.IP}}" }
https_ports = { }
http_default_host = "{{.Domain}}" -- requests name the address, not the host
modules_disabled = { "s2s"{{if .NoTLS}}; "tls"{{end}} }

ssl = { certificate = "/srv/certs/server.crt"; key = "/srv/certs/server.key" }
c2s_require_encryption = false
allow_unencrypted_plain_auth = false
authentication = "internal_hashed"
storage = "internal"

modules_enabled = {
	"roster"; "saslauth"; "tls"; "disco"; "ping"; "version"; "limits"; "http";
	"adhoc"; -- roomctl: admin commands
	"announce"; -- roomctl: announcements
}
limits = { c2s = { rate = "10kb/s" } }
unlimited_jids = { "{{.JID}}"{{if .OpenCreation}}; "alice@{{.Domain}}"{{end}} } -- roomctl: the limit above would hold a first run to ten rooms a second

VirtualHost "{{.Domain}}"
{{- if not .NoAdmin}}
	admins = { "{{.JID}}" } -- roomctl: announcements only
{{- end}}

Component "{{.MUC}}" "muc"
{{- if not .NoAdmin}}
	admins = { "{{.JID}}" } -- roomctl: create, adopt and destroy rooms
{{- end}}
	restrict_room_creation = {{if .OpenCreation}}false{{else}}true -- roomctl: a link to a room cannot make it somebody else's{{end}}
	muc_room_cache_size = 10000 -- roomctl: more than there are rooms
{{- if not .NoLogging}}
	modules_enabled = { "muc_mam"; "http_muc_log" } -- roomctl: the logs, and their pages under /muc_log/
	muc_log_by_default = false -- roomctl: switches it on, room by room
	muc_log_expires_after = "never" -- roomctl: the logs are a permanent record
	http_host = "{{.Domain}}"
	http_external_url = "http://{{.IP}}:{{.HTTP}}/" -- roomctl: rooms name their log page
{{- end}}
{{- if .WebChat}}

VirtualHost "{{.Guests}}" -- web clients: everybody may come in, under a name that the server makes up
	authentication = "anonymous"
	modules_enabled = { "websocket" }
	http_host = "{{.Domain}}"
{{- end}}
