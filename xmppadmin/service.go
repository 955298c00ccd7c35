package xmppadmin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"mellium.im/xmpp/jid"
)

// Reader is a connection to a chat service that has no method that writes. It
// is safe for concurrent use.
type Reader struct {
	link     *link
	reading  reading
	describe func() Profile
}

// Service is a connection to a chat service. It is safe for concurrent use.
type Service struct {
	*Reader
	writing writing
}

// OpenReader logs in and finds out what the service is and offers. Its errors
// say what to do next. The caller closes the Reader.
func OpenReader(ctx context.Context, o Options) (*Reader, error) {
	r, _, err := open(ctx, o)
	return r, err
}

// Open is OpenReader with the methods that write.
func Open(ctx context.Context, o Options) (*Service, error) {
	r, w, err := open(ctx, o)
	if err != nil {
		return nil, err
	}
	return &Service{Reader: r, writing: w}, nil
}

func open(ctx context.Context, o Options) (*Reader, writing, error) {
	l, err := logIn(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	if o.AdminHost != "" {
		if l.host, err = jid.Parse(o.AdminHost); err != nil {
			err = fmt.Errorf("admin host %q: %w", o.AdminHost, err)
		}
	}
	var d discovery
	if err == nil {
		d, err = l.discover(ctx)
	}
	if err != nil {
		return nil, nil, errors.Join(err, l.session.close())
	}
	how := l.dialect(d)
	if _, ok := how.(prosody); ok && d.muc.has(nsArchive) {
		l.logging.set(LoggingYes) // mod_muc_mam is loaded
	}
	r := &Reader{link: l, reading: how}
	r.describe = func() Profile { return l.profile(how, d) }
	return r, how, nil
}

// Close ends the connection. Requests in flight fail with ErrDisconnected.
func (r *Reader) Close() error { return r.link.session.close() }

// Ended is closed when the connection is over: closed, lost, or given up because
// the server was silent, which takes a minute at most. A Reader does not connect
// again, and streams are not resumed (XEP-0198), since that would not pay: both
// sides notice at once that a connection breaks, and a new one is back in twenty
// rooms within 0.1 s; a stream that may be resumed holds its places in the rooms
// for minutes, deaf; and a silent peer is found out no sooner. That was measured
// on Prosody 0.12 and 13 and ejabberd 23.01 and 26.
func (r *Reader) Ended() <-chan struct{} { return r.link.session.ended }

// Err says why the connection is over; nil as long as it is not. It matches
// ErrDisconnected.
func (r *Reader) Err() error {
	select {
	case <-r.link.session.ended:
		return r.link.session.disconnected()
	default:
		return nil
	}
}

// Profile returns what was learned about the service.
func (r *Reader) Profile() Profile { return r.describe() }

func (l *link) profile(how dialect, d discovery) Profile {
	p := Profile{
		Software: d.software.Name, Version: d.software.Version,
		Dialect: how.name(), Operations: how.operations(),
		Logging:   l.logging.get(),
		Mechanism: l.session.offered(), TLS: l.session.tlsVersion(),
		CertificateEnds: certificateEnds(l.session.stream.ConnectionState()),
	}
	p.Missing, p.Unneeded = how.rights()
	for _, c := range AdminCommands() {
		if l.hostNodes[c.Node] {
			p.AdminNodes = append(p.AdminNodes, c.Node)
		}
	}
	return p
}

// List lists the rooms of the service. Hidden rooms may be missing even from a
// complete listing; whether a room exists is for Look to say.
func (r *Reader) List(ctx context.Context) (Listing, error) { return r.reading.list(ctx) }

// Look asks a room for disco#info (XEP-0045 section 6.4). What goes wrong is
// in Room.Err, and Room.Existence is then Unknown.
func (r *Reader) Look(ctx context.Context, name string) Room {
	room, err := r.link.room(name)
	if err != nil {
		return Room{Name: name, Err: err}
	}
	found, _ := r.look(ctx, room)
	return found
}

func (r *Reader) look(ctx context.Context, room jid.JID) (Room, info) {
	found, said := r.link.look(ctx, room)
	if found.Existence == Present && r.reading.logged(said) {
		found.Values[FieldLogging] = "true"
	}
	return found, said
}

// Read is Look and then, if the room exists, what takes an owner's or an
// administrator's right to know: the fields that disco#info leaves open, and
// the owner and admin lists. It is for rooms that are ours: on Prosody 13 a
// room whose owners leave us out refuses, and Room.Err matches ErrNotOwner. It
// never writes.
func (r *Reader) Read(ctx context.Context, name string) Room {
	room, err := r.link.room(name)
	if err != nil {
		return Room{Name: name, Err: err}
	}
	found, said := r.look(ctx, room)
	if found.Existence == Present {
		found.Err = r.reading.complete(ctx, room, said, &found)
		found.CannotLog = r.link.logging.get() == LoggingNo
	}
	return found
}

// Create makes a room: configured as spec says, as far as the service has such
// settings, open to everybody, and owned by our bare JID beside spec's owners.
//
// ErrExists: there is such a room, perhaps made a moment ago; it was left
// alone. ErrCannotLog: spec.RequireLogging is set and the service cannot log;
// nothing was left behind. After any other error the room may exist, ours and
// unfinished.
//
// The name of a destroyed room is free on ejabberd. Prosody keeps it for a
// month as a tombstone, which the join of its administrator revives as a new
// room: old settings, owners and archive are gone.
func (s *Service) Create(ctx context.Context, name string, spec Spec) error {
	room, err := s.link.room(name)
	if err != nil {
		return err
	}
	if spec.RequireLogging && s.link.logging.get() == LoggingNo {
		return fmt.Errorf("%w: %s", ErrCannotLog, s.link.muc)
	}
	// Joining a room, or submitting a form to it, is no way to find out
	// whether it exists: the one is logged, the other changes it.
	switch found, _ := s.look(ctx, room); found.Existence {
	case Present:
		return fmt.Errorf("%w: %s", ErrExists, room)
	case Unknown:
		return fmt.Errorf("creating %s: %w", room, found.Err)
	}
	return s.writing.create(ctx, room, spec)
}

// Configure changes the given fields of a room and no others. A field that the
// service has no setting for, or a value that it refuses, is an error that
// names the field. Some servers alter or ignore values without a word, so the
// caller reads them back. FieldModerated takes voice from newcomers or gives
// it to them; who is in the room already may keep what they have.
func (s *Service) Configure(ctx context.Context, name string, set map[Field]string) error {
	room, err := s.link.room(name)
	if err != nil || len(set) == 0 {
		return err
	}
	return s.writing.configure(ctx, room, set)
}

// Grant makes a bare JID AffiliationOwner or AffiliationAdmin of a room. On
// Prosody an administrator may do so in rooms that it does not own: granting
// our own JID is how a room is adopted. reason may be empty.
func (s *Service) Grant(ctx context.Context, name, affiliation, who, reason string) error {
	room, err := s.link.room(name)
	if err != nil {
		return err
	}
	j, err := grantee(affiliation, who)
	if err != nil {
		return err
	}
	return s.writing.grant(ctx, room, affiliation, j, reason)
}

// SetSubject sets the subject of a room, in one line; empty, it takes it away.
// Except on ejabberd that takes a join, which occupants and logs see.
func (s *Service) SetSubject(ctx context.Context, name, subject string) error {
	return s.speak(ctx, name, speech{elementSubject, oneLine(subject)})
}

// Say sends one message, in one line, to everybody in a room, and so to its
// log: as SetSubject sends a subject, and in moderated rooms too. It is not
// sent twice: after ErrDisconnected or a time limit nobody knows whether it
// arrived.
func (s *Service) Say(ctx context.Context, name, text string) error {
	said := speech{elementBody, oneLine(text)}
	if said.text == "" {
		return fmt.Errorf("%s %s: there is nothing to say", said, name)
	}
	return s.speak(ctx, name, said)
}

// oneLine collapses white space, in what XML can carry.
func oneLine(text string) string { return carried(strings.Join(strings.Fields(text), " ")) }

// carried replaces what XML cannot carry as escape would (XML 1.0, section 2.2):
// what comes back from the room must be what was sent. A line ends with \n.
func carried(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n"))
}

func (s *Service) speak(ctx context.Context, name string, said speech) error {
	room, err := s.link.room(name)
	if err != nil {
		return err
	}
	switch found, _ := s.look(ctx, room); found.Existence {
	case Unknown:
		return fmt.Errorf("%s %s: %w", said, room, found.Err)
	case Absent, Tombstone: // joining would make it
		return fmt.Errorf("%s %s: the room is %s", said, room, found.Existence)
	}
	return s.writing.speak(ctx, room, said)
}

// Destroy destroys a room, telling its occupants the reason and the alternate,
// a room's JID; both may be empty. A room that is not there is no error.
// Prosody deletes the archive with the room and keeps the name as a tombstone;
// on ejabberd the log files stay and the name is free at once.
func (s *Service) Destroy(ctx context.Context, name, reason, alternate string) error {
	room, err := s.link.room(name)
	if err != nil {
		return err
	}
	if alternate != "" {
		other, err := jid.Parse(alternate)
		if err != nil {
			return fmt.Errorf("alternate %q of %s: %w", alternate, room, err)
		}
		alternate = other.Bare().String()
	}
	switch found, _ := s.look(ctx, room); found.Existence {
	case Unknown:
		return fmt.Errorf("destroying %s: %w", room, found.Err)
	case Absent, Tombstone:
		return nil
	}
	return s.writing.destroy(ctx, room, reason, alternate)
}
