package datatracker

import (
	"cmp"
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	// maxRequests run at a time. The Datatracker names no limit; this is kind.
	maxRequests = 4

	// currentMovesOn is how long after its last session an IETF meeting stays
	// the current one (see Meeting.Current).
	currentMovesOn = 3 * 24 * time.Hour

	// longestNight is how long after its last day an interim may still go on.
	longestNight = 24 * time.Hour

	// longestInterim is how far back an interim may have begun and still go on.
	longestInterim = 14 * 24 * time.Hour
)

// poll is one run of Client.Poll.
type poll struct {
	client   *Client
	query    Query
	now      func() time.Time
	sources  []Source
	patience patience
}

// run reads what depends on nothing, then what that names. Sources are put down
// in a fixed order, whatever order the answers came in.
func (p *poll) run(ctx context.Context) (*Snapshot, error) {
	lists, err := p.readLists(ctx)
	if err != nil {
		return nil, err
	}
	meetings, agendas, err := p.findMeetings(ctx, lists.ietf.value, lists.interims.value)
	if err != nil {
		return nil, err
	}
	if err := p.readMeetings(ctx, meetings, agendas); err != nil {
		return nil, err
	}
	groups, err := p.readGroupsByID(ctx, lists.groups.value, meetings)
	if err != nil {
		return nil, err
	}
	if groups, err = p.readGroupsByAcronym(ctx, groups); err != nil {
		return nil, err
	}
	var chat []Source
	if p.query.ChatLinks {
		if chat, err = p.readChatLinks(ctx, meetings); err != nil {
			return nil, err
		}
	}
	s := &Snapshot{Time: p.now(), Groups: groups, Meetings: meetings, Sources: p.sources, ChatSources: chat}
	if lists.features.known() {
		s.DefaultChat = make(map[string]bool)
		for _, t := range lists.features.value {
			s.DefaultChat[t.slug] = t.defaultChat
		}
	}
	return s, nil
}

// lists are the documents that a poll begins with.
type lists struct {
	features reading[[]groupType]
	groups   reading[[]Group]
	ietf     reading[[]Meeting]
	interims reading[[]Meeting]
}

func (p *poll) readLists(ctx context.Context) (lists, error) {
	var l lists
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		if l.features, err = read(ctx, p, p.featuresDocument()); err == nil {
			l.groups, err = read(ctx, p, p.groupsDocument(l.features))
		}
		return err
	})
	g.Go(func() (err error) {
		l.ietf, err = read(ctx, p, p.ietfMeetingsDocument())
		return err
	})
	g.Go(func() (err error) {
		l.interims, err = read(ctx, p, p.interimsDocument())
		return err
	})
	if err := g.Wait(); err != nil {
		return lists{}, err
	}
	p.sources = append(p.sources, l.features.source, l.groups.source, l.ietf.source, l.interims.source)
	return l, nil
}

// agendas are those already read, by meeting number.
type agendas map[string]reading[*Agenda]

// findMeetings picks the meetings of this poll: the current IETF meeting, the
// interims ahead, and those that the query names.
func (p *poll) findMeetings(ctx context.Context, ietf, interims []Meeting) ([]Meeting, agendas, error) {
	current, read, err := p.findCurrent(ctx, ietf)
	if err != nil {
		return nil, nil, err
	}
	var picked []Meeting
	if current != nil {
		picked = append(picked, *current)
	}
	for _, m := range interims {
		if p.goesOn(m) && !m.Date.After(p.query.Now.Add(p.query.Ahead)) {
			picked = append(picked, m)
		}
	}
	for _, number := range p.query.Meetings {
		has := func(m Meeting) bool { return m.Number == number }
		if slices.ContainsFunc(picked, has) {
			continue
		}
		if i := slices.IndexFunc(ietf, has); i >= 0 {
			picked = append(picked, ietf[i])
		} else if i := slices.IndexFunc(interims, has); i >= 0 {
			picked = append(picked, interims[i])
		} else if picked, err = p.lookUp(ctx, picked, number); err != nil {
			return nil, nil, err
		}
	}
	slices.SortFunc(picked, func(a, b Meeting) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), a.Date.Compare(b.Date), cmp.Compare(a.Number, b.Number))
	})
	return picked, read, nil
}

