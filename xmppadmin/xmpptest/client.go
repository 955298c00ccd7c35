package xmpptest

import (
	"bytes"
	"net"
	"strings"
	"sync"
	"time"
)

// flushLimit bounds the last write to a client that has stopped reading.
const flushLimit = 2 * time.Second

// client is one connected resource.
type client struct {
	bare, resource, jid string
	out                 *outbox
	available           bool // has sent initial presence; guarded by Server.mu
}

func newClient(bare string) *client {
	return &client{bare: bare, out: newOutbox()}
}

// local is the account's localpart.
func (c *client) local() string {
	local, _, _ := strings.Cut(c.bare, "@")
	return local
}

// outbox is what waits to be written to one client. It takes any amount
// without blocking, so that a client that does not read holds up nobody else.
type outbox struct {
	mu      sync.Mutex
	buf     bytes.Buffer
	closed  bool
	ready   chan struct{} // holds one token while there is something to do
	written chan struct{} // closed when the last byte is out
}

func newOutbox() *outbox {
	return &outbox{ready: make(chan struct{}, 1), written: make(chan struct{})}
}

// send queues an element; after end or cut it does nothing.
func (o *outbox) send(e *element) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return
	}
	e.write(&o.buf, nsClient)
	o.wake()
}

// end lets what is queued go out and then ends the stream properly.
func (o *outbox) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.closed {
		o.buf.WriteString(streamEnd)
	}
	o.closed = true
	o.wake()
}

// cut lets what is queued go out and then ends the connection without a word.
func (o *outbox) cut() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.wake()
}

func (o *outbox) wake() {
	select {
	case o.ready <- struct{}{}:
	default:
	}
}

// take empties the queue.
func (o *outbox) take() (data []byte, closed bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	data = bytes.Clone(o.buf.Bytes())
	o.buf.Reset()
	return data, o.closed
}

// writeTo writes what is queued to conn until the outbox is ended or the
// connection breaks, and closes conn.
func (o *outbox) writeTo(conn net.Conn) {
	defer close(o.written)
	defer conn.Close()
	for range o.ready {
		data, closed := o.take()
		if _, err := conn.Write(data); err != nil || closed {
			return
		}
	}
}
