package proxy

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
)

// A splitter cuts one direction of an XMPP stream (RFC 6120) into pieces whose bytes, put together, are the stream:
// stanzas, and everything between them.
type splitter struct {
	in      *recorder
	decoder *xml.Decoder
	taken   int64 // offset in the stream of the first byte not yet handed out
	depth   int   // of open elements, the stream's own included
	stanza  bool  // the open top-level element is a stanza
}

func newSplitter(r io.Reader) *splitter {
	in := &recorder{r: bufio.NewReader(r)}
	// With an io.ByteReader the decoder reads no further than the token needs.
	return &splitter{in: in, decoder: xml.NewDecoder(in)}
}

// next returns the next piece, and whether it is a stanza: a complete message, presence or iq. At the end of the
// stream it returns io.EOF; what is not XML is an error.
func (s *splitter) next() (piece []byte, stanza bool, err error) {
	for {
		// Raw tokens, since a stream restarts in mid-connection: a second header comes while the first is open.
		token, err := s.decoder.RawToken()
		if err != nil {
			if errors.Is(err, io.EOF) || s.in.err == nil {
				return nil, false, err
			}
			return nil, false, s.in.err
		}
		ended := false
		switch t := token.(type) {
		case xml.StartElement:
			s.depth++
			if t.Name.Local == "stream" {
				s.depth = 1
			}
			if s.depth == 2 {
				s.stanza = isStanza(t.Name.Local)
			}
		case xml.EndElement:
			s.depth--
			ended = s.depth == 1
		}
		if s.depth <= 1 {
			return s.take(), ended && s.stanza, nil
		}
	}
}

// take hands out the bytes up to the end of the last token. The decoder may have read one byte beyond it.
func (s *splitter) take() []byte {
	end := s.decoder.InputOffset()
	piece := s.in.read[:end-s.taken]
	s.in.read = append([]byte{}, s.in.read[end-s.taken:]...)
	s.taken = end
	return piece
}

func isStanza(local string) bool {
	return local == "message" || local == "presence" || local == "iq"
}

// A recorder keeps every byte read through it. An error of the connection is kept too: the decoder turns some into
// syntax errors.
type recorder struct {
	r    *bufio.Reader
	read []byte
	err  error
}

func (r *recorder) ReadByte() (byte, error) {
	b, err := r.r.ReadByte()
	if err != nil {
		r.err = err
		return 0, err
	}
	r.read = append(r.read, b)
	return b, nil
}

// Read is there because xml.NewDecoder takes an io.Reader; the decoder uses ReadByte.
func (r *recorder) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := r.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}
