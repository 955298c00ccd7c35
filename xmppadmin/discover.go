package xmppadmin

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"

	"mellium.im/xmpp/jid"
	"mellium.im/xmpp/stanza"
)

// nsMUCSub is a feature that only ejabberd's MUC service has.
const nsMUCSub = "urn:xmpp:mucsub:0"

// softwareVersion is XEP-0092.
type softwareVersion struct {
	XMLName xml.Name `xml:"jabber:iq:version query"`
	Name    string   `xml:"name,omitempty"`
	Version string   `xml:"version,omitempty"`
}

// discovery is what a service said about itself.
type discovery struct {
	host, muc info
	software  softwareVersion
}

// discover asks the host and the MUC service what they are and offer. It sends
// nothing that writes.
func (l *link) discover(ctx context.Context) (discovery, error) {
	var d discovery
	var err error
	if d.muc, err = l.session.discoInfo(ctx, l.muc, ""); err != nil {
		if errors.As(err, new(*StanzaError)) {
			err = fmt.Errorf("%w: check xmpp.muc", err)
		}
		return d, fmt.Errorf("asking the MUC service %s what it is: %w", l.muc, err)
	}
	if _, ok := d.muc.identity("conference", "text"); !ok || !d.muc.has(nsMUC) {
		return d, fmt.Errorf("%s is no MUC service: it has neither the identity nor the feature of XEP-0045: check xmpp.muc", l.muc)
	}
	d.host, err = l.session.discoInfo(ctx, l.host, "")
	if err = tolerate(err); err != nil {
		return d, fmt.Errorf("asking %s what it is: %w", l.host, err)
	}
	if l.hostNodes, err = l.commands(ctx, l.host); err != nil {
		return d, err
	}
	if l.mucNodes, err = l.commands(ctx, l.muc); err != nil {
		return d, err
	}
	err = l.session.query(ctx, stanza.GetIQ, l.host, softwareVersion{}, &d.software)
	if err = tolerate(err); err != nil {
		return d, fmt.Errorf("asking %s for its version: %w", l.host, err)
	}
	return d, nil
}

// commands lists the command nodes that an entity shows to us (XEP-0050
// section 2.2). Services without commands answer with an error.
func (l *link) commands(ctx context.Context, entity jid.JID) (map[string]bool, error) {
	items, _, err := l.session.discoItems(ctx, entity, nsCommands)
	if err = tolerate(err); err != nil {
		return nil, fmt.Errorf("asking %s for its commands: %w", entity, err)
	}
	nodes := make(map[string]bool, len(items))
	for _, it := range items {
		if j, err := jid.Parse(it.JID); err == nil && j.Equal(entity) {
			nodes[it.Node] = true
		}
	}
	return nodes, nil
}

// tolerate drops refusals: whoever does not answer a question of discovery
// offers nothing.
func tolerate(err error) error {
	if errors.As(err, new(*StanzaError)) {
		return nil
	}
	return err
}

// dialect chooses how to talk to the service: by what it offers, then by what
// its MUC service says, and by the name of the software last.
func (l *link) dialect(d discovery) dialect {
	base := generic{l}
	switch {
	case offersAll(l.hostNodes, roomCommands()) && l.hostedWith(d):
		return ejabberdCommands{ejabberd: ejabberd{base}, arguments: new(commandForms)}
	case l.mucNodes[nodeSetAffiliation]:
		return prosody{base}
	case d.muc.has(nsMUCSub):
		return ejabberd{base}
	}
	switch software(d) {
	case "prosody":
		return prosody{base}
	case "ejabberd":
		return ejabberd{base}
	}
	return base
}

// hostedWith tells whether the commands of the host can be about this MUC
// service: both must be ejabberd.
func (l *link) hostedWith(d discovery) bool { return d.muc.has(nsMUCSub) || software(d) == "ejabberd" }

func offersAll(nodes map[string]bool, wanted []string) bool {
	for _, node := range wanted {
		if !nodes[node] {
			return false
		}
	}
	return true
}

// software names the server, in lower case: the name of its identity, or of
// XEP-0092.
func software(d discovery) string {
	if id, ok := d.host.identity("server", "im"); ok && id.Name != "" {
		return strings.ToLower(id.Name)
	}
	return strings.ToLower(d.software.Name)
}
