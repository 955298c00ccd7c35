package xmppadmin

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"mellium.im/sasl"
	"mellium.im/xmpp"
)

// strengths lists the SASL mechanisms that roomctl uses, weakest first. The
// -PLUS variants, which bind to the TLS channel, are not among them: servers
// in the field offer them over TLS 1.3 and then refuse the binding.
var strengths = [...]string{"PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"}

// Stronger says whether SASL mechanism a is stronger than b. A mechanism that
// roomctl does not use is weaker than all that it does.
func Stronger(a, b string) bool {
	return slices.Index(strengths[:], a) > slices.Index(strengths[:], b)
}

// DowngradeError means that the server offers only weaker ways to log in than
// it once did. Somebody may stand in between, so nothing was sent; only a
// person can say that the server's settings were changed on purpose.
type DowngradeError struct {
	Remembered string // the strongest mechanism ever seen offered
	Offered    string // the strongest offered now; "" when none can be used
}

func (e *DowngradeError) Error() string {
	offered := e.Offered
	if offered == "" {
		offered = "nothing that can be used"
	}
	return fmt.Sprintf("the server once offered %s and now offers %s: the password was not sent; "+
		"if the server's settings were changed on purpose, allow it once", e.Remembered, offered)
}

// tlsConfig asks for TLS 1.2 or later and a certificate that is valid for
// serverName, the JID's domain (RFC 6120 section 13.7.2).
func tlsConfig(serverName, caFile string) (*tls.Config, error) {
	config := &tls.Config{ServerName: serverName, MinVersion: tls.VersionTLS12}
	if caFile == "" {
		return config, nil
	}
	extra, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("reading the CA file: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool() // no system store: the file alone is trusted
	}
	if !roots.AppendCertsFromPEM(extra) {
		return nil, fmt.Errorf("reading the CA file: %s holds no certificate in PEM form", caFile)
	}
	config.RootCAs = roots
	return config, nil
}

var errNoStartTLS = errors.New("the server does not offer STARTTLS")

// startTLS is mellium's STARTTLS feature, but it insists on the server's
// offer: mellium asks for it unseen, and the answer is then a riddle.
func startTLS(config *tls.Config) xmpp.StreamFeature {
	feature := xmpp.StartTLS(config)
	offered := false
	parse, negotiate := feature.Parse, feature.Negotiate
	feature.Parse = func(ctx context.Context, d *xml.Decoder, start *xml.StartElement) (bool, any, error) {
		offered = true
		return parse(ctx, d, start)
	}
	feature.Negotiate = func(ctx context.Context, s *xmpp.Session, data any) (xmpp.SessionState, io.ReadWriter, error) {
		if !offered {
			return 0, nil, errNoStartTLS
		}
		return negotiate(ctx, s, data)
	}
	return feature
}

// declinedTLS reads an offer of STARTTLS and leaves it alone. Without it,
// mellium fails oddly on a server that wants TLS before anything else.
func declinedTLS() xmpp.StreamFeature {
	feature := xmpp.StartTLS(nil)
	feature.Prohibited, feature.Negotiate = 0, nil
	return feature
}

// login is the SASL feature (RFC 6120 section 6) with a memory: it refuses a
// downgrade before anything of the password is sent, and stores the strongest
// mechanism offered in *best. PLAIN is used under verified TLS only.
func login(o Options, best *string) xmpp.StreamFeature {
	mechanisms := []sasl.Mechanism{careful(sasl.ScramSha256), careful(sasl.ScramSha1)}
	if o.TLS != TLSNone {
		mechanisms = append(mechanisms, sasl.Plain)
	}
	feature := xmpp.SASL("", o.Password, mechanisms...)
	negotiate := feature.Negotiate
	feature.Negotiate = func(ctx context.Context, s *xmpp.Session, data any) (xmpp.SessionState, io.ReadWriter, error) {
		offered, _ := data.([]string)
		*best = strongest(offered, mechanisms)
		if Stronger(o.Mechanism, *best) {
			return 0, nil, &DowngradeError{Remembered: o.Mechanism, Offered: *best}
		}
		if *best == "" {
			return 0, nil, fmt.Errorf("the server offers no way to log in that can be used here: it offers %s, wanted is one of %s",
				tidy(strings.Join(offered, ", ")), names(mechanisms))
		}
		if *best == sasl.Plain.Name && len(s.ConnectionState().VerifiedChains) == 0 {
			return 0, nil, errors.New("the server offers only PLAIN, and its certificate was not verified")
		}
		return negotiate(ctx, s, data)
	}
	return feature
}

// strongest returns the first of the mechanisms, which are sorted by
// preference, that is offered; "" if none is.
func strongest(offered []string, mechanisms []sasl.Mechanism) string {
	for _, m := range mechanisms {
		if slices.Contains(offered, m.Name) {
			return m.Name
		}
	}
	return ""
}

func names(mechanisms []sasl.Mechanism) string {
	list := make([]string, 0, len(mechanisms))
	for _, m := range mechanisms {
		list = append(list, m.Name)
	}
	return strings.Join(list, ", ")
}

// maxIterations bounds the work that a server may ask for before it has proved
// that it knows the password; servers in the field ask for 4096 to 10000.
const maxIterations = 1_000_000

// careful checks each SCRAM message of the server (RFC 5802 section 7) before
// the library sees it: on a field that is cut short, the library's parser
// never returns, and it does as many iterations as it is told.
func careful(m sasl.Mechanism) sasl.Mechanism {
	next := m.Next
	m.Next = func(n *sasl.Negotiator, challenge []byte, data any) (bool, []byte, any, error) {
		for _, attribute := range bytes.Split(challenge, []byte{','}) {
			if len(attribute) < 3 || attribute[1] != '=' {
				return false, nil, nil, errors.New("the server sent a malformed SCRAM message")
			}
			if attribute[0] != 'i' {
				continue
			}
			if i, err := strconv.Atoi(string(attribute[2:])); err != nil || i < 1 || i > maxIterations {
				return false, nil, nil, errors.New("the server asks for an unreasonable number of SCRAM iterations")
			}
		}
		return next(n, challenge, data)
	}
	return m
}
