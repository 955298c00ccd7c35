package config

// Example is the smallest useful configuration file, with comments. What it
// does not set has the value that Default gives.
func Example() string { return example }

const example = `# roomctl: the smallest useful configuration.

datatracker:
  url: https://datatracker.ietf.org

xmpp:
  # An account on an ordinary host of the chat server, never on the MUC service.
  jid: roomctl@accounts.example.org
  # A file with the password, readable by its owner only (chmod 600). Without
  # this key: $CREDENTIALS_DIRECTORY/xmpp-password, then ROOMCTL_XMPP_PASSWORD.
  password_file: /etc/roomctl/xmpp-password
  # host:port; empty: the DNS SRV records of the JID's domain.
  address: ""
  # starttls, direct, or none (loopback addresses only).
  tls: starttls
  # A PEM file with one more certificate authority to trust.
  ca_file: ""
  # The MUC service whose rooms roomctl keeps.
  muc: jabber.example.org

# The registry and the last good copies of what the Datatracker said.
state_dir: /var/lib/roomctl

publish:
  # agenda.json, rooms.json and the rest go here, for a web server to serve.
  dir: /var/lib/roomctl/www
  # Where that is: https://rooms.example.org. Empty: links are relative.
  base_url: ""
`
