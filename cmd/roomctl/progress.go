package main

import (
	"fmt"
	"io"
	"sync"
)

// progress tells on stderr how far a run is: one line that moves on a terminal,
// one plain line per step otherwise.
type progress struct {
	w        io.Writer
	terminal bool
	width    wrap

	mu    sync.Mutex
	last  string // the step last told
	drawn bool   // a moving line stands on the terminal
}

func newProgress(w io.Writer, getenv func(string) string) *progress {
	return &progress{w: w, width: newWrap(w), terminal: isTerminal(w) && getenv("TERM") != "dumb"}
}

// step says that a step is under way. of is 0 when nobody knows how much there
// is to do.
func (p *progress) step(step string, done, of int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := step
	if of > 0 {
		text = fmt.Sprintf("%s %d/%d", step, done, of)
	}
	switch {
	case p.terminal:
		p.draw(text)
	case step != p.last:
		fmt.Fprintf(p.w, "%s\n", step)
	}
	p.last = step
}

// note shows a detail of the current step, on a terminal only.
func (p *progress) note(detail string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.terminal {
		p.draw(p.last + ": " + detail)
	}
}

// draw puts the moving line in place of the one before. One that is wider than
// the terminal could not be taken away again. p.mu is held.
func (p *progress) draw(text string) {
	fmt.Fprintf(p.w, "\r\x1b[K%s", p.width.cut(text+"…"))
	p.drawn = true
}

// say prints a line of its own.
func (p *progress) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	fmt.Fprintf(p.w, format+"\n", args...)
}

// clear takes the moving line away.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
}

// erase is clear while p.mu is held.
func (p *progress) erase() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
}