// goesOn says whether an interim is not over. A session of its last day may go on
// past midnight, which the last good copy of its agenda tells: while the meeting
// was on it was read by every poll.
func (p *poll) goesOn(m Meeting) bool {
	now := p.query.Now
	if m.End().After(now) {
		return true
	}
	if now.Sub(m.End()) > longestNight {
		return false
	}
	last, _ := lastGood(p.client, p.agendaDocument(m)) // without a copy its days tell
	if last == nil {
		return false
	}
	m.Agenda = last.value
	return m.End().After(now)
}

// order puts IETF meetings before interims.
func order(m Meeting) int {
	if m.Type == "ietf" {
		return 0
	}
	return 1
}

// lookUp adds a meeting that is in neither list.
func (p *poll) lookUp(ctx context.Context, picked []Meeting, number string) ([]Meeting, error) {
	r, err := read(ctx, p, p.meetingDocument(number))
	if err != nil {
		return nil, err
	}
	p.sources = append(p.sources, r.source)
	return append(picked, r.value...), nil
}

// findCurrent picks the IETF meeting that is running or next; nil when none is
// announced. Whether a meeting is over only its agenda says, so the agenda of
// one that may be is read, and comes back for the poll to use.
func (p *poll) findCurrent(ctx context.Context, ietf []Meeting) (*Meeting, agendas, error) {
	byDate := slices.Clone(ietf)
	slices.SortFunc(byDate, func(a, b Meeting) int { return a.Date.Compare(b.Date) })
	found := make(agendas)
	for _, m := range byDate {
		if !m.End().Add(currentMovesOn).After(p.query.Now) {
			continue // its last day is too long ago for any session
		}
		m.Current = true
		if m.Date.After(p.query.Now) {
			return &m, found, nil
		}
		r, err := read(ctx, p, p.agendaDocument(m))
		if err != nil {
			return nil, nil, err
		}
		found[m.Number] = r
		withAgenda := m
		withAgenda.Agenda = r.value
		if withAgenda.End().Add(currentMovesOn).After(p.query.Now) {
			return &m, found, nil
		}
		p.sources = append(p.sources, r.source)
	}
	return nil, found, nil
}

// readMeetings fills in the agendas and sessions of the meetings.
func (p *poll) readMeetings(ctx context.Context, meetings []Meeting, found agendas) error {
	agendaReadings := make([]reading[*Agenda], len(meetings))
	sessionReadings := make([]reading[[]meetingSession], len(meetings)) // of IETF meetings
	var interimSessions reading[[]meetingSession]
	var interims []Meeting

	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(maxRequests)
	for i, m := range meetings {
		if r, ok := found[m.Number]; ok {
			agendaReadings[i] = r
		} else {
			g.Go(func() (err error) {
				agendaReadings[i], err = read(ctx, p, p.agendaDocument(m))
				return err
			})
		}
		if m.Type != "ietf" {
			interims = append(interims, m)
			continue
		}
		g.Go(func() (err error) {
			sessionReadings[i], err = read(ctx, p, p.sessionsDocument(m))
			return err
		})
	}
	if len(interims) > 0 {
		g.Go(func() (err error) {
			interimSessions, err = read(ctx, p, p.interimSessionsDocument(interims))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i := range meetings {
		m := &meetings[i]
		m.Agenda = agendaReadings[i].value
		p.sources = append(p.sources, agendaReadings[i].source)
		if m.Type != "ietf" {
			m.Sessions = sessionsOf(*m, interimSessions)
			continue
		}
		m.Sessions = sessionsOf(*m, sessionReadings[i])
		p.sources = append(p.sources, sessionReadings[i].source)
	}
	if len(interims) > 0 {
		p.sources = append(p.sources, interimSessions.source)
	}
	return nil
}

// sessionsOf takes one meeting's sessions out of a document. A last good copy
// without any may be from before the meeting was announced: unknown, not none.
func sessionsOf(m Meeting, r reading[[]meetingSession]) []Session {
	var sessions []Session
	for _, s := range r.value {
		if s.meetingID == m.ID {
			sessions = append(sessions, s.Session)
		}
	}
	if sessions == nil && (r.source.Outcome == Fresh || r.source.Outcome == Unchanged) {
		return []Session{}
	}
	return sessions
}
