package xmpptest

import (
	"bufio"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// peer is a client that writes XML as it stands in the tests.
type peer struct {
	t    *testing.T
	conn net.Conn
	dec  *xml.Decoder
	jid  string
	ids  int
	// seen holds what came while the peer waited for something else.
	seen []*element
}

// start starts a server that the test ends. Login is in the clear, so that the
// peers need no SCRAM.
func start(t *testing.T, o Options) *Server {
	t.Helper()
	if o.Mechanisms == nil {
		o.Mechanisms = []string{"PLAIN"}
	}
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// dial connects without logging in.
func dial(t *testing.T, s *Server) *peer {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &peer{t: t, conn: conn}
}

// admin logs the server's own account in.
func admin(t *testing.T, s *Server) *peer {
	t.Helper()
	return login(t, s, adminAccount, s.Password(), "r")
}

// user makes an account and logs it in.
func user(t *testing.T, s *Server, local string) *peer {
	t.Helper()
	return login(t, s, local, s.AddAccount(local), "r")
}

func login(t *testing.T, s *Server, local, password, resource string) *peer {
	t.Helper()
	p := dial(t, s)
	p.open()
	credentials := base64.StdEncoding.EncodeToString([]byte("\x00" + local + "\x00" + password))
	p.send("<auth xmlns='" + nsSASL + "' mechanism='PLAIN'>" + credentials + "</auth>")
	if e := p.next(); e.name != "success" {
		t.Fatalf("login of %s: %s", local, e)
	}
	p.open()
	reply := p.ask("set", "", "<bind xmlns='"+nsBind+"'><resource>"+resource+"</resource></bind>")
	p.jid = reply.child(nsBind, "bind").child(nsBind, "jid").text
	return p
}

// open opens a stream and returns the features.
func (p *peer) open() *element {
	p.t.Helper()
	p.dec = xml.NewDecoder(bufio.NewReader(p.conn))
	p.send("<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='" + nsStream +
		"' to='localhost' version='1.0'>")
	p.deadline()
	for {
		tok, err := p.dec.Token()
		if err != nil {
			p.t.Fatalf("opening the stream: %v", err)
		}
		if start, ok := tok.(xml.StartElement); ok && start.Name.Local == "stream" {
			return p.next()
		}
	}
}

func (p *peer) deadline() {
	if err := p.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) send(text string) {
	p.t.Helper()
	if _, err := io.WriteString(p.conn, text); err != nil {
		p.t.Fatalf("sending %s: %v", text, err)
	}
}

// next reads the next element of the stream.
func (p *peer) next() *element {
	p.t.Helper()
	e, err := p.read()
	if err != nil {
		p.t.Fatalf("waiting for a stanza: %v", err)
	}
	return e
}

func (p *peer) read() (*element, error) {
	p.deadline()
	for {
		tok, err := p.dec.Token()
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			return readElement(p.dec, tok)
		case xml.EndElement:
			return nil, io.EOF
		}
	}
}

// ended waits for the end of the stream and returns what came before it.
func (p *peer) ended() []*element {
	p.t.Helper()
	var list []*element
	for {
		e, err := p.read()
		var network net.Error
		if errors.As(err, &network) && network.Timeout() {
			p.t.Fatal("the stream does not end")
		}
		if err != nil {
			return list
		}
		list = append(list, e)
	}
}

// request sends an IQ and returns its id.
func (p *peer) request(typ, to, payload string) string {
	p.t.Helper()
	p.ids++
	id := fmt.Sprintf("i%d", p.ids)
	if to != "" {
		to = " to='" + to + "'"
	}
	p.send("<iq type='" + typ + "' id='" + id + "'" + to + ">" + payload + "</iq>")
	return id
}

// ask sends an IQ and waits for the answer; what comes before goes to seen.
func (p *peer) ask(typ, to, payload string) *element {
	p.t.Helper()
	return p.answer(p.request(typ, to, payload))
}

func (p *peer) answer(id string) *element {
	p.t.Helper()
	for {
		e := p.next()
		if e.name == "iq" && e.attr("id") == id {
			return e
		}
		p.seen = append(p.seen, e)
	}
}

// sync waits until everything sent so far has been handled.
func (p *peer) sync() {
	p.t.Helper()
	p.ask("get", "localhost", "<ping xmlns='"+nsPing+"'/>")
}

// take returns what has been seen since the last take, as XML.
func (p *peer) take() []string {
	p.t.Helper()
	p.sync()
	var list []string
	for _, e := range p.seen {
		list = append(list, e.String())
	}
	p.seen = nil
	return list
}

// join enters a room and returns the presence stanza that answers it.
func (p *peer) join(room, nick string) *element {
	p.t.Helper()
	p.send("<presence to='" + room + "@conference.localhost/" + nick + "'><x xmlns='" + nsMUC + "'/></presence>")
	for {
		e := p.next()
		if e.attr("type") == "error" || strings.Contains(e.String(), "code='110'") {
			return e
		}
		p.seen = append(p.seen, e)
	}
}

// configure submits a room configuration: field, value, field, value.
func (p *peer) configure(room string, pairs ...string) *element {
	p.t.Helper()
	return p.ask("set", room+"@conference.localhost",
		"<query xmlns='"+nsMUCOwner+"'>"+submit(formRoomConfig, pairs...)+"</query>")
}

// submit is a submitted form as XML; lines of a value become values.
func submit(about string, pairs ...string) string {
	x := form("submit", "")
	if about != "" {
		x.add(formType(about).element())
	}
	for i := 0; i < len(pairs); i += 2 {
		x.add(formField{name: pairs[i], values: strings.Split(pairs[i+1], "\n")}.element())
	}
	return x.String()
}

// failure is "type/condition: text" of an error reply, "" of another.
func failure(e *element) string {
	err := e.child(nsClient, "error")
	if err == nil {
		return ""
	}
	s := err.attr("type") + "/" + err.first().name
	if text := err.child(nsStanzas, "text"); text != nil {
		s += ": " + text.text
	}
	return s
}

// want fails the test when got is not want.
func want[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// anyKind runs a test against both kinds.
func anyKind(t *testing.T, o Options, test func(*testing.T, *Server)) {
	t.Helper()
	for _, k := range []struct {
		name string
		kind Kind
	}{{"generic", Generic}, {"ejabberd", Ejabberd}} {
		t.Run(k.name, func(t *testing.T) {
			o := o
			o.Kind = k.kind
			test(t, start(t, o))
		})
	}
}
