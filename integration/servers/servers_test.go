package servers

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The configurations that the servers get, with the addresses made plain.
func TestConfigurations(t *testing.T) {
	tests := map[string]struct {
		name    Name
		options Options
	}{
		"prosody":                  {Prosody13, Options{}},
		"prosody-nothing-granted":  {Prosody012, Options{NoAdmin: true, NoLogging: true, NoTLS: true, OpenCreation: true}},
		"prosody-web-chat":         {Prosody13, Options{WebChat: true}},
		"ejabberd-23":              {Ejabberd23, Options{}},
		"ejabberd-26":              {Ejabberd26, Options{}},
		"ejabberd-nothing-granted": {Ejabberd26, Options{NoAdmin: true, NoLogging: true, NoTLS: true, OpenCreation: true}},
	}
	for golden, test := range tests {
		t.Run(golden, func(t *testing.T) {
			k, err := kindOf(test.name)
			if err != nil {
				t.Fatal(err)
			}
			s := &Server{Name: test.name, Dir: t.TempDir()}
			err = k.configure(s, settings{
				IP: "127.0.0.1", C2S: 5222, DirectTLS: 5223, HTTP: 5280,
				Domain: Domain, MUC: MUC, Guests: Guests, JID: "roomctl@" + Domain,
				AdminCommands: test.name == Ejabberd26, Options: test.options,
			})
			if err != nil {
				t.Fatal(err)
			}
			written, err := filepath.Glob(filepath.Join(s.Dir, k.software+".*"))
			if err != nil || len(written) != 1 {
				t.Fatalf("written: %v, %v", written, err)
			}
			got, err := os.ReadFile(written[0])
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", golden+filepath.Ext(written[0]))
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("%s differs; got\n%s", file, got)
			}
		})
	}
}

func TestUnknownServer(t *testing.T) {
	_, err := Start(context.Background(), "openfire", Options{})
	if err == nil || !strings.Contains(err.Error(), `no server "openfire"`) {
		t.Errorf("got %v, want the name in it", err)
	}
}

func TestStatusVersion(t *testing.T) {
	const status = "Package: prosody-modules\nVersion: 0.0~hg1\n\nPackage: prosody\nStatus: install ok installed\n" +
		"Version: 0.12.3-1+deb12u1\nDescription: server\n Version: no field but text\n"
	tests := map[string]struct{ name, version, problem string }{
		"a package is found by its whole name": {"prosody", "0.12.3-1+deb12u1", ""},
		"a package that is not there":          {"ejabberd", "", "not installed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			version, err := statusVersion(strings.NewReader(status), test.name)
			if version != test.version {
				t.Errorf("version %q, want %q", version, test.version)
			}
			if (err != nil) != (test.problem != "") || err != nil && err.Error() != test.problem {
				t.Errorf("error %v, want %q", err, test.problem)
			}
		})
	}
}

// A client that trusts the authority accepts the certificate for its names and for no other.
func TestCertificates(t *testing.T) {
	dir := t.TempDir()
	if err := writeCertificates(dir, Domain, MUC); err != nil {
		t.Fatal(err)
	}
	pair := func(certificate, key string) tls.Certificate {
		c, err := tls.LoadX509KeyPair(filepath.Join(dir, certificate), filepath.Join(dir, key))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	separate, together := pair("server.crt", "server.key"), pair("server.pem", "server.pem")
	if !separate.Leaf.Equal(together.Leaf) {
		t.Error("server.pem holds another certificate than server.crt")
	}
	ca, err := os.ReadFile(filepath.Join(dir, "ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	for name, valid := range map[string]bool{Domain: true, MUC: true, "elsewhere.example": false} {
		if _, err := separate.Leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots}); (err == nil) != valid {
			t.Errorf("for %s: %v, want valid: %v", name, err, valid)
		}
	}
}

// The test itself listens on what it got: the ports are free, and no two the same.
func TestFreePorts(t *testing.T) {
	ip, ports, err := freePorts(3)
	if err != nil {
		t.Fatal(err)
	}
	if !net.ParseIP(ip).IsLoopback() {
		t.Errorf("%s is not a loopback address", ip)
	}
	for _, port := range ports {
		l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.ParseIP(ip), Port: port})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
	}
}

// A server answers when it sends something back, not when its port is open.
func TestAnswers(t *testing.T) {
	tests := map[string]struct {
		reply string
		want  bool
	}{
		"a server that sends its header":        {"<?xml version='1.0'?>", true},
		"a server that hangs up without a word": {"", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			served := make(chan string)
			go func() {
				conn, err := l.Accept()
				if err != nil {
					served <- err.Error()
					return
				}
				defer conn.Close()
				header := make([]byte, 1024)
				n, _ := conn.Read(header)
				conn.Write([]byte(test.reply))
				served <- string(header[:n])
			}()
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			if got := answers(ctx, l.Addr().String(), Domain); got != test.want {
				t.Errorf("answers: %v, want %v", got, test.want)
			}
			if header := <-served; !strings.Contains(header, "to='localhost'") {
				t.Errorf("it was sent %q", header)
			}
			l.Close()
			if answers(ctx, l.Addr().String(), Domain) {
				t.Error("a closed port answers")
			}
		})
	}
}
