package xmppadmin

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"roomctl/xmppadmin/xmpptest"
)

// record is a trace that can be looked at while it is written.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

var traceLine = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [CS]: (<.*>|…)`)

func TestTrace(t *testing.T) {
	config, caFile := certificate(t, "localhost")
	for _, c := range []struct {
		name   string
		server xmpptest.Options
		tls    string
		has    []string
	}{
		{"STARTTLS", xmpptest.Options{TLS: config}, TLSStart, []string{"C: <starttls", "S: <proceed"}},
		{"direct TLS", xmpptest.Options{TLS: config, DirectTLS: true}, TLSDirect, nil},
		{"no TLS", xmpptest.Options{}, TLSNone, nil},
		{"PLAIN", xmpptest.Options{TLS: config, Mechanisms: []string{"PLAIN"}}, TLSStart, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := startServer(t, c.server)
			srv.PutRoom(ours(srv, "quic"))
			trace := new(record)
			o := plainOptions(srv)
			o.TLS, o.CAFile, o.Trace = c.tls, caFile, trace
			s := openWith(t, o)
			if err := mustEnter(t, s, "quic").SetSubject(t.Context(), "12:00 \x1b & <on>"); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			got := trace.String()
			for _, want := range append(c.has,
				"C: <stream:stream ", "S: <stream:features>", "C: <auth>…</auth>", "S: <success>…</success>",
				"<jid>"+srv.JID(), `C: <presence to="quic@conference.localhost/roomctl">`, "S: <presence ", "S: <message ",
				"C: <message ", "<subject>12:00 \uFFFD &amp; &lt;on&gt;</subject>", "C: </stream:stream>", "S: </stream:stream>",
			) {
				if !strings.Contains(got, want) {
					t.Errorf("%s is missing", want)
				}
			}
			for _, line := range strings.Split(strings.TrimSuffix(got, "\n"), "\n") {
				if !traceLine.MatchString(line) {
					t.Errorf("a line is %q", line)
				}
			}
			wantNoPassword(t, got, srv.Password())
			if t.Failed() {
				t.Log(got)
			}
		})
	}
}

// A login that fails is traced too, and as discreetly.
func TestTraceOfARefusedLogin(t *testing.T) {
	for _, mechanism := range []string{"PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"} {
		config, caFile := certificate(t, "localhost")
		srv := startServer(t, xmpptest.Options{TLS: config, Mechanisms: []string{mechanism}})
		trace := new(record)
		o := plainOptions(srv)
		o.TLS, o.CAFile, o.Trace, o.Password = TLSStart, caFile, trace, "wrong horse battery staple"
		if _, err := Open(t.Context(), o); err == nil {
			t.Fatal("logged in with a wrong password")
		}
		if got := trace.String(); !strings.Contains(got, "S: <failure>…</failure>") {
			t.Errorf("the trace is\n%s", got)
		}
		wantNoPassword(t, trace.String(), o.Password)
	}
}

// wantNoPassword looks for a password as it is, and in base64 wherever it may
// begin in what was encoded.
func wantNoPassword(t *testing.T, text, password string) {
	t.Helper()
	if strings.Contains(text, password) {
		t.Error("the password is in it")
	}
	for before := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\x00", before) + password))
		if inner := encoded[4 : len(encoded)-4]; strings.Contains(text, inner) {
			t.Error("the password is in it, in base64")
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestATraceThatCannotBeWrittenStopsNothing(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	o := plainOptions(srv)
	o.Trace = broken{}
	s := openWith(t, o)
	if _, err := s.List(t.Context()); err != nil {
		t.Error(err)
	}
}

// lines is the trace of what comes in such pieces, without time and direction.
func lines(pieces ...string) []string {
	var to bytes.Buffer
	tracer := &tracer{to: &to, secrets: secrets()}
	c := tracer.trace(nil).(*traced)
	for _, piece := range pieces {
		c.got.feed([]byte(piece))
	}
	var list []string
	for line := range strings.Lines(to.String()) {
		_, text, _ := strings.Cut(line, "S: ")
		list = append(list, strings.TrimSuffix(text, "\n"))
	}
	return list
}

func TestOneLineForEachElement(t *testing.T) {
	const sasl = `xmlns="urn:ietf:params:xml:ns:xmpp-sasl"`
	const refused = "… this is no XML of a stream: the rest is not shown"
	long := strings.Repeat("x", 2*maxTraced)
	for _, c := range []struct {
		name, stream string
		want         []string
	}{
		{"a whole stream", "<?xml version='1.0'?>\n<stream:stream to='a'><iq/> \n<message><body>a\nb</body></message></stream:stream>",
			[]string{"<stream:stream to='a'>", "<iq/>", "<message><body>a&#xA;b</body></message>", "</stream:stream>"}},
		{"elements in elements", "<iq><iq><iq/></iq></iq><iq></iq>", []string{"<iq><iq><iq/></iq></iq>", "<iq></iq>"}},
		{"angle brackets and slashes in attributes", `<iq a="></iq>" b='/>"'/><iq a='"'>x</iq>`, []string{`<iq a="></iq>" b='/>"'/>`, `<iq a='"'>x</iq>`}},
		{"white space in tags", "<iq\n\ta='1'\r\n/><iq ></iq >", []string{"<iq  a='1'  />", "<iq ></iq >"}},
		{"CDATA", "<message><body><![CDATA[</body></message> ]] ]>]]></body></message><iq/>",
			[]string{"<message><body><![CDATA[</body></message> ]] ]>]]></body></message>", "<iq/>"}},
		{"what a terminal would obey", "<iq>\x1b[2J\u009b\u202e\xff\x00</iq>", []string{"<iq>&#x1B;[2J&#x9B;&#x202E;\uFFFD&#x0;</iq>"}},
		{"a login", `<auth ` + sasl + ` mechanism="PLAIN">c2VjcmV0</auth><s:challenge xmlns:s="x">secret</s:challenge><response x="secret"/>`,
			[]string{"<auth>…</auth>", "<challenge>…</challenge>", "<response>…</response>"}},
		{"a login in another way", `<authenticate><initial-response>secret</initial-response></authenticate><whatever><iq>secret</iq></whatever>`,
			[]string{"<authenticate>…</authenticate>", "<whatever>…</whatever>"}},
		{"a refused login", `<failure ` + sasl + `><not-authorized/><text>secret</text></failure><stream:error><conflict/></stream:error>`,
			[]string{"<failure>…</failure>", "<stream:error><conflict/></stream:error>"}},
		{"a long stanza", "<message>" + long + "</message><iq/>",
			[]string{("<message>" + long)[:maxTraced] + "… (131091 bytes)", "<iq/>"}},
		{"a long secret", "<auth>" + long + "</auth>", []string{"<auth>…</auth>… (131085 bytes)"}},
		{"a comment", "<iq/><!-- <auth> --><auth>secret</auth>", []string{"<iq/>", refused}},
		{"a comment in a stanza", "<iq><!-- </iq> --></iq><auth>secret</auth>", []string{refused}},
		{"a document type", "<!DOCTYPE x [<!ENTITY iq 'auth'>]><iq/>", []string{refused}},
		{"CDATA outside", "<![CDATA[x]]><iq/>", []string{refused}},
		{"an instruction in a stanza", "<iq><?x </iq> ?></iq>", []string{refused}},
		{"text outside", "<iq/>secret<iq/>", []string{"<iq/>", refused}},
		{"an empty tag", "<></><iq/>", []string{refused}},
		{"nothing", " \n ", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := lines(c.stream)
			if !slices.Equal(got, c.want) {
				t.Errorf("the lines are %.300q, want %.300q", got, c.want)
			}
			if got := lines(strings.Split(c.stream, "")...); !slices.Equal(got, c.want) {
				t.Errorf("byte by byte they are %.300q", got)
			}
		})
	}
}

// FuzzTrace holds the trace against a real XML decoder: it tells the same
// elements apart, shows of the secret ones nothing, and does so however the
// bytes are cut.
func FuzzTrace(f *testing.F) {
	for _, seed := range []string{
		"<iq a='>'><![CDATA[</iq>]]></iq><auth>secret</auth>", "<?xml version='1.0'?><a:challenge xmlns:a='x' y=\"'\">z</a:challenge>",
		"<message><body>&lt;auth></body></message><response/>", "<iq><!-- --></iq>", "<iq/ ><a<b></a<b>", "<iq a=b/><auth>x</auth>", "<p></q><auth>s</auth>", `<?xml "?><a/>`,
	} {
		f.Add(seed, 3)
	}
	f.Fuzz(func(t *testing.T, stream string, cut int) {
		whole := lines(stream)
		if at := cut; at > 0 && at < len(stream) {
			if pieces := lines(stream[:at], stream[at:]); !slices.Equal(pieces, whole) {
				t.Fatalf("cut at %d: %q, whole: %q", at, pieces, whole)
			}
		}
		for _, line := range whole {
			if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 }) {
				t.Fatalf("a line holds control characters: %q", line)
			}
		}
		names, wellFormed := elements(stream)
		if !wellFormed {
			return
		}
		if len(names) != len(whole) {
			t.Fatalf("%d elements %q gave %d lines %q", len(names), names, len(whole), whole)
		}
		for i, name := range names {
			open := slices.Contains([]string{"iq", "message", "presence", "stream", "features", "starttls", "proceed", "error"}, name)
			if hidden := strings.HasPrefix(whole[i], "<"+name+">…</"+name+">"); !open && !hidden {
				t.Fatalf("of %q is shown %q", name, whole[i])
			}
		}
	})
}

// elements returns the local names of first-level elements, as the decoder of
// the stream sees them. It is about streams as RFC 6120 allows them, that do not
// begin anew.
func elements(stream string) (names []string, wellFormed bool) {
	d := xml.NewDecoder(strings.NewReader(stream))
	depth := 0
	for {
		token, err := d.RawToken()
		if err != nil {
			return names, errors.Is(err, io.EOF) && depth == 0
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				names = append(names, localName([]byte(token.Name.Local))) // a lone colon is a name to the decoder
			}
			if token.Name.Local == "stream" {
				return nil, false
			}
			depth++
		case xml.EndElement:
			if depth--; depth < 0 {
				return nil, false
			}
		case xml.CharData:
			if depth == 0 && len(bytes.Trim(token, " \t\r\n")) > 0 {
				return nil, false
			}
		case xml.ProcInst:
			if depth > 0 || token.Target != "xml" {
				return nil, false
			}
		default:
			return nil, false
		}
	}
}
