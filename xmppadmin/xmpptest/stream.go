package xmpptest

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
)

// maxStanza is the default limit of Prosody and ejabberd; beyond it they end
// the stream.
const maxStanza = 256 << 10

const streamEnd = "</stream:stream>"

var errTooBig = errors.New("stanza too big")

// stream is the server's side of one XML stream (RFC 6120 section 4). Until a
// client is bound it reads and writes in one goroutine.
type stream struct {
	s      *Server
	conn   net.Conn
	in     *limitedReader
	dec    *xml.Decoder
	secure bool
}

func newStream(s *Server, conn net.Conn) *stream {
	st := &stream{s: s}
	st.use(conn)
	return st
}

// use makes conn the transport and forgets what the old one had buffered.
func (st *stream) use(conn net.Conn) {
	st.conn = conn
	st.in = &limitedReader{r: bufio.NewReader(conn)}
	st.dec = nil
}

// negotiate takes the stream from its first byte to a bound resource:
// STARTTLS, SASL, resource binding (RFC 6120 sections 5 to 7).
func (st *stream) negotiate() (*client, error) {
	if st.s.opts.DirectTLS {
		if err := st.handshake(); err != nil {
			return nil, err
		}
	}
	if err := st.open(st.preLogin()); err != nil {
		return nil, err
	}
	local, err := st.login()
	if err != nil {
		return nil, err
	}
	err = st.open(el(nsStream, "features",
		el(nsBind, "bind"), el(nsSession, "session", el(nsSession, "optional"))))
	if err != nil {
		return nil, err
	}
	return st.bindResource(newClient(local + "@" + st.s.opts.Domain))
}

// preLogin are the stream features before authentication. Login in the clear
// is not offered where STARTTLS is.
func (st *stream) preLogin() *element {
	o := st.s.opts
	if o.TLS != nil && !o.NoSTARTTLS && !st.secure {
		return el(nsStream, "features", el(nsTLS, "starttls", el(nsTLS, "required")))
	}
	list := el(nsSASL, "mechanisms")
	for _, m := range o.mechanisms(st.secure) {
		list.add(el(nsSASL, "mechanism").say(m))
	}
	return el(nsStream, "features", list)
}

// login runs STARTTLS and SASL and returns the account's localpart.
func (st *stream) login() (string, error) {
	for failures := 0; failures < 3; {
		e, err := st.next()
		if err != nil {
			return "", st.fail(err)
		}
		switch {
		case e.space == nsTLS && e.name == "starttls" && st.s.opts.TLS != nil && !st.secure:
			if err := st.startTLS(); err != nil {
				return "", err
			}
		case e.space == nsSASL && e.name == "auth":
			local, err := st.authenticate(e)
			if err == nil {
				return local, nil
			}
			if !errors.Is(err, errNotAuthorized) {
				return "", err
			}
			failures++
		default:
			return "", st.fail(streamFailure("not-authorized"))
		}
	}
	return "", st.fail(streamFailure("policy-violation"))
}

func (st *stream) startTLS() error {
	if err := st.write(el(nsTLS, "proceed")); err != nil {
		return err
	}
	if err := st.handshake(); err != nil {
		return err
	}
	return st.open(st.preLogin())
}

func (st *stream) handshake() error {
	conn := tls.Server(st.conn, st.s.opts.TLS)
	if err := conn.Handshake(); err != nil {
		return fmt.Errorf("TLS handshake: %w", err)
	}
	st.use(conn)
	st.secure = true
	return nil
}

// bindResource answers IQs until the client has bound a resource.
func (st *stream) bindResource(c *client) (*client, error) {
	for {
		e, err := st.next()
		if err != nil {
			return nil, st.fail(err)
		}
		bind := e.child(nsBind, "bind")
		if e.name != "iq" || bind == nil {
			return nil, st.fail(streamFailure("not-authorized"))
		}
		var resource string
		if r := bind.child(nsBind, "resource"); r != nil {
			resource = r.text
		}
		reply := el(nsClient, "iq").with("type", "result").with("id", e.attr("id"))
		if len(resource) > 1023 || strings.ContainsAny(resource, "/\n") {
			reply.with("type", "error").add(stanzaError("modify", "bad-request", ""))
			if err := st.write(reply); err != nil {
				return nil, err
			}
			continue
		}
		st.s.bind(c, resource)
		reply.add(el(nsBind, "bind", el(nsBind, "jid").say(c.jid)))
		c.out.send(reply)
		return c, nil
	}
}

