package credential

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/internal/clock"
	"github.com/authrun/authrun/runtime/internal/seal"
	"github.com/authrun/authrun/runtime/store"
)

// A storm is a site where everything goes wrong that can: several processes want the same credentials from one vendor over one store, in an
// order that a seed decides. Each stops before and after everything that others can see: a read or write of the store, a request on its way,
// an answer on its way, a wait. There one of them goes on, or dies, or is interrupted, or the time passes, or the clock jumps. Only one
// goroutine runs at a time, so a storm is the same each time that it is played.
type storm struct {
	r     *rand.Rand
	plan  plan
	store store.Store
	open  func() store.Store // for each process one of its own, or all the same
	key   seal.Key
	now   time.Time     // the true time, which is the vendor's
	skew  time.Duration // the hosts' clock is so much ahead

	vendor    *acme
	rules     *rules
	processes []*process
	locks     map[string]*process // who holds which
	stopped   chan *process       // a process that came to a stop, or to its end
	calm      bool                // the end: nothing goes wrong any more

	told   []string // what happened, for whoever has to understand it
	broken string   // the first rule that was broken; empty: none
}

// plan is what a storm is like.
type plan struct {
	processes, steps int
	crashes          bool
	jumps            bool // the wall clock does
	steady           bool // the store knows by how much: its times are moved along
	accounts         int
	secrets          int // of one account that are right, at first
	guesses          int // so many of a hundred runs have a secret that was never right
}

var errDied = errors.New("the process is dead")

func newStorm(seed uint64, open func() store.Store) *storm {
	s := &storm{r: rand.New(rand.NewPCG(seed, 7)), now: noon, open: open, store: open(), locks: map[string]*process{}, stopped: make(chan *process)}
	s.plan = plan{processes: 2 + s.r.IntN(3), steps: 120 + s.r.IntN(200), crashes: s.chance(60), jumps: s.chance(20), accounts: 1 + s.r.IntN(2), secrets: []int{1, 1, 2, 3}[s.r.IntN(4)],
		guesses: []int{0, 5, 60}[s.r.IntN(3)]}
	s.plan.steady = s.plan.jumps && s.chance(50)
	key, err := seal.NewKey(chaos{s.r})
	if err != nil {
		panic(err)
	}
	s.key = key
	s.vendor = newAcme(s)
	s.rules = newRules(s)
	for i := range s.plan.processes {
		s.processes = append(s.processes, &process{storm: s, name: fmt.Sprint("host ", i), turn: make(chan struct{})})
	}
	s.tell("%+v, %s", s.plan, s.vendor)
	return s
}

// chaos is a reader of the storm's randomness.
type chaos struct{ r *rand.Rand }

func (c chaos) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c.r.Uint32())
	}
	return len(p), nil
}

func (s *storm) chance(percent int) bool { return s.r.IntN(100) < percent }

// wall is what the hosts' clock shows.
func (s *storm) wall() time.Time { return s.now.Add(s.skew) }

func (s *storm) tell(format string, args ...any) {
	s.told = append(s.told, s.wall().Format("02 15:04:05.000 ")+fmt.Sprintf(format, args...))
}

// breaks notes that a rule is broken. The first one is what matters.
func (s *storm) breaks(format string, args ...any) {
	if s.broken == "" {
		s.broken = fmt.Sprintf(format, args...)
		s.tell("BROKEN: %s", s.broken)
	}
}

// play lets the storm rage, then calms it, and sees whether all is well afterwards.
func (s *storm) play() {
	for range s.plan.steps {
		if s.broken != "" {
			break
		}
		s.step()
	}
	s.calm = true
	s.vendor.mend()
	s.finish()
	s.rules.afterwards()
}

// step does one thing that happens.
func (s *storm) step() {
	p := s.processes[s.r.IntN(len(s.processes))]
	ill := 1 // What happens in the middle of a call is the worst.
	if p.calling() {
		ill = 5
	}
	switch {
	case s.chance(5):
		d := s.someTime()
		if s.chance(75) { // into the window in which what was just stored is renewed, or to its end
			s.settle()
			d = s.vendor.life * time.Duration(89+s.r.IntN(12)) / 100
		}
		for _, other := range s.processes {
			if other.calling() {
				// A host that sleeps longer in the middle of a call cannot know when the vendor saw it.
				d = min(d, max(0, other.run.row.Add(longestCall/2).Sub(s.now)))
			}
		}
		s.pass(d)
	case s.plan.jumps && s.chance(2) && !(s.plan.steady && len(s.locks) > 0):
		by := time.Duration(s.r.IntN(5)-2) * s.someTime()
		if by.Abs() < 2*time.Second {
			by = 2 * time.Second // less is no jump: clocks are steered
		}
		s.skew += by
		s.tell("the clock jumps; it is wrong by %s", s.skew)
		s.rules.jumped(by)
	case s.plan.crashes && s.chance(2*ill) && p.state != idle:
		s.crash(p)
	case s.chance(ill) && p.state != idle:
		s.tell("%s is interrupted", p.name)
		p.cancel()
	case p.state == idle:
		p.start(s.someWish())
	case p.runnable():
		p.goOn()
	default:
		s.idle()
	}
}

