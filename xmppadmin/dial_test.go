package xmppadmin

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// resolver asks a name server of its own, which knows the given SRV records by
// their service and says of everything else that it does not exist. A nil map
// is a name server that is broken.
func resolver(t *testing.T, records map[string][]dnsmessage.SRVResource) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		packet := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(packet)
			if err != nil {
				return // closed with the test
			}
			if reply, err := resolve(packet[:n], records); err == nil {
				_, _ = conn.WriteTo(reply, from)
			}
		}
	}()
	t.Cleanup(func() {
		conn.Close()
		<-done
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func resolve(query []byte, records map[string][]dnsmessage.SRVResource) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil {
		return nil, err
	}
	m.Response, m.Additionals = true, nil
	service, _, _ := strings.Cut(m.Questions[0].Name.String(), ".")
	switch answers, ok := records[service]; {
	case records == nil:
		m.RCode = dnsmessage.RCodeServerFailure
	case !ok:
		m.RCode = dnsmessage.RCodeNameError
	default:
		for _, r := range answers {
			m.Answers = append(m.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Class: dnsmessage.ClassINET, TTL: 60},
				Body:   &r,
			})
		}
	}
	return m.Pack()
}

func TestLookup(t *testing.T) {
	srv := func(priority, port uint16, target string) dnsmessage.SRVResource {
		return dnsmessage.SRVResource{Priority: priority, Port: port, Target: dnsmessage.MustNewName(target)}
	}
	for _, c := range []struct {
		name    string
		records map[string][]dnsmessage.SRVResource
		tls     string
		want    []string
	}{
		{"records in their order", map[string][]dnsmessage.SRVResource{
			"_xmpp-client": {srv(20, 5222, "b.example.org."), srv(10, 15222, "a.example.org.")},
		}, TLSStart, []string{"a.example.org:15222", "b.example.org:5222"}},
		{"those of direct TLS", map[string][]dnsmessage.SRVResource{
			"_xmpp-client": {srv(10, 5222, "a.example.org.")}, "_xmpps-client": {srv(10, 443, "t.example.org.")},
		}, TLSDirect, []string{"t.example.org:443"}},
		{"one record with a name that cannot be one", map[string][]dnsmessage.SRVResource{
			"_xmpp-client": {srv(10, 5222, "a b.example.org."), srv(20, 5222, "b.example.org.")},
		}, TLSStart, []string{"b.example.org:5222"}},
		{"no records", map[string][]dnsmessage.SRVResource{}, TLSStart, []string{"example.org:5222"}},
		{"no records of direct TLS", map[string][]dnsmessage.SRVResource{}, TLSDirect, []string{"example.org:5223"}},
		{"a broken name server", nil, TLSStart, []string{"example.org:5222"}},
		{"no such service, expressly", map[string][]dnsmessage.SRVResource{"_xmpp-client": {srv(0, 0, ".")}}, TLSStart, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := lookup(t.Context(), resolver(t, c.records), c.tls, "example.org")
			if !slices.Equal(got, c.want) || (err != nil) != (c.want == nil) {
				t.Errorf("got %v, %v; want %v", got, err, c.want)
			}
		})
	}
}

func TestOnlyLoopbackAddressesDoWithoutTLS(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1": true, "127.9.8.7": true, "::1": true, "::ffff:127.0.0.1": true,
		"192.0.2.1": false, "10.0.0.1": false, "0.0.0.0": false, "2001:db8::1": false,
	} {
		if got := loopback(&net.TCPAddr{IP: net.ParseIP(address)}); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	if loopback(&net.UnixAddr{Name: "/run/xmpp"}) {
		t.Error("a socket file counts as a loopback address")
	}
}

func TestMeteredConnStopsReading(t *testing.T) {
	near, far := net.Pipe()
	defer far.Close()
	go func() {
		_, _ = far.Write(bytes.Repeat([]byte{'x'}, 100)) // cut off when near is closed
	}()
	c := newMeteredConn(near)
	defer c.Close()
	buffer := make([]byte, 10)
	c.allow(15)
	for i, want := range []error{nil, nil, errTooLong, errTooLong} {
		if _, err := io.ReadFull(c, buffer); !errors.Is(err, want) {
			t.Errorf("read %d: %v, want %v", i+1, err, want)
		}
	}
	c.allow(10)
	if _, err := io.ReadFull(c, buffer); err != nil {
		t.Errorf("after a new allowance: %v", err)
	}
}