// stanzas reads and handles stanzas until the stream ends.
func (st *stream) stanzas(c *client) {
	for {
		e, err := st.next()
		if err != nil {
			if condition, ok := st.condition(err); ok {
				c.out.send(streamError(condition))
			}
			return
		}
		if e.space != nsClient || !slices.Contains([]string{"iq", "presence", "message"}, e.name) {
			c.out.send(streamError("unsupported-stanza-type"))
			return
		}
		if !st.s.handle(c, e) {
			return
		}
	}
}

// open reads the client's stream header and answers with ours and features.
func (st *stream) open(features *element) error {
	st.dec = xml.NewDecoder(st.in)
	start, err := st.header()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("<?xml version='1.0'?><stream:stream")
	for _, a := range []attr{{"xmlns", nsClient}, {"xmlns:stream", nsStream}, {"id", rand.Text()},
		{"from", st.s.opts.Domain}, {"version", "1.0"}, {"xml:lang", "en"}} {
		writeAttr(&b, a.name, a.value)
	}
	b.WriteByte('>')
	if to := newElement(start).attr("to"); !strings.EqualFold(to, st.s.opts.Domain) {
		streamError("host-unknown").write(&b, nsClient)
		features = nil
	}
	if features != nil {
		features.write(&b, nsClient)
	}
	if _, err := st.conn.Write(b.Bytes()); err != nil {
		return fmt.Errorf("opening the stream: %w", err)
	}
	if features == nil {
		return streamFailure("host-unknown")
	}
	return nil
}

func (st *stream) header() (xml.StartElement, error) {
	for {
		st.in.left = maxStanza
		tok, err := st.dec.Token()
		if err != nil {
			return xml.StartElement{}, fmt.Errorf("reading the stream header: %w", err)
		}
		if start, ok := tok.(xml.StartElement); ok {
			if start.Name.Space != nsStream || start.Name.Local != "stream" {
				return start, fmt.Errorf("stream begins with <%s/>", start.Name.Local)
			}
			return start, nil
		}
	}
}

// next reads the next first-level element. White space between stanzas is a
// keepalive (RFC 6120 section 4.6.1).
func (st *stream) next() (*element, error) {
	for {
		st.in.left = maxStanza
		tok, err := st.dec.Token()
		if err != nil {
			return nil, fmt.Errorf("reading a stanza: %w", err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			return readElement(st.dec, tok)
		case xml.EndElement:
			return nil, io.EOF // </stream:stream>
		case xml.CharData:
			if len(bytes.TrimSpace(tok)) > 0 {
				return nil, errRestricted
			}
		default:
			return nil, errRestricted
		}
	}
}

func (st *stream) write(e *element) error {
	if _, err := st.conn.Write([]byte(e.String())); err != nil {
		return fmt.Errorf("writing <%s/>: %w", e.name, err)
	}
	return nil
}

// fail tells the client why the stream ends, where it can still be told.
func (st *stream) fail(err error) error {
	if condition, ok := st.condition(err); ok {
		_, _ = st.conn.Write([]byte(streamError(condition).String() + streamEnd)) // it ends either way
	}
	return err
}

// condition is the stream error (RFC 6120 section 4.9.3) for err; false when
// the client left.
func (st *stream) condition(err error) (string, bool) {
	var failure streamFailure
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &failure):
		return string(failure), true
	case errors.Is(err, errTooBig):
		return "policy-violation", true
	case errors.Is(err, errRestricted):
		return "restricted-xml", true
	case errors.As(err, &syntax) && !strings.Contains(syntax.Msg, "unexpected EOF"):
		return "not-well-formed", true
	}
	return "", false
}

// streamFailure is an error that is told to the client as that condition.
type streamFailure string

func (f streamFailure) Error() string { return "stream error " + string(f) }

func streamError(condition string) *element {
	return el(nsStream, "error", el(nsStreams, condition))
}