// settle lets calls that are under way come to their end.
func (s *storm) settle() {
	for _, p := range s.processes {
		for p.calling() {
			p.goOn()
		}
	}
}

// someTime is anything from moments to hours.
func (s *storm) someTime() time.Duration {
	scale := []time.Duration{time.Second, 10 * time.Second, time.Minute, 10 * time.Minute, time.Hour, 5 * time.Hour}[s.r.IntN(6)]
	return time.Duration(s.r.Int64N(int64(scale)))
}

func (s *storm) pass(d time.Duration) {
	s.now = s.now.Add(d)
	s.tell("%s pass", d.Round(time.Millisecond))
}

// idle passes the time until the first sleeper wakes, where nobody can go on.
func (s *storm) idle() {
	var first *process
	for _, p := range s.processes {
		if p.runnable() || p.state == idle && !s.calm {
			return
		}
		if p.state == asleep && (first == nil || p.wake.Before(first.wake)) {
			first = p
		}
	}
	if first == nil && s.calm {
		return
	}
	if first == nil {
		s.breaks("nobody can go on: %s", s.where())
		return
	}
	s.pass(first.wake.Sub(s.now))
}

// finish lets every process come to its end.
func (s *storm) finish() {
	for n := 0; ; n++ {
		busy := false
		for _, p := range s.processes {
			if p.state == idle {
				continue
			}
			busy = true
			if p.runnable() {
				p.goOn()
			}
		}
		switch {
		case !busy:
			return
		case n > 5000: // A process that waits for what never comes; it would never end by itself.
			s.breaks("nobody comes to an end: %s", s.where())
			fallthrough
		case s.broken != "":
			for _, p := range s.processes {
				if p.state != idle {
					s.crash(p)
				}
			}
		default:
			s.idle()
		}
	}
}

// crash ends a process where it stands: its locks are free, and nothing that it does from now on is seen.
func (s *storm) crash(p *process) {
	s.tell("%s dies at %s", p.name, p.at)
	p.dead = true
	for name, holder := range s.locks {
		if holder == p {
			delete(s.locks, name)
		}
	}
	s.rules.died(p)
	for p.state != idle {
		p.goOn()
	}
}

func (s *storm) where() string {
	var at []string
	for _, p := range s.processes {
		at = append(at, fmt.Sprintf("%s at %s (%d, %s)", p.name, p.at, p.state, p.lock))
	}
	return strings.Join(at, ", ")
}

// show prints the end of the story of a storm whose rules were broken.
func (s *storm) show(t *testing.T, seed uint64) {
	t.Helper()
	told := s.told
	if n := len(told) - 80; n > 0 && !testing.Verbose() {
		told = told[n:]
	}
	t.Fatalf("%s\nreplay with AUTHRUN_TEST_SEED=%d\n%s\n%s", s.broken, seed, s.told[0], strings.Join(told, "\n"))
}

// state is what a process waits for.
type state int

const (
	idle    state = iota // for somebody who wants a credential
	ready                // for its turn
	waiting              // for a lock
	asleep               // for a time
)

// process is one process of authrun, that makes one credential valid at a time. Each time it is started anew, with a keeper of its own.
type process struct {
	storm  *storm
	name   string
	turn   chan struct{}
	state  state
	at     string // where it stopped
	lock   string // that it waits for
	wake   time.Time
	dead   bool
	ctx    context.Context
	cancel context.CancelFunc
	keeper *Keeper
	run    run
}

// run is one wish of somebody who started a process, and what became of it so far.
type run struct {
	block   Block
	key     store.Key
	secret  string
	account string
	began   time.Time // true time
	calls   int       // that reached the vendor
	last    reply     // of the vendor, as the process got it, or what it had instead
	heard   time.Time // when, by the hosts' clock; zero: nothing was heard
	row     time.Time // true time of the row of its last call
	jumped  bool      // the clock did, meanwhile
}

// hears is told what the process gets to know.
func (p *process) hears(a reply) { p.run.last, p.run.heard = a, p.storm.wall() }

