package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"roomctl/provisioner"
	"roomctl/provisioner/health"
	"roomctl/provisioner/worker"
)

// vitals tell how serve is: on /healthz, /readyz and /metrics, and to operators.
// They are read when somebody asks, from the registry and the published files, so
// that what they tell is true also when the worker hangs. One vitals lives as
// long as serve, whatever configurations come and go. All methods are safe at any
// time.
type vitals struct {
	now     func() time.Time
	looking chan struct{} // holds one element for each who reads the state folder
	limit   time.Duration // readLimit

	mu     sync.Mutex
	worker patient // nil: there is none yet
	bed    bed
	failed []time.Time // when runs in a row did, at most maxFailed of them
	why    string      // the last of them failed

	refused health.Refusal // of the configuration
}

// patient is the worker as vitals see it.
type patient interface {
	State() worker.State
	Stuck() bool
}

// bed is what of the configuration in force vitals are read from.
type bed struct {
	house  *house
	chat   func() health.Connection
	silent func() []health.Silent // nil: operators are not told
}

// newVitals makes vitals of which nothing is known. They are not read before use
// was called.
func newVitals(now func() time.Time) *vitals {
	return &vitals{now: now, looking: make(chan struct{}, maxLooking), limit: readLimit}
}

// use makes a configuration the one that counts. o may be nil: nobody is told.
func (v *vitals) use(h *house, chat func() health.Connection, o *operators) {
	b := bed{house: h, chat: chat}
	if o != nil {
		b.silent = o.Silent
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.bed = b
}

// watch has the worker's state told from now on.
func (v *vitals) watch(w patient) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.worker = w
}

// Ended counts a run, as worker.Observer.
func (v *vitals) Ended(_ worker.Kind, _ *provisioner.Report, err error, _ time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if err == nil {
		v.failed, v.why = nil, ""
		return
	}
	v.failed = append(v.failed, v.now())
	v.failed = v.failed[max(0, len(v.failed)-maxFailed):]
	v.why = err.Error()
}

// configured notes how reading the configuration again went: err is why it was
// refused.
func (v *vitals) configured(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.refused = health.Refusal{}
	if err != nil {
		v.refused = health.Refusal{At: v.now(), Why: err.Error()}
	}
}

// maxFailed bounds what is remembered of runs that fail for weeks.
const maxFailed = 100

// failedSince is how many runs failed in a row after a time, which a good one of a
// person may be.
func (v *vitals) failedSince(good time.Time) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	n := 0
	for _, at := range v.failed {
		if at.After(good) {
			n++
		}
	}
	return n
}

// Missed is nothing to health, as worker.Observer: if it goes on, the last good
// sync grows old.
func (v *vitals) Missed(worker.Kind) {}

// reading is how serve is at one moment.
type reading struct {
	verdict health.Verdict
	facts   health.Facts
	doc     *statusDocument
	worker  worker.State
}

// readLimit is how long finding out may take. The registry waits for a commit, and
// a disk may hang.
const readLimit = 5 * time.Second

// read finds out how serve is.
func (v *vitals) read(ctx context.Context) reading {
	now := v.now()
	bed, f := v.grasp()
	doc, problems, err := v.look(ctx, bed.house, now)
	if err != nil { // another service's registry, or no time left
		doc, problems = &statusDocument{}, []string{err.Error()}
	}
	found := doc.facts(problems)
	found.Syncs = doc.syncs
	found.Worker, found.Stuck, found.Failed = f.Worker, f.Stuck, v.failedSince(doc.GoodSync)
	found.Meeting, found.MeetingSince = f.Meeting, f.MeetingSince
	found.Refused = f.Refused
	if f.Why != "" {
		found.Why = f.Why
	}
	found.Chat = bed.chat()
	if bed.silent != nil {
		found.Notify = bed.silent()
	}
	r := reading{verdict: health.Judge(found, now), facts: found, doc: doc, worker: *f.Worker}
	for i, p := range r.verdict.Problems { // it is shown in terminals, too
		r.verdict.Problems[i].Text, r.verdict.Problems[i].About = inert(p.Text), inert(p.About)
	}
	return r
}

// maxLooking is how many may read the state folder at once.
const maxLooking = 4

// look reads the state folder and what is published. Nobody can be called back from
// a disk that hangs: then few goroutines wait for it, and not one for each who asks.
func (v *vitals) look(ctx context.Context, h *house, now time.Time) (*statusDocument, []string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, v.limit, fmt.Errorf("the state folder cannot be read within %s: is its disk well?", v.limit))
	defer cancel()
	type sight struct {
		doc      *statusDocument
		problems []string
		err      error
	}
	select {
	case v.looking <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	}
	seen := make(chan sight, 1)
	go func() {
		defer func() { <-v.looking }()
		var s sight
		s.doc, _, s.problems, s.err = h.collect(ctx, now)
		seen <- s
	}()
	select {
	case s := <-seen:
		return s.doc, s.problems, s.err
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	}
}

// grasp is what vitals know by themselves.
func (v *vitals) grasp() (bed, health.Facts) {
	v.mu.Lock()
	defer v.mu.Unlock()
	f := health.Facts{Worker: &worker.State{}, Why: v.why, Refused: v.refused}
	if v.worker != nil {
		*f.Worker, f.Stuck = v.worker.State(), v.worker.Stuck()
	}
	f.Meeting, f.MeetingSince = f.Worker.Meeting, f.Worker.MeetingSince
	return v.bed, f
}

// judge is the verdict for those who tell operators. Nothing is known before the
// first run has ended: what was wrong while roomctl did not run is its to repair. A
// first run that does not come in the time of one is not waited for.
func (v *vitals) judge(ctx context.Context, now time.Time) (verdict health.Verdict, known bool) {
	r := v.read(ctx)
	return r.verdict, r.begun() || now.Sub(r.worker.Began) > health.StuckAfter
}

// begun says whether the worker does what it should: the first run has ended, or a
// person has paused it.
func (r reading) begun() bool { return !r.worker.Last.Ended.IsZero() || r.facts.Pause != "" }

// handler answers on the listener for administration. metrics answers there, too.
func (v *vitals) handler(metrics http.Handler) http.Handler {
	mux := http.NewServeMux() // GET is HEAD as well, and the rest is refused
	mux.HandleFunc("GET /healthz", v.healthz)
	mux.HandleFunc("GET /readyz", v.readyz)
	mux.Handle("GET /metrics", metrics)
	return mux
}
