package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	logtest "github.com/sirupsen/logrus/hooks/test"

	"roomctl/provisioner/health"
	"roomctl/provisioner/registry"
)

// desk is a Notifier with a real registry, and ways that the test breaks and
// mends.
type desk struct {
	*Notifier
	options Options
	path    string // of the registry
	log     *logtest.Hook

	verdict health.Verdict
	unknown bool
	locked  error               // why the registry cannot be written now
	broken  map[string]error    // ways that do not work, by name
	heard   map[string][]string // "KIND KEY" that each way accepted
	tries   map[string]int
}

var identity = registry.Identity{MUC: "jabber.example.org", Datatracker: "https://datatracker.example.org"}

func newDesk(t *testing.T, ways ...string) *desk {
	d := &desk{
		path:   filepath.Join(t.TempDir(), "registry.sqlite"),
		broken: map[string]error{}, heard: map[string][]string{}, tries: map[string]int{},
	}
	log := logrus.New()
	log.SetOutput(io.Discard)
	d.log = logtest.NewLocal(log)
	d.options = Options{
		Service: identity.MUC, Remind: 24 * time.Hour, Log: log,
		Judge: func(context.Context, time.Time) (health.Verdict, bool) { return d.verdict, !d.unknown },
		Read: func(ctx context.Context) ([]registry.Notified, error) {
			if d.locked != nil {
				return nil, d.locked
			}
			reg, err := registry.OpenReader(ctx, d.path, identity)
			if err != nil {
				return nil, err
			}
			defer reg.Close()
			return reg.Notified(ctx)
		},
		Store: func(ctx context.Context, do func(*registry.Registry) error) error {
			if d.locked != nil {
				return d.locked
			}
			reg, err := registry.Open(ctx, d.path, identity)
			if err != nil {
				return err
			}
			return errors.Join(do(reg), reg.Close())
		},
	}
	for _, name := range ways {
		d.options.Ways = append(d.options.Ways, Way{Name: name, Tell: func(_ context.Context, n Notice) error {
			d.tries[name]++
			if err := d.broken[name]; err != nil {
				return err
			}
			for _, m := range n.Messages {
				d.heard[name] = append(d.heard[name], string(m.Kind)+" "+m.Key)
			}
			return nil
		}})
	}
	d.restart()
	return d
}

// restart is a new process: nothing is remembered but what the registry has.
func (d *desk) restart() { d.Notifier = New(d.options) }

// step requires what each way hears in a step; ways are apart by "; ".
func (d *desk) step(t *testing.T, after time.Duration, want string, problems ...health.Problem) {
	t.Helper()
	if err := d.try(t, after, want, problems...); err != nil {
		t.Error(err)
	}
}

// try is step with the error.
func (d *desk) try(t *testing.T, after time.Duration, want string, problems ...health.Problem) error {
	t.Helper()
	d.verdict = verdict(problems...)
	clear(d.heard)
	at := noon.Add(after)
	next, err := d.Step(t.Context(), at, nil)
	if next != at.Add(5*time.Minute) {
		t.Errorf("after %s: it wants to be called at %s", after, next)
	}
	var got []string
	for _, w := range d.options.Ways {
		if heard := d.heard[w.Name]; heard != nil {
			got = append(got, w.Name+": "+strings.Join(heard, ", "))
		}
	}
	if got := strings.Join(got, "; "); got != want {
		t.Errorf("after %s: heard %q, want %q", after, got, want)
	}
	return err
}

func TestAProblemIsToldOnceAndRemindedOfAndSolved(t *testing.T) {
	d := newDesk(t, "webhook")
	const day = 24 * time.Hour
	d.step(t, 0, "")
	d.step(t, 5*time.Minute, "webhook: new sync-age", old)
	d.step(t, 10*time.Minute, "", old)
	d.step(t, day+4*time.Minute, "", old)
	d.step(t, day+5*time.Minute, "webhook: reminder sync-age", old)
	d.step(t, day+10*time.Minute, "webhook: new withheld retire", old, withheld)
	d.step(t, day+15*time.Minute, "webhook: solved sync-age", withheld)
	d.step(t, day+20*time.Minute, "", withheld)
	d.step(t, day+25*time.Minute, "webhook: solved withheld retire")
	d.step(t, day+30*time.Minute, "")
	d.step(t, day+35*time.Minute, "webhook: new sync-age", old) // again is new
}