// calling tells whether a call is somewhere between its row and its end.
func (p *process) calling() bool {
	switch p.at {
	case "before the row", "after the row", "before sending", "sent", "the answer is on its way", "before the commit":
		return p.state == ready
	}
	return false
}

func (p *process) runnable() bool {
	s := p.storm
	switch p.state {
	case ready:
		return true
	case waiting:
		return s.locks[p.lock] == nil || p.ctx.Err() != nil
	case asleep:
		return !s.now.Before(p.wake) || p.ctx.Err() != nil
	}
	return false
}

// start begins a run up to its first stop.
func (p *process) start(w run) {
	s := p.storm
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.dead, p.run, p.state = false, w, ready
	p.run.began = s.now
	p.keeper = &Keeper{Store: p.sees(s.open()), Keys: OneKey(s.key), Hasher: seal.NewHasher([seal.KeySize]byte{1}), Now: s.wall,
		Rand: chaos{s.r}, Learn: func(...string) {}, Redact: func(text string) string { return text }, Process: p.name, Sleep: p.sleep}
	p.run.key = p.keeper.keyOf(w.block)
	b := w.block
	b.Plugin, b.Transport = p.plugin, p.transport
	s.tell("%s starts: %s, secret %s, forced %t, refused %q, min_life %s", p.name, p.run.account, p.run.secret, b.Forced, b.Refused, b.MinLife)
	go func() {
		<-p.turn
		v, err := p.keeper.Ensure(p.ctx, b)
		p.cancel()
		if !p.dead {
			s.rules.ended(p, v, err)
		}
		p.state = idle
		s.stopped <- p
	}()
	p.goOn()
}

// sees is a store as the process sees it.
func (p *process) sees(of store.Store) store.Store {
	return p.storm.steadied(&shore{process: p, Store: of})
}

// steadied is a store whose times are by the hosts' clock as it stands now, where the storm is steady.
func (s *storm) steadied(of store.Store) store.Store {
	if !s.plan.steady {
		return of
	}
	return clock.NewStore(of, clock.New(s.wall, func() (string, time.Duration) { return "a boot", s.now.Sub(noon) + time.Hour }))
}

// goOn lets the process run up to its next stop.
func (p *process) goOn() {
	p.storm.now = p.storm.now.Add(time.Millisecond)
	p.turn <- struct{}{}
	<-p.storm.stopped
}

// stop is where others may come between. It says whether the process still lives.
func (p *process) stop(at string, state state) error {
	if p.dead {
		return errDied
	}
	p.at, p.state = at, state
	p.storm.stopped <- p
	<-p.turn
	p.state = ready
	if p.dead {
		return errDied
	}
	return nil
}

func (p *process) sleep(ctx context.Context, d time.Duration) error {
	p.wake = p.storm.now.Add(d)
	for p.storm.now.Before(p.wake) && ctx.Err() == nil {
		if err := p.stop("sleep", asleep); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// shore is the store as one process sees it: dead processes see and change nothing.
type shore struct {
	store.Store
	process *process
}

func (s *shore) Record(ctx context.Context, key store.Key) (r store.Record, err error) {
	if err := s.process.stop("read the record", ready); err != nil {
		return r, err
	}
	return s.Store.Record(ctx, key)
}

func (s *shore) Begin(ctx context.Context, e store.Exchange, judge store.Judge) (int64, error) {
	s.process.run.row = s.process.storm.now
	if err := s.process.stop("before the row", ready); err != nil {
		return 0, err
	}
	id, err := s.Store.Begin(ctx, e, judge)
	if died := s.process.stop("after the row", ready); died != nil {
		return 0, died
	}
	return id, err
}

func (s *shore) Commit(ctx context.Context, c store.Change) error {
	if err := s.process.stop("before the commit", ready); err != nil {
		return err
	}
	err := s.process.storm.rules.commit(ctx, s.process, s.Store, c)
	if died := s.process.stop("after the commit", ready); died != nil {
		return died
	}
	return err
}

// Lock hands out locks in the storm's own order; those of a process that died are free.
func (s *shore) Lock(ctx context.Context, name string) (store.Lease, error) {
	p, locks := s.process, s.process.storm.locks
	p.lock = name
	if err := p.stop("before the lock", waiting); err != nil {
		return nil, err
	}
	for locks[name] != nil && ctx.Err() == nil {
		if err := p.stop("wait for the lock", waiting); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	locks[name] = p
	return store.Kept(func() {
		if locks[name] == p && !p.dead {
			delete(locks, name)
		}
	}), nil
}
