-- Prosody 0.12 and 13, on one loopback address, with what roomctl uses and nothing more.
-- The settings marked "roomctl" are what an existing server needs.
pidfile = "/srv/prosody.pid"
data_path = "/srv/data"
log = { info = "*console" }
interfaces = { "127.0.0.1" }
c2s_ports = { 5222 }
c2s_direct_tls_ports = { 5223 }
http_ports = { 5280 }
http_interfaces = { "127.0.0.1" }
https_ports = { }
http_default_host = "localhost" -- requests name the address, not the host
modules_disabled = { "s2s"; "tls" }

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
unlimited_jids = { "roomctl@localhost"; "alice@localhost" } -- roomctl: the limit above would hold a first run to ten rooms a second

VirtualHost "localhost"

Component "conference.localhost" "muc"
	restrict_room_creation = false
	muc_room_cache_size = 10000 -- roomctl: more than there are rooms
