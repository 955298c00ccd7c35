package xmpptest

import "bufio"

// limitedReader hands out bytes one at a time, so that a decoder never reads
// ahead of the element it decodes, and at most left of them.
type limitedReader struct {
	r    *bufio.Reader
	left int
}

func (l *limitedReader) ReadByte() (byte, error) {
	if l.left == 0 {
		return 0, errTooBig
	}
	l.left--
	return l.r.ReadByte()
}

func (l *limitedReader) Read(p []byte) (int, error) {
	if l.left == 0 {
		return 0, errTooBig
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}
