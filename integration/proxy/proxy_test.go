package proxy

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	header = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`
	first  = `<iq id='1'><query xmlns='a'><b/></query></iq>`
	second = `<message><body>&lt;stream&gt;</body></message>`
)

// What reaches the server when the client sends a header and two stanzas, and whether the connection is then cut.
func TestFaults(t *testing.T) {
	on := func(n int, a Action) func(Stanza) Action {
		return func(s Stanza) Action {
			if s.From == Client && s.Number == n {
				return a
			}
			return Forward
		}
	}
	tests := map[string]struct {
		options Options
		want    string
		open    bool
	}{
		"no fault passes everything on":                {Options{}, header + first + second, true},
		"watching passes everything on":                {Options{OnStanza: on(0, Forward)}, header + first + second, true},
		"the first stanza dropped":                     {Options{OnStanza: on(1, Drop)}, header + second, true},
		"the connection cut instead of the second":     {Options{OnStanza: on(2, Cut)}, header + first, false},
		"the connection cut in the second":             {Options{OnStanza: on(2, Halve)}, header + first + second[:len(second)/2], false},
		"nothing passed on from the first on":          {Options{OnStanza: on(1, Stall)}, header, true},
		"the connection cut after bytes of the client": {Options{ClientBytes: 10}, header[:10], false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			client, server := through(t, test.options)
			write(t, client, header+first+second)
			if got := read(t, server, len(test.want)); got != test.want {
				t.Errorf("the server got\n%s\nwant\n%s", got, test.want)
			}
			if !test.open {
				if rest, err := io.ReadAll(server); err != nil || len(rest) > 0 {
					t.Errorf("then the server got %q, %v; want the end", rest, err)
				}
				return
			}
			// What the server answers still comes through.
			write(t, server, header)
			if got := read(t, client, len(header)); got != header {
				t.Errorf("the client got %q", got)
			}
		})
	}
}

// Each side's stanzas are counted by themselves; a stream that restarts and what is no stanza are passed over.
func TestStanzasAreSeen(t *testing.T) {
	var seen []string
	client, server := through(t, Options{OnStanza: func(s Stanza) Action {
		seen = append(seen, string(s.From)+" "+string(s.XML))
		return Forward
	}})
	fromClient := header + "<auth>x</auth>" + header + first + "\n" + second
	write(t, client, fromClient)
	if got := read(t, server, len(fromClient)); got != fromClient {
		t.Errorf("the server got %q", got)
	}
	fromServer := header + "<presence/>"
	write(t, server, fromServer)
	if got := read(t, client, len(fromServer)); got != fromServer {
		t.Errorf("the client got %q", got)
	}
	want := []string{"client " + first, "client " + second, "server <presence/>"}
	if got := strings.Join(seen, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("seen:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

func TestRefuseAndAccept(t *testing.T) {
	target, _ := listen(t)
	p, err := Start(target, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	before := dial(t, p.Addr)
	p.Refuse()
	if _, err := before.Read(make([]byte, 1)); err == nil {
		t.Error("a connection outlived Refuse")
	}
	if _, err := net.Dial("tcp", p.Addr); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("connecting: %v, want it refused", err)
	}
	if err := p.Accept(); err != nil {
		t.Fatal(err)
	}
	dial(t, p.Addr)
}

func TestWhatIsNoXMLIsAnError(t *testing.T) {
	target, _ := listen(t)
	p, err := Start(target, Options{OnStanza: func(Stanza) Action { return Forward }})
	if err != nil {
		t.Fatal(err)
	}
	client := dial(t, p.Addr)
	write(t, client, "<\x16\x03\x01")
	if _, err := client.Read(make([]byte, 1)); err == nil {
		t.Error("the connection went on")
	}
	if err := p.Close(); err == nil || !strings.Contains(err.Error(), "reading from the client") {
		t.Errorf("Close: %v, want an error about the client's bytes", err)
	}
}

// Whatever is sent, the pieces put together are the bytes sent.
func FuzzSplitter(f *testing.F) {
	f.Add([]byte(header + first + second + "</stream:stream>"))
	f.Add([]byte(header + "<auth/>" + header + "<iq><stream/></iq> <presence/>"))
	f.Add([]byte("</a></b><!-- x --><?y?>"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		s := newSplitter(bytes.NewReader(sent))
		var got []byte
		for {
			piece, _, err := s.next()
			if err != nil {
				break
			}
			got = append(got, piece...)
		}
		if !bytes.HasPrefix(sent, got) {
			t.Errorf("sent %q, passed on %q", sent, got)
		}
	})
}

// through returns both ends of a connection through a proxy.
func through(t *testing.T, o Options) (client, server net.Conn) {
	t.Helper()
	target, accepted := listen(t)
	p, err := Start(target, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	client = dial(t, p.Addr)
	server = <-accepted
	t.Cleanup(func() { server.Close() })
	return client, server
}

// listen plays the server; every connection it accepts comes on the channel.
func listen(t *testing.T) (address string, accepted <-chan net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conns := make(chan net.Conn, 8)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			limit(conn)
			conns <- conn
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
		close(conns)
		for conn := range conns {
			conn.Close()
		}
	})
	return l.Addr().String(), conns
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	limit(conn)
	t.Cleanup(func() { conn.Close() })
	return conn
}

// limit makes a test that waits in vain fail instead of hanging.
func limit(conn net.Conn) { conn.SetDeadline(time.Now().Add(10 * time.Second)) }

func write(t *testing.T, conn net.Conn, s string) {
	t.Helper()
	if _, err := io.WriteString(conn, s); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, conn net.Conn, n int) string {
	t.Helper()
	b := make([]byte, n)
	if _, err := io.ReadFull(conn, b); err != nil {
		t.Fatalf("after %q: %v", bytes.TrimRight(b, "\x00"), err)
	}
	return string(b)
}