// TestAProblemThatComesAndGoes with every run is not told with every run: how often
// that is, does not matter.
func TestAProblemThatComesAndGoes(t *testing.T) {
	for name, period := range map[string]time.Duration{"every few minutes": 10 * time.Minute, "every half hour": 30 * time.Minute, "every hour": time.Hour} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "webhook")
			var heard []string
			at := time.Duration(0)
			for ; at < 20*time.Hour; at += 5 * time.Minute {
				d.verdict = verdict()
				if at%period == 0 {
					d.verdict = verdict(old)
				}
				clear(d.heard)
				if _, err := d.Step(t.Context(), noon.Add(at), nil); err != nil {
					t.Fatal(err)
				}
				heard = append(heard, d.heard["webhook"]...)
			}
			if want := []string{"new sync-age", "solved sync-age", "new sync-age"}; !slices.Equal(heard, want) {
				t.Errorf("heard %q, want %q", heard, want)
			}
			d.step(t, at, "")
			d.step(t, at+lull, "webhook: solved sync-age") // it has stayed away
			d.step(t, at+lull+time.Minute, "")
			d.step(t, at+2*lull+time.Minute, "")
			if len(d.past) > 0 {
				t.Errorf("it still remembers %v", d.past)
			}
		})
	}
}

func TestARestartRepeatsNothing(t *testing.T) {
	d := newDesk(t, "webhook")
	d.step(t, 0, "webhook: new sync-age, new withheld retire", old, withheld)
	d.restart()
	d.step(t, time.Minute, "", old, withheld)
	d.restart()
	d.step(t, 2*time.Minute, "webhook: solved sync-age", withheld)
	d.restart()
	d.step(t, 24*time.Hour, "webhook: reminder withheld retire", withheld)
	d.restart()
	d.step(t, 25*time.Hour, "", withheld)
}

func TestNothingIsToldBeforeTheFirstRun(t *testing.T) {
	d := newDesk(t, "webhook")
	d.unknown = true
	d.step(t, 0, "", old)
	d.unknown = false
	d.step(t, time.Minute, "webhook: new sync-age", old)
}

func TestAWayThatDoesNotWork(t *testing.T) {
	d := newDesk(t, "webhook", "messages")
	d.broken["webhook"] = errors.New("no route\nto host")
	d.step(t, 0, "messages: new sync-age", old)
	if want := []health.Silent{{Way: "webhook", Why: "no route; to host"}}; !slices.Equal(d.Silent(), want) {
		t.Errorf("silent are %v", d.Silent())
	}
	d.step(t, 4*time.Minute, "", old) // it is too early to try again
	d.step(t, 5*time.Minute, "", old)
	d.step(t, 10*time.Minute, "", old) // now it waits for ten minutes
	if d.tries["webhook"] != 2 || d.tries["messages"] != 1 {
		t.Errorf("tries %v", d.tries)
	}
	d.step(t, 11*time.Minute, "messages: new withheld retire", old, withheld) // a new problem does not wait
	if d.tries["webhook"] != 3 {
		t.Errorf("tries %v", d.tries)
	}
	var lines []string
	for _, e := range d.log.AllEntries() {
		lines = append(lines, fmt.Sprint(e.Level, " ", e.Message, " ", e.Data["way"]))
	}
	if want := []string{"warning operators cannot be told; it is tried again webhook"}; !slices.Equal(lines, want) {
		t.Errorf("logged %q, want %q", lines, want)
	}

	delete(d.broken, "webhook") // it hears what it missed, as it is now
	d.step(t, 31*time.Minute, "webhook: solved sync-age, new withheld retire; messages: solved sync-age", withheld)
	if len(d.Silent()) > 0 {
		t.Errorf("silent are %v", d.Silent())
	}
	if last := d.log.LastEntry(); last.Level != logrus.InfoLevel || !strings.Contains(last.Message, "can be told again") {
		t.Errorf("logged %q", last.Message)
	}
}

