// Package notify tells operators what needs a person: by a chat message, in a
// room, by a webhook. A problem is told when it comes, again after a while as long
// as it lasts, and when it is over. The registry remembers what was told, so that
// a restart repeats nothing.
package notify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/provisioner"
	"roomctl/provisioner/health"
	"roomctl/provisioner/registry"
)

const (
	// every is how often health is looked at between two runs: it can turn red
	// without one.
	every = 5 * time.Minute

	// storeLimit is how long recording may take when roomctl is about to end.
	storeLimit = 5 * time.Second
)

// Store changes the registry: it opens it for writing, calls do, and closes it.
type Store func(ctx context.Context, do func(*registry.Registry) error) error

// Options say what is told, to whom. All fields but Remind are required.
type Options struct {
	Service string        // the MUC service, so that people know which roomctl it is
	Remind  time.Duration // a problem that lasts is told again; 0: never
	Ways    []Way         // all of them are used

	// Judge says how roomctl is; known is false as long as that cannot be said,
	// before the first run has ended. It must not wait for the Notifier.
	Judge func(ctx context.Context, now time.Time) (v health.Verdict, known bool)

	Read  func(ctx context.Context) ([]registry.Notified, error)
	Store Store
	Log   logrus.FieldLogger // told once when a way stops working, and when it works again
}

// Notifier tells operators. Step is called by one goroutine at a time; Silent by
// any.
type Notifier struct {
	options Options
	ways    []*way

	// told is what operators know, by key; stored is what of it the registry has.
	// The registry is read once: nobody else writes that table.
	told, stored map[string]registry.Notified
	loaded       bool
	past         map[string]spell // of what is told, and of what was over a short while ago

	mu     sync.Mutex
	silent []health.Silent
}

// New makes a Notifier. It reads and sends nothing.
func New(o Options) *Notifier {
	n := &Notifier{options: o, told: map[string]registry.Notified{}, stored: map[string]registry.Notified{}, past: map[string]spell{}}
	for _, w := range o.Ways {
		n.ways = append(n.ways, &way{Way: w})
	}
	return n
}

// Step tells what is due, and says when it wants to be called again. A way that
// does not work is no error: Silent has it. The error is for a registry that
// cannot be read or written; nothing is told twice for that while the Notifier
// lives.
func (n *Notifier) Step(ctx context.Context, now time.Time, _ []provisioner.Slot) (next time.Time, err error) {
	verdict, known := n.options.Judge(ctx, now)
	if !known || ctx.Err() != nil { // what was found out while time ran out says nothing
		return now.Add(every), nil
	}
	err = n.load(ctx)
	due := compose(verdict, slices.Collect(maps.Values(n.told)), n.past, n.options.Remind, now)
	accepted := map[string]Message{}
	for _, w := range n.ways {
		before := w.why
		for _, m := range w.tell(ctx, n.options.Service, due, verdict, now) {
			accepted[m.Key] = m
		}
		n.note(w, before)
	}
	n.publishSilent()
	for key, m := range accepted {
		if m.Kind == Solved {
			delete(n.told, key)
			n.past[key] = spell{over: now}
			continue
		}
		n.told[key] = registry.Notified{Problem: key, Since: m.Since, Reminded: now}
	}
	n.remember(verdict, now)
	return now.Add(every), errors.Join(err, n.store(ctx))
}

// remember notes what was there of what operators know, and drops what no longer
// matters.
func (n *Notifier) remember(v health.Verdict, now time.Time) {
	for _, p := range v.Problems {
		key := p.Key()
		if _, ok := n.told[key]; ok {
			n.past[key] = spell{seen: now, over: n.past[key].over}
		}
	}
	maps.DeleteFunc(n.past, func(key string, s spell) bool {
		_, ok := n.told[key]
		return !ok && now.Sub(s.over).Abs() >= lull
	})
}

// Silent lists the ways that do not work. It is safe at any time.
func (n *Notifier) Silent() []health.Silent {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.silent)
}

func (n *Notifier) publishSilent() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.silent = nil
	for _, w := range n.ways {
		if w.why != "" {
			n.silent = append(n.silent, health.Silent{Way: w.Name, Why: w.why})
		}
	}
}

// note logs that a way stopped working, or works again. before is why it did not.
func (n *Notifier) note(w *way, before string) {
	switch log := n.options.Log.WithField("way", w.Name); {
	case before == "" && w.why != "":
		log.WithField("error", w.why).Warn("operators cannot be told; it is tried again")
	case before != "" && w.why == "":
		log.Info("operators can be told again")
	}
}

// load reads what was told before this Notifier. What it told itself stays.
func (n *Notifier) load(ctx context.Context) error {
	if n.loaded {
		return nil
	}
	list, err := n.options.Read(ctx)
	if err != nil {
		return fmt.Errorf("finding out what operators were told: %w", err)
	}
	n.loaded = true
	for _, row := range list {
		n.stored[row.Problem] = row
		if _, ok := n.told[row.Problem]; !ok {
			n.told[row.Problem] = row
		}
	}
	return nil
}

// store brings the registry to what was told. What cannot be written now is
// written the next time. What was told just before roomctl ends is written, too.
func (n *Notifier) store(ctx context.Context) error {
	if !n.loaded || maps.Equal(n.told, n.stored) {
		return nil
	}
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), storeLimit)
		defer cancel()
	}
	err := n.options.Store(ctx, func(reg *registry.Registry) error {
		return reg.Update(ctx, func(w *registry.Writer) error { return n.write(ctx, w) })
	})
	if err != nil {
		return fmt.Errorf("recording what operators were told: %w", err)
	}
	n.stored = maps.Clone(n.told)
	return nil
}

func (n *Notifier) write(ctx context.Context, w *registry.Writer) error {
	for key, row := range n.told {
		if row == n.stored[key] {
			continue
		}
		if err := w.Notify(ctx, row); err != nil {
			return err
		}
	}
	for key := range n.stored {
		if _, ok := n.told[key]; ok {
			continue
		}
		if err := w.Solve(ctx, key); err != nil {
			return err
		}
	}
	return nil
}
