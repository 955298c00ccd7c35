package servers

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"time"
)

// freePorts picks a loopback address at random and n ports that are free on it. With sixteen million addresses to
// choose from, servers started at the same time by several test runs do not meet.
func freePorts(n int) (ip string, ports []int, err error) {
	ip = fmt.Sprintf("127.%d.%d.%d", 1+rand.IntN(254), rand.IntN(256), 1+rand.IntN(254))
	for range n {
		l, err := net.Listen("tcp", net.JoinHostPort(ip, "0"))
		if err != nil {
			return "", nil, fmt.Errorf("looking for a free port on %s: %w", ip, err)
		}
		defer l.Close() // only when all are chosen: the same port is not given twice
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ip, ports, nil
}

// answers tells whether an XMPP server for the domain answers a stream header at the address (RFC 6120 section 4.2).
func answers(ctx context.Context, address, domain string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	if conn.SetDeadline(deadline) != nil {
		return false
	}
	_, err = fmt.Fprintf(conn, "<?xml version='1.0'?><stream:stream to='%s' version='1.0' xmlns='jabber:client' "+
		"xmlns:stream='http://etherx.jabber.org/streams'>", domain)
	if err != nil {
		return false
	}
	n, err := conn.Read(make([]byte, 1))
	return n == 1 && err == nil
}