func TestWhatNobodyAcceptedWasNotTold(t *testing.T) {
	d := newDesk(t, "webhook")
	d.broken["webhook"] = errors.New("no route to host")
	d.step(t, 0, "", old)
	d.restart()
	delete(d.broken, "webhook")
	d.step(t, time.Minute, "webhook: new sync-age", old)

	d.broken["webhook"] = errors.New("no route to host")
	d.step(t, 25*time.Hour, "", old) // a reminder that is not accepted is not recorded
	delete(d.broken, "webhook")
	d.step(t, 25*time.Hour+6*time.Minute, "webhook: reminder sync-age", old)

	d.broken["webhook"] = errors.New("no route to host")
	d.step(t, 26*time.Hour, "") // nor is the end of it
	d.restart()
	delete(d.broken, "webhook")
	d.step(t, 27*time.Hour, "webhook: solved sync-age")
}

func TestAProblemThatNobodyHeardOfIsForgottenWhenItIsOver(t *testing.T) {
	d := newDesk(t, "webhook")
	d.broken["webhook"] = errors.New("no route to host")
	d.step(t, 0, "", old)
	delete(d.broken, "webhook")
	d.step(t, 5*time.Minute, "")
	d.step(t, 2*time.Hour, "webhook: new withheld retire", withheld)
}

func TestAWayWaitsNoLongerThanAnHour(t *testing.T) {
	d := newDesk(t, "webhook")
	d.broken["webhook"] = errors.New("no route to host")
	var last, longest time.Duration
	for after := time.Duration(0); after < 12*time.Hour; after += 5 * time.Minute {
		before := d.tries["webhook"]
		d.step(t, after, "", old)
		if d.tries["webhook"] > before {
			longest, last = max(longest, after-last), after
		}
	}
	if longest != time.Hour || d.tries["webhook"] > 20 {
		t.Errorf("it was tried %d times, after %s at most", d.tries["webhook"], longest)
	}
	delete(d.broken, "webhook")
	d.step(t, -1000*time.Hour, "webhook: new sync-age", old) // a clock that was set back does not make it wait
}

func TestARegistryThatCannotBeUsed(t *testing.T) {
	d := newDesk(t, "webhook")
	d.locked = errors.New("the state folder is in use")
	if err := d.try(t, 0, "webhook: new sync-age", old); !errors.Is(err, d.locked) {
		t.Errorf("error %v", err)
	}
	if err := d.try(t, 5*time.Minute, "", old); !errors.Is(err, d.locked) { // it is not told twice
		t.Errorf("error %v", err)
	}
	d.locked = nil
	d.step(t, 10*time.Minute, "", old)
	d.restart()
	d.step(t, 15*time.Minute, "", old) // it was written down later

	d.locked = errors.New("the state folder is in use")
	if err := d.try(t, 20*time.Minute, "webhook: solved sync-age"); !errors.Is(err, d.locked) {
		t.Errorf("error %v", err)
	}
	d.locked = nil
	d.step(t, 25*time.Minute, "")
	d.restart()
	d.step(t, 30*time.Minute, "")
}

// What was told of is gone while nobody can be told, and there again when somebody can.
func TestNothingIsSolvedThatIsThere(t *testing.T) {
	d := newDesk(t, "webhook")
	d.step(t, 0, "webhook: new sync-age", old)
	d.broken["webhook"] = errors.New("no route to host")
	d.step(t, 5*time.Minute, "")
	d.step(t, 10*time.Minute, "", old)
	delete(d.broken, "webhook")
	d.step(t, 20*time.Minute, "", old)
	d.step(t, 25*time.Minute, "", old)
	d.step(t, 30*time.Minute, "webhook: solved sync-age")
}

// A way that did not work, with nothing left to tell, may work again: nobody finds out.
func TestAWayIsNotSilentForEver(t *testing.T) {
	d := newDesk(t, "messages")
	d.broken["messages"] = errors.New("there is no connection to the chat server")
	d.step(t, 0, "", old)
	for at := 5 * time.Minute; at < 24*time.Hour; at += 5 * time.Minute {
		d.step(t, at, "")
		if len(d.Silent()) == 0 {
			t.Fatalf("after %s it is said to work", at)
		}
	}
	d.step(t, 25*time.Hour, "")
	if s := d.Silent(); len(s) > 0 {
		t.Errorf("a day later silent are %v", s)
	}
}
